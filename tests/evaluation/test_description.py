from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from zipreader.errors import ModelError
from zipreader.evaluation.description import describe
from zipreader.reading.modelfolder import default_model_dir, model_name

CARD = """\
# The digit network

## Data and licences

- First data, `a.npz`; CC BY 4.0.
- Second data,
  over two lines; CC0.

Some more words, not an item.

## Figures

| digits | items | forced |
|---|---|---|
| some | 1,000 | 99.00% (98.18 to 99.46) |

| no digits | items |
|---|---|

## Measured apart

| digits | items |
|---|---|
| others | 3 |
"""

STEMS = ("model", "strip", "strip2", "letters")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model with nothing but what it cannot do without."""
    folder = tmp_path / "model"
    folder.mkdir()
    for name in ("model.json", "model.tflite", "strip.tflite", "strip2.tflite", "letters.tflite"):
        shutil.copy(default_model_dir() / name, folder / name)
    return folder


def test_the_shipped_model_says_everything() -> None:
    found = describe(default_model_dir())
    assert found.name == model_name()
    assert found.parameters is not None and found.parameters > 50_000
    assert found.command is not None and found.command.startswith("zipreader train")
    assert found.seed is not None
    files = {f"{stem}.{end}" for stem in STEMS for end in ("keras", "tflite")}
    assert set(found.sizes) == files
    assert sum(size for name, size in found.sizes.items() if "model" in name) < 4_000_000
    shipped = {name: size for name, size in found.sizes.items() if name.endswith(".tflite")}
    assert sum(shipped.values()) < 3_000_000
    assert any("CC BY" in data for data in found.data)
    digits, others = found.figures
    assert digits.head == ("digits", "items", "eleven classes", "forced to ten")
    assert any("MNIST test" in row[0] for row in digits.rows)
    assert all(len(row) == len(others.head) for row in others.rows)
    assert found.certified
    assert found.calibration is not None and found.calibration.model == found.name


def test_the_card_is_taken_apart(folder: Path) -> None:
    (folder / "MODEL_CARD.md").write_text(CARD)
    found = describe(folder)
    assert found.data == ("First data, a.npz; CC BY 4.0.", "Second data, over two lines; CC0.")
    first, second = found.figures
    assert first.rows == (("some", "1,000", "99.00% (98.18 to 99.46)"),)
    assert (second.head, second.rows) == (("no digits", "items"), ())


def test_what_is_not_there_is_not_stated(folder: Path) -> None:
    values = json.loads((folder / "model.json").read_text())
    kept = {name: values[name] for name in ("classes", "name")}
    (folder / "model.json").write_text(json.dumps(kept))
    found = describe(folder)
    assert (found.parameters, found.seed, found.command, found.date) == (None,) * 4
    assert (found.data, found.figures) == ((), ())
    assert (found.strip, found.strip2, found.letters, found.calibration) == (None,) * 4
    assert not found.certified
    assert list(found.sizes) == ["model.tflite", "strip.tflite", "strip2.tflite", "letters.tflite"]


def test_another_calibration_and_another_network(folder: Path, tmp_path: Path) -> None:
    calibration = tmp_path / "own.json"
    content = json.loads((default_model_dir() / "calibration.json").read_text())
    calibration.write_text(json.dumps({**content, "model": "lean-other", "mail": "ours"}))
    found = describe(folder, calibration)
    assert found.calibration is not None
    assert found.calibration.mail == "ours"
    assert not found.certified
    assert replace(found, name="lean-other").certified


def test_plain_values_for_json() -> None:
    values = json.loads(json.dumps(describe(default_model_dir()).to_dict()))
    assert values["figures"][0][0]["digits"] == "MNIST test images"
    assert values["figures"][0][0]["items"] == 10_000
    measured = values["figures"][0][0]["forced to ten"]
    low, high = measured["interval"]
    assert 0.9 < low < measured["share"] < high <= 1
    for stem in ("strip", "strip2"):
        assert values[stem]["parameters"] > 100_000
        assert 0.5 < values[stem]["right"] < 1 < values[stem]["zips"]
    assert 0 < values["letters"]["signs_wrong"] < 0.5 < 1000 < values["letters"]["signs"]
    assert values["calibration"]["certificates"][0]["alpha"] == 0.05
    assert values["certified"] is True


def test_no_model_and_a_damaged_card_are_named(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model here"):
        describe(tmp_path)
    (folder / "strip.json").write_text("[]")
    with pytest.raises(ModelError, match=r"strip\.json: damaged"):
        describe(folder)
    (folder / "strip.json").unlink()
    (folder / "MODEL_CARD.md").write_bytes(b"\xff\xfe")
    with pytest.raises(ModelError, match=r"MODEL_CARD\.md"):
        describe(folder)


def test_a_folder_that_has_the_digit_network_alone_so_far(folder: Path) -> None:
    for name in ("strip.tflite", "strip2.tflite", "letters.tflite"):
        (folder / name).unlink()
    assert describe(folder).name == model_name(folder, ["model"])
