"""Lines of two addresses one above the other -> the lines of each.

On parcel labels the sender stands above the addressee, with hardly more between them than
between two lines.  What tells two addresses from one is that one of them is written
larger, or a space wider than those between all other lines, or a small word ("SHIP TO:")
between them; and that both have the lines of an address.
"""

from __future__ import annotations

import numpy as np

from zipreader.elements import TextLine
from zipreader.reading import imageops
from zipreader.reading.measures import are_address, usual_height

Lines = list[TextLine]

_TALLER = 1.25
"""The text of one is so many times as tall as that of the other; or"""
_WIDER = 1.6
"""the space between them is so many times as wide as the usual one; or"""
_CAPTION = 0.8
"""the lower one begins with a line so small beside the text of both, and half as wide at most."""


def stacks(lines: Lines) -> list[Lines]:
    """The lines of the upper address and those of the lower one, or all in one group."""
    ordered = sorted(lines, key=lambda line: line.box.center[1])
    cuts = [cut for cut in range(1, len(ordered)) if _are_apart(ordered, cut)]
    if not cuts:
        return [lines]
    cut = min(cuts, key=lambda place: _spread(ordered[:place]) + _spread(ordered[place:]))
    return [ordered[:cut], ordered[cut:]]


def _are_apart(ordered: Lines, cut: int) -> bool:
    """Whether two addresses are parted before a line."""
    upper, lower = ordered[:cut], ordered[cut:]
    if not (are_address(upper) and are_address(lower)):
        return False
    small, large = sorted((usual_height(upper), usual_height(lower)))
    spaces = np.diff([line.box.center[1] for line in ordered])
    usual = imageops.median(np.delete(spaces, cut - 1))
    if large >= _TALLER * small or spaces[cut - 1] >= _WIDER * usual:
        return True
    caption, widest = lower[0], max(line.box.width for line in lower)
    return caption.text_height <= _CAPTION * small and caption.box.width <= widest / 2


def _spread(side: Lines) -> float:
    """How far the heights of the lines lie from the usual one, in all."""
    heights = np.array([max(line.text_height, 1e-6) for line in side])
    return float(np.abs(np.log(heights / usual_height(side))).sum())
