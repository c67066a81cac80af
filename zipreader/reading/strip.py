"""Field ink -> a strip of fixed height, for the network that reads it without cutting."""

from __future__ import annotations

import cv2
import numpy as np

from zipreader.config import SegmentConfig
from zipreader.elements import FieldInk, Strip, ZipField
from zipreader.reading.rectify import rectify

ROWS = 32
"""Height of a strip in pixels."""
DIGIT = 19
"""Height of a digit in a strip, in pixels."""
STRIDE = 2
"""Columns of a frame."""
_WIDEST = 448
"""Wider fields are squeezed to this width."""


def strip(field: ZipField, config: SegmentConfig) -> Strip:
    """The cleaned ink of a field as ``of_ink`` gives it."""
    return of_ink(rectify(field, config))


def resized(image: Strip, factor: float) -> Strip:
    """The strip with larger or smaller digits on the same middle row, still ROWS high."""
    width = max(2, round(image.shape[1] * factor))
    matrix = np.array([[factor, 0, 0], [0, factor, ROWS / 2 * (1 - factor)]])
    return cv2.warpAffine(image, matrix, (width, ROWS), flags=cv2.INTER_LINEAR)


def of_ink(source: FieldInk) -> Strip:
    """The ink at the height of the digits, (ROWS, W) uint8; digits are about DIGIT pixels tall.

    The middle row is the one above and below which there is as much ink, so
    that a rest of another line at the edge of the field hardly moves it.  The
    columns are those of the field, scaled.
    """
    scale = DIGIT / source.digit_height
    half = ROWS / 2 / scale
    rows = np.cumsum(source.ink.sum(axis=1))
    middle = int(np.searchsorted(rows, rows[-1] / 2)) if rows[-1] > 0 else len(rows) // 2
    margin = round(half) + 1
    padded = cv2.copyMakeBorder(source.ink, margin, margin, 0, 0, cv2.BORDER_CONSTANT, value=0)
    first = middle + margin - round(half)
    window = padded[first : first + 2 * round(half)]
    width = min(_WIDEST, max(2, round(source.ink.shape[1] * scale)))
    small = cv2.resize(window, (width, ROWS), interpolation=cv2.INTER_AREA)
    return np.rint(np.clip(small, 0, 1) * 255).astype(np.uint8)
