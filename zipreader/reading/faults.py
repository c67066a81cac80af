"""A fault of the reader itself -> an error of the file at which it happened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import cv2

from zipreader.errors import ReaderFaultError, ZipReaderError
from zipreader.reading.formats.source import one_line

_FAULTS = (
    ArithmeticError,
    AssertionError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    cv2.error,
)


@contextmanager
def told_of(name: str) -> Iterator[None]:
    """Let a fault cost the file ``name``, and not the run.

    Raises:
        ReaderFaultError: for what no module raises on purpose.
    """
    try:
        yield
    except ZipReaderError:
        raise
    except _FAULTS as error:
        cause = " ".join(f"{type(error).__name__}: {error}".split())
        raise ReaderFaultError(one_line(name, f"fault of the reader: {cause}")) from error
