"""Image -> whether there is writing around an outline, so that it is not the envelope's.

A picture, a tinted panel or a band of colour that is printed on an envelope has four sides
too, and paper around it; but a scanner's lid or a table has no writing on it.  What is
written on another paper that lies there does not count.
"""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np

from zipreader.elements import GreyImage, Quad
from zipreader.reading import imageops

_MARGIN = 6
"""So near to an outline, in pixels, lie its shadow and its edge."""
_LEAST = 200
"""Pixels around an outline of which anything can be said."""
_PLAIN = 4.0
"""What is not plainer is no paper, by the median deviation from its level: a table, cloth."""
_INK, _GRAIN = 30.0, 4.0
"""Writing is so far below the paper, in levels of 255, and in deviations of the paper."""
_NEIGHBOURHOOD = 15
"""Within so many pixels there is paper."""
_WIDE, _TALL, _TALLEST, _AREA = 3, 2, 20, 5
"""Parts of writing in an image of some 500 pixels."""
_RIM = 4
"""What comes so near to the rim of the image, in pixels, is no writing."""
_WORDS = 10
"""So many parts are writing, and no dust."""


def is_written_around(grey: GreyImage, outlines: Iterable[Quad]) -> bool:
    """Whether there is writing on plain paper outside of all outlines.

    Args:
        grey: (H, W), reduced to some 500 pixels, without specks.
        outlines: corners x, y in its pixels.
    """
    outside = np.ones(grey.shape, np.uint8)
    for corners in outlines:
        cv2.fillConvexPoly(outside, np.rint(corners).astype(np.int32), 0)
    side = 2 * _MARGIN + 1
    outside = cv2.erode(outside, np.ones((side, side), np.uint8), borderValue=1)
    levels = grey[outside > 0].astype(np.float32)
    if levels.size < _LEAST:
        return False
    level = imageops.median(levels)
    grain = imageops.median(np.abs(levels - level))
    if grain > _PLAIN:
        return False
    near = np.ones((_NEIGHBOURHOOD, _NEIGHBOURHOOD), np.uint8)
    paper = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, near)
    ink = cv2.subtract(paper, grey) > max(_INK, _GRAIN * grain)
    ink &= np.abs(paper.astype(np.float32) - level) <= _INK
    _, stats = imageops.components(ink.astype(np.uint8) * outside)
    left, top, width, height, area = stats[1:].T
    parts = (width >= _WIDE) & (height >= _TALL) & (height <= _TALLEST) & (area >= _AREA)
    parts &= (left > _RIM) & (left + width < grey.shape[1] - _RIM)  # where a scanner's bed ends
    parts &= (top > _RIM) & (top + height < grey.shape[0] - _RIM)
    return int(parts.sum()) >= _WORDS
