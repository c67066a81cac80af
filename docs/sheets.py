"""Sheets of white paper on which ``make_pictures`` draws and writes, with OpenCV alone."""

from __future__ import annotations

import cv2
import numpy as np

from zipreader.elements import Image
from zipreader.reading.panel import Colour

WIDTH = 960
MARGIN = 14
ROW = 34
INK: Colour = (20, 20, 20)
QUIET: Colour = (95, 95, 95)
FAINT: Colour = (222, 222, 222)
PARTS: tuple[Colour, ...] = (
    (0, 114, 178), (230, 159, 0), (0, 158, 115), (204, 121, 167), (213, 94, 0), (86, 180, 233),
)  # fmt: skip
"""Colours of neighbouring parts: those of M. Okabe and K. Ito, as in the panel."""
_LEVELS = 8
"""Levels are rounded to multiples of this, so that the noise of paper packs well."""
_WHITE = 234
"""Lighter pixels become white, for the same reason."""


def blank(height: int) -> Image:
    """White paper of the full width."""
    return np.full((height, WIDTH, 3), 255, np.uint8)


def framed(picture: Image) -> Image:
    """The picture on white paper of the full width."""
    sheet = blank(picture.shape[0] + 2 * MARGIN)
    paste(sheet, MARGIN, MARGIN, picture)
    return sheet


def beside(*pair: tuple[str, Image]) -> Image:
    """Two pictures of half the width beside each other, each below its name."""
    sheet = blank(ROW + max(picture.shape[0] for _, picture in pair) + MARGIN)
    for place, (name, picture) in enumerate(pair):
        x = MARGIN + place * (WIDTH - MARGIN) // 2
        write(sheet, x, 24, name)
        paste(sheet, x, ROW, as_bgr(picture))
    return sheet


def paste(sheet: Image, x: int, y: int, picture: Image) -> None:
    """Put a picture onto a sheet, its top left corner at x and y."""
    height, width = picture.shape[:2]
    sheet[y : y + height, x : x + width] = picture


def write(
    sheet: Image,
    x: float,
    y: float,
    text: str,
    colour: Colour = INK,
    *,
    size: float = 0.62,
    middle: bool = False,
) -> None:
    """Write at a baseline, from x on or around it."""
    if middle:
        (width, _), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, size, 1)
        x -= width / 2
    place = round(x), round(y)
    cv2.putText(sheet, text, place, cv2.FONT_HERSHEY_SIMPLEX, size, colour[::-1], 1, cv2.LINE_AA)


def bar(sheet: Image, x: int, y: int, share: float, colour: Colour) -> None:
    """A share as a bar, with its figure to the right."""
    length = 150
    cv2.rectangle(sheet, (x, y - 15), (x + length, y + 1), FAINT, cv2.FILLED)
    cv2.rectangle(sheet, (x, y - 15), (x + round(length * share), y + 1), colour[::-1], -1)
    write(sheet, x + length + 10, y, f"{100 * share:.1f}%")


def as_bgr(image: Image) -> Image:
    """BGR, a copy."""
    return cv2.cvtColor(image, cv2.COLOR_GRAY2BGR) if image.ndim == 2 else image.copy()


def fitted(picture: Image, width: int) -> Image:
    """The picture, so wide."""
    scale = width / picture.shape[1]
    size = (width, max(1, round(picture.shape[0] * scale)))
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return cv2.resize(picture, size, interpolation=interpolation)


def packed(picture: Image) -> Image:
    """The picture in fewer levels."""
    rounded = np.rint(picture / _LEVELS) * _LEVELS
    rounded[picture.min(axis=2) > _WHITE] = 255
    return np.clip(rounded, 0, 255).astype(np.uint8)
