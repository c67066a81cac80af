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
    lines = field.block.lines if field.block is not None else ()
    number = max(range(len(lines)), key=lambda k: _shared(lines[k].box, field.box), default=None)
    if number is None or _shared(lines[number].box, field.box) <= 0:
        return Surroundings()
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


def whole_line(block: AddressBlock, line: TextLine) -> ZipField:
    """A line of an address as a field."""
    return ZipField(block.page, line.box, line.slope, line.text_height, block.score, block)


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
    return ZipField(field.page, box, line.slope, field.digit_height, field.score, field.block)


def _shared(one: Box, other: Box) -> int:
    """Area of what two boxes share; 0 where they do not meet."""
    return one.intersection(other).area


def _edges(hypothesis: ZipHypothesis) -> tuple[float, float]:
    """Where the first digit begins and the last one ends, in upright pixels."""
    to_upright = np.linalg.inv(hypothesis.field.page.to_original).astype(np.float64)
    quads = [np.asarray(digit.quad) for digit in hypothesis.digits]
    across = [transform_points(to_upright, quad)[:, 0] for quad in quads]
    return min(float(x.min()) for x in across), max(float(x.max()) for x in across)
