"""Erase ruled lines and the boxes of forms from the ink of a field."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.config import SegmentConfig
from zipreader.elements import InkMap, Points
from zipreader.reading import imageops

Pixels = npt.NDArray[np.uint8]
"""(H, W) uint8, 1 ink, 0 paper."""
_FRAME_REACH = 0.1
"""A frame lies so near, in digit heights, to where it is known to lie."""


def without_rules(ink: InkMap, config: SegmentConfig) -> InkMap:
    """Erase long thin straight runs; where a stroke crosses one the stroke stays.

    Horizontal rules may slope a little.  Two of them, one above the other, make
    a frame: what runs straight from one to the other is its side or a partition.

    Args:
        ink: (H, W) float32 in 0..1.
        config: ``digit_height`` and the ``rule_*`` and ``frame_*`` lengths apply.
    """
    height = config.digit_height
    mask: Pixels = (ink >= 0.5).astype(np.uint8)
    thick = max(2, round(config.rule_thickness * imageops.stroke_width(mask > 0)))
    slope, rules = _rules(mask, round(config.rule_length * height), config.rule_slopes)
    side = round(config.frame_length * height)
    reach = _frame_height(rules)
    if config.frame_heights[0] * height <= reach <= config.frame_heights[1] * height:
        side = min(side, round(config.frame_share * reach))
    upright = _shear(mask, -slope, along=False)
    sides = _shear(_runs(upright, side, along=False), slope, along=False)
    erased = _erased(ink, mask, rules, thick, along=True)
    return _erased(erased, mask, sides, thick, along=False)


def without_frames(ink: InkMap, frames: Sequence[Points], config: SegmentConfig) -> InkMap:
    """Erase the sides of frames whose corners are known; where a stroke crosses one it stays.

    Args:
        ink: (H, W) float32 in 0..1.
        frames: the corners of each, (4, 2) x, y, clockwise from its top left.
        config: ``digit_height`` and ``rule_thickness`` apply.
    """
    mask: Pixels = (ink >= 0.5).astype(np.uint8)
    thick = max(2, round(config.rule_thickness * imageops.stroke_width(mask > 0)))
    reach = max(2, round(_FRAME_REACH * config.digit_height))
    along, across, corners = (np.zeros_like(mask) for _ in range(3))
    for frame in frames:
        places = [tuple(point) for point in np.rint(frame).astype(int).tolist()]
        for number, place in enumerate(places):
            side = across if number % 2 else along
            cv2.line(side, place, places[(number + 1) % 4], 1, 2 * reach + 1)
            cv2.circle(corners, place, reach, 1, cv2.FILLED)
    ink = _erased(ink, mask, along, thick, along=True)
    ink = _erased(ink, mask, across, thick, along=False)
    return np.where(corners > 0, np.float32(0), ink)


def _rules(mask: Pixels, length: int, slopes: tuple[float, ...]) -> tuple[float, Pixels]:
    """The slope at which most ink lies in long runs, and these runs."""
    if not _may_be_ruled(mask, length, max(map(abs, slopes))):
        return 0.0, np.zeros_like(mask)
    found = [
        (slope, _runs(_shear(mask, slope, along=True), length, along=True)) for slope in slopes
    ]
    slope, runs = max(found, key=lambda item: int(item[1].sum()))
    return slope, _shear(runs, -slope, along=True)


def _may_be_ruled(mask: Pixels, length: int, steepest: float) -> bool:
    """Whether there may be a long run at any slope: at once, and most fields have none."""
    if length > mask.shape[1]:
        return False
    reach = math.ceil(steepest * length / 2) + 2
    thick = cv2.dilate(mask, np.ones((2 * reach + 1, 1), np.uint8))
    return bool(cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, length), np.uint8)).any())


def _runs(mask: Pixels, length: int, *, along: bool) -> Pixels:
    """Straight runs of at least ``length`` pixels, a little crooked or broken ones too."""
    if length > mask.shape[1 if along else 0]:
        return np.zeros_like(mask)
    across = np.ones((3, 1) if along else (1, 3), np.uint8)
    line = np.ones((1, length) if along else (length, 1), np.uint8)
    return cv2.morphologyEx(cv2.dilate(mask, across), cv2.MORPH_OPEN, line)


def _shear(mask: Pixels, slope: float, *, along: bool) -> Pixels:
    """Move columns up (rows left) so that lines of this slope become straight."""
    if slope == 0:
        return mask
    height, width = mask.shape
    matrix = (
        np.array([[1, 0, 0], [-slope, 1, slope * width / 2]])
        if along
        else np.array([[1, -slope, slope * height / 2], [0, 1, 0]])
    )
    return cv2.warpAffine(mask, matrix, (width, height), flags=cv2.INTER_NEAREST)


def _frame_height(rules: Pixels) -> float:
    """Distance of the topmost and the lowest rule, 0 where there are fewer than two."""
    rows = np.flatnonzero(rules.sum(axis=1))
    if rows.size == 0:
        return 0.0
    count, _, _, centres = cv2.connectedComponentsWithStats(rules, connectivity=8)
    levels = centres[1:, 1]
    return float(levels.max() - levels.min()) if count > 2 else 0.0


def _erased(ink: InkMap, mask: Pixels, runs: Pixels, thick: int, *, along: bool) -> InkMap:
    """Erase the runs except where ink thicker than a rule crosses them."""
    if not runs.any():
        return ink
    line = np.ones((thick + 1, 1) if along else (1, thick + 1), np.uint8)
    crossing = cv2.morphologyEx(mask, cv2.MORPH_OPEN, line)
    rule = cv2.dilate(runs & mask & ~crossing, np.ones((3, 3), np.uint8)) & ~crossing
    return np.where(rule > 0, np.float32(0), ink)
