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
from zipreader.training.export import Export, ExportConfig, Parity, export_model
from zipreader.training.network import NetworkConfig, build_network

TILES, _ = digit_images(40)


@pytest.fixture(scope="module")
def network() -> object:
    keras.utils.set_random_seed(1)
    return build_network(NetworkConfig("tiny", ((4,), (6,)), places=2))


def test_the_export_answers_like_the_network(network: object, tmp_path: Path) -> None:
    seen: list[list[str]] = []

    def describe(folder: Path, export: Export) -> Mapping[str, bytes]:
        seen.append(sorted(path.name for path in folder.iterdir()))
        return {"MODEL_CARD.md": f"{export.exact.tiles} tiles".encode()}

    out = tmp_path / "models"
    export = export_model(network, out, {"name": "tiny", "temperature": 1.5}, TILES, extra=describe)
    assert export.exact.tiles == export.rounded.tiles == 40
    assert export.exact.largest_difference < 1e-4
    assert export.exact.other_answers == 0
    assert export.rounded.largest_difference < 0.05
    assert seen == [["model.json", "model.keras", "model.tflite"]]
    assert (out / "MODEL_CARD.md").read_text() == "40 tiles"
    card = json.loads((out / "model.json").read_text())
    assert (card["name"], card["classes"], card["temperature"]) == ("tiny", 11, 1.5)
    scores = Classifier(out).scores(TILES)
    assert np.allclose(scores.sum(axis=1), 1, atol=1e-5)
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize(
    ("found", "message"),
    [
        ([Parity(40, 0.5, 3)], "does not match the network"),
        ([Parity(40, 1e-6, 1)], "does not match the network"),
        ([Parity(40, 1e-6, 0), Parity(40, 0.5, 0)], "rounded to eight bits"),
        ([Parity(40, 1e-6, 0), Parity(40, 0.01, 3)], "rounded to eight bits"),
    ],
)
def test_nothing_appears_when_the_export_does_not_match(
    network: object,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    found: list[Parity],
    message: str,
) -> None:
    def convert(source: Path, exact: Path, rounded: Path, seconds: float) -> None:
        exact.touch()
        rounded.touch()

    told = iter(found)
    monkeypatch.setattr(export, "convert", convert)
    monkeypatch.setattr(export, "compare", lambda folder, tiles: next(told))
    with pytest.raises(ModelError, match=message):
        export_model(network, tmp_path / "models", {}, TILES)
    assert not list(tmp_path.iterdir())


def test_rounding_makes_a_network_of_a_quarter_of_the_size_that_answers_alike(
    tmp_path: Path,
) -> None:
    keras.utils.set_random_seed(1)
    wide = build_network(NetworkConfig("wide", ((32,), (64,)), places=4))
    folder = tmp_path / "models"
    lenient = ExportConfig(rounded=(0.2, 1.0))  # an untrained network wavers
    found = export_model(wide, folder, {"name": "wide", "temperature": 1.0}, TILES, lenient)
    exact, rounded = tmp_path / "exact.tflite", tmp_path / "rounded.tflite"
    convert(folder / "model.keras", exact, rounded, 120)
    assert rounded.stat().st_size < 0.5 * exact.stat().st_size
    assert rounded.read_bytes() == (folder / "model.tflite").read_bytes()
    assert 1e-6 < found.rounded.largest_difference < 0.05
    one = Classifier(folder)
    together = one.logits(TILES)
    alone = np.concatenate([one.logits(TILES[at : at + 1]) for at in range(len(TILES))])
    assert np.array_equal(together, alone)  # a tile is rounded by itself


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
        convert(tmp_path / "bad.keras", tmp_path / "bad.tflite", tmp_path / "worse.tflite", 120)
