"""Files that are whole or not there."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from zipreader.errors import OutputError


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
