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

Level = TypeVar("Level", np.float32, np.uint8)


def elastic(
    image: npt.NDArray[Level], rng: np.random.Generator, amount: float, apart: float
) -> npt.NDArray[Level]:
    """The (H, W) image with each point displaced, neighbours alike.

    ``amount`` is the standard deviation of a displacement at the nodes of a grid whose
    spacing is ``apart``, both in pixels; zeros come in from outside.
    """
    height, width = image.shape
    nodes = (2, math.ceil(height / apart) + 2, math.ceil(width / apart) + 2)
    moves = rng.normal(0, amount, nodes).astype(np.float32)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    bend = [cv2.resize(move, (width, height), interpolation=cv2.INTER_CUBIC) for move in moves]
    bent = cv2.remap(image, x + bend[0], y + bend[1], cv2.INTER_LINEAR, borderValue=0)
    return bent.astype(image.dtype, copy=False)
