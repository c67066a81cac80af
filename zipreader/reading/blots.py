"""Field ink -> what spoils its digits: a blot or a scribble on one, or a line through all.

Paper is told from ink place by place, so what is wider than that reaches is paper, and the
digit within a blot that lets it shine through is read as if nothing were there.  Whether
anything covers it is therefore asked of the part as it was scanned.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.elements import Box, FieldInk, InkMap
from zipreader.reading import imageops
from zipreader.reading.light import even_part

Whole = npt.NDArray[np.uint8]
"""(H, W) uint8, 1 where there is ink."""
_NEAR_INK = 0.35
"""What is at most so much lighter than the middle of the ink, of its way to the paper, is ink."""
_PAPER = 255
_MIDDLE = 0.25, 0.75
"""Between these shares of its height a line strikes a digit out; above and below it frames it."""
_STEEPEST, _SLOPES = 0.36, 18
"""The steepest line that strikes digits out, and how many slopes to either side are tried."""
_CROOKED = 0.04
"""A line drawn by hand strays so far, in digit heights."""
_THICK = 0.2
"""A pen is thick if its strokes are such a share of the digit height."""
_LOOSE = 0.96
"""The gaps of digits leave more than the rest of any line through them blank, of 44444 as well."""


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


def struck(rules: InkMap | None, whole: Whole, boxes: Sequence[Box]) -> float:
    """How surely a line runs through the digits, half-way up, 0 to 1.

    A line of the paper runs below the digits, and seldom through them; a ZIP that is no longer
    to hold has one through all of it.  Where lines were erased it is the share of the middle
    digit's width that they cross; where ink runs straight through all digits and through what
    is between them, it is how whole that ink is.

    Args:
        rules: of the field, see ``FieldInk``.
        whole: as ``whole_ink`` gives it.
        boxes: of the digits, in field pixels.
    """
    return max(_erased(rules, boxes), _crossed(whole, boxes)) if boxes else 0.0


def _erased(rules: InkMap | None, boxes: Sequence[Box]) -> float:
    if rules is None:
        return 0.0
    shares = []
    for box in boxes:
        top, bottom = (box.y0 + round(share * box.height) for share in _MIDDLE)
        crossed = rules[max(0, top) : bottom, box.x0 : box.x1] >= 0.5
        shares.append(float(crossed.any(axis=0).mean()) if crossed.size else 0.0)
    return sorted(shares)[len(shares) // 2]


def whole_ink(source: FieldInk) -> Whole:
    """Where there is ink, or was before lines were erased, a little taller than it is.

    Of a thick pen only the core is left, as its digits hardly leave a gap.  A line that is far
    thinner than such a pen is not seen in it.
    """
    ink = source.ink if source.rules is None else np.maximum(source.ink, source.rules)
    mask = ink >= 0.5
    crooked = round(_CROOKED * source.digit_height)
    thicker = imageops.stroke_width(mask) - _THICK * source.digit_height
    grown = cv2.dilate(mask.astype(np.uint8), np.ones((2 * crooked + 1, 1), np.uint8))
    if thicker <= 0:
        return grown
    return cv2.erode(grown, np.ones((2 * (crooked + round(thicker / 2)) + 1, 1), np.uint8))


def _crossed(inked: Whole, boxes: Sequence[Box]) -> float:
    """How whole the straight line through the digits is that holds most ink; 0 as in digits."""
    around = Box.around(boxes)
    columns = np.arange(max(0, around.x0), min(inked.shape[1], around.x1), 2)
    if not columns.size or inked[:, columns].any(axis=0).mean() <= _LOOSE:
        return 0.0
    middle = sorted(boxes, key=lambda box: box.x0)[len(boxes) // 2]
    low, high = (middle.y0 + round(share * middle.height) for share in _MIDDLE)
    levels = np.arange(low, high + 1, 2)[:, np.newaxis, np.newaxis]
    slopes = np.linspace(-_STEEPEST, _STEEPEST, 2 * _SLOPES + 1)[np.newaxis, :, np.newaxis]
    rows = np.rint(levels + slopes * (columns - middle.center[0])).astype(np.int64)
    inside = (rows >= 0) & (rows < inked.shape[0])
    found = inked[np.clip(rows, 0, inked.shape[0] - 1), columns] * inside
    share = float(found.mean(axis=2).max(initial=0.0))
    return max(0.0, (share - _LOOSE) / (1 - _LOOSE))
