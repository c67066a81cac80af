"""Of two addresses on one page: which is the one that the mail goes to."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from zipreader.elements import AddressBlock, Box, UprightPage, transform_points
from zipreader.reading.measures import are_address, on_one_line, usual_height

ALONE = 2.0
"""The lead where there is no other address."""
_TALLER = 1.6
"""Writing so many times as tall tells the addressee from the sender."""
_BY_PLACE = 0.5
"""The lead of the one below, or to the right, where both are of one size."""
_BEHIND = -_BY_PLACE
"""The lead at most of what is not written, as a postmark's dial, beside what is."""
LIGHT = -1.0
"""The shadow where there is no better place without a ZIP."""
_SILENT = 0.25
"""What is added to the lag behind an address in which no ZIP was read."""
FAR = 0.3
"""How far apart, in heights of the page, two addresses begin at the most, and where they do not
stand side by side: a sender stands so much higher than the addressee on most mail."""
UNRIVALLED: Mapping[str, float] = MappingProxyType(
    {"lead": ALONE, "passed": 0.0, "written": 1.0, "shadow": LIGHT, "apart": FAR}
)
"""The evidence of a ZIP that stands alone on its page."""
_SAME = 0.5
"""Of two looks at a page, addresses are the same that share so much of the smaller one."""
_LEVEL = 0.2
"""Two that begin less far apart stand on one level."""
_COMMON = 0.3
"""Side by side, two addresses share at most this of the narrower one's width."""


def lead_of(one: AddressBlock, other: AddressBlock) -> float:
    """How much rather ``one`` is the address than ``other``: from -1 to 1.

    People write and print the sender smaller, and above the addressee or to the left.
    """
    return max(-1.0, min(1.0, _taller(one, other) + _BY_PLACE * _place(one, other)))


def _taller(one: AddressBlock, other: AddressBlock) -> float:
    """How many times as tall ``one`` is written, in logarithms of ``_TALLER``."""
    ours, theirs = (math.log(usual_height(each.lines)) for each in (one, other))
    return (ours - theirs) / math.log(_TALLER)


def _place(one: AddressBlock, other: AddressBlock) -> float:
    """From -1 to 1: whether ``one`` stands below or right of ``other``; 0 where both disagree."""
    right, below = (
        math.copysign(1.0, mine - others)
        for mine, others in zip(one.box.center, other.box.center, strict=True)
    )
    if on_one_line(one.box, other.box):
        return right
    return (right + below) / 2 if _are_side_by_side(one, other) else below


def lead_over(
    one: AddressBlock, other: AddressBlock, is_written: Callable[[AddressBlock], bool]
) -> float:
    """The lead over an address with another ZIP; what is not written is behind what is.

    Whether they are is asked only where it can change the lead.
    """
    lead = lead_of(one, other)
    if lead > _BEHIND and not is_written(one) and is_written(other):
        return _BEHIND
    if lead < -_BEHIND and not is_written(other) and is_written(one):
        return -_BEHIND
    return lead


def apart_from(one: AddressBlock, other: AddressBlock) -> float:
    """How far apart two addresses side by side begin, in heights of the page, up to ``FAR``.

    A sender stands well above the addressee; two labels on one piece begin at one level.
    """
    apart = abs(one.box.y0 - other.box.y0) / one.page.size[1]
    return min(FAR, apart) if _are_side_by_side(one, other) else FAR


def _are_side_by_side(one: AddressBlock, other: AddressBlock) -> bool:
    """Whether two addresses stand in columns of their own, on one level or not."""
    shared = min(one.box.x1, other.box.x1) - max(one.box.x0, other.box.x0)
    return shared <= _COMMON * min(one.box.width, other.box.width)


def blocks_above(
    one: AddressBlock, other: AddressBlock, blocks: Iterable[AddressBlock]
) -> list[AddressBlock]:
    """What stands above two addresses of one size beside each other, as long as an address.

    Where it is the sender's, none of the two is.
    """
    if abs(_taller(one, other)) >= 1 or not on_one_line(one.box, other.box):
        return []
    top, right = min(one.box.y0, other.box.y0), max(one.box.center[0], other.box.center[0])
    above = (block for block in blocks if block is not one and block is not other)
    return [
        block
        for block in above
        if block.box.center[1] < top and block.box.x1 < right and are_address(block.lines)
    ]


def are_peers(one: AddressBlock, other: AddressBlock) -> bool:
    """Whether two addresses stand so that neither looks a sender's.

    They begin side by side on one level, or the right one higher, and place and size together
    do not tell which is the sender's.
    """
    level = apart_from(one, other) < _LEVEL or _place(one, other) == 0
    return level and abs(lead_of(one, other)) < 1


def lead_over_silent(one: AddressBlock, other: AddressBlock) -> float:
    """The same where no ZIP was read in ``other``: it matters unless it stands as a sender's."""
    lead = lead_of(one, other)
    return lead + _SILENT if lead < _BY_PLACE else ALONE


def shadow_over(one: AddressBlock, silent: Iterable[AddressBlock]) -> float:
    """How much taller the writing of a better place is that gave no likely ZIP, from -1 to 1.

    It may be the address, under a postmark or a stain, and ``one`` the sender's.  ``LIGHT``
    where there is no such place of two lines or more.
    """
    usual = usual_height(one.lines)
    ratios = [
        math.log(usual_height(other.lines) / usual)
        for other in silent
        if other.score > one.score and len(other.lines) > 1
    ]
    return max(LIGHT, min(1.0, max(ratios, default=LIGHT)))


def seen_from(block: AddressBlock, upright: UprightPage) -> AddressBlock:
    """The block with its box in pixels of another look, which was levelled on its own."""
    to_there = np.linalg.inv(upright.to_original) @ block.page.to_original
    if np.allclose(to_there, np.eye(3)):
        return block
    return replace(block, box=Box.of_quad(transform_points(to_there, block.box.quad())))


def not_among(block: AddressBlock, blocks: Iterable[AddressBlock]) -> bool:
    """Whether an address of another look at the page is lost among these.

    It is if none overlaps it but what is left of it, a line or two.
    """
    return all(
        block.box.intersection(other.box).area
        < _SAME
        * (min(block.box.area, other.box.area) if are_address(other.lines) else block.box.area)
        for other in blocks
    )
