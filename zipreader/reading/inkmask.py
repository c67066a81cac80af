"""Grey page -> the mask of its ink."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.config import LinesConfig
from zipreader.elements import GreyImage
from zipreader.reading import imageops

_SAMPLED = 3
"""The grain is told by every third pixel of every third row."""
_GRAIN = (0.16, 0.5)
"""Shares of the paper fainter than one standard deviation below its median, and than that."""


def ink_mask(flat: GreyImage, dpi: float, config: LinesConfig) -> npt.NDArray[np.uint8]:
    """(H, W) 1 where there is ink on white paper: above the noise, not faint beside other ink.

    Args:
        flat: (H, W) dark ink on white paper.
        dpi: its resolution.
        config: how faint ink may be.
    """
    taken = cv2.bitwise_not(flat)
    floor = _above_grain(taken, dpi, config)
    reach = max(3, round(config.neighbourhood * dpi) | 1)
    peak = cv2.dilate(taken, np.ones((reach, reach), np.uint8))
    peak = cv2.blur(peak, (reach, reach))
    levels = cv2.max(cv2.convertScaleAbs(peak, alpha=config.share_of_peak), floor)
    return cv2.compare(taken, levels, cv2.CMP_GT) & 1


def _above_grain(taken: GreyImage, dpi: float, config: LinesConfig) -> GreyImage:
    """(H, W) the contrast that the grain of the paper hardly reaches.

    Half of the paper is fainter than its median, and of that half no ink is a part:
    its spread is the grain's.  It is told place by place, for a label on a dark envelope
    has less grain than the envelope, but nowhere above what the whole page tells.
    """
    sample = taken[::_SAMPLED, ::_SAMPLED]
    low, middle = (imageops.quantile(sample, share) for share in _GRAIN)
    usual = middle + config.grain * (middle - low)
    side = max(4, round(config.grain_patch * dpi / _SAMPLED))
    rows, columns = (-(-length // side) for length in sample.shape)
    below, beside = rows * side - sample.shape[0], columns * side - sample.shape[1]
    filled = cv2.copyMakeBorder(sample, 0, below, 0, beside, cv2.BORDER_REFLECT)
    patches = filled.reshape(rows, side, columns, side).swapaxes(1, 2).reshape(rows, columns, -1)
    places = [round(share * (side * side - 1)) for share in _GRAIN]
    ordered = np.partition(patches, places, axis=2)[:, :, places].astype(np.float32)
    local = ordered[:, :, 1] + config.grain * (ordered[:, :, 1] - ordered[:, :, 0])
    floors = np.clip(local, config.least_contrast, max(config.least_contrast, min(usual, 255)))
    whole = (columns * side * _SAMPLED, rows * side * _SAMPLED)
    spread = cv2.resize(floors.astype(np.uint8), whole, interpolation=cv2.INTER_LINEAR)
    return spread[: taken.shape[0], : taken.shape[1]]
