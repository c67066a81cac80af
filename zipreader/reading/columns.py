"""Lines of two addresses side by side -> the lines of each.

On parcel labels sender and addressee stand beside one another, with hardly more between
them than between two words.  What tells two columns from the words of one is that no
line crosses the space between them, and that the lines behind it begin below one another
or are written larger or smaller than those before it.

Source: the vertical cut of G. Nagy and S. Seth, "Hierarchical representation of optically
scanned documents", ICPR 1984.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from zipreader.config import ColumnsConfig
from zipreader.elements import Box, TextLine
from zipreader.reading import imageops

Lines = list[TextLine]
_TEXT_HEIGHT = 0.7
"""Such a share of the parts of a line is lower than its capitals."""


@dataclass(frozen=True, slots=True)
class _Row:
    """What a line has on both sides of a space; the parts of one side may be none."""

    line: TextLine
    left: tuple[Box, ...]
    right: tuple[Box, ...]


def columns(lines: Lines, config: ColumnsConfig) -> list[Lines]:
    """The lines of the left column, those of the right one, and the others where there are any.

    ``lines`` belong together by their places and come back in one group where they stand
    in one column.
    """
    ordered = sorted(lines, key=lambda line: line.box.center[1])
    height = _usual_height(ordered)
    best: list[_Row] = []
    for start in sorted({part.x0 for line in ordered for part in line.parts}):
        for run in _runs(ordered, start, config.gap * height):
            if len(run) > len(best) and _are_columns(run, start, height, config):
                best = run
    if not best:
        return [lines]
    taken = {id(row.line) for row in best}
    left = [_piece(row.line, row.left) for row in best if row.left]
    right = [_piece(row.line, row.right) for row in best if row.right]
    others = [line for line in ordered if id(line) not in taken]
    return [left, right, others] if others else [left, right]


def _runs(ordered: Lines, start: int, gap: float) -> Iterable[list[_Row]]:
    """The longest rows of lines of which none crosses the space that ends at ``start``."""
    run: list[_Row] = []
    for line in ordered:
        left = tuple(part for part in line.parts if part.x1 <= start - gap)
        right = tuple(part for part in line.parts if part.x0 >= start)
        if len(left) + len(right) == len(line.parts):
            run.append(_Row(line, left, right))
        else:
            yield run
            run = []
    yield run


def _are_columns(run: list[_Row], start: int, height: float, config: ColumnsConfig) -> bool:
    left = [_piece(row.line, row.left) for row in run if row.left]
    right = [_piece(row.line, row.right) for row in run if row.right]
    if min(len(left), len(right)) < config.lines:
        return False
    for side in (left, right):
        wide = sum(piece.box.width >= config.width * height for piece in side)
        if wide < config.lines - 1:
            return False
    ends = np.array([start - piece.box.x1 for piece in left])
    if imageops.median(ends) < config.usual_gap * height:
        return False
    ours, theirs = (Box.around(piece.box for piece in side) for side in (left, right))
    common = min(ours.y1, theirs.y1) - max(ours.y0, theirs.y0)
    if common < config.beside * min(ours.height, theirs.height):
        return False
    aligned = sum(piece.box.x0 <= start + config.aligned * height for piece in right)
    if aligned >= max(config.lines, config.share * len(right)):
        return True
    small, large = sorted((_usual_height(left), _usual_height(right)))
    return large >= config.taller * small


def _usual_height(side: Lines) -> float:
    return imageops.median(np.array([piece.text_height for piece in side]))


def _piece(line: TextLine, parts: tuple[Box, ...]) -> TextLine:
    heights = np.array([part.height for part in parts])
    return TextLine(parts, line.slope, float(imageops.quantile(heights, _TEXT_HEIGHT)))
