"""Rings, boxes and lines that a pen draws around or under a ZIP."""

from __future__ import annotations

import numpy as np
import pytest

from zipreader.synth.compose import Canvas
from zipreader.synth.highlights import highlight

FIELD = (150.0, 100.0, 290.0, 140.0)


def drawn(seed: int, paper: int = 250) -> np.ndarray:
    """Where ink was laid on (240, 440)."""
    canvas = Canvas(np.full((240, 440, 3), paper, np.uint8), 200)
    ink = (30, 30, 30) if paper > 128 else (235, 240, 240)
    highlight(canvas, FIELD, ink, np.random.default_rng(seed))
    return np.asarray(np.abs(canvas.image.astype(int) - paper).max(axis=2) > 60)


@pytest.mark.parametrize("paper", [250, 40])
def test_the_digits_stay_free(paper: int) -> None:
    x0, y0, x1, y1 = map(round, FIELD)
    for seed in range(40):
        ink = drawn(seed, paper)
        assert ink.any()
        assert not ink[y0:y1, x0:x1].any()


def test_most_go_around_and_some_go_under() -> None:
    x0, y0, x1, y1 = map(round, FIELD)
    around = under = 0
    for seed in range(60):
        ink = drawn(seed)
        above, below = ink[:y0].any(), ink[y1:].any()
        assert below
        sides = ink[y0:y1, :x0].any() and ink[y0:y1, x1:].any()
        assert bool(above) == bool(sides)
        around, under = around + bool(above), under + (not above)
    assert around > 2 * under > 0
