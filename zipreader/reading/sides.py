"""Find the four sides of an envelope by the edges that they make, whatever lies around it.

Straight segments are joined to lines, two of them along and two across the image make a
quadrilateral, and of all these the one is taken whose sides show an edge on their whole
length, with different paper on both sides, no strokes across, and nothing that goes on
beyond the corners, as the seams of a table or the fold of a sheet do.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.elements import GreyImage, Image, Quad
from zipreader.reading import imageops

Quads = npt.NDArray[np.float64]
"""(N, 4, 2) corners x, y, clockwise in the image."""
Sides = npt.NDArray[np.float64]
"""(N, 2, 2) the ends x, y of sides; they have no direction."""
Points = npt.NDArray[np.float64]
"""(N, S, 2) S places of each side."""
Vector = npt.NDArray[np.float64]
Slopes = npt.NDArray[np.float32]
"""Grey levels a pixel; with a last axis in x and y."""

Sampled = TypeVar("Sampled", Image, npt.NDArray[np.float32])

_SHORTEST = 0.04
"""Of a segment, as a share of the longest side of the image."""
_SLANT = 35.0
"""Most degrees between a side and the image's."""
_HYPOTHESES = 60
"""Segments of each direction, the longest, on whose lines others are looked for."""
_LINES = 8
"""Lines of each direction of which quadrilaterals are made."""
_BESIDE = 3.0
"""Pixels from a line within which a segment belongs to it."""
_APART, _ANGLE = 5.0, 0.999
"""Lines nearer than so many pixels, at an angle of a larger cosine, are the same."""
_PARALLEL = 1e-3
"""Sine of an angle under which lines meet far outside of the image."""
_OUTSIDE = 0.02
"""How far corners may lie outside, as a share of the image."""
_LEAST_AREA, _MOST_AREA = 0.15, 0.97
"""Of an envelope, as shares of the image."""
_SQUINT = 0.5
"""Largest cosine of a corner's angle."""
_RATIO = 1.8
"""Most between the lengths of opposite sides."""
_ACROSS = (-1.5, 0.0, 1.5)
"""Where across a side its edge may lie, in pixels."""
_DEPTH = 6.0
"""How far inside and outside of a side the paper is compared, in pixels."""
_CLEAR_STEP = 2.0
"""So many spreads apart, two papers are different; a label on the envelope is no more so."""
_LEAST_SPREAD = 3.0
"""Added to the spread of colours along a side, which may be none."""
_EDGE, _STROKE = 2.0, 8.0
"""Least slopes of an edge and of a stroke, in grey levels a pixel; more where there is grain."""
_WAYS = ((1, 0), (0, 1))
_INNER = np.linspace(0.03, 0.97, 40)
_BEYOND = np.concatenate([np.linspace(-0.22, -0.05, 12), np.linspace(1.05, 1.22, 12)])
"""Places on a side and beyond its corners, in shares of its length."""
_WEIGHTS = np.array([8.0, 3.5, 6.4, -4.4, -4.4])
_BIAS, _ACCEPTED = -8.0, 2.0
"""Log odds by logistic regression on synthetic tuning mail, and the least that is taken.

Of the shares of the sides that show an edge, the contrast of the paper across the
weakest side, the area, the worst going on of a side, and strokes across one.
"""
_POSSIBLE = 0.0
"""The least of what may be another envelope."""


def four_sides(image: Image) -> tuple[Quad, ...]:
    """The corners of the envelope in pixels of the image, clockwise from any; none if unclear.

    After them come those of what else has four sides, the likeliest first.

    Args:
        image: grey or BGR, uint8, reduced to some 500 pixels.

    Source: line segments by R. Grompone von Gioi et al., "LSD", IPOL 2012.
    """
    lengthwise, crosswise = _lines(imageops.to_grey(image))
    quads = _quadrilaterals(lengthwise, crosswise, image.shape[:2])
    if not len(quads):
        return ()
    scores = _BIAS + _evidence(quads, image) @ _WEIGHTS
    if scores.max() < _ACCEPTED:
        return ()
    possible = np.count_nonzero(scores >= _POSSIBLE)
    return tuple(quads[np.argsort(-scores, kind="stable")[:possible]])


def _lines(grey: GreyImage) -> tuple[Vector, Vector]:
    """(N, 3) normal and offset of the strongest lines along the image, and across it."""
    detector = cv2.createLineSegmentDetector(cv2.LSD_REFINE_NONE)
    found = detector.detect(cv2.GaussianBlur(grey, (0, 0), 0.8))[0]
    segments = np.zeros((0, 4)) if found is None else found.reshape(-1, 4).astype(np.float64)
    run = segments[:, 2:] - segments[:, :2]
    kept = np.hypot(*run.T) >= _SHORTEST * max(grey.shape)
    segments, run = segments[kept], run[kept]
    steepness = np.degrees(np.arctan2(np.abs(run[:, 1]), np.abs(run[:, 0])))
    return _joined(segments[steepness < _SLANT]), _joined(segments[steepness > 90 - _SLANT])


