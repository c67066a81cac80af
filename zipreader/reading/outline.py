"""Find the four corners of the envelope against its surroundings."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, combinations

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.config import PageConfig
from zipreader.elements import GreyImage, Image, Mask, Quad
from zipreader.reading import imageops
from zipreader.reading.around import is_written_around
from zipreader.reading.ground import lying_on_dark
from zipreader.reading.sides import four_sides

_WORK_SIZE = 480
_EDGE_REACH = 4
_LIKE, _SHARED = 0.5, 0.05
"""Of two envelopes in one image the smaller has such a share of the other's area, and reaches no
farther into it, in shares of its size."""

_PART, _FILLED, _BETWEEN = 0.65, 0.75, 0.02
"""Of two in one line each has less of the area around both, and they together more than that; so
much lies between them, in shares of their size: a fold or a rule parts no envelopes."""
_HALF = 0.5
"""Those that lie on dark ground fill so much of the area around all: on a dark envelope two
labels fill less."""
_FAR = 5.0
"""What shows between them differs so many times more from their paper than from what is around."""
_LONGEST = 3.5
"""An envelope is at most so many times as long as high, seen aslant; 2.5 times else (DMM 201)."""
_ALONE = 6
"""So many of what has four sides are tried each alone."""


def find_outlines(image: Image, config: PageConfig) -> tuple[Quad, ...]:
    """The envelope's corners in original pixels, clockwise from its top left.

    Its four sides are edges, straight and as long as itself.  Where they are not found,
    the surroundings are known from the rim of the image; what differs from them and
    fills a convex quadrilateral is the envelope.  What has writing around it, on plain
    paper, is a picture or a panel on the envelope.

    Returns:
        Nothing where the image shows no surroundings or no clear outline; more than one where
        other envelopes lie beside that one.
    """
    scale = min(1.0, _WORK_SIZE / max(image.shape[:2]))
    small = imageops.shrink(image, scale, strokes=False)
    grey = cv2.medianBlur(imageops.to_grey(small), 3)
    for possible in _possible(small, config):
        likely = bool(possible) and all(map(_is_an_envelope, possible))
        if likely and not is_written_around(grey, possible):
            return tuple(_inset(corners) / scale for corners in possible)
    return ()


def _possible(small: Image, config: PageConfig) -> Iterator[tuple[Quad, ...]]:
    """What may be the envelopes: first all that lie beside one another, then one alone."""
    ranked = four_sides(small)
    yield _in_line(ranked, small)
    yield _on_dark_ground(ranked, small)
    beside = _side_by_side(ranked)
    yield beside
    for corners in ranked[1 if len(beside) == 1 else 0 : _ALONE]:
        yield (_ordered(corners),)
    yield _around_what_differs(small, config)


def _side_by_side(ranked: Sequence[Quad], gap: float = -_SHARED) -> tuple[Quad, ...]:
    """The first quadrilateral, and those of like size beside it."""
    found: list[Quad] = []
    for corners in map(_ordered, ranked):
        if all(_are_apart(corners, other, gap) for other in found):
            found.append(corners)
    return tuple(found)


def _in_line(ranked: Sequence[Quad], small: Image) -> tuple[Quad, ...]:
    """Two envelopes whose outer sides lie in one line, so that they look like one as a whole.

    What shows between them is what lies around them, and not their paper.
    """
    pairs = _pairs(ranked)
    first = next(pairs, None)
    if first is None:
        return ()
    pixels, around = imageops.to_ycc(small), _filled(small, ranked[:1])
    if around.all():
        return ()
    outside = _medians(pixels[~around])
    for pair in chain((first,), pairs):
        inside = _filled(small, pair)
        rim = cv2.dilate(inside.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        between = around & ~rim
        if not between.any():
            continue
        paper, gap = _medians(pixels[inside]), _medians(pixels[between])
        if _FAR * float(np.linalg.norm(gap - outside)) < float(np.linalg.norm(gap - paper)):
            return pair
    return ()


def _on_dark_ground(ranked: Sequence[Quad], small: Image) -> tuple[Quad, ...]:
    """Several envelopes within the likeliest quadrilateral, which is the dark ground's own."""
    if not ranked:
        return ()
    whole = _area(ranked[0])
    parts = [corners for corners in ranked if _area(corners) < _PART * whole]
    if len(parts) < 2:
        return ()
    lying = lying_on_dark(parts, small)
    single = [one for one in lying if not any(_is_part(other, one) for other in lying)]
    found = _side_by_side(single, _BETWEEN)
    return found if len(found) > 1 and sum(map(_area, found)) >= _HALF * whole else ()


