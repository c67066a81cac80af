from __future__ import annotations

import errno
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Timer
from typing import Any

import cv2
import pytest

from tests.conftest import Command
from tests.drawing import blank, draw_envelope
from tests.mailroom.desk import Desk, letters
from tests.mailroom.test_sinks import records_of
from zipreader.errors import ExitCode

AT_DESK = [sys.executable, "-m", "tests.mailroom.at_desk"]


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def summary(err: str) -> dict[str, Any]:
    """The last line on stderr, where that is no terminal."""
    *failures, line = err.splitlines()
    assert all(failure.startswith("zipreader: ") for failure in failures)
    told: dict[str, Any] = json.loads(line)
    return told


def untimed(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted((record | {"seconds": None} for record in records), key=lambda r: str(r["path"]))


def zips(path: Path) -> list[str]:
    return sorted(str(record["zip"]) for record in records_of(path))


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def desk(work: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, and a reader that costs nothing."""

    def spec(*_: object) -> Desk:
        return Desk()

    monkeypatch.setattr("zipreader.cli.batch.file_reader", spec)
    return work


# --- with the shipped reader -----------------------------------------------------------------


def test_records_are_those_of_read(zipreader: Command, work: Path) -> None:
    Path("mail/tray").mkdir(parents=True)
    letter = draw_envelope("97358", town="LYONS OR", height=30).grey
    assert cv2.imwrite("mail/letter.png", letter)
    assert cv2.imwritemulti("mail/tray/two.tif", [letter, blank(900, 400)])
    Path("mail/broken.jpg").write_bytes(b"\xff\xd8 no more")
    Path("mail/notes.txt").write_text("no mail")
    done = zipreader("batch", "mail", "--workers", 2, "-o", "out.jsonl", "--copy-flagged", "look")
    assert done.code == ExitCode.INPUT
    assert done.out == ""
    told = summary(done.err)
    assert (told["files"], told["pages"], told["accepted"], told["flagged"]) == (3, 3, 2, 1)
    assert (told["failed"], told["left_out"], told["stopped"]) == (1, 1, False)
    names = ["mail/broken.jpg", "mail/letter.png", "mail/tray/two.tif"]
    assert untimed(records_of(Path("out.jsonl"))) == untimed(
        lines(zipreader("read", *names, "--json").out)
    )
    copies = [path.as_posix() for path in Path("look").rglob("*.*")]
    assert sorted(copies) == ["look/mail/broken.jpg", "look/mail/tray/two.tif"]


def test_a_wrong_model_is_one_line_and_its_exit_code(zipreader: Command, work: Path) -> None:
    letters(work / "mail", "1")
    done = zipreader("batch", "mail", "-o", "out.jsonl", "--model", "nowhere")
    assert done.code == ExitCode.MODEL
    assert "no model here" in done.complaint
    assert zipreader("batch", "mail", "--max-error", "7%").code != 0


# --- inputs ----------------------------------------------------------------------------------


def test_without_an_output_records_go_to_stdout(zipreader: Command, desk: Path) -> None:
    letters(desk / "mail", "97358", "02134 flag")
    done = zipreader("batch", "mail")
    assert done.code == 0
    assert sorted(record["zip"] for record in lines(done.out)) == ["02134", "97358", "flag"]
    assert {record["path"] for record in lines(done.out)} == {"mail/0000.png", "mail/0001.png"}


def test_globs_and_files(zipreader: Command, desk: Path) -> None:
    letters(desk / "mail", "1", "2", "3")
    assert zipreader("batch", "mail/*[12].png", "mail/0000.png", "-o", "out.csv").code == 0
    assert zips(Path("out.csv")) == ["1", "2", "3"]


@pytest.mark.parametrize(("option", "end"), [([], "\n"), (["--null"], "\0")])
def test_a_list_on_stdin(
    zipreader: Command, desk: Path, monkeypatch: pytest.MonkeyPatch, option: list[str], end: str
) -> None:
    files = letters(desk / "mail", "1", "2")
    names = "".join(f"{file.path}{end}" for file in files)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(f"{names}gone.png".encode())))
    done = zipreader("batch", "-", *option, "-o", "out.jsonl")
    assert done.code == ExitCode.INPUT
    assert (summary(done.err)["files"], summary(done.err)["failed"]) == (3, 1)


@pytest.mark.parametrize(
    "arguments",
    [
        ("nowhere",),
        ("mail", "nothing*"),
        ("mail", "-"),
        ("mail", "--null"),
        ("mail", "-o", "out.xml"),
        ("mail", "-o", "nowhere/out.csv"),
        ("mail", "--copy-flagged", "mail/look"),
        ("mail/**/*.png", "--copy-flagged", "mail/look"),
        ("mail", "--max-error", "1%", "--min-confidence", "0.9"),
    ],
)
def test_what_cannot_work_is_said_in_a_line_before_the_work(
    zipreader: Command, work: Path, arguments: tuple[str, ...]
) -> None:
    letters(work / "mail", "1")
    done = zipreader("batch", *arguments)
    assert done.code in (ExitCode.USAGE, ExitCode.INPUT, ExitCode.OUTPUT)
    assert done.complaint
    assert [path.name for path in work.iterdir()] == ["mail"]


# --- going on --------------------------------------------------------------------------------


def test_the_same_command_goes_on_and_remembers_failures(zipreader: Command, desk: Path) -> None:
    letters(desk / "mail", "1", "2 damage")
    assert zipreader("batch", "mail", "-o", "out.db").code == ExitCode.INPUT
    (desk / "mail" / "0002.png").write_text("3")
    done = zipreader("batch", "mail", "-o", "out.db")
    assert done.code == ExitCode.INPUT, "a file of this mail has failed"
    told = summary(done.err)
    assert (told["files"], told["failed"]) == (1, 0)
    assert (told["recorded_before"], told["failed_before"]) == (2, 1)
    assert zips(Path("out.db")) == ["1", "2", "3", "None"]


def test_what_failed_is_named_off_the_terminal_too(zipreader: Command, desk: Path) -> None:
    letters(desk / "mail", "1", "2 damage")
    done = zipreader("batch", "mail", "-o", "out.jsonl")
    failure, _ = done.err.splitlines()
    assert failure == "zipreader: mail/0001.png: damaged"
    (record,) = [record for record in records_of(Path("out.jsonl")) if record["error"]]
    assert failure == f"zipreader: {record['error']}"
    (line,) = zipreader("batch", "mail", "-o", "again.jsonl", "--json").err.splitlines()
    assert json.loads(line)["failed"] == 1


def test_a_folder_without_images_is_said(zipreader: Command, desk: Path) -> None:
    Path("mail").mkdir()
    done = zipreader("batch", "mail", "-o", "out.jsonl")
    assert done.code == ExitCode.OK
    assert summary(done.err)["files"] == 0
    assert done.err.splitlines()[0] == "zipreader: mail: no image to read"
    letters(Path("mail"), "1")
    for _ in range(2):
        assert "no image" not in zipreader("batch", "mail", "-o", "out.jsonl").err


def test_a_foreign_output_is_to_be_named_otherwise(zipreader: Command, desk: Path) -> None:
    letters(desk / "mail", "1")
    Path("t.csv").write_text("file,zip")
    done = zipreader("batch", "mail", "-o", "t.csv")
    assert done.code == ExitCode.OUTPUT
    assert "is missing: name another, or remove it" in done.complaint


def test_a_file_that_cannot_be_read_is_not_copied_and_ends_nothing(
    zipreader: Command, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Path.open

    def guarded(self: Path, *arguments: Any, **options: Any) -> Any:
        if self.name == "0001.png" and "b" in "".join(map(str, arguments)):
            raise PermissionError(errno.EACCES, "Permission denied")
        return opened(self, *arguments, **options)

    letters(desk / "mail", "flag", "2 damage", "flag")
    monkeypatch.setattr(Path, "open", guarded)
    done = zipreader("batch", "mail", "-o", "out.jsonl", "--copy-flagged", "look")
    assert done.code == ExitCode.INPUT
    assert summary(done.err)["files"] == 3
    assert sorted(path.name for path in Path("look").rglob("*.png")) == ["0000.png", "0002.png"]


def test_a_file_that_stalls_is_stopped(zipreader: Command, desk: Path) -> None:
    letters(desk / "mail", "1", "hang", "kill")
    done = zipreader("batch", "mail", "--timeout", "0.5", "-o", "out.jsonl")
    assert done.code == ExitCode.INPUT
    errors = [record["error"] for record in records_of(Path("out.jsonl")) if record["error"]]
    assert sorted(str(error).split(": ")[1] for error in errors) == [
        "stopped after 0.5 seconds",
        "the process that read it was ended by SIGKILL, perhaps for want of memory",
    ]


def test_ctrl_c_ends_what_is_in_hand_and_says_how_to_go_on(work: Path) -> None:
    letters(work / "mail", *map(str, range(40)))
    command = [*AT_DESK, "batch", "mail", "-o", "out.jsonl", "-w", "2"]
    batch = start(command, work, delay="0.2")
    wait_for(lambda: Path("out.jsonl").exists() and Path("out.jsonl").stat().st_size > 0)
    os.killpg(batch.pid, signal.SIGINT)  # as a terminal does

    _, err = batch.communicate(timeout=30)
    assert batch.returncode == ExitCode.INTERRUPTED
    advice, told = err.splitlines()
    assert json.loads(told)["stopped"] is True
    assert advice == (
        "zipreader: stopped; run the same command again to go on (out.jsonl is whole)"
    )
    assert 0 < json.loads(told)["files"] == len(records_of(Path("out.jsonl"))) < 40
    batch = start(command, work, delay="0")
    _, err = batch.communicate(timeout=60)
    assert batch.returncode == 0
    assert zips(Path("out.jsonl")) == sorted(map(str, range(40)))


def test_with_json_stderr_has_the_summary_alone_after_ctrl_c_too(work: Path) -> None:
    letters(work / "mail", *map(str, range(40)))
    batch = start([*AT_DESK, "batch", "mail", "-o", "out.jsonl", "--json"], work, delay="0.2")
    wait_for(lambda: Path("out.jsonl").exists() and Path("out.jsonl").stat().st_size > 0)
    os.killpg(batch.pid, signal.SIGINT)
    _, err = batch.communicate(timeout=30)
    assert json.loads(err)["stopped"] is True


def test_ctrl_c_while_workers_start_is_no_failure(work: Path) -> None:
    letters(work / "mail", "1", "2", "3")
    batch = start([*AT_DESK, "batch", "mail", "-o", "out.jsonl", "-w", "2"], work, delay="0.5")
    wait_for(lambda: Path("out.jsonl").exists())
    time.sleep(0.1)
    os.killpg(batch.pid, signal.SIGINT)
    _, err = batch.communicate(timeout=30)
    assert batch.returncode == ExitCode.INTERRUPTED
    assert json.loads(err.splitlines()[-1])["failed"] == 0
    assert "Traceback" not in err


def test_a_second_ctrl_c_ends_at_once(work: Path) -> None:
    letters(work / "mail", "hang", "1")
    batch = start([*AT_DESK, "batch", "mail", "-o", "out.jsonl", "-w", "1"], work, delay="0")
    wait_for(lambda: Path("out.jsonl.journal").exists())
    time.sleep(1)
    for _ in range(2):
        os.killpg(batch.pid, signal.SIGINT)  # as a terminal does

        time.sleep(0.3)
    _, err = batch.communicate(timeout=10)
    assert batch.returncode == ExitCode.INTERRUPTED
    assert "Traceback" not in err


def test_who_stops_listening_ends_the_batch(work: Path) -> None:
    letters(work / "mail", *map(str, range(200)))
    batch = start([*AT_DESK, "batch", "mail"], work, delay="0.01")
    assert batch.stdout is not None
    batch.stdout.readline()
    batch.stdout.close()
    assert batch.wait(timeout=30) == 0
    assert batch.stderr is not None
    batch.stderr.close()


# --- on a terminal ---------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_terminal_sees_progress_failures_and_a_table(work: Path) -> None:
    letters(work / "mail", "1", "2 flag", "3 damage")
    shown = on_terminal([*AT_DESK, "batch", "mail", "-o", "out.jsonl"], work)
    assert "mail/0002.png: damaged" in shown
    assert "read 3, flagged 1, failed 1" in shown
    assert "flagged for a person" in shown
    assert "{" not in shown
    as_json = on_terminal([*AT_DESK, "batch", "mail", "-o", "out.jsonl", "--json"], work)
    assert json.loads(as_json)["recorded_before"] == 3


def on_terminal(command: list[str], work: Path, seconds: float | None = None) -> str:
    """What a terminal shows that is the command's stderr; Ctrl-C comes after ``seconds``."""
    import pty

    ours, theirs = pty.openpty()
    batch = subprocess.Popen(
        command,
        cwd=work,
        env=environment("0.05") | {"COLUMNS": "200", "TERM": "xterm"},
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    if seconds is not None:
        Timer(seconds, batch.send_signal, (signal.SIGINT,)).start()
    try:
        while chunk := os.read(ours, 65536):
            shown += chunk
    except OSError:  # how Linux says that the other end is closed
        pass
    os.close(ours)
    batch.wait()
    return shown.decode()


def environment(delay: str) -> dict[str, str]:
    root = Path(__file__).parents[2]
    return os.environ | {"DESK_DELAY": delay, "PYTHONPATH": str(root)}


def start(command: list[str], work: Path, delay: str) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    env = environment(delay)
    return subprocess.Popen(
        command, cwd=work, env=env, stdout=pipe, stderr=pipe, text=True, start_new_session=True
    )


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
