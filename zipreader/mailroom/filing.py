"""Copies and moves of scans; a file appears in its new place whole or not at all."""

from __future__ import annotations

import errno
import filecmp
import os
import re
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path, PurePath

from zipreader.errors import OutputError
from zipreader.files import aside, is_file
from zipreader.mailroom.work import one_line

_CHUNK = 1 << 20


def can_be_read(path: str) -> bool:
    """Whether there is anything to copy: a file, to its end."""
    if not is_file(path):  # such as a pipe, which would keep us waiting
        return False
    try:
        with Path(path).open("rb") as file:
            while file.read(_CHUNK):
                pass
    except OSError:
        return False
    return True


def copy_into(folder: Path, path: str) -> Path:
    """Copy a file under ``folder``, in the folders that its path names; the newest copy stays.

    Raises:
        OutputError: the copy cannot be made.
    """
    target = folder / _inside(path)
    try:
        _copy(Path(path), target)
    except OSError as error:
        raise _failure(target, error) from error
    return target


def move_into(folder: Path, path: str, root: str) -> Path:
    """Move a file of ``root`` to the same place under ``folder``; nothing there is replaced.

    A file of the same name is kept, and the new one gets a number.  Between
    drives a copy is made first; where an earlier move was killed after that,
    only its original is removed.  Of a link, what it leads to is copied and the
    link is removed.

    Raises:
        OutputError: the file cannot be moved; it is where it was.
    """
    source = Path(path)
    wanted = folder / os.path.relpath(path, root)
    try:
        for target in _numbered(wanted):
            if not target.exists():
                _move(source, target)
                return target
            if _is_copy(target, source):
                source.unlink()
                return target
    except OSError as error:
        cause = error.strerror or error
        raise OutputError(one_line(f"{path}: cannot be moved to {wanted} ({cause})")) from error
    raise AssertionError("the numbers never end")


def _inside(path: str) -> Path:
    """The path as one below a folder: without root and ``..``."""
    plain = Path(path)
    if ".." in plain.parts:
        plain = Path(os.path.abspath(path))  # noqa: PTH100 - links stay as they are named
    return Path(*below(plain).parts)


def below(path: PurePath) -> PurePath:
    """A path without its root; a drive or a share of Windows becomes a folder."""
    drive = re.sub(r"[^\w.-]+", "_", path.drive).strip("_")
    return type(path)(drive, *path.relative_to(path.anchor).parts)


def _numbered(path: Path) -> Iterator[Path]:
    yield path
    yield from (path.with_stem(f"{path.stem}-{number}") for number in count(2))


def _is_copy(target: Path, source: Path) -> bool:
    same_time = target.stat().st_mtime_ns == source.stat().st_mtime_ns
    return same_time and filecmp.cmp(target, source, shallow=False)


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_symlink():  # it may say where the scan lies from where it lies itself
        _copy(source, target)
        source.unlink()
        return
    try:
        source.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _copy(source, target)
        source.unlink()


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with aside(target) as part:
        shutil.copy2(source, part)


def _failure(target: Path, error: OSError) -> OutputError:
    return OutputError(one_line(f"{target}: cannot be written ({error.strerror or error})"))
