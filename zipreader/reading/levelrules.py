"""Ink mask of a page -> without ruled lines, which would make one part of a line of writing."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.config import LinesConfig
from zipreader.elements import Box, Mask


def without_level_rules(
    mask: npt.NDArray[np.uint8], dpi: float, config: LinesConfig
) -> npt.NDArray[np.uint8]:
    """Without long level rules, but for the strokes that cross them.

    A rule that touches a line of writing makes one part of the whole line.  Boxes
    stay: a field that holds the whole box is freed of it better.
    """
    run = round(config.rule_run * dpi)
    thickened = cv2.dilate(mask, np.ones((3, 1), np.uint8))
    runs = cv2.morphologyEx(thickened, cv2.MORPH_OPEN, np.ones((1, run), np.uint8))
    joined = cv2.dilate(runs, np.ones((3, run), np.uint8))
    contours, _ = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    rules = [rule for contour in contours if (rule := _rule(contour, runs, run, dpi, config))]
    if not rules:
        return mask
    side = np.ones((round(config.side * dpi), 1), np.uint8)
    sides = cv2.morphologyEx(mask, cv2.MORPH_OPEN, side)
    crossing = np.ones((round(config.crossing * dpi), 1), np.uint8)
    kept = mask.copy()
    for box, inside in rules:
        if not _is_boxed(box, sides, run):
            rows, columns = slice(box.y0, box.y1), slice(box.x0, box.x1)
            strokes = cv2.morphologyEx(mask[:, columns], cv2.MORPH_OPEN, crossing)[rows]
            np.copyto(kept[rows, columns], strokes, where=inside)
    return kept


def _rule(
    contour: npt.NDArray[np.int32],
    runs: npt.NDArray[np.uint8],
    dilated: int,
    dpi: float,
    config: LinesConfig,
) -> tuple[Box, Mask] | None:
    """The box of long runs if they are a rule, and which of its pixels they cover."""
    x, y, width, height = cv2.boundingRect(contour)
    if width - dilated < config.rule[0] * dpi:
        return None
    filled = np.zeros((height, width), np.uint8)
    cv2.drawContours(filled, [contour], -1, 1, cv2.FILLED, offset=(-x, -y))
    covered = filled & runs[y : y + height, x : x + width]
    if int(covered.sum()) > (config.rule[1] * dpi + 2) * (width - dilated):
        return None
    return Box(x, y, x + width, y + height), covered > 0


def _is_boxed(rule: Box, sides: npt.NDArray[np.uint8], dilated: int) -> bool:
    """Whether something upright stands at both ends of a rule, as the sides of a box do."""
    rows = slice(max(0, rule.y0 - 2), rule.y1 + 2)
    ends = rule.x0 + dilated // 2, rule.x1 - dilated // 2
    return all(sides[rows, max(0, end - 4) : end + 4].any() for end in ends)
