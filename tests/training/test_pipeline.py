from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from zipreader.errors import InputError, UsageError
from zipreader.reading.classifier import Classifier
from zipreader.training.plan import CleaningConfig, Plan, quick_plan
from zipreader.training.sources import Sources

pytest.importorskip("keras")

# ruff: noqa: E402 - what needs Keras comes after the question whether it is there
from zipreader.training.pipeline import Watcher, Workshop, train_model


@pytest.mark.slow
def test_a_quick_run_makes_a_whole_model_folder(
    sources: Sources, glyph_folder: Path, tmp_path: Path
) -> None:
    cleaning = CleaningConfig(tiles=500, epochs=1)
    plan = replace(quick_plan(), cleaning=cleaning)
    workshop = Workshop(tmp_path / "run", tmp_path / "cache", workers=1)
    stages: list[str] = []
    out = tmp_path / "models"
    own = replace(sources, glyphs=glyph_folder)
    outcome = train_model(own, plan, out, workshop, watcher=Watcher(stage=stages.append))
    names = ["MODEL_CARD.md", "curves.png", "model.json", "model.keras", "model.tflite"]
    assert sorted(path.name for path in out.iterdir()) == names
    card = (out / "MODEL_CARD.md").read_text(encoding="utf-8")
    for words in ("CC BY-SA 3.0", "UNIPEN", "reviewed glyphs", "MNIST test images", "Limits"):
        assert words in card
    described = json.loads((out / "model.json").read_text(encoding="utf-8"))
    assert described["temperature"] == outcome.temperature == Classifier(out).temperature
    assert outcome.export.exact.other_answers == 0
    assert len(stages) == 5


def test_without_digits_there_is_nothing_to_train_on(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no digits"):
        train_model(Sources(), Plan(), tmp_path / "m", Workshop(tmp_path, tmp_path))


def test_an_unknown_network_is_named(sources: Sources, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="enormous"):
        train_model(sources, Plan("enormous"), tmp_path / "m", Workshop(tmp_path, tmp_path))


def test_a_bad_file_leaves_no_model(tmp_path: Path) -> None:
    bad = tmp_path / "bad.npz"
    bad.write_bytes(b"nothing")
    with pytest.raises(InputError, match=r"bad\.npz"):
        train_model(
            Sources(mnist=bad), quick_plan(), tmp_path / "m", Workshop(tmp_path, tmp_path, 1)
        )
    assert not (tmp_path / "m").exists()
