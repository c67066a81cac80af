"""Chain of parts of two lines, one above the other -> a chain of each line.

Where a tail or a tall letter touches the next line, or a word stands askew, parts of both lines
follow one another, and their chain holds both.  It does so where parts of it stand one above the
other along more than a letter; what spans both lines is parted between them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from zipreader.reading import imageops
from zipreader.reading.measures import text_height

Boxes = npt.NDArray[np.float64]
Chain = npt.NDArray[np.intp]

_TALL = (0.5, 1.5)
"""Heights of what tells that there are two lines, in heights of the text."""
_APART = -0.2
"""The lower one begins no higher above the end of the upper one, in heights of the text."""
_PAIRS, _ALONG = 2, 1.5
"""So many parts stand one above the other, along so many heights of the text."""
_INTO = 0.3
"""What reaches no farther into the other line belongs to its own, in heights of the text."""
_FEWEST = 2
"""Parts of a line."""


def one_line_each(
    chains: list[Chain], parts: Boxes, slopes: npt.NDArray[np.float64]
) -> tuple[list[Chain], Boxes]:
    """The chains, each of one line, and the parts with those that were parted.

    Args:
        chains: rows of ``parts`` that follow one another.
        parts: (N, 4) x0, y0, x1, y1 of all parts.
        slopes: dy/dx of the chains.
    """
    found: list[Chain] = []
    waiting = list(zip(chains, slopes.tolist(), strict=True))
    while waiting:
        chain, slope = waiting.pop()
        two = _two_lines(parts[chain], slope)
        if two is None:
            found.append(chain)
            continue
        added: list[Boxes] = []
        for line, own in two:
            fresh = np.arange(len(own), dtype=np.intp) + len(parts) + sum(map(len, added))
            added.append(own)
            waiting.append((np.sort(np.concatenate([chain[line], fresh])), slope))
        parts = np.concatenate([parts, *added])
    return found, parts


def _two_lines(
    parts: Boxes, slope: float
) -> tuple[tuple[npt.NDArray[np.intp], Boxes], tuple[npt.NDArray[np.intp], Boxes]] | None:
    """The parts of the upper and of the lower line, each with its pieces of what spans both."""
    x = (parts[:, 0] + parts[:, 2]) / 2
    top, bottom = parts[:, 1] - slope * x, parts[:, 3] - slope * x
    height = text_height(bottom - top)
    usual = np.flatnonzero(
        (bottom - top >= _TALL[0] * height) & (bottom - top <= _TALL[1] * height)
    )
    if len(usual) < _PAIRS:
        return None
    left, right = parts[usual, 0], parts[usual, 2]
    along = np.minimum(right[:, None], right) - np.maximum(left[:, None], left)
    gap = top[usual] - bottom[usual, None]
    gap = np.where((along > 0) & (gap >= _APART * height), gap, np.inf)
    above = np.isfinite(gap) & (gap == gap.min(axis=1, keepdims=True))
    if np.count_nonzero(above) < _PAIRS or float(along[above].sum()) < _ALONG * height:
        return None
    ends = (bottom[usual, None] + top[usual])[above] / 2
    alike = np.abs(ends[:, None] - ends) <= _INTO * height
    border = imageops.median(ends[alike[alike.sum(axis=1).argmax()]])
    upper = bottom <= border + _INTO * height
    lower = ~upper & (top >= border - _INTO * height)
    both = ~upper & ~lower
    if min(np.count_nonzero(upper), np.count_nonzero(lower)) + np.count_nonzero(both) < _FEWEST:
        return None
    level = border + slope * x[both]
    first, second = parts[both].copy(), parts[both].copy()
    first[:, 3] = second[:, 1] = level
    return (np.flatnonzero(upper), first), (np.flatnonzero(lower), second)
