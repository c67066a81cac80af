"""How the command starts and ends, whatever it was asked to do."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import zipreader as package
from tests.conftest import Command
from zipreader.cli import app as commands
from zipreader.cli import options
from zipreader.errors import (
    ExitCode,
    ImageTooLargeError,
    InputError,
    ModelError,
    OutputError,
    UsageError,
    ZipReaderError,
)

SAMPLES = Path(__file__).parents[2] / "samples"
COMMANDS = sorted(
    info.name or info.callback.__name__
    for info in commands.app.registered_commands
    if info.callback is not None
)


def fails_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let the command meet this error when it starts to work."""

    def reader(*_arguments: object, **_options: object) -> None:
        raise error

    monkeypatch.setattr("zipreader.reading.reader.Reader", reader)


# --- help and version ------------------------------------------------------------------------


def test_the_version_goes_to_stdout(zipreader: Command) -> None:
    done = zipreader("--version")
    assert (done.code, done.out, done.err) == (0, f"zipreader {package.__version__}\n", "")


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_names_every_command(zipreader: Command, option: str) -> None:
    done = zipreader(option)
    assert done.code == 0
    assert done.err == ""
    for name in COMMANDS:
        assert re.search(rf"\b{name}\b", done.out)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_has_an_example(zipreader: Command, name: str) -> None:
    done = zipreader(name, "--help")
    assert done.code == 0
    assert f"zipreader {name}" in done.out
    assert "Example:" in done.out


def test_read_is_a_command() -> None:
    assert "read" in COMMANDS


def test_no_arguments_show_the_help(zipreader: Command) -> None:
    done = zipreader()
    assert done.code in {0, 2}
    assert "Usage" in done.out + done.err
    assert "read" in done.out + done.err


@pytest.mark.parametrize(
    "arguments", [["scan"], ["read"], ["--colour"], ["read", "--colour", "x.png"]]
)
def test_a_wrong_command_line_is_a_usage_error(zipreader: Command, arguments: list[str]) -> None:
    done = zipreader(*arguments)
    assert done.code == ExitCode.USAGE
    assert done.out == ""
    assert "Usage" in done.err
    assert "Traceback" not in done.err


# --- errors ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ZipReaderError("x.png: a cause"), 1),
        (UsageError("x.png: a cause"), 2),
        (InputError("x.png: a cause"), 3),
        (ImageTooLargeError("x.png: a cause"), 3),
        (ModelError("x.png: a cause"), 4),
        (OutputError("x.png: a cause"), 5),
    ],
)
def test_an_error_is_one_line_and_its_exit_code(
    zipreader: Command, monkeypatch: pytest.MonkeyPatch, error: ZipReaderError, code: int
) -> None:
    fails_with(monkeypatch, error)
    done = zipreader("read", "x.png")
    assert done.code == code
    assert done.out == ""
    assert done.complaint == "zipreader: x.png: a cause"


