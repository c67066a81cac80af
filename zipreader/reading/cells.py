"""Ink mask -> the cells that forms print for single digits, as for those of the ZIP.

A frame with a digit in it would pass for a tall letter, and its sides for ones.  Cells are
patches of paper that have a line along all four sides, from end to end; and three or more
of one size stand beside one another, apart or with sides in common.  White letters on a bar
have ink around them too, but fill less of their boxes, and behind it there is no paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.elements import Box

InkMask = npt.NDArray[np.uint8]
"""(H, W) 1 where there is ink."""

_SIDES, _OBLONG = (0.14, 0.6), 2.0
"""Sides of a cell, in inches, and how many times as long one is as the other."""
_FULL = 0.5
"""The most of a frame that is ink."""
_COVERED, _MOSTLY = 0.85, 0.75
"""Such a share of a side is inked; and of that of another cell of the row."""
_FEWEST = 3
"""Cells of a row."""
_LIKE, _LEVEL, _GAP = 0.12, 0.2, 2.0
"""Sides and levels of neighbours differ by such shares, and so many widths lie between them."""
_PATCH = 0.5
"""The least of a cell that is paper of one piece."""
_LINE = 0.025
"""The lines of a frame are no thicker, in inches."""
_ROOM = 3.0
"""A frame, and letters that touch it, are so many times as tall as a cell at the most."""


def find_cells(mask: InkMask, stats: npt.NDArray[np.int32], dpi: float) -> list[Box]:
    """The cells in a mask, in its pixels, with the inner edge of their frames.

    ``stats`` are of its components.
    """
    x, y, width, height, area = stats.T[:5]
    low, high = (side * dpi for side in _SIDES)
    possible = (height >= low) & (height <= _ROOM * high) & (width >= low)
    possible &= area <= _FULL * width * height
    frames = np.column_stack([x, y, x + width, y + height])[possible].tolist()
    line = max(2, round(_LINE * dpi))
    cells = [cell for frame in frames for cell in _cells_in(mask, Box(*frame), line, (low, high))]
    return [box for row in cell_rows(cells) for box in _completed(row, mask, line)]


def _cells_in(mask: InkMask, frame: Box, line: int, limits: tuple[float, float]) -> list[Box]:
    """The cells in a part of the mask, with sides within limits."""
    low, high = limits
    part = mask[frame.y0 : frame.y1, frame.x0 : frame.x1]
    level = np.flatnonzero(part.sum(axis=1) >= low)  # the upper and lower sides, among others
    if level.size == 0 or level[-1] - level[0] < low:
        return []
    _, _, stats, _ = cv2.connectedComponentsWithStats(1 - part, connectivity=4)
    found = []
    for x, y, width, height, area in stats[1:].tolist():
        shorter, longer = sorted((width, height))
        if shorter < low - 2 * line or longer > min(high, _OBLONG * shorter):
            continue
        if area < _PATCH * width * height:
            continue
        x0, y0 = max(0, x - line), max(0, y - line)
        cell = part[y0 : y + height + line, x0 : x + width + line]
        sides = cell[: y - y0].T, cell[y - y0 + height :].T, cell[:, : x - x0]
        if all(map(_is_inked, (*sides, cell[:, x - x0 + width :]))):
            left, top = frame.x0 + x - 1, frame.y0 + y - 1
            found.append(Box(left, top, left + width + 2, top + height + 2))
    return [cell for cell in found if _is_between_paper(mask, cell, line)]


def _is_between_paper(mask: InkMask, cell: Box, line: int) -> bool:
    """Whether there is paper beyond the lines above and below a cell."""
    columns = slice(cell.x0, cell.x1)
    above = mask[max(0, cell.y0 - 3 * line) : max(0, cell.y0 - line), columns]
    below = mask[cell.y1 + line : cell.y1 + 3 * line, columns]
    return all(_is_inked(1 - side.T, 0.5) for side in (above, below) if side.size)


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
    pitch = min(right.x0 - left.x0 for left, right in pairwise(row))
    whole = [row[0]]
    for cell in row[1:]:
        steps = round((cell.x0 - whole[-1].x0) / pitch)
        between = [_between(whole[-1], cell, step / steps) for step in range(1, steps)]
        whole += [*(each for each in between if _is_framed(mask, each, line)), cell]
    for place, step in ((0, -pitch), (-1, pitch)):
        beside = _moved(whole[place], step)
        while _is_framed(mask, beside, line):
            whole.insert(0 if place == 0 else len(whole), beside)
            beside = _moved(beside, step)
    return whole


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


def without_cells(mask: InkMask, cells: list[Box], dpi: float) -> InkMask:
    """The mask without the frames of the cells."""
    cleared = mask.copy()
    half = max(1, round(_LINE * dpi / 2))
    for cell in cells:
        x0, y0 = max(0, cell.x0 - half), max(0, cell.y0 - half)
        inside = slice(cell.y0 + half, cell.y1 - half), slice(cell.x0 + half, cell.x1 - half)
        cleared[y0 : cell.y1 + half, x0 : cell.x1 + half] = 0
        cleared[inside] = mask[inside]
    return cleared


def _follows(last: Box, cell: Box) -> bool:
    """Whether a cell may be the next one of a row."""
    like = abs(cell.width - last.width) <= _LIKE * last.width + 2
    like &= abs(cell.height - last.height) <= _LIKE * last.height + 2
    level = abs(cell.center[1] - last.center[1]) <= _LEVEL * last.height
    return like and level and -last.width / 2 <= cell.x0 - last.x1 <= _GAP * last.width