def _joined(segments: Vector) -> Vector:
    """The lines on which the longest segments lie, each once.

    One that two envelopes share is two, each where its segments are.
    """
    starts, ends = segments[:, :2], segments[:, 2:]
    lengths = np.linalg.norm(ends - starts, axis=1)
    longest = np.argsort(-lengths)[:_HYPOTHESES]
    along = (ends[longest] - starts[longest]) / lengths[longest, np.newaxis]
    normals = np.stack([-along[:, 1], along[:, 0]], axis=1)
    offsets = (starts[longest] * normals).sum(axis=1)
    near = np.abs(starts @ normals.T - offsets) < _BESIDE
    near &= np.abs(ends @ normals.T - offsets) < _BESIDE
    kept: list[tuple[Vector, Vector]] = []
    for index in np.argsort(-(lengths**2 @ near), kind="stable"):
        on_it = near[:, index]
        points = np.concatenate([starts[on_it], ends[on_it]])
        line = _fitted(points, np.tile(lengths[on_it], 2))
        if not any(_same(line, other) and _overlap(points, its, line) for other, its in kept):
            kept.append((line, points))
        if len(kept) == _LINES:
            break
    return np.array([line for line, _ in kept]).reshape(-1, 3)


def _fitted(points: Vector, weights: Vector) -> Vector:
    """Normal and offset of the line nearest to weighted points."""
    middle = weights @ points / weights.sum()
    spread = (points - middle) * np.sqrt(weights)[:, np.newaxis]
    normal = np.linalg.eigh(spread.T @ spread)[1][:, 0]
    return np.array([*normal, normal @ middle])


def _same(one: Vector, other: Vector) -> bool:
    cosine = float(one[:2] @ other[:2])
    return abs(cosine) > _ANGLE and abs(one[2] * np.sign(cosine) - other[2]) < _APART


def _overlap(one: Vector, other: Vector, line: Vector) -> bool:
    """Whether two sets of points share a part of a line; the sides of two envelopes share none."""
    way = np.array([-line[1], line[0]])
    first, second = one @ way, other @ way
    return bool(min(first.max(), second.max()) > max(first.min(), second.min()))


def _quadrilaterals(lengthwise: Vector, crosswise: Vector, shape: tuple[int, ...]) -> Quads:
    """Of two lines of each direction, those that may be a rectangle in perspective."""
    height, width = shape
    pairs = [
        (first, second)
        for first in combinations(range(len(lengthwise)), 2)
        for second in combinations(range(len(crosswise)), 2)
    ]
    if not pairs:
        return np.zeros((0, 4, 2))
    corners = _crossings(lengthwise, crosswise)
    quads = np.array(
        [[corners[a, c], corners[a, d], corners[b, d], corners[b, c]] for (a, b), (c, d) in pairs]
    )
    room = _OUTSIDE * max(shape)
    inside = (quads > -room) & (quads < np.array([width, height]) + room)
    quads = _clockwise(quads[inside.all(axis=(1, 2))])
    sides = np.roll(quads, -1, axis=1) - quads
    lengths = np.maximum(np.linalg.norm(sides, axis=2), 1e-6)
    units = sides / lengths[..., np.newaxis]
    cosines = np.abs((units * np.roll(units, -1, axis=1)).sum(axis=2))
    ratios = lengths / np.roll(lengths, 2, axis=1)
    areas = _areas(quads) / (width * height)
    fits = (areas > _LEAST_AREA) & (areas < _MOST_AREA)
    fits &= (cosines.max(axis=1) < _SQUINT) & (ratios.max(axis=1) < _RATIO)
    return quads[fits]


def _crossings(lengthwise: Vector, crosswise: Vector) -> Vector:
    """(A, B, 2) where each line along crosses each line across."""
    (a, b, c), (d, e, f) = lengthwise.T[:, :, np.newaxis], crosswise.T[:, np.newaxis, :]
    determinant = a * e - b * d
    determinant = np.where(np.abs(determinant) < _PARALLEL, _PARALLEL, determinant)
    return np.stack([c * e - b * f, a * f - c * d], axis=2) / determinant[..., np.newaxis]


def _clockwise(quads: Quads) -> Quads:
    around = quads - quads.mean(axis=1, keepdims=True)
    order = np.argsort(np.arctan2(around[..., 1], around[..., 0]), axis=1)
    return np.take_along_axis(quads, order[..., np.newaxis], axis=1)


def _areas(quads: Quads) -> Vector:
    x, y = quads[..., 0], quads[..., 1]
    doubled = (x * np.roll(y, -1, axis=1) - np.roll(x, -1, axis=1) * y).sum(axis=1)
    return np.abs(doubled) / 2


