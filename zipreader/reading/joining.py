"""Chains of parts -> text lines: those of one level are joined over wide gaps."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zipreader.config import LinesConfig
from zipreader.reading import imageops
from zipreader.reading.measures import text_height

Boxes = npt.NDArray[np.float64]
"""(N, 4) x0, y0, x1, y1 in pixels of the working resolution."""
Chain = npt.NDArray[np.intp]
"""(N,) numbers of the parts of a line, or of a piece of one."""

_LONE, _ALONE = 6.0, 1.5
"""A ZIP in the far corner is so long at the most, in text heights, and has so much room above and
below, in its own."""
_SPECK = 0.25
"""What is no taller than so much of a line is no writing in it."""


class Measures(NamedTuple):
    """Of a chain, in pixels of the working resolution."""

    height: float
    """Of its text."""
    slope: float
    level: float
    """Where the line through the bottoms crosses the left rim."""


def joined(chains: list[Chain], parts: Boxes, config: LinesConfig) -> list[tuple[Chain, Measures]]:
    """Pieces of one line joined over wide gaps, as between state and ZIP; each measured.

    On forms state and ZIP stand farther still from the city, in places of their own, and some
    people write the ZIP into the far corner: pieces that are as short are joined to what stands
    next to them on the left, those of a ZIP's length that stand alone over any distance.
    """
    pieces = [(chain, measured(parts[chain])) for chain in chains]
    pieces = _linked(pieces, parts, config.join_gap, np.inf)
    pieces = _linked(pieces, parts, config.entry_gap, config.entry)
    return _linked(pieces, parts, np.inf, _LONE, alone=True)


def _linked(
    pieces: list[tuple[Chain, Measures]],
    parts: Boxes,
    most: float,
    longest: float,
    alone: bool = False,
) -> list[tuple[Chain, Measures]]:
    """Pieces of one level over gaps of up to ``most`` text heights.

    Where there is a ``longest`` one, in text heights, only the next piece is joined, if
    it is no longer and has several parts, and if need be stands ``alone``.
    """
    if not pieces:
        return []
    height, slope, level = np.array([measures for _, measures in pieces]).T
    left = np.array([parts[chain, 0].min() for chain, _ in pieces])
    right = np.array([parts[chain, 2].max() for chain, _ in pieces])
    taller = np.maximum(height[:, None], height)
    gap = left - right[:, None]
    middle = (left + right[:, None]) / 2
    rise = np.abs((slope - slope[:, None]) * middle + level - level[:, None])
    if np.isfinite(longest):  # so far apart the slope of a few letters tells too little alone
        foot = slope * (left + right) / 2 + level
        rise = np.minimum(rise, np.abs(foot - foot[:, None]))
    fits = (gap >= -0.5 * taller) & (rise <= 0.45 * taller)
    fits &= np.minimum(height[:, None], height) >= 0.5 * taller
    np.fill_diagonal(fits, False)
    if np.isfinite(longest):
        several = np.array([len(chain) > 1 for chain, _ in pieces])
        nearest = np.where(fits, gap, np.inf).argmin(axis=1)
        fits &= several & (right - left <= longest * height)
        fits &= np.arange(len(pieces)) == nearest[:, None]
    links = [(int(i), int(j)) for i, j in np.argwhere(fits & (gap <= most * taller))]
    if np.isfinite(longest):
        links = [(i, j) for i, j in links if _is_empty(pieces[i][0], pieces[j][0], parts)]
    if alone:
        links = [(i, j) for i, j in links if _is_alone(pieces[j][0], parts)]
    found: list[tuple[Chain, Measures]] = []
    for group in imageops.groups(len(pieces), links):
        if len(group) == 1:
            found.append(pieces[group[0]])
        else:
            whole = np.sort(np.concatenate([pieces[index][0] for index in group]))
            found.append((whole, measured(parts[whole])))
    return found


def _is_empty(left: Chain, right: Chain, parts: Boxes) -> bool:
    """Whether there is nothing but paper between two pieces of a line, and specks of a rule."""
    top = max(parts[left, 1].min(), parts[right, 1].min())
    bottom = min(parts[left, 3].max(), parts[right, 3].max())
    between = (parts[:, 0] > parts[left, 2].max()) & (parts[:, 2] < parts[right, 0].min())
    between &= parts[:, 3] - parts[:, 1] >= _SPECK * (bottom - top)
    return not (between & (parts[:, 1] < bottom) & (parts[:, 3] > top)).any()


def _is_alone(piece: Chain, parts: Boxes) -> bool:
    """Whether there is nothing but paper, and specks, above and below a piece of a line."""
    x0, y0 = parts[piece, :2].min(axis=0)
    x1, y1 = parts[piece, 2:].max(axis=0)
    room = _ALONE * (y1 - y0)
    near = (parts[:, 0] < x1) & (parts[:, 2] > x0)
    near &= (parts[:, 1] < y1 + room) & (parts[:, 3] > y0 - room)
    near &= parts[:, 3] - parts[:, 1] >= _SPECK * (y1 - y0)
    near[piece] = False
    return not near.any()


def measured(parts: Boxes) -> Measures:
    """Height, slope and level of the parts of a line."""
    heights = parts[:, 3] - parts[:, 1]
    height = text_height(heights)
    body = parts[heights >= 0.5 * height]
    x = (body[:, 0] + body[:, 2]) / 2
    middle = (body[:, 1] + body[:, 3]) / 2
    if len(body) < 4 or np.ptp(x) < 4 * height:
        return Measures(height, 0.0, imageops.median(body[:, 3]))
    slope = _robust_slope(x, middle)
    return Measures(height, slope, imageops.median(body[:, 3] - slope * x))


def _robust_slope(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> float:
    """Median of the slopes between distant points (P. Sen, JASA 1968), at most 0.2."""
    dx = x[:, None] - x
    dy = y[:, None] - y
    far = dx > np.ptp(x) / 3
    return float(np.clip(imageops.median(dy[far] / dx[far]), -0.2, 0.2))
