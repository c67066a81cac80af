"""Ink mask of a page -> without the waves of a cancellation, which chain what they run through.

A cancelling machine strikes a stamp out by parallel lines, straight or wavy, a tenth of an
inch apart, and they run on into an address that stands too high.  All have one shape: a
sinusoid is fitted to their free pieces, and where it goes on through writing their ink is
taken away, but for the strokes that cross it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.reading import imageops

Mask8 = npt.NDArray[np.uint8]
"""(H, W) 1 where there is ink."""
Vector = npt.NDArray[np.float64]

_LEAST_DPI = 75.0
"""Below it the lines of a cancellation are hardly a pixel thick, or run together."""
_THIN = 0.04
"""A line of them is no taller than this, in inches, at any place; strokes of letters are."""
_PIECE, _BAND = 0.22, 0.2
"""A free piece of a line is so long at the least, and rises and falls by so much at the most."""
_ASLANT = 0.18
"""And besides by such a share of its length, in a mark that was set askew."""
_FULL = 4.0
"""Pixels of ink in a column of it at the most, on average."""
_BESIDE, _BEHIND = 0.2, 0.4
"""The next line lies no farther below, the next piece no farther behind, in inches."""
_FEWEST, _LONGEST = 3, 0.7
"""Lines of a cancellation at the least, and the length that one of them has, in inches."""
_CLEAR, _MANY = 0.6, 40
"""Such a share of so few lines shows from end to end; more pieces than so many are a texture."""
_PERIODS = np.geomspace(0.22, 2.6, 52)
"""Of waves, in inches."""
_STEP = 3
"""Every so many columns of a piece are looked at."""
_TINY = 1e-6
"""Keeps the fit of pieces that are level from having no one answer."""
_LIKE = 0.01
"""The root mean square of what is left is no more, in inches."""
_MOST = 0.5
"""Such a share of the length of all pieces has that shape."""
_SAME = 0.035
"""Pieces whose levels differ less are of one line, in inches."""
_HALF, _ON = 0.5, 0.25
"""A line is there where such a share of it shows, looked at every so many inches."""
_OUTER, _ABOUT, _MOST_OUTER = 0.45, (0, -1, 1, -2, 2), 6
"""The same of one above or below all others, so many at the most, which may lie some pixels off."""


class Piece(NamedTuple):
    """A free piece of a line: the rows of its middle (N,) at columns (N,)."""

    columns: Vector
    rows: Vector


class Shape(NamedTuple):
    """What all lines of a cancellation share: slope, and a wave of a frequency (a column)."""

    slope: float
    sine: float
    cosine: float
    frequency: float

    def at(self, columns: Vector) -> Vector:
        """(N,) rows beyond the level of a line."""
        angles = self.frequency * columns
        wave: Vector = self.sine * np.sin(angles) + self.cosine * np.cos(angles)
        return wave + self.slope * columns


def without_waves(mask: Mask8, dpi: float) -> Mask8:
    """The mask without the lines of cancellations, but for the strokes that cross them.

    Args:
        mask: (H, W) 1 where there is ink.
        dpi: its resolution; at a low one the lines cannot be told, and the mask is left.
    """
    if dpi < _LEAST_DPI:
        return mask
    tall = max(3, round(_THIN * dpi)) + 1
    thin = mask & ~cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((tall, 1), np.uint8))
    labels, stats = imageops.components(thin)
    x, y, width, height, area = stats.T[:5]
    long = (width >= _PIECE * dpi) & (area <= _FULL * width)
    long &= height <= _BAND * dpi + _ASLANT * width
    long[0] = False
    numbers = np.flatnonzero(long)
    if len(numbers) < _FEWEST:
        return mask
    kept = mask.copy()
    for group in _groups(stats[numbers], dpi):
        pieces = [_piece(labels, int(numbers[k]), stats[numbers[k]]) for k in group]
        _erase(kept, thin, pieces, dpi)
    return kept


def _groups(stats: npt.NDArray[np.int32], dpi: float) -> list[list[int]]:
    """Pieces that lie near one another, of which some may be lines of one cancellation."""
    x0, y0 = stats[:, 0] - _BEHIND * dpi / 2, stats[:, 1] - _BESIDE * dpi / 2
    x1, y1 = (stats[:, k] + stats[:, k + 2] + r * dpi / 2 for k, r in ((0, _BEHIND), (1, _BESIDE)))
    near = (x0[:, None] <= x1) & (x0 <= x1[:, None]) & (y0[:, None] <= y1) & (y0 <= y1[:, None])
    left, groups = set(range(len(stats))), []
    while left:
        group, waiting = [], [left.pop()]
        while waiting:
            group.append(waiting.pop())
            found = left & set(np.flatnonzero(near[group[-1]]).tolist())
            left -= found
            waiting += found
        if _FEWEST <= len(group) <= _MANY:
            groups.append(sorted(group))
    return groups


def _piece(labels: npt.NDArray[np.integer], number: int, stats: npt.NDArray[np.int32]) -> Piece:
    x, y, width, height = stats[:4]
    inside = labels[y : y + height, x : x + width : _STEP] == number
    count = np.maximum(inside.sum(axis=0), 1)
    rows = (inside * np.arange(height)[:, np.newaxis]).sum(axis=0) / count + y
    columns = np.arange(x, x + width, _STEP, dtype=np.float64)
    shown = inside.any(axis=0)
    return Piece(columns[shown], rows[shown])


def _erase(kept: Mask8, thin: Mask8, pieces: Sequence[Piece], dpi: float) -> None:
    """Take the ink of the lines away, if the pieces are such lines."""
    found = _fitted(pieces, dpi)
    if found is None:
        return
    shape, pieces = found
    levels = _levels(pieces, shape, dpi)
    first = min(piece.columns[0] for piece in pieces)
    last = max(piece.columns[-1] for piece in pieces)
    clear = [
        level for level in levels if _shown(thin, [level], shape, np.arange(first, last)) >= _CLEAR
    ]
    if len(clear) < _FEWEST or last - first < _LONGEST * dpi:
        return
    levels = _with_outer(thin, levels, shape, (first, last))
    first, last = _extent(thin, levels, shape, (first, last), dpi)
    columns = np.arange(int(first), int(last) + 1)
    reach = max(1, round(_THIN * dpi / 2))
    for level in levels:
        middle = np.rint(level + shape.at(columns.astype(np.float64))).astype(int)
        for away in range(-reach, reach + 1):
            rows = middle + away
            within = (rows >= 0) & (rows < len(kept))
            at = rows[within], columns[within]
            kept[at] &= 1 - thin[at]


def _fitted(pieces: Sequence[Piece], dpi: float) -> tuple[Shape, list[Piece]] | None:
    """The shape that most of the pieces have, and these; none if most have no shape in common.

    What fits worst, such as the bar of a letter, is left out until the others fit.
    """
    left, whole = list(pieces), sum(len(piece.columns) for piece in pieces)
    while len(left) >= _FEWEST and sum(len(piece.columns) for piece in left) >= _MOST * whole:
        shape, errors = min(
            (_least_squares(left, 2 * np.pi / period) for period in (np.inf, *(_PERIODS * dpi))),
            key=lambda found: float(found[1].sum()),
        )
        counts = np.array([len(piece.columns) for piece in left])
        if np.sqrt(errors.sum() / counts.sum()) <= max(0.8, _LIKE * dpi):
            return shape, left
        del left[int((errors / counts).argmax())]
    return None


def _least_squares(pieces: Sequence[Piece], frequency: float) -> tuple[Shape, Vector]:
    """The shape of a frequency that fits best, and the sum of squares that each piece leaves."""
    counts = np.array([len(piece.columns) for piece in pieces])
    starts = np.cumsum(counts) - counts
    columns = np.concatenate([piece.columns for piece in pieces])
    terms = [columns]
    if frequency:
        terms += [np.sin(frequency * columns), np.cos(frequency * columns)]
    values = np.stack([*terms, np.concatenate([piece.rows for piece in pieces])])
    means = np.add.reduceat(values, starts, axis=1) / counts
    *regressors, rows = values - np.repeat(means, counts, axis=1)
    matrix = np.stack(regressors)
    ridge = _TINY * np.eye(len(matrix))
    found = np.linalg.solve(matrix @ matrix.T + ridge, matrix @ rows)
    errors: Vector = np.add.reduceat((rows - found @ matrix) ** 2, starts)
    slope, sine, cosine = (*found.tolist(), 0.0, 0.0)[:3]
    return Shape(slope, sine, cosine, frequency), errors


def _levels(pieces: Sequence[Piece], shape: Shape, dpi: float) -> list[float]:
    """The levels of the lines, and of those between them that have no free piece."""
    found = sorted(float((p.rows - shape.at(p.columns)).mean()) for p in pieces)
    lines = [[found[0]]]
    for level in found[1:]:
        if level - lines[-1][-1] <= _SAME * dpi:
            lines[-1].append(level)
        else:
            lines.append([level])
    levels: list[float] = [float(np.mean(line)) for line in lines]
    steps = np.diff(levels)
    if not steps.size:
        return levels
    usual = imageops.median(steps)
    between: list[float] = [
        float(low) + k * step / count
        for low, step in zip(levels, steps, strict=False)
        for count in (max(1, round(step / max(usual, 1.0))),)
        for k in range(1, count)
    ]
    return sorted([*levels, *between])


def _shown(thin: Mask8, levels: Sequence[float], shape: Shape, columns: Vector) -> float:
    """The share of the ink that lines at these levels would have in some columns."""
    rows = np.rint(np.array(levels)[:, np.newaxis] + shape.at(columns)).astype(int)
    places = np.broadcast_to(columns.astype(int), rows.shape)
    inside = (rows >= 1) & (rows < len(thin) - 1) & (places >= 0) & (places < thin.shape[1])
    near = np.zeros(rows.shape, bool)
    for away in (-1, 0, 1):
        near[inside] |= thin[rows[inside] + away, places[inside]] > 0
    return float(near.mean())


def _extent(
    thin: Mask8, levels: Sequence[float], shape: Shape, known: tuple[float, float], dpi: float
) -> tuple[float, float]:
    """How far the lines go on to both sides: as long as most of them show."""
    step = max(4.0, _ON * dpi)
    first, last = known
    while first >= step and _shown(thin, levels, shape, np.arange(first - step, first)) >= _HALF:
        first -= step
    end = thin.shape[1] - step
    while last < end and _shown(thin, levels, shape, np.arange(last, last + step)) >= _HALF:
        last += step
    return first, last


def _with_outer(
    thin: Mask8, levels: Sequence[float], shape: Shape, known: tuple[float, float]
) -> list[float]:
    """The levels, and those above and below where a line shows that has no free piece."""
    columns, usual = np.arange(*known), imageops.median(np.diff(levels))
    about = [away for away in _ABOUT if abs(away) < usual / 2]
    found = list(levels)
    for end, step in ((0, -usual), (-1, usual)):
        for _ in range(_MOST_OUTER):
            near = [found[end] + step + away for away in about]
            shares = [_shown(thin, [level], shape, columns) for level in near]
            if max(shares) < _OUTER:
                break
            found = sorted([*found, near[shares.index(max(shares))]])
    return found
