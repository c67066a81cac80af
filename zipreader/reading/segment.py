"""ZIP field -> lattice of candidate glyphs, by over-segmentation.

Handwritten digits touch, break and lean, so no single cut is decided here:
connected components are cut at every plausible seam into primitives, and every
run of neighbouring primitives is offered as a glyph (C. Burges et al.,
"Shortest path segmentation", IJCNN 1992; Y. LeCun et al., Proc. IEEE 86, 1998).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.config import SegmentConfig
from zipreader.elements import Box, FieldInk, Glyph, InkMap, Lattice, Mask, ZipField
from zipreader.reading import imageops
from zipreader.reading.normalize import normalize
from zipreader.reading.rectify import rectify
from zipreader.reading.seams import Path, find_seams

Labels = npt.NDArray[np.int32]
Vector = npt.NDArray[Any]


def segment(field: ZipField, config: SegmentConfig) -> Lattice:
    """Offer every plausible glyph of the field; ranks nothing."""
    return lattice(rectify(field, config), config)


def lattice(source: FieldInk, config: SegmentConfig) -> Lattice:
    """Cut the components into primitives and offer their runs."""
    labels = primitive_labels(source, config)
    boxes = _boxes(labels)
    areas = np.bincount(labels.ravel(), weights=source.ink.ravel(), minlength=len(boxes) + 1)[1:]
    glyphs = _glyphs(source, labels, boxes, areas, config)
    return Lattice(source, tuple(boxes), tuple(float(a) for a in areas), tuple(glyphs))


def primitive_labels(source: FieldInk, config: SegmentConfig) -> Labels:
    """Label the primitives 1..n from left to right; 0 is paper."""
    height = config.digit_height
    mask = (source.ink >= 0.5).astype(np.uint8)
    count, components, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    parts = np.zeros_like(components)
    kept = _worth_keeping(stats, count, config)
    windows = [_window(stats[index]) for index in kept]
    owns = [components[window] == index for index, window in zip(kept, windows, strict=True)]
    used = 0
    for window, own, seams in zip(windows, owns, _cuts(source, windows, owns, config), strict=True):
        pieces = _pieces(own.shape, seams)
        parts[window][own] = pieces[own] + used + 1
        used += len(seams) + 1
    return _left_to_right(_soften(parts, source.ink, height))


def _window(stat: npt.NDArray[np.int32]) -> tuple[slice, slice]:
    """The rows and columns of a component."""
    x, y, w, h, _area = stat
    return slice(y, y + h), slice(x, x + w)


def _worth_keeping(stats: npt.NDArray[np.int32], count: int, config: SegmentConfig) -> list[int]:
    """The components that are no specks and lie where the digits stand; the largest of too many."""
    height = config.digit_height
    top, bottom = _band(stats[1:count], config)
    kept = [
        i
        for i in range(1, count)
        if stats[i, cv2.CC_STAT_AREA] >= config.speck * height**2
        and stats[i, cv2.CC_STAT_TOP] < bottom
        and stats[i, cv2.CC_STAT_TOP] + stats[i, cv2.CC_STAT_HEIGHT] > top
    ]
    kept.sort(key=lambda i: -int(stats[i, cv2.CC_STAT_AREA]))
    return kept[: config.most_primitives]


def _band(stats: npt.NDArray[np.int32], config: SegmentConfig) -> tuple[float, float]:
    """The rows between which the tall components stand, and a little more.

    What lies wholly above or below is the rest of a rule or of another line.
    """
    height = config.digit_height
    tops, heights = stats[:, cv2.CC_STAT_TOP], stats[:, cv2.CC_STAT_HEIGHT]
    tall = (heights >= config.tall[0] * height) & (heights <= config.tall[1] * height)
    if not tall.any():
        return -math.inf, math.inf
    top = imageops.quantile(tops[tall], 0.25)
    bottom = imageops.quantile((tops + heights)[tall], 0.75)
    return top - config.band_margin * height, bottom + config.band_margin * height


def _cuts(
    source: FieldInk,
    windows: Sequence[tuple[slice, slice]],
    owns: Sequence[Mask],
    config: SegmentConfig,
) -> list[list[Path]]:
    """The seams of each component; none through those that are too small for two digits."""
    height = config.digit_height
    wide = [
        own.shape[1] > config.cut_width * height and own.shape[0] >= config.lowest * height
        for own in owns
    ]
    inks = [
        np.where(own, source.ink[window], np.float32(0))
        for window, own, cut in zip(windows, owns, wide, strict=True)
        if cut
    ]
    found = iter(find_seams(inks, source.stroke_width, config))
    return [next(found) if cut else [] for cut in wide]


def _pieces(shape: tuple[int, ...], seams: Sequence[Path]) -> Labels:
    """Number the pieces of one component from 0, left to right along its seams."""
    pieces = np.zeros(shape, np.int32)
    columns = np.arange(shape[1])
    for seam in seams:
        pieces += columns[np.newaxis, :] >= seam[:, np.newaxis]
    return pieces


def _soften(parts: Labels, ink: InkMap, height: int) -> Labels:
    """Give the grey fringe of the strokes, below the threshold, to the part it borders."""
    fringe = cv2.dilate(parts.astype(np.float32), np.ones((3, 3), np.uint8))
    return np.where((parts == 0) & (ink > 0), fringe, parts).astype(np.int32)


def _left_to_right(parts: Labels) -> Labels:
    """Renumber the parts by the middle of their boxes."""
    boxes = _boxes(parts)
    present = [i for i, box in enumerate(boxes) if box.area > 0]
    order = sorted(present, key=lambda i: boxes[i].x0 + boxes[i].x1)
    number = np.zeros(len(boxes) + 1, np.int32)
    for rank, index in enumerate(order, start=1):
        number[index + 1] = rank
    renumbered: Labels = number[parts]
    return renumbered


def _boxes(labels: Labels) -> list[Box]:
    """The bounding boxes of the labels 1..n; empty boxes for absent ones."""
    boxes = [Box(0, 0, 0, 0)] * int(labels.max(initial=0))
    ys, xs = np.nonzero(labels)
    values = labels[ys, xs]
    if values.size == 0:
        return boxes
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    sides = [
        extreme.reduceat(axis[order], starts).tolist()
        for axis in (xs, ys)
        for extreme in (np.minimum, np.maximum)
    ]
    for value, x0, x1, y0, y1 in zip(ordered[starts].tolist(), *sides, strict=True):
        boxes[value - 1] = Box(x0, y0, x1 + 1, y1 + 1)
    return boxes


def _glyphs(
    source: FieldInk,
    labels: Labels,
    boxes: list[Box],
    areas: Vector,
    config: SegmentConfig,
) -> list[Glyph]:
    """Runs of primitives whose size may be a digit's, those that cut least ink first."""
    height = config.digit_height
    fitting = [
        (span, box)
        for span in _spans(areas, source.stroke_width, config)
        for box in (Box.around(boxes[span[0] : span[1]]),)
        if box.width <= config.widest * height
        and config.lowest * height <= box.height <= config.highest * height
    ]
    severed = _severed(_contacts(labels, source.ink), [span for span, _ in fitting])
    severed = [length / max(source.stroke_width, 1.0) for length in severed]
    unlikely = [
        abs(math.log(box.height / height)) + box.width / height + config.severed_weight * cut
        for (_, box), cut in zip(fitting, severed, strict=True)
    ]
    glyphs = []
    for i in sorted(np.argsort(unlikely, kind="stable")[: config.most_glyphs]):
        span, box = fitting[i]
        glyphs.append(Glyph(span, box, _tile(source.ink, labels, span, box), severed[i]))
    return glyphs