def test_an_interruption_has_its_own_exit_code(
    zipreader: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails_with(monkeypatch, KeyboardInterrupt())
    done = zipreader("read", "x.png")
    assert done.code == ExitCode.INTERRUPTED
    assert len(done.err.splitlines()) <= 1


@pytest.mark.parametrize("error", [ValueError("two\nlines"), RuntimeError()])
def test_a_bug_is_one_line_too(
    zipreader: Command, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.delenv("ZIPREADER_DEBUG", raising=False)
    fails_with(monkeypatch, error)
    done = zipreader("read", "x.png")
    assert done.code == ExitCode.INTERNAL
    assert done.complaint.startswith(f"zipreader: internal error: {type(error).__name__}: ")
    assert "ZIPREADER_DEBUG" in done.complaint


def test_a_bug_can_be_traced(monkeypatch: pytest.MonkeyPatch) -> None:
    from zipreader.cli import main

    monkeypatch.setenv("ZIPREADER_DEBUG", "1")
    monkeypatch.setattr("sys.argv", ["zipreader", "read", "x.png"])
    fails_with(monkeypatch, ValueError("here"))
    with pytest.raises(ValueError, match="here"):
        main()


def test_a_closed_pipe_is_no_error(zipreader: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in ``zipreader read *.png | head -1``."""
    fails_with(monkeypatch, BrokenPipeError(errno.EPIPE, "Broken pipe"))
    monkeypatch.setattr("zipreader.cli._silence_stdout", lambda: None)
    done = zipreader("read", "x.png")
    assert done.code == ExitCode.OK
    assert done.err == ""


# --- the process -----------------------------------------------------------------------------


def test_the_module_can_be_run(tmp_path: Path) -> None:
    missing = tmp_path / "missing.png"
    done = subprocess.run(
        [sys.executable, "-m", "zipreader", "read", str(missing)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == ExitCode.INPUT
    assert done.stdout == ""
    assert done.stderr == f"zipreader: {missing}: no such file\n"


def _without(streams: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """A run of which some standard streams are closed, as ``zipreader ... 2>&-`` closes them."""
    command = [sys.executable, "-m", "zipreader", *map(str, arguments)]
    return subprocess.run(
        ["sh", "-c", f'exec "$@" {streams}', "sh", *command],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_closed_stderr_changes_nothing() -> None:
    sample = SAMPLES / "printed.jpg"
    usual, deaf = _without("", "read", sample), _without("2>&-", "read", sample)
    assert usual.stdout
    assert (deaf.returncode, deaf.stderr) == (usual.returncode, "")
    assert deaf.stdout.splitlines()[:-1] == usual.stdout.splitlines()[:-1], "but for the time"


def test_a_program_with_a_closed_stderr_reads_too() -> None:
    code = "import sys, zipreader; print(zipreader.Reader().read(sys.argv[1])[0].zip)"
    program = [sys.executable, "-c", code, str(SAMPLES / "printed.jpg")]
    command = ["sh", "-c", 'exec "$@" 2>&-', "sh", *program]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "83647\n")


def test_a_complaint_does_not_go_to_stdout_where_stderr_is_closed(tmp_path: Path) -> None:
    done = _without("2>&-", "read", tmp_path / "missing.png")
    assert (done.returncode, done.stdout, done.stderr) == (ExitCode.INPUT, "", "")


def test_training_begins_with_a_closed_stderr(tmp_path: Path) -> None:
    """And ends, with its packages or without, because the folder is a file."""
    (tmp_path / "file").touch()
    done = _without("2>&-", "train", "--out", tmp_path / "file")
    assert (done.returncode, done.stdout, done.stderr) == (ExitCode.USAGE, "", "")


@pytest.mark.parametrize("arguments", [("--version",), ("read", SAMPLES / "printed.jpg")])
def test_a_closed_stdout_is_an_output_that_cannot_be_written(
    arguments: tuple[str | Path, ...],
) -> None:
    done = _without(">&-", *arguments)
    assert done.returncode == ExitCode.OUTPUT
    assert done.stderr == "zipreader: the output: cannot be written (Bad file descriptor)\n"


def test_a_closed_stdout_is_no_harm_where_nothing_goes_there(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    done = _without(">&-", "batch", SAMPLES / "printed.jpg", "-o", out, "--workers", "1")
    assert (done.returncode, len(out.read_text().splitlines())) == (ExitCode.OK, 1)


def test_a_closed_stdin_holds_nothing() -> None:
    done = _without("<&-", "read", "-")
    assert done.returncode == ExitCode.INPUT
    assert done.stderr == "zipreader: <stdin>: the file is empty\n"


def test_who_stops_listening_sees_no_complaint() -> None:
    """As in ``zipreader --help | head -0``."""
    read_end, write_end = os.pipe()
    os.close(read_end)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "zipreader", "--help"],
            stdout=write_end,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    finally:
        os.close(write_end)
    assert (done.returncode, done.stderr) == (0, "")


def test_processes_are_as_many_as_the_cores_that_may_be_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever the machine has; one function says so for all commands."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {3}, raising=False)
    assert options.cores() == 1
    folder = Path(options.__file__).parent
    assert [p.name for p in folder.glob("*.py") if "cpu_count" in p.read_text()] == ["options.py"]


def test_a_terminal_that_knows_no_bullet_is_told_all_the_same(tmp_path: Path) -> None:
    """As where stdout is a file on Windows, in cp1252 or another old encoding."""
    odd = tmp_path / "\u2709.tif"
    odd.write_bytes((SAMPLES / "struck-out.tif").read_bytes())
    done = subprocess.run(
        [sys.executable, "-m", "zipreader", "read", odd, SAMPLES / "printed.jpg"],
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (ExitCode.FLAGGED, b"")
    assert done.stdout.count(b"confidence") == 2
