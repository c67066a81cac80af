"""Faults that are really there: a full disk, a drive without the right to write, odd names."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.mailroom.desk import Desk
from zipreader.mailroom.work import MailFile, Outcome

ODD_NAMES = (
    b"caf\xe9.png",
    b"\xff\xfe\x80.png",
    "ünï—cödé \N{ENVELOPE}.png".encode(),
    b"new\nline.png",
    b"carriage\r.png",
    b"tab\t.png",
    b"esc\x1b[31m.png",
    b"-o.png",
    b"--help.png",
    b" blank .png",
    b"'single' \"double\" `back`.png",
    b"$(touch owned);&|.png",
    b"100%s{0}.png",
    b"[bold][.png",
    b"a,b;c=d.png",
    b"back\\slash.png",
    b"*?[a].png",
    b"l" * 251 + b".png",
)
"""Names of files that Linux allows, as bytes."""


@contextmanager
def small_disk(room: int) -> Iterator[None]:
    """No file of this process grows beyond ``room`` bytes, as on a disk that is full there."""
    resource = pytest.importorskip("resource", reason="no limits on this system")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


_Sets = ctypes.c_uint32 * 6
_VERSION_3 = 0x20080522


@contextmanager
def ordinary_user() -> Iterator[None]:
    """This thread, and those that it starts, may not write what is marked as not to be written.

    The superuser may: Linux takes that right away for a while (capset(2)).
    """
    if os.geteuid() != 0:
        yield
        return
    if not sys.platform.startswith("linux"):
        pytest.skip("the superuser may write everything")
    libc = ctypes.CDLL(None, use_errno=True)
    header, kept, none = _Header(_VERSION_3, 0), _Sets(), _Sets()
    assert libc.capget(ctypes.byref(header), kept) == 0
    none[1], none[4] = kept[1], kept[4]  # the permitted sets stay, to come back
    assert libc.capset(ctypes.byref(header), none) == 0
    try:
        yield
    finally:
        assert libc.capset(ctypes.byref(header), kept) == 0


@contextmanager
def unwritable(*paths: Path) -> Iterator[None]:
    """Files and folders that may only be read."""
    modes = {path: path.stat().st_mode for path in paths}
    for path, mode in modes.items():
        path.chmod(mode & ~0o222)
    try:
        with ordinary_user():
            yield
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


def odd_letters(folder: Path, text: str = "97358") -> list[Path]:
    """A file under each odd name."""
    folder.mkdir(exist_ok=True)
    paths = [Path(os.fsdecode(os.fsencode(folder) + b"/" + name)) for name in ODD_NAMES]
    for path in paths:
        path.write_text(text)
    return paths


@dataclass(slots=True)
class Inline:
    """An engine that reads here and now; ``accidents`` happen before so many files were read."""

    accidents: dict[int, object] = field(default_factory=dict)
    after_reading: object = None

    def __enter__(self) -> Inline:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def run(self, files: Iterable[MailFile | None]) -> Generator[Outcome, None, None]:
        read = Desk()()
        for number, file in enumerate(files):
            assert file is not None
            accident = self.accidents.get(number)
            if callable(accident):
                accident()
            outcome = Outcome(file, tuple(read(file.path)))
            if callable(self.after_reading):
                self.after_reading(file)
            yield outcome
