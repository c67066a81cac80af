"""Field ink -> how much thicker one digit is than the others: blotted, or scribbled over.

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
