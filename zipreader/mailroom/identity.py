"""Which file a reading is of: its path, size and time of change."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FileIdentity:
    """A file as it was when it was read; another size or time of change is another file.

    ``path`` is absolute text as :func:`os.fsdecode` gives it.  Bytes that are
    not UTF-8 are lone surrogates in it (PEP 383), so that the path opens the
    very file again; the store keeps such a path as bytes.
    """

    path: str
    size: int
    mtime_ns: int

    @classmethod
    def of(cls, path: str | os.PathLike[str]) -> FileIdentity:
        """The identity of a file as it is now.

        Raises:
            OSError: there is no such file, or it may not be looked at.
        """
        absolute = os.path.abspath(os.fsdecode(path))  # noqa: PTH100 - keeps symbolic links
        status = Path(absolute).stat()
        return cls(absolute, status.st_size, status.st_mtime_ns)

    @property
    def folder(self) -> str:
        """The folder that the file lies in, as text like ``path``."""
        return os.path.dirname(self.path)  # noqa: PTH120 - text in, text out

    def still_there(self) -> bool:
        """Whether the file is there and unchanged."""
        try:
            return FileIdentity.of(self.path) == self
        except (OSError, ValueError):
            return False


@dataclass(frozen=True, slots=True)
class Recorded:
    """A file whose records are in an output."""

    identity: FileIdentity
    failed: bool
