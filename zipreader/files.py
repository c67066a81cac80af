"""Files that are whole or not there, and questions about them that raise nothing.

``Path.is_file`` and its like raise where a folder may not be entered or a name is too long
(until Python 3.14); to those who ask, such a file is not there.
"""

from __future__ import annotations

import errno
import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from zipreader.errors import OutputError

_UNABLE = (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS)
"""What drives answer that cannot say when something is on the disk, as some of a network."""


def is_file(path: str | os.PathLike[str]) -> bool:
    """Whether a file is there, as far as we may look."""
    return os.path.isfile(path)  # noqa: PTH113


def is_folder(path: str | os.PathLike[str]) -> bool:
    """Whether a folder is there, as far as we may look."""
    return os.path.isdir(path)  # noqa: PTH112


def is_there(path: str | os.PathLike[str]) -> bool:
    """Whether anything is there, as far as we may look."""
    return os.path.exists(path)  # noqa: PTH110


def write_whole(path: Path, content: bytes) -> None:
    """Write a file aside, then put it in place of an earlier one.

    Raises:
        OutputError: it cannot be written; an earlier one is as it was.
    """
    try:
        with aside(path) as part:
            part.write_bytes(content)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror})") from error


def _settle(path: Path) -> None:
    """See what was written onto the disk, so that it outlives the machine's power, if it can."""
    if sys.platform == "win32":  # only files that are open for writing
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _UNABLE:
            raise
    finally:
        os.close(descriptor)


@contextmanager
def aside(path: Path) -> Iterator[Path]:
    """Where to write a file, which takes the place of ``path`` once the block ends well.

    It lies in the same folder, hidden, under a name of its own for every process, with the
    ending of ``path``, and is gone where the block ends with a fault.  What takes the place is
    on the disk before.

    Raises:
        OSError: it cannot take that place, or what the block raises; an earlier file is as
            it was.
    """
    # Its own name with something added may be longer than the drive allows.
    digest = hashlib.blake2b(os.fsencode(path.name), digest_size=8).hexdigest()
    part = path.with_name(f".{digest}-{os.getpid()}{path.suffix}")
    try:
        yield part
        _settle(part)
        part.replace(path)
        with suppress(OSError):  # it has its place, and some folders may not be opened
            _settle(path.parent)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
