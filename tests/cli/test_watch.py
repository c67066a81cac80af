from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_batch import AT_DESK, on_terminal, start, wait_for, zips
from tests.conftest import Command
from tests.mailroom.desk import letters
from tests.mailroom.test_sinks import records_of
from zipreader.errors import ExitCode

FAST = ("--settle", "0.3", "--poll", "0.1", "-w", "1")


@pytest.fixture
def hot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder ``in`` in the working folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def watching(hot: Path, *options: str) -> subprocess.Popen[str]:
    return start([*AT_DESK, "watch", "in", "-o", "out.jsonl", *FAST, *options], hot.parent, "0")


def ended(watch: subprocess.Popen[str], number: int = signal.SIGINT) -> tuple[int, str]:
    os.killpg(watch.pid, number)
    _, err = watch.communicate(timeout=30)
    return watch.returncode, err


def summary(err: str) -> dict[str, Any]:
    """The last line on stderr; the first says what is watched."""
    first, *_, last = err.splitlines()
    assert first == "zipreader: waiting for files in in, until Ctrl-C"
    told: dict[str, Any] = json.loads(last)
    return told


def count(number: int) -> None:
    out = Path("out.jsonl")
    wait_for(lambda: out.exists() and out.read_bytes().count(b"\n") == number)


def test_what_arrives_is_read_and_nothing_is_moved(hot: Path) -> None:
    letters(hot, "1", "2 flag")
    watch = watching(hot)
    count(3)
    (hot / "late.png").write_text("3")
    count(4)
    code, err = ended(watch)
    assert code == 0
    assert summary(err)["files"] == 3
    assert "left_out" not in summary(err), "nothing is counted that could be left out"
    assert len(list(hot.iterdir())) == 3
    # Killed and started again, it goes on.
    (hot / "later.png").write_text("4 damage")
    watch = watching(hot)
    count(6)
    code, err = ended(watch, signal.SIGTERM)
    assert code == ExitCode.INPUT
    assert summary(err)["files"] == 1
    assert "zipreader: in/later.png: damaged" in err
    assert zips(Path("out.jsonl")) == ["1", "2", "3", "4", "None", "flag"]


def test_a_program_that_listens_hears_the_summary_alone(hot: Path) -> None:
    letters(hot, "1 damage")
    watch = watching(hot, "--json")
    count(2)
    code, err = ended(watch)
    assert (code, json.loads(err)["failed"]) == (ExitCode.INPUT, 1)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_terminal_sees_that_an_idle_folder_is_watched(hot: Path) -> None:
    shown = on_terminal([*AT_DESK, "watch", "in", "-o", "out.jsonl", *FAST], hot.parent, 3.0)
    assert "waiting for files in in" in shown
    assert "left out" not in shown


def test_files_are_moved_when_told_and_recorded_where_they_lie(hot: Path) -> None:
    letters(hot, "1")
    Path("read").mkdir()
    Path("read/left.png").write_text("0")  # moved, but not recorded when a run was killed
    watch = watching(hot, "--move-to", "read")
    count(2)
    (hot / "0000.png").write_text("2")
    count(3)
    assert ended(watch)[0] == 0
    assert list(hot.iterdir()) == []
    paths = sorted(str(record["path"]) for record in records_of(Path("out.jsonl")))
    assert paths == ["read/0000-2.png", "read/0000.png", "read/left.png"]
    assert all(Path(path).is_file() for path in paths)


def test_what_failed_before_is_no_fault_of_the_next_watch(hot: Path) -> None:
    Path("read").mkdir()
    for letter, lines, code in (("1 damage", 2, ExitCode.INPUT), ("2", 3, ExitCode.OK)):
        letters(hot, letter)
        watch = watching(hot, "--move-to", "read")
        count(lines)
        assert ended(watch)[0] == code


def test_a_file_that_cannot_be_moved_stays_and_the_watch_goes_on(hot: Path) -> None:
    Path("read").mkdir()
    Path("read/tray").write_text("a file where a folder is needed")
    letters(hot / "tray", "1")
    (hot / "plain.png").write_text("2")
    watch = watching(hot, "--move-to", "read")
    count(1)
    time.sleep(0.5)  # several looks
    code, err = ended(watch)
    assert code == 0
    complaint, _ = err.splitlines()[1:]
    assert "0000.png: cannot be moved to read/tray/0000.png" in complaint
    assert (hot / "tray" / "0000.png").read_text() == "1"


def test_an_output_that_is_removed_ends_the_watch(hot: Path) -> None:
    letters(hot, "1")
    watch = watching(hot)
    count(1)
    Path("out.jsonl").unlink()
    (hot / "late.png").write_text("2")
    _, err = watch.communicate(timeout=30)
    assert watch.returncode == ExitCode.OUTPUT
    _, complaint = err.splitlines()
    assert complaint.startswith("zipreader: out.jsonl: was removed or changed")


@pytest.mark.parametrize(
    "arguments",
    [
        ("nowhere", "-o", "out.jsonl"),
        ("in", "-o", "out.xml"),
        ("in", "-o", "out.jsonl", "--move-to", "in/read"),
        ("in", "-o", "out.jsonl", "--move-to", "."),
        ("in", "-o", "out.jsonl", "--copy-flagged", "in"),
    ],
)
def test_what_cannot_work_is_said_at_once(
    zipreader: Command, hot: Path, arguments: tuple[str, ...]
) -> None:
    done = zipreader("watch", *arguments)
    assert done.code in (ExitCode.USAGE, ExitCode.INPUT)
    assert done.complaint
    assert [path.name for path in hot.parent.iterdir()] == ["in"]