def _is_part(one: Quad, whole: Quad) -> bool:
    """Whether one of several envelopes lies in what surrounds them all."""
    x, y = one.mean(axis=0).tolist()
    within = cv2.pointPolygonTest(whole.astype(np.float32), (x, y), False) >= 0
    return within and _area(one) < _PART * _area(whole)


def _pairs(ranked: Sequence[Quad]) -> Iterator[tuple[Quad, Quad]]:
    """Two apart that together fill most of the likeliest quadrilateral, the likeliest first."""
    if not ranked:
        return
    whole = _area(ranked[0])
    sized = [(_ordered(corners), _area(corners)) for corners in ranked]
    parts = [(corners, area) for corners, area in sized if area < _PART * whole]
    for (one, area), (other, beside) in combinations(parts, 2):
        if area + beside >= _FILLED * whole and _are_apart(one, other, _BETWEEN):
            yield one, other


def _filled(small: Image, outlines: Iterable[Quad]) -> Mask:
    """(H, W) true within the outlines."""
    filled = np.zeros(small.shape[:2], np.uint8)
    for corners in outlines:
        cv2.fillConvexPoly(filled, np.rint(corners).astype(np.int32), 1)
    return filled > 0


def _area(corners: Quad) -> float:
    return cv2.contourArea(corners.astype(np.float32))


def _are_apart(one: Quad, other: Quad, gap: float = -_SHARED) -> bool:
    """Whether two envelopes of like size lie on either side of a side of one of them."""
    small, large = sorted((_area(one), _area(other)))
    least = gap * math.sqrt(small)
    return small >= _LIKE * large and max(_beyond(one, other), _beyond(other, one)) >= least


def _beyond(one: Quad, other: Quad) -> float:
    """The most by which the nearest corner of another lies beyond a side of the first."""
    run = np.roll(one, -1, axis=0) - one
    normals = np.stack([run[:, 1], -run[:, 0]], axis=1)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    beyond = ((other[:, np.newaxis] - one) * normals).sum(axis=2)
    return float(beyond.min(axis=0).max())


def _around_what_differs(small: Image, config: PageConfig) -> tuple[Quad, ...]:
    """The best outline of what differs from the rim of the image."""
    best: tuple[float, Quad] | None = None
    for difference in _differences(cv2.medianBlur(small, 5)):
        fitted = _fit(difference, config)
        if fitted and (best is None or fitted[0] > best[0]):
            best = fitted
    return () if best is None else (_ordered(best[1]),)


def _differences(small: Image) -> list[GreyImage]:
    """How much each pixel differs from the rim: in colour, and in lightness alone."""
    pixels = imageops.to_ycc(small)
    rim = max(2, round(0.012 * max(small.shape[:2])))
    strips = [pixels[:rim], pixels[-rim:], pixels[:, :rim], pixels[:, -rim:]]
    around = np.concatenate([strip.reshape(-1, 3) for strip in strips])
    colour = _medians(around)
    spread = _medians(np.abs(around - colour)) * 1.5 + 3
    apart = (pixels - colour) * (12 / spread)
    distance = np.sqrt(cv2.transform(apart * apart, np.ones((1, 3), np.float32)))
    lightness = np.abs(pixels[..., 0] - colour[0])
    return [np.minimum(distance, 255).astype(np.uint8), lightness.astype(np.uint8)]


