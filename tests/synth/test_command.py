from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from zipreader.cli.synth import synth
from zipreader.errors import UsageError
from zipreader.synth import KINDS

app = typer.Typer(rich_markup_mode="rich")
app.command()(synth)


def test_mail_is_made_and_told_of(tmp_path: Path) -> None:
    out = tmp_path / "mail"
    result = CliRunner().invoke(app, [str(out), "-n", "2", "--kind", "printed", "--workers", "1"])
    assert result.exit_code == 0, result.output
    assert "2 printed" in result.stdout
    assert len(list(out.glob("000*"))) == 2


def test_json_is_the_truth(tmp_path: Path) -> None:
    out = tmp_path / "mail"
    arguments = [str(out), "-n", "1", "--kind", "touching", "--seed", "5", "--json"]
    result = CliRunner().invoke(app, arguments)
    assert json.loads(result.stdout) == json.loads((out / "truth.jsonl").read_text())


def test_an_unknown_kind_is_a_usage_error(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, [str(tmp_path / "mail"), "--kind", "spam"])
    assert isinstance(result.exception, UsageError)


@pytest.mark.parametrize("kind", [*KINDS, "mixed"])
def test_the_help_names_every_kind_and_gives_an_example(kind: str) -> None:
    text = " ".join(CliRunner().invoke(app, ["--help"], env={"COLUMNS": "200"}).output.split())
    assert kind in text and "zipreader synth mail --count 200" in text
    assert "Needs the extra 'synth'" in text
