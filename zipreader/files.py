"""Files that are whole or not there, and questions about them that raise nothing.

``Path.is_file`` and its like raise where a folder may not be entered or a name is too long
(until Python 3.14); to those who ask, such a file is not there.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from zipreader.errors import OutputError


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
    aside = path.with_name(f".{path.name}.part")
    try:
        aside.write_bytes(content)
        aside.replace(path)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror})") from error
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
