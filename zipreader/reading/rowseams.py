"""Seams between text lines: paths of least ink from the left of a piece of writing to its right.

A path through a line crosses strokes at every letter, one between two lines only where they
touch.  So seams are told by the strokes that they cross beside those that paths through the
lines above and below them cross, and no gap between the lines is needed.

Source: N. Arvanitopoulos and S. Suesstrunk, "Seam carving for text line extraction on color and
grayscale historical manuscripts", ICFHR 2014.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.elements import InkMap
from zipreader.reading import imageops
from zipreader.reading.seams import accumulate, middles

Rows = npt.NDArray[np.intp]
"""(N, W) for each of N seams the row at which each column is parted."""
Shares = npt.NDArray[np.float64]

_LETTER_PIXELS = 20
"""Seams are looked for where letters are so tall at the most."""
_SLOPES = np.array([0.0, -0.03, 0.03])
"""dy/dx of lines, tried about that of most lines."""
_EVERY = 2
"""One path for so many rows."""
_SWAY = 0.33
"""A seam leaves its row by so much at the most, in letters."""
_PAPER, _DIAGONAL = 0.01, 0.03
"""What a step over paper costs, and one to the next row, where one over ink costs 1."""
_BESIDE, _SOME = 0.5, 0.5
"""Ink that is so near, in letters, is across from a path; and so much of it, in pixels."""
_FACING = 1.5
"""So many letters across from others, at the least, tell whether a path parts two lines."""
_CROSSED, _CONTRAST, _MOST = 0.8, 0.6, 3.0
"""A seam crosses fewer strokes a letter, and such a share of those that a path through either
line crosses; as many count at the most."""
_LOWEST = 0.6
"""A line is as high at the least, in letters."""


def row_seams(ink: npt.NDArray[np.uint8], letter: float, usual: float) -> Rows:
    """The seams between the lines of a piece of writing, the uppermost first; they do not cross.

    Args:
        ink: (H, W), 1 where there is any.
        letter: height of its letters, in pixels.
        usual: dy/dx of most lines.

    Returns:
        (N, W); a pixel (y, x) lies below seam n if y >= seams[n, x].  Empty where all is one line.
    """
    height, width = ink.shape
    scale = min(1.0, _LETTER_PIXELS / letter)
    slopes = usual + _SLOPES
    falls = np.maximum(0.0, slopes * width)
    room = float(np.abs(slopes).max()) * width
    size = max(2, round(scale * width)), max(2, round(scale * (height + room)))
    level = [
        cv2.warpAffine(ink.astype(np.float32), scale * np.array([[1, 0, 0], [-dy, 1, fall]]), size)
        for dy, fall in zip(slopes, falls, strict=True)
    ]
    shares, paths = _paths(np.stack(level), scale * letter)
    best, seams = 0.0, np.zeros((0, width), np.intp)
    columns = np.minimum((np.arange(width) * scale).astype(np.intp), size[0] - 1)
    for own, ways, slope, fall in zip(shares, paths, slopes, falls, strict=True):
        chosen, gain = _between_lines(own, ways, _LOWEST * scale * letter)
        if gain > best:
            rows = np.sort(ways[chosen], axis=0)[:, columns] / scale
            rows += slope * np.arange(width) - fall
            best, seams = gain, np.clip(np.rint(rows), 0, height).astype(np.intp)
    return seams


def _paths(inks: InkMap, letter: float) -> tuple[Shares, Rows]:
    """The path of least ink about every other row of some images, and what it crosses.

    Args:
        inks: (S, H, W).
        letter: height of their letters, in pixels.

    Returns:
        (S, N) strokes a letter and (S, N, W) rows.
    """
    count, height, width = inks.shape
    sway = max(1, round(_SWAY * letter))
    padded = np.pad(inks, ((0, 0), (sway, sway), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * sway + 1, axis=1)[:, ::_EVERY]
    costs = windows.reshape(-1, width, 2 * sway + 1) + np.float32(_PAPER)
    totals, steps = accumulate(costs, _DIAGONAL)
    first = np.tile(np.arange(0, height, _EVERY) - sway, count)
    every, at = np.arange(len(costs)), totals[:, -1].argmin(axis=1)
    paths = np.empty((len(costs), width), np.intp)
    for x in range(width - 1, -1, -1):
        paths[:, x] = first + at
        at = at + steps[every, x, at]
    paths = np.clip(paths.reshape(count, -1, width), 0, height - 1)
    shares = [_crossed(*each, letter) for each in zip(inks, paths, strict=True)]
    return np.stack(shares), paths


def _crossed(ink: InkMap, paths: Rows, letter: float) -> Shares:
    """How many strokes each path crosses for each letter that has another one across it."""
    height, width = ink.shape
    reach, columns = round(letter), np.arange(width)
    near = cv2.blur(ink, (imageops.odd(_BESIDE * letter), 1))
    sums = np.concatenate([np.zeros((1, width), np.float32), np.cumsum(near, axis=0)])
    upto = sums[paths, columns]
    above = upto - sums[np.maximum(paths - reach, 0), columns]
    below = sums[np.minimum(paths + reach, height), columns] - upto
    facing = ((above >= _SOME) & (below >= _SOME)).sum(axis=1) / letter
    strokes = ink[paths, columns].sum(axis=1) / max(imageops.stroke_width(ink >= 0.5), 1.0)
    shares: Shares = np.where(facing >= _FACING, strokes / np.maximum(facing, 1e-6), np.inf)
    return shares


def _between_lines(shares: Shares, paths: Rows, lowest: float) -> tuple[list[int], float]:
    """The paths that part two lines, and how clear they are in all.

    Args:
        shares: (N,) strokes a letter of paths from top to bottom.
        paths: (N, W) their rows.
        lowest: height of a line, at the least.
    """
    lowermost = shares <= cv2.erode(shares[:, np.newaxis], np.ones((3, 1)))[:, 0] + 1e-6
    seams = [path for path in middles(lowermost) if shares[path] < _CROSSED]
    capped = np.where(np.isfinite(shares), np.minimum(shares, _MOST), 0.0)
    while seams:
        ends = [0, *seams, len(shares) - 1]
        walls = [max(capped[a : b + 1].max(), 1e-6) for a, b in zip(ends, ends[1:], strict=False)]
        parts = [capped[path] / min(walls[k], walls[k + 1]) for k, path in enumerate(seams)]
        least = int(np.argmax(parts))
        if parts[least] > _CONTRAST:
            del seams[least]
            continue
        apart = np.abs(np.diff(paths[seams], axis=0)).mean(axis=1)
        if not len(apart) or apart.min() >= lowest:
            return seams, float(len(seams) - sum(parts))
        thin = int(apart.argmin())
        del seams[thin if parts[thin] > parts[thin + 1] else thin + 1]
    return [], 0.0
