"""Strings of scanned digits (MNIST), drawn large again with one pen and beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.elements import InkMap, Tiles
from zipreader.training.elastic import elastic
from zipreader.training.strings import WrittenString

_LEVEL = 105
"""Grey at which the edge of a scanned stroke is taken."""
_PART = 0.4
"""How far apart parts of a digit are displaced differently, in its heights."""


@dataclass(frozen=True, slots=True)
class RedrawConfig:
    """Ranges of a string; lengths in heights of a digit."""

    height: tuple[float, float] = (24.0, 90.0)
    """Height of a digit in pixels."""
    width: tuple[float, float] = (0.05, 0.2)
    """Of the pen."""
    shear: float = 0.25
    aspect: tuple[float, float] = (0.8, 1.25)
    rotation: float = 4.0
    bend: float = 0.0
    """Largest standard deviation of the displacement of a digit's parts; see ``elastic``."""
    gap: tuple[float, float] = (-0.14, 0.22)
    touching: float = 0.4
    baseline: float = 0.06
    size: float = 0.1
    small_zero: float = 0.2


def compose_images(
    images: Tiles,
    labels: Sequence[int],
    rng: np.random.Generator,
    config: RedrawConfig,
    room: Sequence[float] = (),
) -> WrittenString:
    """Draw (N, 28, 28) digits beside each other in one slant and with one pen.

    The digits are of different writers; slant, aspect and pen are those of the string.
    ``room`` is what is left free after each digit, besides the usual gap.
    """
    height = rng.uniform(*config.height)
    width = height * float(np.exp(rng.uniform(*np.log(config.width))))
    shear = rng.uniform(-config.shear, config.shear)
    aspect = float(np.exp(rng.uniform(*np.log(config.aspect))))
    low, high = config.gap
    gaps = (low, low + 0.4 * (high - low)) if rng.random() < config.touching else (low / 3, high)
    digits: list[InkMap] = []
    corners: list[tuple[int, int]] = []
    edge = 0.0
    for image, label, extra in zip(images, labels, room or [0.0] * len(labels), strict=True):
        tall = height * float(np.exp(rng.normal(0, config.size)))
        if label == 0 and rng.random() < config.small_zero:
            tall *= rng.uniform(0.5, 0.85)
        turn = np.deg2rad(rng.uniform(-config.rotation, config.rotation))
        bend = rng.uniform(0, config.bend) * tall
        digit = redraw(image, tall, (shear, aspect, turn), width, bend, rng)
        floor = height * rng.normal(0, config.baseline)
        if tall < 0.9 * height and rng.random() < 0.4:
            floor -= 0.5 * (height - tall)
        digits.append(digit)
        corners.append((round(edge), round(floor) - digit.shape[0]))
        edge += digit.shape[1] + height * (rng.uniform(*gaps) + extra)
    return _framed(digits, corners, tuple(int(label) for label in labels), height)


def redraw(
    image: npt.NDArray[np.uint8],
    height: float,
    hand: tuple[float, float, float],
    width: float,
    bend: float = 0.0,
    rng: np.random.Generator | None = None,
) -> InkMap:
    """A 28x28 digit as ink ``height`` pixels tall, cropped, with strokes about ``width`` wide.

    ``hand`` is shear (dx/dy), aspect and turn in radians; ``bend``, in pixels, is how far
    its parts are displaced where a generator is given.  The stroke's edge is moved
    along its distance map, but never past the middle of the stroke.
    """
    rows, columns = np.flatnonzero(image.max(axis=1) > 60), np.flatnonzero(image.max(axis=0) > 60)
    if rows.size == 0 or columns.size == 0:
        return np.zeros((1, 1), np.float32)
    tall, wide = np.ptp(rows) + 1, np.ptp(columns) + 1
    scale = min(height / tall, 1.3 * height / wide)
    shear, aspect, turn = hand
    cos, sin = np.cos(turn), np.sin(turn)
    linear = np.array([[cos, -sin], [sin, cos]]) @ np.array([[aspect, -shear], [0, 1]]) * scale
    side = int(28 * scale * 1.7 + 2 * width)
    centre = np.array([np.mean(columns[[0, -1]]), np.mean(rows[[0, -1]])])
    offset = side / 2 - linear @ centre
    matrix = np.column_stack([linear, offset])
    large = cv2.warpAffine(image.astype(np.float32), matrix, (side, side), flags=cv2.INTER_CUBIC)
    if rng is not None:
        large = elastic(large, rng, bend, _PART * height)
    large = cv2.GaussianBlur(large, (0, 0), 0.45 * scale)
    shape = (large > min(_LEVEL, 0.6 * float(large.max()))).astype(np.uint8)
    inside = cv2.distanceTransform(shape, cv2.DIST_L2, 5)
    outside = cv2.distanceTransform(1 - shape, cv2.DIST_L2, 5)
    half = float(np.percentile(inside[shape > 0], 90)) if shape.any() else 1.0
    moved = max(width / 2 - half, -0.6 * half)
    ink = np.clip(inside - outside + moved + 0.5, 0, 1).astype(np.float32)
    x, y, w, h = cv2.boundingRect((ink > 0.05).astype(np.uint8))
    return np.ascontiguousarray(ink[y : y + h, x : x + w]) if w and h else ink[:1, :1]


def _framed(
    digits: Sequence[InkMap],
    corners: Sequence[tuple[int, int]],
    labels: tuple[int, ...],
    height: float,
) -> WrittenString:
    """Each digit alone in one frame."""
    low = np.min(corners, axis=0) - 4
    high = (
        np.max(
            [(x + d.shape[1], y + d.shape[0]) for d, (x, y) in zip(digits, corners, strict=True)],
            axis=0,
        )
        + 4
    )
    parts: npt.NDArray[np.float32] = np.zeros(
        (len(digits), high[1] - low[1], high[0] - low[0]), np.float32
    )
    for part, digit, corner in zip(parts, digits, corners, strict=True):
        x, y = np.array(corner) - low
        part[y : y + digit.shape[0], x : x + digit.shape[1]] = digit
    return WrittenString(np.max(parts, axis=0), parts, labels, height)
