"""Every way in which zipreader can fail, each with its exit code.

Library code raises these; only ``zipreader.cli`` turns them into a line on
stderr and an exit status.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Process exit codes, documented in the README; scripts may rely on them."""

    OK = 0
    INTERNAL = 1
    USAGE = 2
    INPUT = 3
    MODEL = 4
    OUTPUT = 5
    FLAGGED = 10
    INTERRUPTED = 130


class ZipReaderError(Exception):
    """Root of all errors that zipreader raises on purpose.

    The message is one line that names the file and the cause.
    """

    exit_code = ExitCode.INTERNAL


class UsageError(ZipReaderError):
    """The request itself cannot be carried out (a wrong option or value)."""

    exit_code = ExitCode.USAGE


class MissingExtraError(UsageError):
    """An optional part of zipreader is needed but not installed."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(
            f"{feature} needs packages that are not installed: pip install '.[{extra}]' where "
            "zipreader's pyproject.toml lies"
        )
        self._made_of = feature, extra

    def __reduce__(self) -> tuple[type[MissingExtraError], tuple[str, str]]:
        """A worker's error goes to its parent as it was made: the message alone makes no other."""
        return type(self), self._made_of


class InputError(ZipReaderError):
    """An input file cannot be used."""

    exit_code = ExitCode.INPUT


class UnreadableImageError(InputError):
    """The file is missing, empty, damaged, protected or not an image."""


class ImageTooLargeError(InputError):
    """The image has more pixels than the limit allows; it was not decoded."""


class ReaderFaultError(InputError):
    """The reader itself failed at a file, which is none of the ways foreseen."""


class ModelError(ZipReaderError):
    """The digit model or its calibration is missing, damaged or inconsistent."""

    exit_code = ExitCode.MODEL


class OutputError(ZipReaderError):
    """A result cannot be written."""

    exit_code = ExitCode.OUTPUT


class StoreError(OutputError):
    """The database of the mailroom cannot be used, or is damaged or of a newer version."""


class NoStoreError(StoreError):
    """What was named as a database to work on is missing, or is none that can be read."""

    exit_code = ExitCode.INPUT
