from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from tests.training.conftest import digit_images
from zipreader.errors import ModelError
from zipreader.reading.classifier import Classifier

keras = pytest.importorskip("keras")

# ruff: noqa: E402 - what needs Keras comes after the question whether it is there
from zipreader.training import export
from zipreader.training.convert import convert
from zipreader.training.export import ExportConfig, Parity, export_model
from zipreader.training.network import NetworkConfig, build_network

TILES, _ = digit_images(40)


@pytest.fixture(scope="module")
def network() -> object:
    keras.utils.set_random_seed(1)
    return build_network(NetworkConfig("tiny", ((4,), (6,)), places=2))


def test_the_export_answers_like_the_network(network: object, tmp_path: Path) -> None:
    seen: list[list[str]] = []

    def describe(folder: Path, parity: Parity) -> Mapping[str, bytes]:
        seen.append(sorted(path.name for path in folder.iterdir()))
        return {"MODEL_CARD.md": f"{parity.tiles} tiles".encode()}

    out = tmp_path / "models"
    parity = export_model(network, out, {"name": "tiny", "temperature": 1.5}, TILES, extra=describe)
    assert parity.tiles == 40
    assert parity.largest_difference < 1e-4
    assert parity.other_answers == 0
    assert seen == [["model.json", "model.keras", "model.tflite"]]
    assert (out / "MODEL_CARD.md").read_text() == "40 tiles"
    card = json.loads((out / "model.json").read_text())
    assert (card["name"], card["classes"], card["temperature"]) == ("tiny", 11, 1.5)
    scores = Classifier(out).scores(TILES)
    assert np.allclose(scores.sum(axis=1), 1, atol=1e-5)
    assert list(tmp_path.iterdir()) == [out]


def test_nothing_appears_when_the_export_does_not_match(
    network: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "convert", lambda source, target, seconds: None)
    monkeypatch.setattr(export, "compare", lambda folder, tiles: Parity(40, 0.5, 3))
    with pytest.raises(ModelError, match="does not match"):
        export_model(network, tmp_path / "models", {}, TILES)
    assert not list(tmp_path.iterdir())


def test_a_conversion_that_hangs_is_stopped_and_leaves_nothing(
    network: object, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match="took more than 0.01 s"):
        export_model(network, tmp_path / "models", {}, TILES, ExportConfig(seconds=0.01))
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_a_conversion_that_fails_says_why(tmp_path: Path) -> None:
    (tmp_path / "bad.keras").write_bytes(b"no network")
    with pytest.raises(ModelError, match="could not be converted"):
        convert(tmp_path / "bad.keras", tmp_path / "bad.tflite", 120)
