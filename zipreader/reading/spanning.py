"""Connected components of two lines that touch -> one of each line.

A loop or a tail of one line runs into the next one, and their component chains both lines.
It is parted between them, where it has least ink, as far as its neighbours tell that there
are two lines.

Source: L. Likforman-Sulem, A. Zahour and B. Taconet, "Text line segmentation of historical
documents", IJDAR 9 (2007), section on touching components.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.reading import imageops
from zipreader.reading.imageops import Labels

Stats = npt.NDArray[np.int32]
"""(N, 5) x, y, width, height, area of components, in pixels."""
Mask = npt.NDArray[np.bool_]

_TALLER = 1.5
"""What spans two lines is at least so many times as tall as its neighbours."""
_LOW = 0.2
"""Such a share of all components is as low as the smallest letters."""
_ENDS = 0.25
"""The upper line ends, and the lower one begins, farther from its ends, in its heights."""
_LOWEST = 0.25
"""And its neighbours are no lower than such a share of it, of which each line has some."""
_FEWEST, _ALIKE = 2, 0.2
"""So many in each line at the least; and how far apart ends of what is as tall are, in heights."""
_NEAR = 2.5
"""Neighbours are no farther beside it than this, in its heights."""
_OVERLAP = 0.35
"""The lower line begins no higher above the end of the upper one, in their heights."""
_AROUND = 0.3
"""The component is parted so far into either line at the most, in their heights."""
_LEAST = 0.35
"""No part is lower, in heights of its neighbours."""


def parted(labels: Labels, stats: Stats, numbers: npt.NDArray[np.intp]) -> Stats:
    """The components, and in place of each that spans two lines its two parts.

    Args:
        labels: (H, W) numbers of components, 0 where there is none.
        stats: of all components, a row a number.
        numbers: of those that may be text.
    """
    chosen = stats[numbers, :5]
    if not len(chosen):
        return chosen
    heights = chosen[:, 3]
    rows = np.flatnonzero(heights > _TALLER * imageops.quantile(heights, _LOW))
    found: list[tuple[int, int, int, int, int]] = []
    whole = np.ones(len(chosen), bool)
    for row, upper, lower in _of_two_lines(chosen, rows):
        between = _between(chosen, row, upper, lower)
        if between is None:
            continue
        parts = _cut(labels, chosen[row], int(numbers[row]), *between)
        if parts:
            whole[row] = False
            found += parts
    if not found:
        return chosen
    return np.concatenate([chosen[whole], np.array(found, np.int32)])


def _of_two_lines(stats: Stats, rows: npt.NDArray[np.intp]) -> Iterator[tuple[int, Mask, Mask]]:
    """Of some components those with neighbours of two lines, (N,) of the upper and the lower one.

    Those of one line stand on both sides, or it is as wide as a word, else it may be a large
    letter beside small ones; and where as many stand like itself, they are a line, and the
    low ones pieces of broken letters.
    """
    x, y, width, height = (stats[rows, column][:, np.newaxis] for column in range(4))
    left, top, wide, tall = stats[:, :4].T
    right, bottom = left + wide, top + tall
    reach = _NEAR * height
    beside = (left < x + width + reach) & (right > x - reach)
    near = beside & (tall * _TALLER <= height) & (tall >= _LOWEST * height)
    middle, centre = (top + bottom) / 2, (left + right) / 2
    near &= (middle > y) & (middle < y + height)
    upper = near & (bottom < y + (1 - _ENDS) * height) & (middle < y + height / 2)
    lower = near & (top > y + _ENDS * height) & (middle > y + height / 2)
    fewest = np.minimum(upper.sum(axis=1), lower.sum(axis=1))
    alike = np.maximum(np.abs(top - y), np.abs(bottom - y - height)) < _ALIKE * height
    among = (fewest >= _FEWEST) & ((alike & beside).sum(axis=1) <= fewest)
    before, behind = centre < x, centre > x + width
    on_both_sides = [
        (line & before).any(axis=1) & (line & behind).any(axis=1) for line in (upper, lower)
    ]
    word = (width > height)[:, 0]
    for place in np.flatnonzero(among & (on_both_sides[0] | on_both_sides[1] | word)):
        yield int(rows[place]), upper[place], lower[place]


def _between(stats: Stats, row: int, upper: Mask, lower: Mask) -> tuple[float, float, float] | None:
    """Where a component may be parted, from and to, and the height of the lines beside it.

    ``None`` where both lines overlap, or it is hardly taller than they are.
    """
    top, tall = stats[:, 1], stats[:, 3]
    usual = imageops.median(tall[upper | lower])
    end, start = imageops.median((top + tall)[upper]), imageops.median(top[lower])
    if start < end - _OVERLAP * usual or stats[row, 3] < _TALLER * usual:
        return None
    return min(end, start) - _AROUND * usual, max(end, start) + _AROUND * usual, usual


def _cut(
    labels: Labels,
    stats: npt.NDArray[np.int32],
    number: int,
    first: float,
    last: float,
    usual: float,
) -> list[tuple[int, int, int, int, int]]:
    """Both parts of a component; none where one of them would be too low."""
    x, y, width, height, _ = (int(value) for value in stats)
    ink = labels[y : y + height, x : x + width] == number
    low, high = (round(np.clip(at - y, 0, height)) for at in (first, last))
    low, high = max(low, round(_LEAST * usual)), min(high, height - round(_LEAST * usual))
    if high <= low:
        return []
    rows = ink[low:high].sum(axis=1)
    least = np.flatnonzero(rows == rows.min())
    at = low + int(least[np.abs(least - (len(rows) - 1) / 2).argmin()])
    parts = []
    for start, part in ((0, ink[:at]), (at, ink[at:])):
        left, top, wide, tall = cv2.boundingRect(part.astype(np.uint8))
        parts.append((x + left, y + start + top, wide, tall, int(part.sum())))
    return parts
