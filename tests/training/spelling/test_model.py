from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from zipreader.errors import ModelError, UsageError
from zipreader.training.sources import Sources

pytest.importorskip("keras")

# ruff: noqa: E402 - what needs Keras comes after the question whether it is there
from zipreader.reading import ctc
from zipreader.reading.letters import SIGNS
from zipreader.reading.modelfolder import LETTERS, STRIP, STRIP2
from zipreader.reading.stripnet import StripNetwork
from zipreader.training.pipeline import Workshop
from zipreader.training.spelling.model import QUICK, QUICK_LETTERS, StripPlan, train_strips
from zipreader.training.spelling.network import StripNetConfig, build_strip_network
from zipreader.training.splits import Part

TINY = StripPlan(composed=60, pieces=0, invented=20, epochs=1)


def test_invented_hands_only_train() -> None:
    assert TINY.recipe(Part.TRAIN).invented == 20
    assert TINY.recipe(Part.TUNE).invented == TINY.recipe(Part.TEST).invented == 0


def test_a_strip_network_is_trained_exported_and_described(
    sources: Sources, tmp_path: Path
) -> None:
    out = tmp_path / "model"
    outcome = train_strips(sources, TINY, out, Workshop(tmp_path / "run", tmp_path / "cache", 1))
    assert {path.name for path in out.iterdir()} == {
        "strip.keras",
        "strip.tflite",
        "strip.json",
        "STRIP_CARD.md",
    }
    assert outcome.difference < 1e-4 < outcome.rounding < 0.5
    assert StripNetwork(STRIP, ctc.SIGNS, out).frames([]) == []
    described = json.loads((out / "strip.json").read_text())
    assert described["plan"]["composed"] == 60
    assert described["parameters"] > 100_000
    card = (out / "STRIP_CARD.md").read_text()
    assert "CC BY 4.0" in card and "Trained on 60 composed strings" in card


def test_the_letter_network_starts_from_the_strip_network(sources: Sources, tmp_path: Path) -> None:
    out, plan = tmp_path / "model", replace(QUICK_LETTERS, lettering=60)
    workshop = Workshop(tmp_path / "run", tmp_path / "cache", 1)
    with pytest.raises(UsageError, match="train --network strip first"):
        train_strips(sources, plan, out, workshop)
    out.mkdir()
    (out / "strip.keras").write_bytes(b"no network")
    with pytest.raises(ModelError, match="damaged"):
        train_strips(sources, plan, out, workshop)
    build_strip_network(StripNetConfig()).save(out / "strip.keras")
    outcome = train_strips(sources, plan, out, workshop)
    assert {path.name for path in out.iterdir()} == {
        "strip.keras",
        "letters.keras",
        "letters.tflite",
        "letters.json",
        "LETTERS_CARD.md",
    }
    assert outcome.difference < 1e-4
    assert outcome.figures.signs > 0
    assert StripNetwork(LETTERS, SIGNS, out).frames([]) == []
    assert "Trained on 60 lines" in (out / "LETTERS_CARD.md").read_text()


def test_a_strip_network_is_trained_further(sources: Sources, tmp_path: Path) -> None:
    out, workshop = tmp_path / "model", Workshop(tmp_path / "run", tmp_path / "cache", 1)
    plan = replace(QUICK, composed=60, invented=0)
    with pytest.raises(UsageError, match="train --network strip first"):
        train_strips(sources, replace(plan, further=True), out, workshop)
    first = train_strips(sources, plan, out, workshop, "zipreader train first")
    more = replace(plan, further=True, epochs=2)
    second = train_strips(sources, more, out, workshop, "zipreader train second")
    assert second.history[0].loss < 0.8 * first.history[0].loss
    assert second.config.rate < first.config.rate
    described = json.loads((out / "strip.json").read_text())
    assert (described["before"], described["command"]) == (
        "zipreader train first",
        "zipreader train second",
    )
    assert "of `zipreader train first`" in (out / "STRIP_CARD.md").read_text()
    (out / "strip.json").write_text("{}")
    with pytest.raises(ModelError, match=r"strip\.json: missing or damaged description"):
        train_strips(sources, more, out, workshop)


def test_a_second_strip_network_stands_beside_the_first_and_differs(
    sources: Sources, tmp_path: Path
) -> None:
    out, workshop = tmp_path / "model", Workshop(tmp_path / "run", tmp_path / "cache", 1)
    plan = replace(QUICK, composed=60, invented=0)
    train_strips(sources, plan, out, workshop)
    kept = (out / "strip.tflite").read_bytes()
    second = replace(plan, second=True)
    with pytest.raises(UsageError, match=r"strip2\.keras: missing; train --network strip2 first"):
        train_strips(sources, replace(second, further=True), out, workshop)
    train_strips(sources, second, out, workshop)
    assert (out / "strip.tflite").read_bytes() == kept
    ours, theirs = (StripNetwork(stem, ctc.SIGNS, out) for stem in (STRIP, STRIP2))
    ink = [np.full((32, 64), 128, np.uint8)]
    assert np.abs(ours.frames(ink)[0] - theirs.frames(ink)[0]).max() > 1e-3
    assert json.loads((out / "strip2.json").read_text())["plan"]["second"] is True
    (out / "strip.keras").unlink()
    more = train_strips(sources, replace(second, further=True), out, workshop)
    assert more.before is not None
    assert (out / "STRIP2_CARD.md").read_text().startswith("# The second strip network")


def test_without_letters_there_is_nothing_to_tell_digits_from(
    sources: Sources, tmp_path: Path
) -> None:
    workshop = Workshop(tmp_path / "run", tmp_path / "cache", 1)
    with pytest.raises(UsageError, match="--letters"):
        train_strips(Sources(sources.mnist), TINY, tmp_path / "model", workshop)
    assert not (tmp_path / "model").exists()
