"""A digit of the ZIP written over by another, so that both can be seen."""

from __future__ import annotations

import cv2
import numpy as np

from zipreader.synth.compose import Alpha, Block, Canvas, Colour, Mark, Rng
from zipreader.synth.handwriting import Hand, write_digits
from zipreader.synth.penlines import is_light

_APART = 0.4
"""The least share of either digit's ink that the other leaves free: both are to be seen."""
_INK = 0.3
_SLASHED = {"0": "1", "1": "0"}
"""Over each other they are but a slashed zero."""


def overwrite(
    canvas: Canvas, block: Block, place: tuple[int, int], hand: Hand, colour: Colour, rng: Rng
) -> int | None:
    """Write another digit over one of the ZIP's; which one, or ``None`` where there is none.

    Args:
        canvas: on which the block lies.
        block: the address, its marks the ZIP's digits.
        place: (x, y) of the block's top left on the canvas.
        hand: who writes, in any size.
        colour: of the ink.
        rng: chooses the digits.
    """
    if not block.marks:
        return None
    number = int(rng.integers(len(block.marks)))
    mark = block.marks[number]
    x0, y0, x1, y1 = mark.bounds
    hand = hand.sized((y1 - y0) * float(rng.uniform(0.95, 1.15)), canvas.dpi)
    written, (left, top) = _over(block, mark, hand, rng)
    canvas.lay(written, place[0] + left, place[1] + top, colour, opaque=is_light(colour))
    return number


def _over(block: Block, mark: Mark, hand: Hand, rng: Rng) -> tuple[Alpha, tuple[int, int]]:
    """The ink of a digit that stands out from the marked one best, and where in the block."""
    x0, y0, x1, y1 = mark.bounds
    best: tuple[float, Alpha, tuple[int, int]] | None = None
    others = [str(d) for d in range(10) if str(d) not in (mark.value, _SLASHED.get(mark.value))]
    for value in rng.permutation(others):
        alpha = write_digits(str(value), hand, frozenset(), False, rng).alpha
        height, width = alpha.shape
        sway = 0.06 * (y1 - y0) * rng.standard_normal(2)
        left = round((x0 + x1 - width) / 2 + sway[0])
        top = round((y0 + y1 - height) / 2 + sway[1])
        under = block.inked((left, top, left + width, top + height))
        apart = min(_share_apart(alpha, under), _share_apart(under, alpha))
        if best is None or apart > best[0]:
            best = apart, alpha, (left, top)
        if apart >= _APART:
            break
    assert best is not None
    return best[1], best[2]


def _share_apart(one: Alpha, other: Alpha) -> float:
    """The share of one's ink that lies clear of the other's."""
    ink = one > _INK
    near = cv2.dilate((other > _INK).astype(np.uint8), np.ones((3, 3), np.uint8))
    return float(ink[near == 0].sum() / max(1, ink.sum()))
