"""Of two addresses on one page: which is the one that the mail goes to."""

from __future__ import annotations

import math

from zipreader.elements import Box, ZipHypothesis

ALONE = 2.0
"""The lead where there is no other address."""
_TALLER = 1.25
"""Digits so many times as tall tell the addressee from the sender, wherever they stand."""
_BY_PLACE = 0.5
"""The lead of the one below, or to the right."""


def lead_of(one: ZipHypothesis, other: ZipHypothesis) -> float:
    """How much rather ``one`` is the address than ``other``: from -1 to 1.

    People write and print the sender smaller, and where both are of one size above the
    addressee or, on labels, to the left.
    """
    ratio = one.field.digit_height / max(other.field.digit_height, 1e-6)
    size = math.log(max(ratio, 1e-6)) / math.log(_TALLER)
    if abs(size) >= 1:
        return math.copysign(1.0, size)
    ours, theirs = _place(one), _place(other)
    level = ours.intersection(theirs).height >= min(ours.height, theirs.height) / 2
    axis = 0 if level else 1
    return math.copysign(_BY_PLACE, ours.center[axis] - theirs.center[axis])


def _place(found: ZipHypothesis) -> Box:
    """The box of the address, or of the ZIP where it is alone."""
    return found.field.box if found.field.block is None else found.field.block.box
