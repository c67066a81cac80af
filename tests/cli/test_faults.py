"""Batches whose disk fills, whose output goes away, whose files change while they are read."""

from __future__ import annotations

import io
import json
import os
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.test_batch import AT_DESK, environment, summary
from tests.conftest import Command, Outcome
from tests.faults import Inline, odd_letters, small_disk, unwritable
from tests.mailroom.desk import letters
from tests.mailroom.test_sinks import ENDINGS, records_of
from zipreader.errors import ExitCode
from zipreader.mailroom.work import MailFile

FILES = 12
needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Inline:
    """What reads for ``batch``, in this process; the working folder is empty."""
    monkeypatch.chdir(tmp_path)
    inline = Inline()
    monkeypatch.setattr("zipreader.cli.batch._engine", lambda *_: inline)
    return inline


def paths_in(out: Path) -> list[str]:
    return sorted(str(record["path"]) for record in records_of(out))


def add_letters(count: int) -> None:
    """Letters up to so many; those that are there stay as they are."""
    for number in range(count):
        path = Path(f"mail/{number:04d}.png")
        if not path.exists():
            path.write_text("97358")


def lines_of(out: Path) -> Path:
    """Where records are added to while a batch runs."""
    return out.with_name(f"{out.name}.jsonl") if out.suffix == ".parquet" else out


def fails_in_a_line(done: Outcome, code: ExitCode, name: str) -> None:
    assert done.code == code
    assert name in done.complaint
    assert "internal error" not in done.complaint
    assert done.complaint.isprintable()


def everything_is_there_once(zipreader: Command, out: Path, count: int = FILES) -> None:
    """After the same command again, every file is recorded, and none twice."""
    assert zipreader("batch", "mail", "-o", out).code == 0
    assert paths_in(out) == [f"mail/{number:04d}.png" for number in range(count)]


# --- full disks ------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_disk_that_fills_under_way_costs_nothing_that_was_recorded(
    zipreader: Command, engine: Inline, ending: str
) -> None:
    out = Path(f"out.{ending}")
    letters(Path("mail"), *["97358"] * 3)
    assert zipreader("batch", "mail", "-o", out).code == 0
    before = records_of(out)
    add_letters(FILES)
    with small_disk(lines_of(out).stat().st_size + 1200):
        done = zipreader("batch", "mail", "-o", out)
    fails_in_a_line(done, ExitCode.OUTPUT, "out.")
    assert records_of(out)[:3] == before
    assert max(Counter(paths_in(out)).values()) == 1
    everything_is_there_once(zipreader, out)


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_output_that_cannot_even_begin_is_said(
    zipreader: Command, engine: Inline, ending: str
) -> None:
    letters(Path("mail"), "97358")
    with small_disk(0):
        done = zipreader("batch", "mail", "-o", f"out.{ending}")
    fails_in_a_line(done, ExitCode.OUTPUT, f"out.{ending}")
    everything_is_there_once(zipreader, Path(f"out.{ending}"), count=1)


def test_copies_that_do_not_fit_end_the_batch_before_the_record(
    zipreader: Command, engine: Inline
) -> None:
    letters(Path("mail"), "1", "flag " * 2000, "3")
    command = ("batch", "mail", "-o", "out.jsonl", "--copy-flagged", "look")
    with small_disk(4000):
        done = zipreader(*command)
    fails_in_a_line(done, ExitCode.OUTPUT, "look/mail/0001.png")
    assert paths_in(Path("out.jsonl")) == ["mail/0000.png"]
    assert [path for path in Path("look").rglob("*") if path.is_file()] == []
    assert zipreader(*command).code == 0
    assert Path("look/mail/0001.png").is_file()


@needs_full
@pytest.mark.parametrize(
    "command",
    [
        [*AT_DESK, "batch", "mail"],
        [*AT_DESK, "model"],
    ],
)
def test_a_full_stdout_is_said_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    letters(Path("mail"), "1", "2")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, env=environment("0"), check=False
        )
    assert done.returncode == ExitCode.OUTPUT
    told = b"zipreader: the output: cannot be written (No space left on device)\n"
    assert done.stderr == told


@needs_full
def test_where_even_stderr_is_full_the_exit_code_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    letters(Path("mail"), "1")
    command = [*AT_DESK, "batch", "mail", "-o", "out.xml"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, stderr=full, env=environment("0"), check=False)
    assert done.returncode == ExitCode.USAGE


# --- outputs that go away --------------------------------------------------------------------


def remove(path: Path) -> None:
    path.unlink()


def empty(path: Path) -> None:
    os.truncate(path, 0)


def shorten(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 10)


def replace(path: Path) -> None:
    path.rename(path.with_name("aside"))
    path.touch()


@pytest.mark.parametrize("at", [1, FILES - 1])
@pytest.mark.parametrize("accident", [remove, empty, shorten, replace])
@pytest.mark.parametrize("ending", ENDINGS)
def test_an_output_that_is_changed_under_way_is_noticed(
    zipreader: Command, engine: Inline, ending: str, accident: Callable[[Path], None], at: int
) -> None:
    out = Path(f"out.{ending}")
    letters(Path("mail"), *["97358"] * FILES)
    engine.accidents[at] = lambda: accident(lines_of(out))
    done = zipreader("batch", "mail", "-o", out)
    fails_in_a_line(done, ExitCode.OUTPUT, lines_of(out).name)
    engine.accidents.clear()
    if ending == "db":  # the journal of SQLite is of the database that is gone
        for name in ("out.db", "out.db-wal", "out.db-shm"):
            Path(name).unlink(missing_ok=True)
    everything_is_there_once(zipreader, out)


