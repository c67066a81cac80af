"""Text lines -> address blocks, ranked by how much they look like a delivery address."""

from __future__ import annotations

import math

from zipreader.config import LocateConfig
from zipreader.elements import AddressBlock, Box, TextLine, UprightPage
from zipreader.reading.columns import columns
from zipreader.reading.stacks import stacks


def locate(
    page: UprightPage, lines: tuple[TextLine, ...], config: LocateConfig
) -> tuple[AddressBlock, ...]:
    """Group lines into blocks and rank them by place and shape, best first.

    Places follow DMM 202: the delivery address stands right of and below the
    middle, the return address in the upper left, postage in the upper right.
    """
    blocks = [
        _block(page, stack, config)
        for group in _groups(list(lines), config)
        for column in columns(group)
        for stack in stacks(column)
    ]
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


def _block(page: UprightPage, lines: list[TextLine], config: LocateConfig) -> AddressBlock:
    box = Box.around(line.box for line in lines)
    ordered = tuple(sorted(lines, key=lambda line: line.box.center[1]))
    return AddressBlock(page, box, ordered, _score(page, box, ordered, config))


def _score(page: UprightPage, box: Box, lines: tuple[TextLine, ...], config: LocateConfig) -> float:
    """Place, number of lines and size, each as a factor in 0..1."""
    width, height = page.size
    x, y = box.center[0] / width, box.center[1] / height
    dx = (x - config.place[0]) / config.place_spread[0]
    dy = (y - config.place[1]) / config.place_spread[1]
    place = math.exp(-(dx * dx + dy * dy) / 2)
    if x < config.return_corner[0] and y < config.return_corner[1]:
        place *= 0.5
    count = {1: 0.45, 2: 0.8, 3: 1.0, 4: 1.0, 5: 1.0, 6: 0.9}.get(len(lines), 0.6)
    parts = sum(len(line.parts) for line in lines)
    substance = 1 - math.exp(-parts / 6)
    return max(place, 0.02) * count * substance
