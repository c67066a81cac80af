"""Ink mask of a page -> what a pen drew around writing, as around a ZIP that matters.

A ring, or a box drawn by hand, and the digits that it touches are one part, larger than any
letter, so that the line of writing would end before it.  What a closed stroke encloses is a hole
of its part; where digits touch it from within they dent the hole, or divide it.  So the inner
edge of the ring is the convex hull of the holes: a stroke lies around nearly all of it, thin and
even, and within it stands a line of writing, of which some does not touch it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.elements import Box, Points
from zipreader.reading import imageops
from zipreader.reading.cells import find_cells

Mask8 = npt.NDArray[np.uint8]
"""(H, W) 1 where there is ink."""
Contour = npt.NDArray[np.int32]
"""(N, 1, 2) x, y of corners."""

_WIDE, _TALL, _OBLONG = (0.25, 3.2), (0.1, 0.9), 1.25
"""What a ring encloses is so wide and so tall, in inches, and so many times as wide as tall."""
_PIECES = (0.03, 0.15)
"""Of a hole that is divided each piece is such a share of the largest; digits and letters that
touch a ring have holes too, which are smaller."""
_THICK, _EVEN, _MOSTLY = 0.06, 2, 0.75
"""A ring is so thick at the most, in inches, and no more than so many pixels thicker than it
usually is at such a share of its places."""
_NEAR, _WHOLE = 3, 0.93
"""It begins so near to the hull, in pixels, at such a share of them."""
_FREE, _LETTER, _LEVEL = 2, 0.25, 0.25
"""So many parts within it touch it not, of such a share of its height at the least, whose middles
lie no farther from its own, in heights."""
_CELLS = 3
"""So many holes as tall as the hull are the cells of a form."""
_STEP, _SPAN = 0.5, 4.0
"""A stroke is looked at every so many pixels, and so many reaches across."""
_PLAIN = 1.4
"""Where the ink is no thicker than so many strokes, nothing touches one."""


def find_circles(mask: Mask8, dpi: float) -> list[Points]:
    """The middles of strokes drawn around writing, all around, in pixels of a mask.

    Args:
        mask: (H, W) 1 where there is ink.
        dpi: its resolution.
    """
    contours, tree = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    holes: dict[int, list[Contour]] = {}
    parents = tree[0, :, 3] if contours else np.empty(0, np.int32)
    for number in np.flatnonzero(parents >= 0).tolist():
        holes.setdefault(int(parents[number]), []).append(contours[number])
    large = []
    for parent, own in holes.items():
        _, _, width, height = cv2.boundingRect(contours[parent])
        if width >= _WIDE[0] * dpi and height >= _TALL[0] * dpi:
            large.append(own)
    if not large:
        return []
    parts = np.array([cv2.boundingRect(contours[k]) for k in np.flatnonzero(parents < 0).tolist()])
    circles = [circle for own in large if (circle := _circle(mask, own, parts, dpi)) is not None]
    cells = find_cells(mask, dpi) if circles else []  # the frame of a row of these is no ring
    return [circle for circle in circles if not any(_is_in(cell, circle) for cell in cells)]


def _is_in(cell: Box, circle: Points) -> bool:
    return cv2.pointPolygonTest(circle.astype(np.float32), cell.center, False) > 0


def without_circles(mask: Mask8, circles: Iterable[Points], reach: float = _NEAR) -> Mask8:
    """The mask without what was drawn around writing, but for the strokes that cross it.

    Args:
        mask: (H, W) 1 where there is ink, at any resolution.
        circles: the middle of the stroke of each, (N, 2) x, y, all around.
        reach: the stroke lies so near to it, in pixels.
    """
    for circle in circles:
        mask = mask & ~_stroke(mask, circle, reach)
    return mask


def _stroke(mask: Mask8, circle: Points, reach: float) -> Mask8:
    """1 where the stroke of a circle is.

    Across most places the ink is as thick as the stroke, and all of it goes.  Where it is thicker
    something touches the stroke, and only the stroke goes; where it is on both sides something
    crosses the stroke, and nothing goes.  Line Track Height takes the lines of a staff out of a
    score in this way (C. Dalitz and others, IEEE PAMI 2008).
    """
    places, outward = _around(circle, _STEP)
    away = np.arange(-_SPAN * reach, _SPAN * reach, _STEP)
    inked = _across(mask, places, outward, away)
    order = np.arange(len(away))
    nearest = np.where(inked, np.abs(away), np.inf)
    at = nearest.argmin(axis=1)[:, np.newaxis]
    before = np.maximum.accumulate(np.where(inked, 0, order), axis=1)
    behind = np.minimum.accumulate(np.where(inked, len(away) - 1, order)[:, ::-1], axis=1)[:, ::-1]
    low, high = (away[np.take_along_axis(ends, at, axis=1)[:, 0]] for ends in (before, behind))
    there = nearest.min(axis=1) <= reach
    stroke = np.zeros_like(mask)
    if not there.any():
        return stroke
    usual = imageops.median((high - low)[there])
    plain = there & (high - low <= _PLAIN * usual + 1)
    if not plain.any():
        return stroke
    number = np.arange(len(places))
    middle = np.interp(number, number[plain], ((low + high) / 2)[plain], period=len(places))
    edge = usual / 2 + 1
    inner, outer = low < middle - edge, high > middle + edge
    low = np.where(inner & ~plain, middle - usual / 2, low)
    high = np.where(outer & ~plain, middle + usual / 2, high)
    gone = plain | (there & ~(inner & outer))
    taken = gone[:, np.newaxis] & (away >= low[:, np.newaxis]) & (away <= high[:, np.newaxis])
    x, y = _pixels(places, outward, away)
    within = taken & (x >= 0) & (y >= 0) & (x < mask.shape[1]) & (y < mask.shape[0])
    stroke[y[within], x[within]] = 1
    return cv2.dilate(stroke, np.ones((2, 2), np.uint8))


def _circle(
    mask: Mask8, holes: Sequence[Contour], parts: npt.NDArray[np.int32], dpi: float
) -> Points | None:
    """The middle of the stroke of a part with such holes, if it encloses writing.

    ``parts`` are (N, 4) x, y, width and height of all parts.
    """
    areas = [cv2.contourArea(hole) for hole in holes]
    most = max(areas)
    for share in _PIECES:
        pieces = [hole for hole, area in zip(holes, areas, strict=True) if area >= share * most]
        hull = cv2.convexHull(np.concatenate(pieces))
        if _are_cells(pieces, hull) or not _is_written(hull, parts):
            continue
        circle = _around_hull(mask, hull, dpi)
        if circle is not None:
            return circle
    return None


def _are_cells(holes: Sequence[Contour], hull: Contour) -> bool:
    """Whether upright lines part what lies within a hull, from its top to its bottom."""
    most = cv2.boundingRect(hull)[3]
    return sum(cv2.boundingRect(hole)[3] >= _WHOLE * most for hole in holes) >= _CELLS


def _around_hull(mask: Mask8, hull: Contour, dpi: float) -> Points | None:
    """The middle of the stroke around a hull, if it is whole, thin and even."""
    _, _, width, height = cv2.boundingRect(hull)
    fits = _WIDE[0] * dpi <= width <= _WIDE[1] * dpi and _TALL[0] * dpi <= height <= _TALL[1] * dpi
    if not fits or width < _OBLONG * height:
        return None
    places, outward = _around(hull[:, 0].astype(np.float64), 1)
    most = max(3, round(_THICK * dpi))
    away = np.arange(-1.0, most + _NEAR + 1)
    inked = _across(mask, places, outward, away)
    first = inked.argmax(axis=1)
    there = inked.any(axis=1) & (first <= _NEAR)
    if there.mean() < _WHOLE:
        return None
    behind = ~inked & (np.arange(len(away)) > first[:, np.newaxis])
    end = np.where(behind.any(axis=1), behind.argmax(axis=1), len(away))
    thickness = (end - first)[there]
    usual = imageops.median(thickness)
    if usual > most or (thickness <= usual + _EVEN).mean() < _MOSTLY:
        return None
    return places + (away[0] + imageops.median((first + end - 1)[there] / 2)) * outward


def _around(corners: Points, step: float) -> tuple[Points, Points]:
    """Places a step apart around a polygon that is nearly convex, and the ways out of it there."""
    closed = np.concatenate([corners, corners[:1]])
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(closed, axis=0).T))])
    at = np.arange(0, lengths[-1], step)
    places = np.column_stack([np.interp(at, lengths, closed[:, k]) for k in (0, 1)])
    near = round(_NEAR / step)
    along = np.roll(places, -near, axis=0) - np.roll(places, near, axis=0)
    outward = np.column_stack([along[:, 1], -along[:, 0]]) / np.hypot(*along.T)[:, np.newaxis]
    inward = float(((places - places.mean(axis=0)) * outward).sum()) < 0
    return places, -outward if inward else outward


def _pixels(
    places: Points, outward: Points, away: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """(N, K) columns and rows, so far away from each place."""
    x, y = np.rint(places.T[:, :, np.newaxis] + outward.T[:, :, np.newaxis] * away).astype(np.int64)
    return x, y


def _across(
    mask: Mask8, places: Points, outward: Points, away: npt.NDArray[np.float64]
) -> npt.NDArray[np.bool_]:
    """(N, K) whether there is ink so far away from each place."""
    x, y = _pixels(places, outward, away)
    height, width = mask.shape
    within = (x >= 0) & (y >= 0) & (x < width) & (y < height)
    return within & (mask[y.clip(0, height - 1), x.clip(0, width - 1)] > 0)


def _is_written(hull: Contour, parts: npt.NDArray[np.int32]) -> bool:
    """Whether a line of writing stands within a hull, of which some does not touch the rim."""
    x, y, width, height = cv2.boundingRect(hull)
    left, top, wide, tall = parts.T
    within = (left > x) & (left + wide < x + width) & (top > y) & (top + tall < y + height)
    within &= tall >= _LETTER * height
    within &= np.abs(top + tall / 2 - (y + height / 2)) <= _LEVEL * height
    return int(within.sum()) >= _FREE
