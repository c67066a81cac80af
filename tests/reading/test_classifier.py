from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tests.drawing import blank, print_text
from zipreader.elements import NOT_A_DIGIT, Tiles
from zipreader.errors import ModelError
from zipreader.reading.classifier import Classifier
from zipreader.reading.modelfolder import default_model_dir
from zipreader.reading.normalize import normalize
from zipreader.reading.runtime import softmax

CARD: dict[str, object] = {"name": "tiny", "classes": 11, "temperature": 1.0}


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    """The shipped network."""
    return Classifier()


def tile_of(text: str, height: int = 50) -> Tiles:
    """One printed character as a batch of one tile."""
    grey = blank(3 * height, 2 * height)
    print_text(grey, text, height // 2, round(1.5 * height), height, level=0)
    return normalize(((255 - grey) / np.float32(255)).astype(np.float32))[np.newaxis]


# --- softmax ---------------------------------------------------------------------------------

logits = hnp.arrays(
    np.float32,
    hnp.array_shapes(min_dims=2, max_dims=2, max_side=11),
    elements=st.floats(-80, 80, width=32),
)


@given(logits)
def test_scores_are_shares(values: np.ndarray) -> None:
    scores = softmax(values)
    assert scores.dtype == np.float32
    assert (scores >= 0).all()
    assert scores.sum(axis=1) == pytest.approx(np.ones(len(values)), abs=1e-5)
    assert (scores[np.arange(len(values)), values.argmax(axis=1)] == scores.max(axis=1)).all()


@given(logits, st.floats(-50, 50, width=32))
def test_a_common_shift_changes_nothing(values: np.ndarray, shift: float) -> None:
    assert np.abs(softmax(values + np.float32(shift)) - softmax(values)).max() < 1e-4


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(ModelError, match="no number"):
        softmax(np.array([[0.0, value, 1.0]], np.float32))


def test_softmax_of_nothing_is_nothing() -> None:
    assert softmax(np.zeros((0, 11), np.float32)).shape == (0, 11)


# --- the shipped network ---------------------------------------------------------------------


def test_the_shipped_network_is_found() -> None:
    assert (default_model_dir() / "model.tflite").is_file()
    assert (default_model_dir() / "model.json").is_file()


@pytest.mark.parametrize("digit", range(10))
def test_printed_digits_are_recognized(classifier: Classifier, digit: int) -> None:
    row = classifier.scores(tile_of(str(digit)))[0]
    assert int(row.argmax()) == digit
    assert row[digit] > 0.5


@pytest.mark.parametrize("letter", "MWRKE#")
def test_letters_are_no_digits(classifier: Classifier, letter: str) -> None:
    assert int(classifier.scores(tile_of(letter))[0].argmax()) == NOT_A_DIGIT


def test_scores_are_eleven_shares_a_tile(classifier: Classifier) -> None:
    tiles = np.random.default_rng(0).integers(0, 256, (9, 28, 28), np.uint8)
    scores = classifier.scores(tiles)
    assert scores.shape == (9, 11)
    assert scores.dtype == np.float32
    assert scores.sum(axis=1) == pytest.approx(np.ones(9), abs=1e-5)


def test_no_tiles_give_no_scores(classifier: Classifier) -> None:
    assert classifier.scores(np.zeros((0, 28, 28), np.uint8)).shape == (0, 11)


def test_a_tile_is_read_the_same_in_any_batch(classifier: Classifier) -> None:
    tiles = np.concatenate([tile_of(str(digit)) for digit in range(10)])
    together = classifier.scores(tiles)
    alone = np.concatenate([classifier.scores(tile[np.newaxis]) for tile in tiles])
    assert np.abs(together - alone).max() < 1e-5
    assert np.abs(classifier.scores(tiles[::-1])[::-1] - together).max() < 1e-5


def test_earlier_results_are_not_overwritten(classifier: Classifier) -> None:
    first = classifier.logits(tile_of("3"))
    kept = first.copy()
    classifier.logits(tile_of("8"))
    assert (first == kept).all()


def test_temperature_divides_the_logits(classifier: Classifier) -> None:
    tiles = tile_of("7")
    expected = softmax(classifier.logits(tiles) / np.float32(classifier.temperature))
    assert np.abs(classifier.scores(tiles) - expected).max() < 1e-6
    assert classifier.temperature > 0


# --- damaged folders -------------------------------------------------------------------------


def model_error(folder: Path) -> str:
    with pytest.raises(ModelError) as caught:
        Classifier(folder)
    message = str(caught.value)
    assert str(folder) in message
    assert "\n" not in message
    return message


def test_an_empty_folder_is_no_model(tmp_path: Path) -> None:
    assert "no model here" in model_error(tmp_path)
    assert "no model here" in model_error(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "card",
    [
        "",
        "{",
        "[]",
        "7",
        "null",
        json.dumps({**CARD, "classes": 10}),
        json.dumps({"name": "tiny"}),
        json.dumps({**CARD, "temperature": "warm"}),
        json.dumps({**CARD, "temperature": None}),
        json.dumps({**CARD, "temperature": 0}),
        json.dumps({**CARD, "temperature": 10**400}),
        json.dumps({**CARD, "temperature": -1.5}),
    ],
)
def test_a_damaged_description_is_a_model_error(card: str, tmp_path: Path) -> None:
    shutil.copy(default_model_dir() / "model.tflite", tmp_path)
    (tmp_path / "model.json").write_text(card, encoding="utf-8")
    assert "model.json" in model_error(tmp_path)


def test_a_missing_network_is_a_model_error(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text(json.dumps(CARD), encoding="utf-8")
    assert "model.tflite" in model_error(tmp_path)


@pytest.mark.parametrize("data", [b"", b"TFL3", b"\0" * 64, b"\x1c\0\0\0TFL3" + b"\xff" * 200])
def test_a_damaged_network_is_a_model_error(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text(json.dumps(CARD), encoding="utf-8")
    (tmp_path / "model.tflite").write_bytes(data)
    assert "damaged model" in model_error(tmp_path)


def test_a_truncated_network_is_a_model_error(tmp_path: Path) -> None:
    shipped = default_model_dir()
    (tmp_path / "model.json").write_bytes((shipped / "model.json").read_bytes())
    data = (shipped / "model.tflite").read_bytes()
    (tmp_path / "model.tflite").write_bytes(data[: len(data) // 2])
    assert "damaged model" in model_error(tmp_path)
