"""Smooth random displacement of an image.

Source: P. Simard, D. Steinkraus and J. Platt, "Best practices for convolutional neural
networks", ICDAR 2003.
"""

from __future__ import annotations

import math
from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.training.splits import Part

_BEND = 0.04
"""Largest standard deviation of a displacement, in heights of a digit."""

Level = TypeVar("Level", np.float32, np.uint8)


def elastic(
    image: npt.NDArray[Level], rng: np.random.Generator, amount: float, apart: float
) -> npt.NDArray[Level]:
    """The (H, W) image with each point displaced, neighbours alike.

    ``amount`` is the standard deviation of a displacement at the nodes of a grid whose
    spacing is ``apart``, both in pixels; zeros come in from outside.
    """
    height, width = image.shape
    rows, columns = (math.ceil(length / apart) + 2 for length in (height, width))
    moves = rng.normal(0, amount, (2, rows, columns)).astype(np.float32)
    size = round(columns * apart), round(rows * apart)
    left, top = int(rng.integers(size[0] - width)), int(rng.integers(size[1] - height))
    bend = [cv2.resize(move, size, interpolation=cv2.INTER_CUBIC) for move in moves]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    down, right = (each[top : top + height, left : left + width] for each in bend)
    bent = cv2.remap(image, x + right, y + down, cv2.INTER_LINEAR, borderValue=0)
    return bent.astype(image.dtype, copy=False)


def bend_of(part: Part) -> float:
    """How far parts of what a part sees are displaced, in heights: only where it trains."""
    return _BEND if part is Part.TRAIN else 0.0
