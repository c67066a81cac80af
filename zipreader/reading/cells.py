"""Ink mask -> the cells that forms print for single digits, as for those of the ZIP.

A frame with a digit in it would pass for a tall letter, and its sides for ones.  Two thin level
lines with paper between them, one above the other, are the top and the bottom of cells where
upright lines join them from end to end: a cell lies between two of these.  Three or more of one
size stand beside one another, apart or with sides in common.  What a digit or a letter adds to a
line, or where it touches one, makes no difference; and the whole row may stand aslant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.elements import Box

InkMask = npt.NDArray[np.uint8]
"""(H, W) 1 where there is ink."""

_SIDES, _OBLONG = (0.12, 0.6), 2.0
"""Sides of a cell, in inches, and how many times as long one is as the other."""
_FULL = 0.5
"""The most of a cell that is ink."""
_COVERED, _MOSTLY = 0.85, 0.75
"""Such a share of a side is inked; and of that of another cell of the row."""
_FEWEST = 3
"""Cells of a row."""
_LIKE, _LEVEL, _GAP = 0.12, 0.2, 2.0
"""Sides and levels of neighbours differ by such shares, and so many widths lie between them."""
_LINE, _THICK = 0.025, 4
"""The lines of a frame are no thicker, in inches, and its sides by so many pixels."""
_RUNS, _TILT = (0.6, 2.0), 0.12
"""The steps of a line that stands aslant, in shortest sides, and its steepest slope.

