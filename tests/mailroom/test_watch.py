from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from zipreader.errors import OutputError
from zipreader.mailroom.identity import FileIdentity
from zipreader.mailroom.watch import HotFolder, Patience
from zipreader.mailroom.work import MailFile


class Clock:
    """Time that passes when the test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


Look = Callable[[float], list[str]]


@pytest.fixture
def known() -> set[FileIdentity]:
    return set()


@pytest.fixture
def told() -> list[str]:
    """What the folder complained of."""
    return []


@pytest.fixture
def look(root: Path, clock: Clock, known: set[FileIdentity], told: list[str]) -> Look:
    """Let seconds pass; the names that are taken then."""
    hot = HotFolder(
        str(root), known.__contains__, complain=told.append, patience=Patience(2, 5), clock=clock
    )
    return looking(iter(hot), clock, known)


def looking(
    files: Iterator[MailFile | None], clock: Clock, known: set[FileIdentity]
) -> Callable[[float], list[str]]:
    def look(seconds: float) -> list[str]:
        clock.now += seconds
        taken = []
        while (file := next(files)) is not None:
            known.add(file.identity)
            taken.append(Path(file.path).name)
        return taken

    return look


def test_a_file_is_taken_once_it_stood_still(root: Path, look: Look) -> None:
    (root / "a.png").write_text("whole")
    assert look(0) == []
    assert look(4) == []
    assert look(2) == ["a.png"]
    assert look(60) == []


def test_a_file_that_grows_is_waited_for(root: Path, look: Look) -> None:
    with (root / "a.png").open("w") as file:
        for _ in range(6):
            file.write("more")
            file.flush()
            assert look(4) == []
    assert look(4) == []
    assert look(4) == ["a.png"]


def test_a_file_that_is_begun_and_not_yet_written_is_waited_for(
    root: Path, look: Look, told: list[str]
) -> None:
    (root / "a.png").touch()
    assert look(0) + look(6) + look(60) == []
    assert told == [f"{root / 'a.png'}: is empty, and waited for"]
    (root / "a.png").write_text("whole")
    assert look(6) == []
    assert look(6) == ["a.png"]


def test_a_file_that_changes_later_is_taken_again(root: Path, look: Look) -> None:
    (root / "a.png").write_text("front")
    assert look(0) + look(6) == ["a.png"]
    (root / "a.png").write_text("front and back")
    assert look(6) == []
    assert look(6) == ["a.png"]


def test_the_folder_is_not_looked_at_before_the_time(root: Path, look: Look) -> None:
    (root / "a.png").write_text("whole")
    assert look(0) == []
    (root / "b.png").write_text("whole")
    assert look(1) == []
    assert look(5) == ["a.png"], "b.png was first seen just now"
    assert look(6) == ["b.png"]


def test_a_file_that_comes_back_is_a_new_one(root: Path, look: Look) -> None:
    (root / "a.png").write_text("whole")
    assert look(0) == []
    (root / "a.png").unlink()
    assert look(4) == []
    (root / "a.png").write_text("whole")
    assert look(4) == []
    assert look(6) == ["a.png"]


def test_what_was_taken_before_a_restart_is_not_taken_again(
    root: Path, look: Look, known: set[FileIdentity]
) -> None:
    (root / "a.png").write_text("whole")
    known.add(FileIdentity.of(root / "a.png"))
    assert look(0) + look(6) + look(6) == []


def test_folders_in_it_are_looked_at_and_hidden_files_are_not(root: Path, look: Look) -> None:
    (root / "tray").mkdir()
    for name in ("tray/a.tif", ".b.png", "c.part", "Thumbs.db"):
        (root / name).write_text("whole")
    assert look(0) + look(6) == ["a.tif"]


def test_a_drive_that_goes_and_comes_back_is_told_once(
    root: Path, look: Look, told: list[str]
) -> None:
    (root / "a.png").write_text("whole")
    assert look(0) == []
    away = root.rename(root.with_name("away"))
    assert look(6) + look(6) == []
    assert len(told) == 1
    assert "cannot be listed" in told[0]
    away.rename(root)
    assert look(6) == []
    assert look(6) == ["a.png"]


def test_a_file_that_cannot_be_taken_is_tried_again_and_told_once(
    root: Path, clock: Clock, told: list[str]
) -> None:
    answers: list[bool] = [False, False, True]
    known: set[FileIdentity] = set()

    def take(file: MailFile) -> MailFile:
        if not answers.pop(0):
            raise OutputError("read/a.png: cannot be written (No space left on device)")
        return file

    hot = HotFolder(str(root), known.__contains__, take, told.append, Patience(2, 5), clock)
    look = looking(iter(hot), clock, known)
    (root / "a.png").write_text("whole")
    assert look(0) + look(6) + look(6) == []
    assert look(6) == ["a.png"]
    assert told == ["read/a.png: cannot be written (No space left on device)"]
