"""Digits written over others."""

from __future__ import annotations

import numpy as np
import pytest

from zipreader.synth import Sources
from zipreader.synth.compose import Block, Canvas, Rng, stack
from zipreader.synth.handwriting import Hand, choose_hand, write_digits
from zipreader.synth.overwriting import overwrite
from zipreader.synth.pens import choose_pen

PLACE = (60, 50)


@pytest.fixture
def hand(sources: Sources, rng: Rng) -> Hand:
    return choose_hand(sources, 200, 0.3, choose_pen(rng), rng)


@pytest.mark.parametrize("code", ["11111", "48083", "77777"])
def test_both_digits_can_be_seen(code: str, hand: Hand) -> None:
    for seed in range(6):
        rng = np.random.default_rng(seed)
        block = stack([write_digits(code, hand, frozenset(), True, rng)], 60, 10, [0])
        canvas = Canvas(np.full((220, 600, 3), 255, np.uint8), 200)
        number = overwrite(canvas, block, PLACE, hand, (0, 0, 0), rng)
        assert number is not None
        old = block.inked((-PLACE[0], -PLACE[1], 600 - PLACE[0], 220 - PLACE[1])) > 0.3
        new = canvas.image[:, :, 0] < 178
        x0, y0, x1, y1 = block.marks[number].moved(*PLACE).bounds
        own = old[round(y0) : round(y1), round(x0) : round(x1)]
        over = new[round(y0) : round(y1), round(x0) : round(x1)]
        assert over.any()
        assert (new & ~old).sum() > 0.3 * new.sum()
        assert (own & ~over).sum() > 0.3 * own.sum()
        left = round(block.marks[number].bounds[0] + PLACE[0] - hand.height)
        assert not new[:, : max(0, left)].any(), "the digits before it stay"


def test_without_a_zip_nothing_is_written(hand: Hand, rng: Rng) -> None:
    strip = write_digits("12", hand, frozenset(), False, rng)
    canvas = Canvas(np.full((90, 90, 3), 255, np.uint8), 200)
    block: Block = stack([strip], 60, 10, [0])
    assert overwrite(canvas, block, (5, 5), hand, (0, 0, 0), rng) is None
    assert canvas.image.min() == 255
