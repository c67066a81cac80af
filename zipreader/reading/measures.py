"""Measures of text lines: how tall their letters are, and whether they make an address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from zipreader.elements import AddressBlock, Box, TextLine
from zipreader.reading import imageops

_LOWER = 0.7
"""Such a share of the parts of a line is no taller than its capitals."""
_LINES, _WIDE_LINES, _WIDTH = 3, 2, 4.0
"""An address has so many lines, so many of them so long, in text heights."""


def text_height(heights: npt.NDArray[np.float64]) -> float:
    """The height of capitals and digits, of (N,) heights of the parts of a line."""
    return float(imageops.quantile(heights, _LOWER))


def usual_height(lines: Iterable[TextLine]) -> float:
    """The middle one of the heights of some lines, and never 0."""
    return max(imageops.median(np.array([line.text_height for line in lines])), 1e-6)


def piece(line: TextLine, parts: Sequence[Box]) -> TextLine:
    """Some parts of a line as a line of their own."""
    heights = np.array([part.height for part in parts], np.float64)
    return TextLine(tuple(parts), line.slope, text_height(heights), line.cells, line.circles)


def are_address(lines: Sequence[TextLine]) -> bool:
    """Whether lines are enough for an address, and long enough but for one such as "Box 1"."""
    wide = sum(line.box.width >= _WIDTH * line.text_height for line in lines)
    return len(lines) >= _LINES and wide >= _WIDE_LINES


def on_one_line(one: Box, other: Box) -> bool:
    """Whether both lie on one line: they share more than half of the height of the less tall."""
    return one.intersection(other).height > min(one.height, other.height) / 2


def lines_within(block: AddressBlock, blocks: Iterable[AddressBlock]) -> list[TextLine]:
    """The lines of a block, and those of others that stand inside its box, as small print does."""
    x0, y0, x1, y1 = block.box.x0, block.box.y0, block.box.x1, block.box.y1
    inside = [
        line
        for other in blocks
        if other is not block
        for line in other.lines
        if x0 <= line.box.center[0] <= x1 and y0 <= line.box.center[1] <= y1
    ]
    return [*block.lines, *inside]
