from __future__ import annotations

import io
import json
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from tests.evaluation.scene import blind_reader, scene
from zipreader.cli.evaluate import _rich, evaluate
from zipreader.errors import ExitCode, InputError, MissingExtraError, OutputError, UsageError
from zipreader.evaluation.tables import Table

Run = Callable[..., Any]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command with a reader that flags everything."""
    spec = SimpleNamespace(open=blind_reader)
    monkeypatch.setattr("zipreader.cli.evaluate.reader_spec", lambda *_: spec)
    app = typer.Typer()
    app.command()(evaluate)

    def invoke(*arguments: object) -> Any:
        return CliRunner().invoke(app, [str(a) for a in arguments], terminal_width=200)

    return invoke


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two pieces with their truth."""
    mail = tmp_path / "mail"
    mail.mkdir()
    written = scene()
    for name in ("1.png", "2.png"):
        cv2.imwrite(str(mail / name), written.page.grey)
    lines = (written.truth.named(name).to_json() for name in ("1.png", "2.png"))
    (mail / "truth.jsonl").write_text("\n".join(lines))
    return mail


def test_a_folder_gives_tables(run: Run, folder: Path) -> None:
    result = run(folder, "--workers", 1)
    assert result.exit_code == ExitCode.OK, result.output
    assert "2 pieces of the folder" in result.stdout
    assert "0.0% (0.0-84.2)" in result.stdout
    assert "Misses by stage" in result.stdout


def test_json_goes_to_stdout_alone(run: Run, folder: Path) -> None:
    values = json.loads(run(folder, "--json", "--workers", 1).stdout)
    assert values["provenance"]["parameters"] == {"folder": str(folder)}
    assert [piece["name"] for piece in values["pieces"]] == ["1.png", "2.png"]


def test_reports_are_written_and_compared(run: Run, folder: Path, tmp_path: Path) -> None:
    old, page, text = (tmp_path / f"report.{kind}" for kind in ("json", "html", "md"))
    assert run(folder, "--report", old, "--report", page, "--workers", 1).exit_code == 0
    assert page.read_text().count("<img") == 4
    result = run(folder, "--compare", old, "--report", text, "--workers", 1)
    assert "2 pieces were read both times" in result.stdout
    assert "## Change of rates" in text.read_text()
    both = json.loads(run(folder, "--compare", old, "--json", "--workers", 1).stdout)
    assert both["comparison"]["common"] == 2
    assert [row["gained"] for row in both["comparison"]["paired"]] == [0, 0, 0, 0]


def test_missing_and_extra_files_are_named_and_change_the_exit_code(run: Run, folder: Path) -> None:
    (folder / "2.png").rename(folder / "3.png")
    result = run(folder, "--workers", 1)
    assert result.exit_code == ExitCode.INPUT
    assert "2.png: named by the truth, but missing" in result.stderr
    assert "3.png: not named by the truth" in result.stderr


def test_a_damaged_file_is_named_and_counted(run: Run, folder: Path) -> None:
    (folder / "1.png").write_bytes(b"no image")
    result = run(folder, "--workers", 1)
    assert result.exit_code == ExitCode.INPUT
    assert "1.png" in result.stderr
    assert "file" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (["--report", "out.pdf"], UsageError, ".html"),
        (["--report", "nowhere/out.html"], OutputError, "nowhere"),
        (["--compare", "nowhere.json"], InputError, "nowhere.json"),
        (["nowhere"], InputError, "no such folder"),
        (["--kind", "postcards"], UsageError, "postcards"),
    ],
)
def test_bad_requests_are_refused_before_the_work(
    run: Run, arguments: list[str], error: type[Exception], words: str
) -> None:
    result = run(*arguments)
    assert isinstance(result.exception, error)
    assert words in str(result.exception)


@pytest.mark.parametrize("kind", ["json", "html", "md"])
def test_a_report_replaces_a_report_and_nothing_else(
    run: Run, folder: Path, tmp_path: Path, kind: str
) -> None:
    out = tmp_path / f"out.{kind}"
    for _ in range(2):
        assert run(folder, "--report", out, "--workers", 1).exit_code == 0
    out.write_text('{"mine": 1}')
    result = run(folder, "--report", out, "--workers", 1)
    assert isinstance(result.exception, OutputError)
    assert "it is no report" in str(result.exception)
    assert out.read_text() == '{"mine": 1}'


def test_the_help_teaches_with_an_example(run: Run) -> None:
    text = run("--help").stdout
    assert "Example:" in text
    assert "truth.csv" in text


@pytest.mark.parametrize("workers", [1, 2])
def test_a_missing_extra_is_named_before_anything_is_read(
    run: Run, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    def uninstalled(package: str) -> None:
        raise PackageNotFoundError(package)

    monkeypatch.setattr("zipreader.synth.fonts.distribution", uninstalled)
    monkeypatch.setattr("zipreader.evaluation.run.run", lambda *_: pytest.fail("it was read"))
    result = run("--count", 20, "--workers", workers)
    assert isinstance(result.exception, MissingExtraError)
    assert "pip install '.[synth]'" in str(result.exception)


def test_a_terminal_of_80_columns_cuts_no_figure() -> None:
    share = "100.0% (29.2-100.0)"
    head = ("mail", "pieces", "read", "misread of accepted", "best guess right", "must-flag caught")
    table = Table("Rates", head, (("handwritten", "3", share, share, share, share),), "A note.")
    console = Console(width=80, file=io.StringIO())
    console.print(_rich(table))
    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue()
    assert (shown.count("100.0% "), shown.count("(29.2-100.0)")) == (4, 4)
    assert max(map(len, shown.splitlines())) <= 80
