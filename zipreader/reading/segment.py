"""ZIP field -> lattice of candidate glyphs, by over-segmentation.

Handwritten digits touch, break and lean, so no single cut is decided here:
connected components are cut at every plausible seam into primitives, and every
run of neighbouring primitives is offered as a glyph (C. Burges et al.,
"Shortest path segmentation", IJCNN 1992; Y. LeCun et al., Proc. IEEE 86, 1998).
"""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.config import SegmentConfig
from zipreader.elements import Box, FieldInk, Glyph, InkMap, Lattice, Mask, Matrix, ZipField
from zipreader.reading import imageops
from zipreader.reading.normalize import normalize
from zipreader.reading.rules import without_rules
from zipreader.reading.seams import find_seams

Labels = npt.NDArray[np.int32]


def segment(field: ZipField, config: SegmentConfig) -> Lattice:
    """Offer every plausible glyph of the field; ranks nothing."""
    return lattice(rectify(field, config), config)


def rectify(field: ZipField, config: SegmentConfig) -> FieldInk:
    """The ink of the field, baseline level, digits ``config.digit_height`` tall, lines removed."""
    matrix, size = _field_frame(field, config)
    grey = imageops.warp(field.page.grey, matrix, size)
    ink = imageops.ink(grey, config.paper_reach * config.digit_height)
    ink = without_rules(ink, config)
    width = imageops.stroke_width(ink >= 0.5)
    return FieldInk(field, ink, matrix, config.digit_height, width)


def _field_frame(field: ZipField, config: SegmentConfig) -> tuple[Matrix, tuple[int, int]]:
    """The matrix from field to upright pixels, and the field's (width, height)."""
    scale = field.digit_height / config.digit_height
    margin = 2 * config.margin * config.digit_height
    width = math.ceil(field.box.width / scale + margin)
    height = math.ceil(field.box.height / scale + margin)
    angle = math.atan(field.slope)
    cos, sin = scale * math.cos(angle), scale * math.sin(angle)
    x, y = field.box.center
    u, v = width / 2, height / 2
    matrix = np.array(
        [[cos, -sin, x - cos * u + sin * v], [sin, cos, y - sin * u - cos * v], [0, 0, 1]],
        dtype=np.float64,
    )
    return matrix, (width, height)


def lattice(source: FieldInk, config: SegmentConfig) -> Lattice:
    """Cut the components into primitives and offer their runs."""
    labels = primitive_labels(source, config)
    boxes = _boxes(labels)
    areas = np.bincount(labels.ravel(), weights=source.ink.ravel(), minlength=len(boxes) + 1)[1:]
    glyphs = _glyphs(source.ink, labels, boxes, config)
    return Lattice(source, tuple(boxes), tuple(float(a) for a in areas), tuple(glyphs))


def primitive_labels(source: FieldInk, config: SegmentConfig) -> Labels:
    """Label the primitives 1..n from left to right; 0 is paper."""
    height = config.digit_height
    mask = (source.ink >= 0.5).astype(np.uint8)
    count, components, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    parts = np.zeros_like(components)
    used = 0
    for index in _worth_keeping(stats, count, config):
        x, y, w, h, _area = stats[index]
        window = np.s_[y : y + h, x : x + w]
        own = components[window] == index
        pieces = _cut(source.ink[window], own, source.stroke_width, config)
        parts[window][own] = pieces[own] + used + 1
        used += int(pieces.max()) + 1
    return _left_to_right(_soften(parts, source.ink, height))


def _worth_keeping(stats: npt.NDArray[np.int32], count: int, config: SegmentConfig) -> list[int]:
    """The components that are no specks, the largest when there are too many."""
    least = config.speck * config.digit_height**2
    kept = [i for i in range(1, count) if stats[i, cv2.CC_STAT_AREA] >= least]
    kept.sort(key=lambda i: -int(stats[i, cv2.CC_STAT_AREA]))
    return kept[: config.most_primitives]


def _cut(ink: InkMap, own: Mask, stroke: float, config: SegmentConfig) -> Labels:
    """Number the pieces of one component from 0, left to right along its seams."""
    height = config.digit_height
    pieces = np.zeros(own.shape, np.int32)
    if own.shape[1] <= config.cut_width * height:
        return pieces
    own_ink = np.where(own, ink, np.float32(0))
    columns = np.arange(own.shape[1])
    for seam in find_seams(own_ink, stroke, config):
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
    for index in range(len(boxes)):
        own = values == index + 1
        if own.any():
            x, y = xs[own], ys[own]
            boxes[index] = Box(int(x.min()), int(y.min()), int(x.max()) + 1, int(y.max()) + 1)
    return boxes


def _glyphs(ink: InkMap, labels: Labels, boxes: list[Box], config: SegmentConfig) -> list[Glyph]:
    """Every run of primitives whose size may be a digit's."""
    height = config.digit_height
    spans = [
        ((first, last), Box.around(boxes[first:last]))
        for first in range(len(boxes))
        for last in range(first + 1, min(first + config.run, len(boxes)) + 1)
    ]
    fitting = [
        (span, box)
        for span, box in spans
        if box.width <= config.widest * height
        and config.lowest * height <= box.height <= config.highest * height
    ]
    fitting.sort(key=lambda item: abs(math.log(item[1].height / height)) + item[1].width / height)
    glyphs = [
        Glyph(span, box, _tile(ink, labels, span, box))
        for span, box in fitting[: config.most_glyphs]
    ]
    return sorted(glyphs, key=lambda glyph: glyph.span)


def _tile(ink: InkMap, labels: Labels, span: tuple[int, int], box: Box) -> npt.NDArray[np.uint8]:
    window = np.s_[box.y0 : box.y1, box.x0 : box.x1]
    own = (labels[window] > span[0]) & (labels[window] <= span[1])
    return normalize(np.where(own, ink[window], np.float32(0)))
