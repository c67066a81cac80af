"""ZIP field -> its ink: level, at one scale, without ruled lines."""

from __future__ import annotations

import math

import cv2
import numpy as np

from zipreader.config import SegmentConfig
from zipreader.elements import FieldInk, Matrix, ZipField, transform_points
from zipreader.reading import imageops, inkmap
from zipreader.reading.circled import without_circles
from zipreader.reading.light import flat_part
from zipreader.reading.rules import without_frames, without_rules

_CIRCLE_REACH = 0.06
"""What was drawn around writing lies so near, in digit heights, to where it is known to lie."""


def rectify(field: ZipField, config: SegmentConfig) -> FieldInk:
    """The ink of the field: level, digits ``config.digit_height`` tall, lines and cells erased."""
    matrix, size = field_frame(field, config)
    grey = flat_part(field.page, matrix, size)
    ink = inkmap.ink(grey, config.paper_reach * config.digit_height)
    if field.cells:
        to_field = np.linalg.inv(matrix).astype(np.float64)
        frames = [transform_points(to_field, np.array(cell.quad())) for cell in field.cells]
        ink = without_frames(ink, frames, config)
    if field.circles:
        to_field = np.linalg.inv(matrix).astype(np.float64)
        circles = [transform_points(to_field, circle) - 0.5 for circle in field.circles]
        mask = (ink >= 0.5).astype(np.uint8)
        stroke = mask & ~without_circles(mask, circles, _CIRCLE_REACH * config.digit_height)
        ink = np.where(cv2.dilate(stroke, np.ones((3, 3), np.uint8)) > 0, np.float32(0), ink)
    kept = without_rules(ink, config)
    rules = None if kept is ink else ink - kept
    width = imageops.stroke_width(kept >= 0.5)
    return FieldInk(field, kept, matrix, config.digit_height, width, rules)


def field_frame(field: ZipField, config: SegmentConfig) -> tuple[Matrix, tuple[int, int]]:
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