def _spans(areas: Vector, stroke: float, config: SegmentConfig) -> list[tuple[int, int]]:
    """Runs of neighbours; dots do not count towards the longest run, up to as many again."""
    large = np.concatenate([[0], np.cumsum(areas > config.dot * stroke * stroke)])
    return [
        (first, last)
        for first in range(len(areas))
        for last in range(first + 1, min(first + 2 * config.run, len(areas)) + 1)
        if large[last] - large[first] <= config.run
    ]


def _contacts(labels: Labels, ink: InkMap) -> npt.NDArray[np.intp]:
    """(n + 1, n + 1) lengths in pixels along which two primitives were one piece of ink."""
    own = np.where(ink >= 0.5, labels, 0)
    size = int(labels.max(initial=0)) + 1
    lengths = []
    for one, other in ((own[:, :-1], own[:, 1:]), (own[:-1], own[1:])):
        border = (one != other) & (one > 0) & (other > 0)
        pairs = np.zeros((size, size), np.intp)
        np.add.at(pairs, (one[border], other[border]), 1)
        lengths.append(pairs + pairs.T)
    longest: npt.NDArray[np.intp] = np.maximum(*lengths)
    return longest


def _severed(contacts: npt.NDArray[np.intp], spans: Sequence[tuple[int, int]]) -> list[float]:
    """How many pixels of ink part the primitives of each span from all others."""
    summed = np.zeros((len(contacts) + 1, len(contacts) + 1), np.intp)
    np.cumsum(np.cumsum(contacts, axis=0), axis=1, out=summed[1:, 1:])
    first, last = np.array(spans, np.intp).reshape(-1, 2).T + 1
    rows = summed[last, -1] - summed[first, -1]
    inside = summed[last, last] - summed[first, last] - summed[last, first] + summed[first, first]
    lengths: list[float] = (rows - inside).tolist()
    return lengths


def _tile(ink: InkMap, labels: Labels, span: tuple[int, int], box: Box) -> npt.NDArray[np.uint8]:
    window = np.s_[box.y0 : box.y1, box.x0 : box.x1]
    own = cv2.inRange(labels[window], span[0] + 1, span[1])
    return normalize(cv2.copyTo(ink[window], own))
