from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from zipreader.errors import OutputError
from zipreader.files import aside, is_file, is_folder, is_there, write_whole


def test_what_is_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    assert (is_file(tmp_path / "a.png"), is_folder(tmp_path), is_there(tmp_path)) == (True,) * 3
    assert (is_file(tmp_path), is_folder(tmp_path / "a.png")) == (False, False)


@pytest.mark.parametrize("ask", [is_file, is_folder, is_there])
@pytest.mark.parametrize("name", ["n" * 300, "a.png/within", "a\0b", "missing"])
def test_a_name_that_no_file_can_have_is_not_there(ask: object, name: str, tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    assert callable(ask)
    assert ask(tmp_path / name) is False


def test_a_file_is_written_aside_and_takes_its_place(tmp_path: Path) -> None:
    path = tmp_path / f"{'n' * 240}.csv"  # with something added no drive takes it
    path.write_text("old")
    with aside(path) as part:
        part.write_text("new")
        assert (part.parent, part.suffix, part.name[0]) == (tmp_path, ".csv", ".")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot be asked so")
def test_it_is_on_the_disk_before_it_takes_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, seen = tmp_path / "a.csv", []
    monkeypatch.setattr("os.fsync", lambda descriptor: seen.append(path.exists()))
    with aside(path) as part:
        part.write_text("new")
    assert seen == [False, True], "the file, and then the folder that names it"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot be asked so")
@pytest.mark.parametrize(("code", "kept"), [(errno.EINVAL, "new"), (errno.EIO, "old")])
def test_a_drive_that_cannot_say_so_is_written_to_and_a_bad_one_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, kept: str
) -> None:
    def answer(descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    path = tmp_path / "a.csv"
    path.write_text("old")
    monkeypatch.setattr("os.fsync", answer)
    with suppress(OutputError):
        write_whole(path, b"new")
    assert path.read_text() == kept
    assert list(tmp_path.iterdir()) == [path]


def test_a_fault_leaves_the_file_before(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), aside(path) as part:
        part.write_text("half")
        raise ZeroDivisionError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"away/report\.json: cannot be written \(No such"):
        write_whole(tmp_path / "away" / "report.json", b"{}")
