"""Distortions of finished strips: another slant, size, place and strength each time."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from zipreader.elements import Strip
from zipreader.reading.strip import ROWS
from zipreader.training.elastic import elastic

_PART = 12
"""How far apart parts of a strip are displaced differently."""


@dataclass(frozen=True, slots=True)
class StripJitter:
    """Ranges of the distortion of strips while training; lengths in pixels of the strip."""

    tall: float = 0.14
    wide: float = 0.16
    shear: float = 0.3
    turn: float = 1.5
    """Degrees."""
    shift: float = 2.5
    margin: int = 10
    gain: tuple[float, float] = (0.8, 1.6)
    offset: tuple[float, float] = (-0.06, 0.12)
    bent: float = 0.5
    """How often the parts of the strip are displaced, neighbours alike."""
    bend: float = 0.8
    """Largest standard deviation of the displacement."""
    blur: float = 0.15
    clutter: float = 0.15
    """How often a rest of another line stands at the edge."""
    beside: float = 0.15
    """How often another strip goes on to the right, so that all lengths are met."""
    space: int = 12
    """Columns of paper between both, at most."""


def jittered(strip: Strip, rng: np.random.Generator, config: StripJitter) -> Strip:
    """The strip in another slant, size, place and strength."""
    tall, wide = np.exp(rng.uniform(-1, 1, 2) * (config.tall, config.wide))
    shear = rng.uniform(-config.shear, config.shear)
    turn = np.tan(np.deg2rad(rng.uniform(-config.turn, config.turn)))
    left, right = rng.integers(0, config.margin, 2) + abs(shear) * ROWS / 4
    width = round(strip.shape[1] * wide * tall + left + right)
    linear = np.array([[wide * tall, -shear], [turn, tall]])
    middle = np.array([strip.shape[1] / 2, ROWS / 2])
    place = np.array([width / 2, ROWS / 2 + rng.uniform(-config.shift, config.shift)])
    matrix = np.column_stack([linear, place - linear @ middle])
    moved = cv2.warpAffine(strip, matrix, (width, ROWS), flags=cv2.INTER_LINEAR)
    if rng.random() < config.bent:
        moved = elastic(moved, rng, rng.uniform(0, config.bend), _PART)
    if rng.random() < config.blur:
        moved = cv2.GaussianBlur(moved, (0, 0), rng.uniform(0.4, 0.9))
    gain, offset = rng.uniform(*config.gain), rng.uniform(*config.offset)
    return cv2.convertScaleAbs(np.maximum(moved, 255 * offset) - 255 * offset, alpha=gain)


def cluttered(image: Strip, other: Strip, rng: np.random.Generator) -> Strip:
    """With a few rows of another strip above or below."""
    rows, width = int(rng.integers(2, 8)), min(image.shape[1], other.shape[1])
    image = image.copy()
    if rng.random() < 0.5:
        part = image[:rows, :width]
        np.maximum(part, other[8 + rows : 8 + 2 * rows, :width], out=part)
    else:
        part = image[ROWS - rows :, :width]
        np.maximum(part, other[8 : 8 + rows, :width], out=part)
    return image


def beside(left: Strip, right: Strip, rng: np.random.Generator, config: StripJitter) -> Strip:
    """One strip after the other, the paper at their ends left out."""
    space = np.zeros((ROWS, int(rng.integers(1, config.space + 1))), np.uint8)
    return np.concatenate([_trimmed(left), space, _trimmed(right)], axis=1)


def _trimmed(image: Strip) -> Strip:
    """From the first column with ink to the last; as it is where there is none."""
    inked = np.flatnonzero(image.max(axis=0) > 64)
    return image[:, inked[0] : inked[-1] + 1] if len(inked) else image
