"""Field ink -> what spoils its digits: a blot or a scribble on one, or a line through all.

Paper is told from ink place by place, so what is wider than that reaches is paper, and the
digit within a blot that lets it shine through is read as if nothing were there.  Whether
anything covers it is therefore asked of the part as it was scanned.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from zipreader.elements import Box, FieldInk, InkMap
from zipreader.reading import imageops
from zipreader.reading.light import even_part

_NEAR_INK = 0.35
"""What is at most so much lighter than the middle of the ink, of its way to the paper, is ink."""
_PAPER = 255
_MIDDLE = 0.25, 0.75
"""Between these shares of its height a line strikes a digit out; above and below it frames it."""


def ink_girths(source: FieldInk) -> InkMap:
    """How thick the ink is, see ``imageops.girths``; all that is about as dark as it, or darker."""
    height, width = source.ink.shape
    grey = even_part(source.field.page, source.to_upright, (width, height))
    inked = source.ink >= 0.5
    if not inked.any():
        return np.zeros_like(source.ink)
    middle = imageops.median(grey[inked])
    return imageops.girths(grey <= middle + _NEAR_INK * (_PAPER - middle))


def thickest(girths: InkMap, boxes: Sequence[Box]) -> float:
    """The largest circle of ink about a digit, over that of a thin one among them all.

    A pen keeps its width; where a digit is blotted or scribbled over, the ink runs together.
    The middle digit is no measure, as a blot may reach into its neighbours.

    Args:
        girths: of the field, as ``ink_girths`` gives them.
        boxes: of the digits, in field pixels.
    """
    widest = sorted(float(girths[box.y0 : box.y1, box.x0 : box.x1].max()) for box in boxes)
    return widest[-1] / max(widest[len(widest) // 4], 1.0)


def struck(rules: InkMap | None, boxes: Sequence[Box]) -> float:
    """How much of the width of the middle digit the erased lines cross half-way up, 0 to 1.

    A line of the paper runs below the digits, and seldom through them; a ZIP that is no longer
    to hold has one through all of it.

    Args:
        rules: of the field, see ``FieldInk``.
        boxes: of the digits, in field pixels.
    """
    if rules is None or not boxes:
        return 0.0
    shares = []
    for box in boxes:
        top, bottom = (box.y0 + round(share * box.height) for share in _MIDDLE)
        crossed = rules[max(0, top) : bottom, box.x0 : box.x1] >= 0.5
        shares.append(float(crossed.any(axis=0).mean()) if crossed.size else 0.0)
    return sorted(shares)[len(shares) // 2]
