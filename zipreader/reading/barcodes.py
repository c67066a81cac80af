"""Ink mask -> boxes of barcodes, whose bars and cells would pass for letters.

A bar is the same in each of its rows, so the columns of a linear barcode are full of ink
or empty, and they change often, and its rows are nearly alike.  The upright strokes of tall
capitals do the first, but their bows and bars do not the second.  It is told of a group as a
whole, whether its bars are thin, wide, or run into one another.  The cells of a matrix code
(MaxiCode, QR, Data Matrix) run into one square, in which every row and column has its
share of ink, and changes often; between lines of writing there is none.  Bars of postal
codes, lower than any that are looked for here, are told as lines (``lines.py``).
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.elements import Box
from zipreader.reading import imageops

InkMask = npt.NDArray[np.uint8]
"""(H, W) 1 where there is ink."""
Boxes = npt.NDArray[np.intp]
"""(N, 4) x0, y0, x1, y1 in pixels of the mask."""

_HEIGHT, _WIDTH, _GAP = 0.25, 0.6, 0.2
"""Inches: bars are at least so long, and together so wide, with no wider gap between them."""
_FULL = 0.4
"""Share of what bounds a bar, or some that run into one another, that is ink."""
_BESIDE = 0.7
"""Bars that belong together share so much of their height."""
_BARS = 8
_CLEAR, _SHARE = 0.2, 0.75
"""A column is empty with no more than the first share of ink, and full with as little paper;
so large a share of them is."""
_ALONG = 0.12
"""Along the bars there are no more changes between ink and paper, for each across them."""
_CELL, _CELLS = 0.15, 40
"""Cells of a matrix code, or a few together, are no larger, in inches; with fewer there is none."""
_CLOSED = 0.05
"""Gaps between cells that are closed, in inches."""
_SQUARE, _OBLONG = (0.3, 1.6), 1.5
"""Sides of a matrix code, in inches, and how many times as long one is as the other."""
_SOLID = 0.6
"""Share of it that is covered once the gaps are closed."""
_INKED, _CHANGES = 0.2, 8.0
"""Its rows and columns have such a share of ink, but for every tenth, and go so often from ink
to paper and back."""


def barcodes(mask: InkMask, stats: npt.NDArray[np.int32], dpi: float) -> list[Box]:
    """The barcodes in a mask, their bars upright or level; ``stats`` are of its components."""
    x, y, width, height, area = stats.T[:5].astype(np.intp)
    full = area >= _FULL * width * height
    boxes = np.column_stack([x, y, x + width, y + height])
    found = _upright(mask, boxes[full & (height >= _HEIGHT * dpi)], dpi)
    turned = boxes[full & (width >= _HEIGHT * dpi)][:, [1, 0, 3, 2]]
    across = _upright(mask.T, turned, dpi)
    found += [Box(box.y0, box.x0, box.y1, box.x1) for box in across]
    cells = np.maximum(width, height) <= _CELL * dpi
    return found + _matrix_codes(mask, dpi) if cells.sum() >= _CELLS else found


def _matrix_codes(mask: InkMask, dpi: float) -> list[Box]:
    """What is one square once the gaps are closed, and full of cells."""
    half = np.ascontiguousarray(cv2.dilate(mask, np.ones((2, 2), np.uint8))[::2, ::2])
    side = imageops.odd(_CLOSED * dpi / 2)
    closed = cv2.morphologyEx(half, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    x, y, width, height, area = imageops.components(closed)[1][1:].T[:5].astype(np.intp)
    dpi /= 2
    shorter, longer = np.minimum(width, height), np.maximum(width, height)
    square = (shorter >= _SQUARE[0] * dpi) & (longer <= _SQUARE[1] * dpi)
    square &= (longer <= _OBLONG * shorter) & (area >= _SOLID * width * height)
    rows = np.column_stack([x, y, x + width, y + height])[square].tolist()
    boxes = [Box(*(2 * side for side in row)) for row in rows]
    return [box for box in boxes if _are_cells(mask, box)]


def _are_cells(mask: InkMask, box: Box) -> bool:
    """Whether nearly every row and column has its share of ink, and changes often."""
    inside = mask[box.y0 : box.y1, box.x0 : box.x1]
    for axis in (0, 1):
        ink = inside.mean(axis=axis)
        changes = np.count_nonzero(np.diff(inside, axis=1 - axis), axis=1 - axis).mean()
        if imageops.quantile(ink, 0.1) < _INKED or changes < _CHANGES:
            return False
    return True


def _upright(mask: InkMask, tall: Boxes, dpi: float) -> list[Box]:
    """The barcodes whose bars are upright, among groups of tall parts."""
    groups: list[list[Boxes]] = []
    for part in tall[np.argsort(tall[:, 0])]:
        near = [group for group in groups if _belongs(part, group, _GAP * dpi)]
        if near:
            near[0].append(part)
        else:
            groups.append([part])
    around = [_around(group) for group in groups]
    return [box for box in around if _are_bars(mask, box, dpi)]


def _belongs(part: Boxes, group: list[Boxes], gap: float) -> bool:
    """Whether a part stands beside the group, as high as its last one."""
    last = group[-1]
    reached = max(int(each[2]) for each in group)
    common = min(part[3], last[3]) - max(part[1], last[1])
    taller = max(part[3] - part[1], last[3] - last[1])
    return bool(part[0] - reached <= gap and common >= _BESIDE * taller)


def _around(group: list[Boxes]) -> Box:
    whole = np.array(group)
    x0, y0 = whole[:, :2].min(axis=0).tolist()
    x1, y1 = whole[:, 2:].max(axis=0).tolist()
    return Box(x0, y0, x1, y1)


def _are_bars(mask: InkMask, box: Box, dpi: float) -> bool:
    """Whether nearly all columns are full or empty, change often, and rows hardly do."""
    if box.width < _WIDTH * dpi:
        return False
    rim = box.height // 8
    bars = mask[box.y0 + rim : box.y1 - rim, box.x0 : box.x1]
    along, across = (np.count_nonzero(np.diff(bars, axis=axis)) for axis in (0, 1))
    if along > _ALONG * across:
        return False
    third = box.height // 3  # bars that lean a little are upright over a third of their height
    inner = mask[box.y0 + third : box.y1 - third, box.x0 : box.x1]
    columns = inner.mean(axis=0, dtype=np.float32)
    clear = (columns <= _CLEAR) | (columns >= 1 - _CLEAR)
    changes = int(np.count_nonzero(np.diff(columns > 0.5)))
    return changes >= 2 * _BARS and float(clear.mean()) >= _SHARE