@pytest.mark.parametrize("accident", [remove, empty, shorten])
def test_a_journal_that_is_changed_under_way_is_noticed(
    zipreader: Command, engine: Inline, accident: Callable[[Path], None]
) -> None:
    letters(Path("mail"), *["97358"] * FILES)
    engine.accidents[6] = lambda: accident(Path("out.jsonl.journal"))
    done = zipreader("batch", "mail", "-o", "out.jsonl")
    fails_in_a_line(done, ExitCode.OUTPUT, "out.jsonl.journal")
    assert paths_in(Path("out.jsonl")) == [f"mail/{number:04d}.png" for number in range(6)]
    engine.accidents.clear()
    if accident is shorten:
        everything_is_there_once(zipreader, Path("out.jsonl"))
    else:  # nothing says whose records these are: they are not touched
        done = zipreader("batch", "mail", "-o", "out.jsonl")
        fails_in_a_line(done, ExitCode.OUTPUT, "out.jsonl.journal")
        assert len(paths_in(Path("out.jsonl"))) == 6


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_output_that_may_only_be_read_is_said_and_kept(
    zipreader: Command, engine: Inline, ending: str
) -> None:
    out = Path(f"out.{ending}")
    letters(Path("mail"), "97358")
    assert zipreader("batch", "mail", "-o", out).code == 0
    before = records_of(out)
    add_letters(2)
    with unwritable(Path().resolve(), *Path().glob("out.*")):
        done = zipreader("batch", "mail", "-o", out)
    fails_in_a_line(done, ExitCode.OUTPUT, out.name)
    assert records_of(out) == before
    everything_is_there_once(zipreader, out, count=2)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_name_that_is_too_long_for_the_drive_is_an_output_error(
    zipreader: Command, engine: Inline, ending: str
) -> None:
    letters(Path("mail"), "97358")
    out = "o" * 300 + f".{ending}"
    fails_in_a_line(zipreader("batch", "mail", "-o", out), ExitCode.OUTPUT, out)
    fails_in_a_line(zipreader("batch", f"mail/{out}"), ExitCode.INPUT, out)


def test_a_complaint_is_one_line_whatever_the_name(zipreader: Command, engine: Inline) -> None:
    letters(Path("mail"), "97358")
    out = Path("two\nlines\x1b[31m.jsonl")
    out.write_text("precious")
    fails_in_a_line(zipreader("batch", "mail", "-o", out), ExitCode.OUTPUT, "lines")
    fails_in_a_line(zipreader("read", "two\nlines\udce9.png"), ExitCode.INPUT, "lines")
    assert out.read_text() == "precious"


# --- files -----------------------------------------------------------------------------------


def test_a_file_that_changes_while_it_is_read_is_read_again(
    zipreader: Command, engine: Inline
) -> None:
    letters(Path("mail"), "11111", "22222", "33333")

    def change(file: MailFile) -> None:
        if file.path.endswith("0001.png"):
            Path(file.path).write_text("44444 55555")

    engine.after_reading = change
    assert zipreader("batch", "mail", "-o", "out.db").code == 0
    engine.after_reading = None
    done = zipreader("batch", "mail", "-o", "out.db")
    assert (summary(done.err)["files"], summary(done.err)["recorded_before"]) == (1, 2)
    zips = [record["zip"] for record in records_of(Path("out.db"))]
    assert zips == ["11111", "22222", "33333", "44444", "55555"]
    assert zipreader("export", "--db", "out.db", "-o", "final.jsonl").code == 0
    rows = Path("final.jsonl").read_text().splitlines()
    finals = [json.loads(row)["zip"] for row in rows]
    assert finals == ["11111", "33333", "44444", "55555"], "the newest reading alone counts"


def test_a_file_that_goes_before_it_is_read_has_failed(zipreader: Command, engine: Inline) -> None:
    files = letters(Path("mail"), "1", "2", "3")
    engine.accidents[1] = Path(files[1].path).unlink
    done = zipreader("batch", "mail", "-o", "out.jsonl")
    assert done.code == ExitCode.INPUT
    assert summary(done.err)["failed"] == 1
    assert paths_in(Path("out.jsonl")) == [file.path for file in files]


def test_thousands_of_files_in_one_folder(zipreader: Command, engine: Inline) -> None:
    letters(Path("mail"), *["97358"] * 3000)
    engine.accidents[1500] = lambda: os.truncate("out.jsonl", 1000)
    assert zipreader("batch", "mail", "-o", "out.jsonl").code == ExitCode.OUTPUT
    engine.accidents.clear()
    everything_is_there_once(zipreader, Path("out.jsonl"), count=3000)


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode there")
@pytest.mark.parametrize("ending", ENDINGS)
def test_any_name_is_read_recorded_copied_and_exported(
    zipreader: Command, engine: Inline, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    files = odd_letters(Path("mail"), "97358 flag")
    out = Path(f"out.{ending}")
    assert zipreader("batch", "mail", "-o", out, "--copy-flagged", "look").code == 0
    names = {str(path) for path in files}
    if ending == "parquet":  # its text is Unicode
        names = {name.encode("utf-8", "backslashreplace").decode() for name in names}
    assert set(paths_in(out)) == names
    assert {str(path.relative_to("look")) for path in Path("look").rglob("*.png")} == {
        str(path) for path in files
    }
    listed = b"\0".join(os.fsencode(path) for path in files)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(listed)))
    done = zipreader("batch", "-", "--null", "-o", out)
    assert summary(done.err)["recorded_before"] == len(files), "they are known again"
    if ending == "db":
        for final in ("final.csv", "final.jsonl", "final.parquet"):
            assert zipreader("export", "--db", out, "-o", final).code == 0
    assert not Path("owned").exists()
