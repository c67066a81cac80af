"""A hypothesis -> the lines and pieces of lines about its digits, as fields to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zipreader.config import TownConfig
from zipreader.elements import (
    AddressBlock,
    Box,
    TextLine,
    ZipField,
    ZipHypothesis,
    transform_points,
)
from zipreader.reading.measures import usual_height

_NOTHING = 3.0
"""No gap counts as wider, in digit heights."""
_WIDE, _TALL, _LOW = 0.9, 0.5, 0.3
"""A sign is no wider than this, and as tall at the least, in digit heights; what is as tall as the
last parts it from the digits."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands about the digits; ``None`` where nothing does.

    ``town`` is where the place of a ZIP should stand: before its digits, or alone on the line
    above; in the first case it is also what is ``before`` them.
    """

    town: ZipField | None = None
    before: ZipField | None = None
    behind: ZipField | None = None
    below: ZipField | None = None


def surroundings(hypothesis: ZipHypothesis, config: TownConfig) -> Surroundings:
    """The surroundings of the digits in their address; none for a field without an address."""
    field = hypothesis.field
    number = _own_line(field)
    if field.block is None or number is None:
        return Surroundings()
    lines = field.block.lines
    line = lines[number]
    left, right = _edges(hypothesis)
    apart, shortest = (share * field.digit_height for share in (config.apart, config.shortest))
    before = [part for part in line.parts if part.center[0] < left - apart]
    behind = [part for part in line.parts if part.center[0] > right + apart]
    beside = _as_field(field, line, before)
    return Surroundings(
        beside if _is_long(before, shortest) else _whole(field, lines, number - 1),
        beside,
        _as_field(field, line, behind) if _is_long(behind, shortest) else None,
        _whole(field, lines, number + 1),
    )


def joined(hypothesis: ZipHypothesis) -> float:
    """By how much the sign before the digits stands closer to them than to what is before it.

    In digit heights; a sixth digit does so.  What stands before them in a cell of their row
    belongs to them.
    """
    field = hypothesis.field
    number = _own_line(field)
    if field.block is None or number is None:
        return -_NOTHING
    line, height = field.block.lines[number], field.digit_height
    left, _ = _edges(hypothesis)
    before = [p for p in line.parts if p.center[0] < left and p.height >= _TALL * height]
    sign = max(before, key=lambda part: part.x1, default=None)
    if sign is None or sign.width > _WIDE * height:
        return -_NOTHING
    if any(sign.x1 <= p.center[0] < left and p.height >= _LOW * height for p in line.parts):
        return -_NOTHING
    if _is_in_next_cell(line, sign, left):
        return _NOTHING
    others = [part.x1 for part in before if part is not sign and part.x0 < sign.x0]
    apart = (sign.x0 - max(others)) / height if others else _NOTHING
    return min(_NOTHING, apart) - (left - sign.x1) / height


def _is_in_next_cell(line: TextLine, sign: Box, left: float) -> bool:
    """Whether a sign stands in a cell, and the digits begin in the very next one."""
    own = [cell for cell in line.cells if cell.x0 <= sign.center[0] <= cell.x1]
    return any(
        one.x1 <= other.center[0] and other.x0 - one.x1 < one.width / 2 and left < other.x1
        for one in own
        for other in line.cells
    )


def relative_height(field: ZipField) -> float:
    """The height of the digits beside that of the other lines of their address.

    A postmark that lies over an address is smaller, and so is a ZIP that was written small.
    """
    number = _own_line(field)
    if field.block is None or number is None:
        return 1.0
    others = [line for place, line in enumerate(field.block.lines) if place != number]
    return field.digit_height / usual_height(others) if others else 1.0


def _own_line(field: ZipField) -> int | None:
    """The number of the line of its address on which a field lies."""
    lines = field.block.lines if field.block is not None else ()
    number = max(range(len(lines)), key=lambda k: _shared(lines[k].box, field.box), default=None)
    return number if number is not None and _shared(lines[number].box, field.box) > 0 else None


def whole_line(block: AddressBlock, line: TextLine) -> ZipField:
    """A line of an address as a field."""
    return ZipField(
        block.page, line.box, line.slope, line.text_height, block.score, block, circles=line.circles
    )


def _is_long(parts: Sequence[Box], shortest: float) -> bool:
    return bool(parts) and Box.around(parts).width >= shortest


def _whole(field: ZipField, lines: Sequence[TextLine], number: int) -> ZipField | None:
    """The line of this number as a field; none where there is no such line."""
    if not 0 <= number < len(lines):
        return None
    return _as_field(field, lines[number], lines[number].parts)


def _as_field(field: ZipField, line: TextLine, parts: Sequence[Box]) -> ZipField | None:
    if not parts:
        return None
    box = Box.around(parts)
    return ZipField(
        field.page,
        box,
        line.slope,
        field.digit_height,
        field.score,
        field.block,
        circles=line.circles,
    )


def _shared(one: Box, other: Box) -> int:
    """Area of what two boxes share; 0 where they do not meet."""
    return one.intersection(other).area


def _edges(hypothesis: ZipHypothesis) -> tuple[float, float]:
    """Where the first digit begins and the last one ends, in upright pixels."""
    to_upright = np.linalg.inv(hypothesis.field.page.to_original).astype(np.float64)
    quads = [np.asarray(digit.quad) for digit in hypothesis.digits]
    across = [transform_points(to_upright, quad)[:, 0] for quad in quads]
    return min(float(x.min()) for x in across), max(float(x.max()) for x in across)
