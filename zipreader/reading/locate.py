"""Text lines -> address blocks, ranked by how much they look like a delivery address."""

from __future__ import annotations

import math
from collections.abc import Iterable

from zipreader.config import LocateConfig
from zipreader.elements import AddressBlock, Box, TextLine, UprightPage
from zipreader.reading.columns import columns
from zipreader.reading.stacks import stacks

_BARS = 1.5
"""A barcode of bars is so many times as wide as tall; a matrix code is not."""


def locate(
    page: UprightPage,
    lines: tuple[TextLine, ...],
    config: LocateConfig,
    barcodes: Iterable[Box] = (),
) -> tuple[AddressBlock, ...]:
    """Group lines into blocks and rank them by place and shape, best first.

    Places follow DMM 202: the delivery address stands right of and below the
    middle, the return address in the upper left, postage in the upper right.
    On a parcel label the delivery address is the last above wide barcodes, and
    what is above them is as good as a page of its own.
    """
    groups = [
        stack
        for group in _groups(list(lines), config)
        for column in columns(group)
        for stack in stacks(column)
    ]
    shelf = _shelf(page, barcodes, config)
    stacked = [group for group in groups if len(group) > 1 and _bottom(group) <= shelf]
    last = max(stacked, key=_bottom, default=None)
    height = page.size[1]
    floors = (((shelf, height) if group is last else (height,)) for group in groups)
    blocks = [_block(page, *each, config) for each in zip(groups, floors, strict=True)]
    ranked = sorted(blocks, key=lambda block: -block.score)
    return tuple(ranked[: config.most_blocks])


def _groups(lines: list[TextLine], config: LocateConfig) -> list[list[TextLine]]:
    """Lines below one another, of like height, with no wide gap between them.

    A typewriter may leave a line free between two: what stands alone belongs together over
    wider gaps.
    """
    groups = _linked(lines, config.line_gap, config)
    alone = [group[0] for group in groups if len(group) == 1]
    several = [group for group in groups if len(group) > 1]
    return [*several, *_linked(alone, config.free_gap, config)]


def _linked(lines: list[TextLine], gap: float, config: LocateConfig) -> list[list[TextLine]]:
    groups: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda item: item.box.center[1]):
        near = [g for g in groups if any(_belongs(other, line, gap, config) for other in g)]
        groups = [g for g in groups if g not in near]
        groups.append([*(member for g in near for member in g), line])
    return groups


def _belongs(upper: TextLine, lower: TextLine, most: float, config: LocateConfig) -> bool:
    """Whether a line goes on below another; ``most`` is the gap between them, in text heights."""
    tall, short = sorted((upper.text_height, lower.text_height), reverse=True)
    if tall > config.height_ratio * short:
        return False
    gap = lower.box.y0 - upper.box.y1
    common = upper.box.intersection(lower.box)
    beside = common.width >= 0.25 * min(upper.box.width, lower.box.width)
    aligned = abs(upper.box.x0 - lower.box.x0) <= 2 * tall
    return (beside or aligned) and -1.2 * tall <= gap <= most * tall


def _shelf(page: UprightPage, barcodes: Iterable[Box], config: LocateConfig) -> int:
    """Where the first wide barcode begins; the lower edge of the page where there is none."""
    width, height = page.size
    wide = (
        code.y0
        for code in barcodes
        if code.width >= config.wide_barcode * width and code.width > _BARS * code.height
    )
    return min(wide, default=height)


def _bottom(lines: list[TextLine]) -> int:
    return max(line.box.y1 for line in lines)


def _block(
    page: UprightPage, lines: list[TextLine], floors: tuple[int, ...], config: LocateConfig
) -> AddressBlock:
    """A block in the best of its places: each is a share of what is above a floor."""
    box = Box.around(line.box for line in lines)
    ordered = tuple(sorted(lines, key=lambda line: line.box.center[1]))
    x = box.center[0] / page.size[0]
    place = max(_place(x, box.center[1] / floor, config) for floor in floors)
    return AddressBlock(page, box, ordered, place * _shape(ordered))


def _place(x: float, y: float, config: LocateConfig) -> float:
    """How usual a place is, given as shares of the page, from 0 to 1."""
    dx = (x - config.place[0]) / config.place_spread[0]
    dy = (y - config.place[1]) / config.place_spread[1]
    place = math.exp(-(dx * dx + dy * dy) / 2)
    if x < config.return_corner[0] and y < config.return_corner[1]:
        place *= 0.5
    return max(place, 0.02)


def _shape(lines: tuple[TextLine, ...]) -> float:
    """Number of lines and size, each as a factor in 0..1."""
    count = {1: 0.45, 2: 0.8, 3: 1.0, 4: 1.0, 5: 1.0, 6: 0.9}.get(len(lines), 0.6)
    parts = sum(len(line.parts) for line in lines)
    substance = 1 - math.exp(-parts / 6)
    return count * substance