def _medians(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The median of each column."""
    return np.array([imageops.median(column) for column in values.T], np.float32)


def _fit(difference: GreyImage, config: PageConfig) -> tuple[float, Quad] | None:
    """The quadrilateral around the largest differing part, with its quality in 0..1."""
    level, mask = cv2.threshold(difference, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    if level < config.outline_contrast:
        return None
    size = max(3, round(0.02 * max(mask.shape)) | 1)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((size, size), np.uint8))
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return None
    contour = max(contours, key=cv2.contourArea)
    hull = cv2.convexHull(contour)
    share = cv2.contourArea(hull) / mask.size
    if not config.outline_share[0] <= share <= config.outline_share[1]:
        return None
    corners = _four_corners(hull)
    if corners is None:
        return None
    filled = np.zeros_like(mask)
    cv2.drawContours(filled, [contour], -1, 255, cv2.FILLED)
    model = np.zeros_like(mask)
    cv2.fillConvexPoly(model, np.rint(corners).astype(np.int32), 255)
    overlap = cv2.countNonZero(filled & model) / max(1, cv2.countNonZero(filled | model))
    stepped = _has_edges(difference, corners, config)
    if overlap < config.outline_fit or not _plausible(corners) or not stepped:
        return None
    return overlap, corners


def _four_corners(hull: np.ndarray) -> Quad | None:
    """Simplify a hull to exactly four corners, with the least tolerance that does it."""
    perimeter = cv2.arcLength(hull, True)
    for tolerance in np.arange(0.01, 0.08, 0.005):
        corners = cv2.approxPolyDP(hull, tolerance * perimeter, True)
        if len(corners) == 4:
            return corners.reshape(4, 2).astype(np.float64)
        if len(corners) < 4:
            break
    return cv2.boxPoints(cv2.minAreaRect(hull)).astype(np.float64)


def _has_edges(difference: GreyImage, corners: Quad, config: PageConfig) -> bool:
    """Whether the difference jumps at every side inside the image, as light only fades.

    One side alone is no outline: a shadow ends so sharply, an envelope shows a corner.
    """
    height, width = difference.shape
    middle = corners.mean(axis=0)
    inside = 0
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        points = start + np.linspace(0.1, 0.9, 60)[:, np.newaxis] * (end - start)
        outward = points - middle
        outward -= ((outward @ (end - start)) / max((end - start) @ (end - start), 1e-9))[
            :, np.newaxis
        ] * (end - start)
        outward *= _EDGE_REACH / np.maximum(np.linalg.norm(outward, axis=1), 1e-9)[:, np.newaxis]
        inner, outer = (np.rint(points + sign * outward).astype(int) for sign in (-1, 1))
        within = ((outer >= 0) & (outer < (width, height))).all(axis=1)
        within &= ((inner >= 0) & (inner < (width, height))).all(axis=1)
        if within.sum() < 20:
            continue
        a, b = inner[within], outer[within]
        jump = difference[a[:, 1], a[:, 0]].astype(float) - difference[b[:, 1], b[:, 0]]
        if imageops.median(jump) < config.outline_contrast / 2:
            return False
        inside += 1
    return inside > 1


def _is_an_envelope(corners: Quad) -> bool:
    """Whether what has four sides is no strip, as two labels beside one another are."""
    lengths = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    return bool(lengths.max() <= _LONGEST * lengths.min())


def _plausible(corners: Quad) -> bool:
    """Whether opposite sides and the angles may be those of a rectangle in perspective."""
    sides = np.roll(corners, -1, axis=0) - corners
    lengths = np.linalg.norm(sides, axis=1)
    if lengths.min() < 1:
        return False
    ratios = [lengths[i] / lengths[i + 2] for i in (0, 1)]
    units = sides / lengths[:, np.newaxis]
    cosines = np.abs((units * np.roll(units, -1, axis=0)).sum(axis=1))
    return bool(all(0.55 < ratio < 1.8 for ratio in ratios) and cosines.max() < 0.5)


def _ordered(corners: Quad) -> Quad:
    """Clockwise, from the corner nearest to the image's top left."""
    middle = corners.mean(axis=0)
    angles = np.arctan2(corners[:, 1] - middle[1], corners[:, 0] - middle[0])
    clockwise = corners[np.argsort(angles)]
    result: Quad = np.roll(clockwise, -int(clockwise.sum(axis=1).argmin()), axis=0)
    return result


def _inset(corners: Quad) -> Quad:
    """Move the corners inwards a little, off the envelope's edge and its shadow."""
    result: Quad = corners + (corners.mean(axis=0) - corners) * 0.012
    return result
