"""Ink mask of a page -> without the rings of postmarks, which join what they run through.

The dial of a postmark is a circle about an inch wide.  Where it lies on an address its ring and the
letters that it touches are one part, larger than any letter, so that a line would end there.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zipreader.reading import imageops

Mask8 = npt.NDArray[np.uint8]
"""(H, W) 1 where there is ink."""
Vector = npt.NDArray[np.float64]

_RADIUS = (0.28, 0.75)
"""Of a ring, in inches."""
_AREA = 0.3
"""Of what bounds a part with a ring in it such a share is ink, at the most."""
_TRIES, _POINTS = 300, 500
"""Circles through three of so many points of the part are tried."""
_ANGLES = 180
"""Places on a circle at which it is looked for."""
_WHOLE = 0.7
"""A ring shows at such a share of them, at the least."""
_NEAR = 1.5
"""So near to a circle, in pixels, lies what is of it."""


class Ring(NamedTuple):
    """A circle, in pixels of the mask."""

    x: float
    y: float
    radius: float


def without_rings(mask: Mask8, dpi: float) -> Mask8:
    """The mask without the rings of postmarks, but for the strokes that cross them.

    Args:
        mask: (H, W) 1 where there is ink.
        dpi: its resolution.
    """
    labels, stats = imageops.components(mask)
    x, y, width, height, area = stats.T[:5]
    least = 2 * _RADIUS[0] * dpi
    large = (width >= least) & (height >= least) & (area <= _AREA * width * height)
    large[0] = False
    kept = mask
    for number in np.flatnonzero(large):
        part = np.s_[y[number] : y[number] + height[number], x[number] : x[number] + width[number]]
        own = (labels[part] == number).astype(np.uint8)
        ring = _ring(own, dpi)
        if ring is not None:
            kept = mask.copy() if kept is mask else kept
            kept[part][_of_ring(own, ring) > 0] = 0
    return kept


def _ring(part: Mask8, dpi: float) -> Ring | None:
    """The circle on which most of a part lies, if it is whole enough."""
    rows, columns = np.nonzero(part)
    points = np.column_stack([columns, rows]).astype(np.float64)
    rng = np.random.default_rng(len(points))
    some = points[rng.permutation(len(points))[:_POINTS]]
    circles = _through(*some[rng.integers(0, len(some), (3, _TRIES))])
    fits = (circles[:, 2] >= _RADIUS[0] * dpi) & (circles[:, 2] <= _RADIUS[1] * dpi)
    circles = circles[fits]
    if not len(circles):
        return None
    offsets = some.T[:, np.newaxis] - circles.T[:2, :, np.newaxis]
    away = np.abs(np.hypot(*offsets) - circles[:, 2:])
    best = circles[int((away < _NEAR).sum(axis=1).argmax())]
    for _ in range(3):
        near = np.abs(np.hypot(*(points - best[:2]).T) - best[2]) < 2 * _NEAR
        best = _fitted(points[near])
    ring = Ring(*best.tolist())
    if not _RADIUS[0] * dpi <= ring.radius <= _RADIUS[1] * dpi:
        return None
    shown = np.max([_sampled(part, ring, ring.radius + away) for away in (-1, 0, 1)], axis=0)
    return ring if shown.mean() >= _WHOLE else None


def _through(a: Vector, b: Vector, c: Vector) -> Vector:
    """(N, 3) middle and radius of the circles through three points each; radius 0 for none."""
    b, c = b - a, c - a
    double = 2 * (b[:, 0] * c[:, 1] - b[:, 1] * c[:, 0])
    square_b, square_c = (b * b).sum(axis=1), (c * c).sum(axis=1)
    safe = np.where(np.abs(double) < 1e-6, np.inf, double)
    x = (c[:, 1] * square_b - b[:, 1] * square_c) / safe
    y = (b[:, 0] * square_c - c[:, 0] * square_b) / safe
    return np.column_stack([a[:, 0] + x, a[:, 1] + y, np.hypot(x, y)])


def _fitted(points: Vector) -> Vector:
    """Middle and radius of the circle nearest to some points (I. Kåsa, IEEE TIM 1976)."""
    middle = points.mean(axis=0)
    x, y = (points - middle).T
    matrix = np.column_stack([x, y, np.ones(len(x))])
    found = np.linalg.lstsq(matrix, x * x + y * y, rcond=None)[0]
    center = found[:2] / 2
    return np.array([*(center + middle), np.sqrt(max(found[2] + center @ center, 0.0))])


def _sampled(part: Mask8, ring: Ring, radius: float) -> npt.NDArray[np.bool_]:
    """(_ANGLES,) whether there is ink around the middle of a ring, so far from it."""
    angles = np.arange(_ANGLES) * (2 * np.pi / _ANGLES)
    columns = np.rint(ring.x + radius * np.cos(angles)).astype(np.int64)
    rows = np.rint(ring.y + radius * np.sin(angles)).astype(np.int64)
    within = (rows >= 0) & (rows < part.shape[0]) & (columns >= 0) & (columns < part.shape[1])
    shown = np.zeros(_ANGLES, bool)
    shown[within] = part[rows[within], columns[within]] > 0
    return shown


def _of_ring(part: Mask8, ring: Ring) -> Mask8:
    """What of a part is the ring's ink, and none of a stroke that crosses it."""
    rows, columns = np.nonzero(part)
    x, y = columns - ring.x, rows - ring.y
    away = np.abs(np.hypot(x, y) - ring.radius)
    near = away < 3 * _NEAR
    half = max(1.0, near.sum() / (2 * np.pi * ring.radius) / 2 + 0.5)
    beyond = [_sampled(part, ring, ring.radius + side * (half + 2)) for side in (-1, 1)]
    crossed = _widened(beyond[0]) & _widened(beyond[1])
    angle = np.rint(np.arctan2(y, x) / (2 * np.pi / _ANGLES)).astype(np.int64) % _ANGLES
    own = (away <= half + 1) & ~crossed[angle]
    result = np.zeros_like(part)
    result[rows[own], columns[own]] = 1
    return result


def _widened(shown: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    return shown | np.roll(shown, 1) | np.roll(shown, -1)