def _evidence(quads: Quads, image: Image) -> Vector:
    """(N, 5) what speaks for each quadrilateral; see ``_WEIGHTS``."""
    sides, of_quads = _distinct_sides(quads)
    covered, step, going_on, crossed = _evidence_of_sides(sides, image)[:, of_quads]
    area = _areas(quads) / (image.shape[0] * image.shape[1])
    return np.column_stack(
        [covered.mean(axis=1), step.min(axis=1), area, going_on.max(axis=1), crossed.max(axis=1)]
    )


def _distinct_sides(quads: Quads) -> tuple[Sides, npt.NDArray[np.intp]]:
    """The sides, each once, and (N, 4) which of them each quadrilateral has.

    Made of few lines, the quadrilaterals share most of their sides.
    """
    corners, number = np.unique(quads @ np.array([1, 1j]), return_inverse=True)
    number = number.reshape(-1, 4)
    ends = np.sort(np.stack([number, np.roll(number, -1, axis=1)], axis=2), axis=2)
    pairs, of_quads = np.unique(ends @ np.array([len(corners), 1]), return_inverse=True)
    both = corners[np.stack(np.divmod(pairs, len(corners)), axis=1)]
    return np.stack([both.real, both.imag], axis=2), of_quads.reshape(-1, 4)


def _evidence_of_sides(sides: Sides, image: Image) -> Vector:
    """(4, N) the shares that show an edge, the contrast of the paper, going on, strokes across."""
    gradient = _gradient(image)
    grain = imageops.median(np.linalg.norm(gradient[::2, ::2], axis=2))
    run = sides[:, 1] - sides[:, 0]
    units = run / np.linalg.norm(run, axis=1, keepdims=True)
    normals = np.stack([-units[:, 1], units[:, 0]], axis=1)
    edge, strokes = max(_EDGE, 1.5 * grain), max(_STROKE, 3 * grain)
    along, beyond = _along(sides, _INNER), _along(sides, _BEYOND)
    across, lengthwise = _steepest(gradient, along, normals, (normals, units))
    covered, crossed = (across > edge).mean(axis=1), (lengthwise > strokes).mean(axis=1)
    shown = ((beyond >= 1) & (beyond < np.array(image.shape[1::-1]) - 1)).all(axis=2)
    goes_on = (_steepest(gradient, beyond, normals, (normals,))[0] > edge) & shown
    going_on = goes_on.sum(axis=1) / np.maximum(shown.sum(axis=1), len(_BEYOND) / 4)
    return np.stack([covered, _paper_step(image, along, normals), going_on, crossed])


def _along(sides: Sides, shares: Vector) -> Points:
    """Points of the sides at shares of their lengths from the first end."""
    run = sides[:, 1] - sides[:, 0]
    return sides[:, :1] + shares[:, np.newaxis] * run[:, np.newaxis]


def _gradient(image: Image) -> Slopes:
    """(H, W, 2) grey levels a pixel in x and y, of the channel in which they change most."""
    smooth = cv2.GaussianBlur(image, (0, 0), 1.0)
    channels = [smooth] if smooth.ndim == 2 else cv2.split(smooth)
    found: list[Slopes] = []
    for channel in channels:
        slopes = [cv2.Sobel(channel, cv2.CV_32F, *way, ksize=3, scale=1 / 8) for way in _WAYS]
        if found:
            steeper = _squared(*slopes) > _squared(*found)
            for kept, slope in zip(found, slopes, strict=True):
                np.copyto(kept, slope, where=steeper)
        else:
            found = slopes
    return cv2.merge(found)


def _squared(x: Slopes, y: Slopes) -> Slopes:
    """The squared length; ``cv2.magnitude`` rounds otherwise with another number of threads."""
    return x * x + y * y


def _steepest(
    gradient: Slopes, points: Points, normals: Vector, ways: Sequence[Vector]
) -> list[Vector]:
    """(N, S) of each of ``ways``: the largest slope that way on a side and a little beside it."""
    near = [_at(gradient, points, normals, away) for away in _ACROSS]
    return [
        np.maximum.reduce([np.abs(np.einsum("nsc,nc->ns", each, way)) for each in near])
        for way in ways
    ]


def _paper_step(image: Image, points: Points, normals: Vector) -> Vector:
    """(N) how far the mean colours on both sides lie apart, in spreads along the side."""
    inside, outside = (
        imageops.to_ycc(_at(image, points, normals, away)) for away in (_DEPTH, -_DEPTH)
    )
    step = inside - outside
    spread = np.linalg.norm(step.std(axis=1), axis=1)
    apart: Vector = np.linalg.norm(step.mean(axis=1), axis=1) / (spread + _LEAST_SPREAD)
    return np.minimum(apart, _CLEAR_STEP)


def _at(values: Sampled, points: Points, normals: Vector, away: float) -> Sampled:
    """(N, S[, C]) values (H, W[, C]) at points moved sideways by ``away`` pixels."""
    moved = (points + away * normals[:, np.newaxis]).astype(np.float32)
    columns, rows = cv2.split(moved)
    return cv2.remap(values, columns, rows, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