Short steps are those of cells that stand apart, and of steep rows; long ones leave out the
letters that touch a line.
"""


class _Level(NamedTuple):
    """A thin line from left to right, ``x1`` beyond its end; ``level`` is at the left rim."""

    x0: int
    x1: int
    slope: float
    level: float

    def rows(self, x: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        """The rows on which it crosses columns."""
        return np.rint(self.level + self.slope * x).astype(np.intp)


def find_cells(mask: InkMask, dpi: float) -> list[Box]:
    """The cells in a mask, in its pixels, with the inner edge of their frames."""
    low, high = (side * dpi for side in _SIDES)
    line = max(2, round(_LINE * dpi))
    levels = _levels(mask, low, line)
    pairs = _pairs(levels, low, high)
    if not pairs:
        return []
    near = cv2.dilate(mask, np.ones((1, 3), np.uint8))
    sums = np.diff(cv2.integral(near), axis=1)
    found: list[Box] = []
    for top, bottom in pairs:
        for cell in _cells_between(sums, top, bottom, line, (low - 2 * line, high)):
            known = any(_is_same(cell, other) for other in found)
            if not known and _is_paper(mask, cell) and _is_between_paper(mask, cell, line):
                found.append(cell)
    rows = [_completed(row, mask, line) for row in cell_rows(found)]
    apart: list[list[Box]] = []
    for row in sorted(rows, key=len, reverse=True):
        around = Box.around(row)
        if not any(around.intersection(Box.around(other)).area for other in apart):
            apart.append(row)
    return [box for row in apart for box in row]


def _levels(mask: InkMask, shortest: float, line: int) -> list[_Level]:
    """Thin, nearly level lines, the steps of aslant ones joined."""
    thick = cv2.dilate(mask, np.ones((3, 1), np.uint8))
    levels = []
    for step in _RUNS:
        run = np.ones((1, max(3, round(step * shortest))), np.uint8)
        runs = cv2.morphologyEx(thick, cv2.MORPH_OPEN, run)
        contours, _ = cv2.findContours(runs, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        levels += [level for each in contours if (level := _level(each, shortest, line))]
    return levels


def _level(contour: npt.NDArray[np.int32], shortest: float, line: int) -> _Level | None:
    """The line that a contour is, if it is long, thin and nearly level."""
    x, _, width, height = cv2.boundingRect(contour)
    if width < shortest or height > 2 * line + 2 + _TILT * width:
        return None
    moments = cv2.moments(contour)
    area = moments["m00"]
    if not 0 < area <= (line + _THICK - 2) * width:
        return None
    slope = moments["mu11"] / moments["mu20"]
    level = (moments["m01"] - slope * moments["m10"]) / area
    return _Level(x, x + width, slope, level) if abs(slope) <= _TILT else None


def _pairs(levels: Sequence[_Level], low: float, high: float) -> list[tuple[_Level, _Level]]:
    """Lines one above the other, as far apart as the sides of a cell are long; long ones first."""
    if len(levels) < 2:
        return []
    ends = np.array([(each.x0, each.x1, each.slope, each.level) for each in levels])
    left = np.maximum(ends[:, None, 0], ends[:, 0])
    right = np.minimum(ends[:, None, 1], ends[:, 1])
    middle = (left + right) / 2
    down = (ends[:, 3] - ends[:, None, 3]) + (ends[:, 2] - ends[:, None, 2]) * middle
    fits = (right - left >= low) & (down >= low) & (down <= high)
    fits &= np.abs(ends[:, 2] - ends[:, None, 2]) <= _TILT / 2
    pairs = np.argwhere(fits)
    length = (ends[:, 1] - ends[:, 0])[pairs].min(axis=1)
    return [(levels[i], levels[j]) for i, j in pairs[np.argsort(-length, kind="stable")].tolist()]


def _cells_between(
    sums: npt.NDArray[np.int32], top: _Level, bottom: _Level, line: int, limits: tuple[float, float]
) -> Iterator[Box]:
    """The cells between two level lines; ``sums`` are (H + 1, W) of the ink above each row."""
    first = max(0, max(top.x0, bottom.x0) - line)
    last = min(sums.shape[1], min(top.x1, bottom.x1) + line)
    x = np.arange(first, last)
    y0 = np.clip(top.rows(x) + 1, 0, len(sums) - 1)
    y1 = np.clip(bottom.rows(x), 0, len(sums) - 1)
    height = np.maximum(1, y1 - y0)
    inked = (sums[y1, x] - sums[y0, x]) / height
    sides = np.flatnonzero(np.diff(np.concatenate([[0], inked >= _COVERED, [0]])))
    thick = np.diff(sides)[::2] > line + _THICK
    for k, (end, start) in enumerate(
        zip(sides[1:-1:2].tolist(), sides[2::2].tolist(), strict=True)
    ):
        if thick[k] or thick[k + 1]:
            continue
        width, tall = start - end, float(height[end:start].mean())
        shorter, longer = sorted((float(width), tall))
        if shorter < limits[0] or longer > min(limits[1], _OBLONG * shorter):
            continue
        middle = (end + start) // 2
        yield Box(first + end - 1, int(y0[middle]) - 1, first + start + 1, int(y1[middle]) + 1)


def _is_paper(mask: InkMask, cell: Box) -> bool:
    inside = mask[cell.y0 + 2 : cell.y1 - 2, cell.x0 + 2 : cell.x1 - 2]
    return inside.size > 0 and float(inside.mean()) <= _FULL


def _is_same(one: Box, other: Box) -> bool:
    return one.intersection(other).area > 0.5 * min(one.area, other.area)


def _is_between_paper(mask: InkMask, cell: Box, line: int) -> bool:
    """Whether there is paper beyond the line above or below a cell; writing may touch one."""
    columns = slice(cell.x0, cell.x1)
    above = mask[max(0, cell.y0 - 3 * line) : max(0, cell.y0 - line), columns]
    below = mask[cell.y1 + line : cell.y1 + 3 * line, columns]
    return any(side.size == 0 or _is_inked(1 - side.T, 0.5) for side in (above, below))


def _is_inked(side: InkMask, share: float = _COVERED) -> bool:
    """Whether there is ink along such a share of a side, (length, thickness)."""
    return side.size > 0 and float(side.any(axis=1).mean()) >= share


def cell_rows(cells: Sequence[Box]) -> list[list[Box]]:
    """Cells of one size beside one another, from left to right, in rows of three or more."""
    rows: list[list[Box]] = []
    for cell in sorted(cells, key=lambda box: box.x0):
        row = next((row for row in rows if _follows(row[-1], cell)), None)
        if row is None:
            rows.append([cell])
        else:
            row.append(cell)
    return [row for row in rows if len(row) >= _FEWEST]


def _completed(row: list[Box], mask: InkMask, line: int) -> list[Box]:
    """A row with the cells in it, and at its ends, that a digit cuts in two."""
    whole = [row[0]]
    for cell in row[1:]:
        whole += [*_missing(whole[-1], cell, mask, line), cell]
    pitch = min(right.x0 - left.x0 for left, right in pairwise(whole))
    for place, step in ((0, -pitch), (-1, pitch)):
        beside = _moved(whole[place], step)
        while _is_framed(mask, beside, line):
            whole.insert(0 if place == 0 else len(whole), beside)
            beside = _moved(beside, step)
    return whole


def _missing(left: Box, right: Box, mask: InkMask, line: int) -> list[Box]:
    """As many cells between two as there are room and frames for."""
    for steps in range((right.x0 - left.x0) // left.width, 1, -1):
        between = [_between(left, right, step / steps) for step in range(1, steps)]
        if all(_is_framed(mask, each, line) for each in between):
            return between
    return []


def _between(left: Box, right: Box, share: float) -> Box:
    ends = np.array([(box.x0, box.y0, box.x1, box.y1) for box in (left, right)])
    return Box(*np.rint((1 - share) * ends[0] + share * ends[1]).astype(int).tolist())


def _moved(cell: Box, step: int) -> Box:
    return Box(cell.x0 + step, cell.y0, cell.x1 + step, cell.y1)


def _is_framed(mask: InkMask, cell: Box, line: int) -> bool:
    """Whether most of each side of a cell is inked."""
    if cell.x0 < 0 or cell.x1 > mask.shape[1]:
        return False
    x0, y0 = max(0, cell.x0 - line), max(0, cell.y0 - line)
    part, band = mask[y0 : cell.y1 + line, x0 : cell.x1 + line], 2 * line
    sides = part[:band].T, part[-band:].T, part[:, :band], part[:, -band:]
    return all(_is_inked(side, _MOSTLY) for side in sides) and _is_between_paper(mask, cell, line)


def without_cells(mask: InkMask, cells: Sequence[Box], dpi: float) -> InkMask:
    """The mask without the frames of the cells, but for strokes that cross them."""
    if not cells:
        return mask
    half = max(1, round(_LINE * dpi / 2))
    levels, sides, corners = (np.zeros_like(mask) for _ in range(3))
    for cell in cells:
        x, y = (slice(max(0, at - half), at + half) for at in (cell.x0, cell.y0))
        right, below = (slice(max(0, at - half), at + half) for at in (cell.x1, cell.y1))
        levels[y, cell.x0 : cell.x1] = levels[below, cell.x0 : cell.x1] = 1
        sides[cell.y0 : cell.y1, x] = sides[cell.y0 : cell.y1, right] = 1
        corners[y, x] = corners[y, right] = corners[below, x] = corners[below, right] = 1
    length = 2 * half + 2
    down, along = (
        cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones(shape, np.uint8))
        for shape in ((length, 1), (1, length))
    )
    return mask & ~((levels & ~down) | (sides & ~along) | corners)


def _follows(last: Box, cell: Box) -> bool:
    """Whether a cell may be the next one of a row."""
    like = abs(cell.width - last.width) <= _LIKE * last.width + 2
    like &= abs(cell.height - last.height) <= _LIKE * last.height + 2
    level = abs(cell.center[1] - last.center[1]) <= _LEVEL * last.height
    return like and level and -last.width / 2 <= cell.x0 - last.x1 <= _GAP * last.width
