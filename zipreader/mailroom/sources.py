"""Where the mail comes from: folders, globs, single files and lists of files."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from itertools import takewhile
from pathlib import Path
from typing import BinaryIO

from zipreader.errors import InputError, UsageError
from zipreader.mailroom.work import MailFile, one_line
from zipreader.reading.formats import SUFFIXES

PICTURES = frozenset(
    {*SUFFIXES, ".heic", ".heif", ".avif", ".jp2", ".j2k", ".psd", ".djvu", ".djv", ".svg"}
)
"""Endings of mail, with those that zipreader cannot read: they fail aloud."""

_CHUNK = 1 << 16


@dataclass(slots=True)
class Folder:
    """The pictures of a folder and the folders in it, by name; links to folders are not followed.

    Hidden names are left out.  ``left_out`` counts the other files that do not look like pictures.
    """

    root: str
    left_out: int = 0

    def __iter__(self) -> Iterator[MailFile]:
        self.left_out = 0
        waiting = [self.root]
        while waiting:
            folder = waiting.pop()
            try:
                with os.scandir(folder) as entries:
                    listed = sorted(entries, key=lambda entry: entry.name)
            except OSError as error:
                yield MailFile.at(folder, f"the folder cannot be listed ({error.strerror})")
                continue
            visible = [entry for entry in listed if not entry.name.startswith(".")]
            for entry in visible:
                if not _is_file(entry):
                    continue
                if Path(entry.name).suffix.lower() in PICTURES:
                    yield MailFile.at(entry.path)
                else:
                    self.left_out += 1
            inner = (entry for entry in visible if entry.is_dir(follow_symlinks=False))
            waiting.extend(reversed([entry.path for entry in inner]))


@dataclass(slots=True)
class Places:
    """What the user named: files, folders and globs, each of which must exist.

    Raises:
        InputError: a place does not exist, or nothing matches a glob.
    """

    named: Sequence[str]
    folders: list[Folder] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in self.named:
            if not os.path.lexists(name) and next(_matches(name), None) is None:
                cause = "nothing matches" if glob.has_magic(name) else "no such file or folder"
                raise InputError(one_line(f"{name}: {cause}"))

    def __iter__(self) -> Iterator[MailFile]:
        self.folders.clear()
        for name in self.named:
            # A file whose own name looks like a glob is meant itself.
            found = [name] if os.path.lexists(name) else sorted(_matches(name))
            for path in found:
                yield from _files_at(path, self.folders)

    @property
    def left_out(self) -> int:
        """Files in folders that do not look like pictures, as far as they were met."""
        return sum(folder.left_out for folder in self.folders)


def takes_in(place: str, folder: Path) -> bool:
    """Whether a place that the user named takes in what comes to lie in a folder."""
    folder = folder.resolve()
    if os.path.lexists(place) or not glob.has_magic(place):
        return folder.is_relative_to(Path(place).resolve())
    parts = Path(place).parts
    fixed = next(number for number, part in enumerate(parts) if glob.has_magic(part))
    root = Path(*parts[:fixed]).resolve()
    if not folder.is_relative_to(root):
        return False
    pattern = takewhile(lambda part: part != "**", parts[fixed:])
    return all(map(fnmatch, folder.relative_to(root).parts, pattern))


def listed(stream: BinaryIO, separator: bytes = b"\n") -> Iterator[MailFile]:
    r"""The files, and the files of the folders, whose names stand in a list.

    Args:
        stream: the list; it is read as the files are asked for.
        separator: between the names; b"\0" lets names hold line breaks, as ``find -print0``.

    Raises:
        UsageError: a name holds a NUL, so the list was made with another separator.
    """
    for name in _split(stream, separator):
        if separator == b"\n":
            name = name.removesuffix(b"\r")
        if b"\0" in name:
            raise UsageError("the list holds NUL characters: read it with --null")
        if name:
            yield from _files_at(os.fsdecode(name), [])


def _split(stream: BinaryIO, separator: bytes) -> Iterator[bytes]:
    rest = b""
    while chunk := stream.read1(_CHUNK) if hasattr(stream, "read1") else stream.read(_CHUNK):
        *whole, rest = (rest + chunk).split(separator)
        yield from whole
    yield rest


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Whether it is a file, or a link to one; what cannot be told will fail as it is read."""
    try:
        return entry.is_file()
    except OSError:  # a link that leads in a circle, or to where one may not look
        return True


def _matches(pattern: str) -> Iterator[str]:
    return glob.iglob(pattern, recursive=True)  # noqa: PTH207 - names as the user gave them


def _files_at(path: str, folders: list[Folder]) -> Iterator[MailFile]:
    if os.path.isdir(path):  # noqa: PTH112 - text in, text out
        folders.append(Folder(path))
        yield from folders[-1]
    else:
        yield MailFile.at(path)
