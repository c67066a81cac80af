"""Dithered page -> grey page: what a scanner set to black and white made of grey paper.

Inverse halftoning by low-pass filtering: error diffusion puts its noise where the eye does
not see it, in the finest detail (R. Ulichney, "Dithering with blue noise", Proc. IEEE 1988).
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from zipreader.elements import GreyImage, Page
from zipreader.reading import imageops

_DOTTED = 0.01
"""Of the pixels of a dithered page so many stand alone; of a page in black and white hardly any."""
_SMOOTH = 1.3
"""Standard deviation of the filter, in pixels: dots are of one pixel at any resolution."""
_BLACK, _MIDDLE, _WHITE = 64, 128, 192
_GREYS = 0.35
"""The most of a page in black and white that is neither."""
_BAND, _EVERY = 8, 64
"""Rows that are looked at, of every so many."""
_CROSS = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], np.uint8)


def descreened(page: Page) -> Page:
    """The page in greys if it is dithered, else as it is."""
    grey = imageops.to_grey(page.image)
    if not is_dithered(grey):
        return page
    return replace(page, image=cv2.GaussianBlur(grey, (0, 0), _SMOOTH))


def is_dithered(grey: GreyImage) -> bool:
    """Whether (H, W) grey is black and white, with pixels of one alone in the other.

    Some pixels may be grey, as in a page that was resampled because its pixels were not square;
    paper with so much noise passes for it too.  Of an image that is lower than a band nothing
    can be told.
    """
    if min(grey.shape) < _EVERY:
        return False
    sample = _bands(grey)
    if _share_of_greys(sample) > _GREYS:
        return False
    mask = (sample >= _MIDDLE).astype(np.uint8)
    dark = (mask == 0) & (cv2.erode(mask, _CROSS, borderType=cv2.BORDER_REPLICATE) == 1)
    light = (mask == 1) & (cv2.dilate(mask, _CROSS, borderType=cv2.BORDER_REPLICATE) == 0)
    return float((dark | light).mean()) > _DOTTED


def _bands(grey: GreyImage) -> GreyImage:
    """Bands of rows, one below another; all rows of a low image."""
    height, width = grey.shape
    count = height // _EVERY
    if count < 2:
        return grey
    bands = grey[: count * _EVERY].reshape(count, _EVERY, width)[:, :_BAND]
    return np.ascontiguousarray(bands).reshape(-1, width)


def _share_of_greys(grey: GreyImage) -> float:
    return float(((grey >= _BLACK) & (grey < _WHITE)).mean())
