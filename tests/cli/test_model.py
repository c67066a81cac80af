from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.conftest import Command
from zipreader.errors import ExitCode
from zipreader.reading.modelfolder import default_model_dir, model_name


def test_the_shipped_model_is_described(zipreader: Command) -> None:
    done = zipreader("model")
    assert (done.code, done.err) == (ExitCode.OK, "")
    for words in (
        model_name(),
        "parameters",
        "CC BY-SA 3.0",
        "MNIST test",
        "Strip network",
        "Second strip network",
        "of them with five digits, all signs right: ",
        "zipreader train",
        "threshold",
        "For mail like this",
        "default",
    ):
        assert words in done.out


def test_json(zipreader: Command) -> None:
    values = json.loads(zipreader("model", "--json").out)
    assert values["name"] == model_name()
    assert values["folder"] == str(default_model_dir())


def test_what_is_not_certified_is_said(zipreader: Command, tmp_path: Path) -> None:
    for name in ("model.json", "model.tflite", "strip.tflite", "strip2.tflite", "letters.tflite"):
        shutil.copy(default_model_dir() / name, tmp_path / name)
    done = zipreader("model", "--model", tmp_path)
    assert done.code == ExitCode.OK
    assert "there is no model card" in done.out
    assert "No bound on wrong ZIPs is certified: there is no calibration" in done.out
    content = json.loads((default_model_dir() / "calibration.json").read_text())
    own = tmp_path / "own.json"
    own.write_text(json.dumps({**content, "model": "lean-other"}))
    said = " ".join(zipreader("model", "--calibration", own).out.split())
    assert "of the network lean-other" in said
    own.write_text(json.dumps({**content, "certificates": []}))
    assert "the calibration has none" in zipreader("model", "--calibration", own).out


def test_the_promise_about_mail_without_a_zip_is_told(zipreader: Command, tmp_path: Path) -> None:
    content = json.loads((default_model_dir() / "calibration.json").read_text())
    second = {"share": 0.02, "pieces": 1234, "accepted": 9}
    own = tmp_path / "own.json"
    first = {**content["certificates"][0], "unreadable": second}
    own.write_text(json.dumps({**content, "certificates": [first]}))
    assert "9 of 1,234, at most 2%" in zipreader("model", "--calibration", own).out
    values = json.loads(zipreader("model", "--calibration", own, "--json").out)
    assert values["calibration"]["certificates"][0]["unreadable"] == second


def test_no_model_is_one_line(zipreader: Command, tmp_path: Path) -> None:
    done = zipreader("model", "--model", tmp_path)
    assert done.code == ExitCode.MODEL
    assert "no model here" in done.complaint
