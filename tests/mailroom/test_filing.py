from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from tests.faults import small_disk
from zipreader.errors import OutputError
from zipreader.mailroom.filing import below, can_be_read, copy_into, move_into


@pytest.fixture
def scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """``in/a/scan.png``, in the working folder."""
    monkeypatch.chdir(tmp_path)
    Path("in/a").mkdir(parents=True)
    Path("in/a/scan.png").write_text("first")
    return Path("in/a/scan.png")


@pytest.mark.parametrize("name", ["in/a/scan.png", "./in/a/scan.png"])
def test_a_copy_keeps_the_folders_of_its_path(scan: Path, name: str) -> None:
    assert copy_into(Path("flagged"), name) == Path("flagged/in/a/scan.png")
    assert Path("flagged/in/a/scan.png").read_text() == "first"
    assert scan.stat().st_mtime_ns == Path("flagged/in/a/scan.png").stat().st_mtime_ns


def test_a_copy_of_an_absolute_or_climbing_path_stays_in_the_folder(scan: Path) -> None:
    whole = scan.absolute()
    expected = Path("flagged", *whole.parts[1:])
    assert copy_into(Path("flagged"), str(whole)) == expected
    assert copy_into(Path("flagged"), "in/a/../a/scan.png") == expected


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        (r"\\scan1\out\0001.tif", "scan1_out/0001.tif"),
        (r"\\scan2\out\0001.tif", "scan2_out/0001.tif"),
        (r"C:\in\a.tif", "C/in/a.tif"),
        (r"in\a.tif", "in/a.tif"),
    ],
)
def test_files_of_other_drives_are_copied_beside_each_other(path: str, inside: str) -> None:
    assert below(PureWindowsPath(path)).as_posix() == inside
    assert below(PurePosixPath("/in/a.tif")) == PurePosixPath("in/a.tif")


def test_what_cannot_be_read_to_its_end_is_not_copied(scan: Path) -> None:
    """As on a bad sector, or a network drive that is gone: the file opens, and then fails."""
    assert can_be_read(str(scan))
    assert not can_be_read("in/none.png")
    assert not can_be_read("in")
    bad = Path("/proc/self/mem")  # opens, and cannot be read from its beginning
    if bad.exists():
        assert not can_be_read(str(bad))


def test_the_newest_copy_stays(scan: Path) -> None:
    copy_into(Path("flagged"), str(scan))
    scan.write_text("second")
    copy = copy_into(Path("flagged"), str(scan))
    assert copy.read_text() == "second"
    assert [path.name for path in copy.parent.iterdir()] == ["scan.png"]


def test_a_copy_that_cannot_be_made_is_an_output_error(scan: Path) -> None:
    Path("flagged").write_text("no folder")
    with pytest.raises(OutputError, match=r"flagged/in/a/scan\.png: cannot be written"):
        copy_into(Path("flagged"), str(scan))


def test_a_move_replaces_nothing(scan: Path) -> None:
    taken = [move_into(Path("read"), str(scan), "in")]
    for text in ("second", "third"):
        scan.write_text(text)
        taken.append(move_into(Path("read"), str(scan), "in"))
    assert taken == [Path(f"read/a/scan{suffix}.png") for suffix in ("", "-2", "-3")]
    assert [path.read_text() for path in taken] == ["first", "second", "third"]
    assert not scan.exists()


def test_a_move_keeps_size_and_time(scan: Path) -> None:
    before = scan.stat()
    after = move_into(Path("read"), str(scan), "in").stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)


@pytest.fixture
def drives(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if every move led to another drive."""

    def rename(self: Path, target: Path) -> Path:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    monkeypatch.setattr(Path, "rename", rename)


@pytest.mark.usefixtures("drives")
def test_a_move_between_drives_is_a_copy_first(scan: Path) -> None:
    before = scan.stat().st_mtime_ns
    target = move_into(Path("read"), str(scan), "in")
    assert target.read_text() == "first"
    assert target.stat().st_mtime_ns == before
    assert not scan.exists()


@pytest.mark.usefixtures("drives")
def test_a_move_between_drives_that_was_killed_is_ended_and_not_done_twice(scan: Path) -> None:
    Path("read/a").mkdir(parents=True)
    shutil.copy2(scan, "read/a/scan.png")
    assert move_into(Path("read"), str(scan), "in") == Path("read/a/scan.png")
    assert not scan.exists()
    assert len(list(Path("read/a").iterdir())) == 1


@pytest.mark.parametrize("is_relative", [True, False])
def test_what_a_link_leads_to_is_copied(scan: Path, is_relative: bool) -> None:
    """Moved into another folder, a relative link would lead nowhere."""
    link = Path("in/link.png")
    link.symlink_to("a/scan.png" if is_relative else scan.absolute())
    target = move_into(Path("read/deep"), str(link), "in")
    assert target == Path("read/deep/link.png") and not target.is_symlink()
    assert target.read_text() == "first"
    assert target.stat().st_mtime_ns == scan.stat().st_mtime_ns
    assert scan.read_text() == "first" and not link.is_symlink()


def test_a_move_that_fails_leaves_the_file(scan: Path) -> None:
    Path("read").write_text("no folder")
    with pytest.raises(OutputError, match="scan.png: cannot be moved to"):
        move_into(Path("read"), str(scan), "in")
    assert scan.read_text() == "first"


def test_a_name_as_long_as_the_drive_allows_is_copied(scan: Path) -> None:
    longest = scan.rename(scan.with_name("s" * 251 + ".png"))
    assert copy_into(Path("flagged"), str(longest)).read_text() == "first"


def test_a_copy_that_does_not_fit_leaves_nothing(scan: Path) -> None:
    scan.write_text("long " * 1000)
    with small_disk(100), pytest.raises(OutputError, match="cannot be written"):
        copy_into(Path("flagged"), str(scan))
    assert list(Path("flagged/in/a").iterdir()) == []
