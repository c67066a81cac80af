from __future__ import annotations

import numpy as np

from tests.synth.test_handwriting import hand_of
from zipreader.synth.address import invent
from zipreader.synth.addressing import HandStyle, Script, write_by_hand
from zipreader.synth.sources import Sources


def written(sources: Sources, seed: int) -> Script:
    rng = np.random.default_rng(seed)
    address = invent(sources, rng)
    return write_by_hand(address, hand_of(sources, seed), 200, (900.0, 500.0), HandStyle(), rng)


def nearest(script: Script) -> float:
    """The least distance of two baselines, in heights of a digit."""
    baselines = [y + strip.baseline for strip, _, y in script.block.lines]
    return float(np.diff(baselines).min()) / script.unit


def test_some_hands_crowd_their_lines(sources: Sources) -> None:
    apart = np.array([nearest(written(sources, seed)) for seed in range(60)])
    assert apart.min() >= 0.95
    assert 2 <= np.count_nonzero(apart < 1.2) <= 15


def test_the_ink_of_crowded_lines_runs_into_one_another(sources: Sources) -> None:
    scripts = (written(sources, seed) for seed in range(60))
    crowded = next(script for script in scripts if nearest(script) < 1.2)
    spans = [(y, y + len(strip.alpha)) for strip, _, y in crowded.block.lines]
    assert any(below < end for (_, end), (below, _) in zip(spans, spans[1:], strict=False))
