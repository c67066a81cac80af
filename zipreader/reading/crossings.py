"""Ink of an address -> whether somebody crossed the address out.

Mail that comes back, or goes on to another place, has its address crossed out: from corner to
corner, to and fro, or line by line.  Its ZIP may be legible all the same, and is not the one
to read.  What crosses an address out is ink that runs on straight for longer than any stroke of
a letter: aslant from one text line to another, or level through the gaps between letters.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.config import LinesConfig
from zipreader.elements import AddressBlock, Box, GreyImage, TextLine
from zipreader.reading import imageops
from zipreader.reading.inkmask import ink_mask

Mask = npt.NDArray[np.uint8]
"""(H, W) uint8, 1 where there is ink."""

_LETTER_PIXELS = 20
"""Crossings are looked for where letters are so tall at the most."""
_ROOM = 0.5
"""An address is crossed out within so much of it, in letters."""
_SLOPES = tuple(np.radians([*np.geomspace(6, 24, 13), *np.arange(27, 82, 3)]))
"""Of what crosses from line to line, either way; a level one belongs to a single line.  The
flatter, the longer, and the nearer must a slope be to that of the ink."""
_ASLANT = math.radians(5)
"""They lie so far from the slope of the lines, and from what is upright to it: so does no edge of a
label that was put on askew."""
_LONG, _TRAVEL = 4.0, 1.6
"""What crosses lines is longer than the first, and rises or falls by the second, in letters."""
_DARK = 0.6
"""It is so dark at the least, in the contrast of most ink."""
_WHOLE = 0.97
"""Such a share of a crossing is ink."""
_STRUCK = 3.0
"""A text line that is struck out is so long at the least, in letters."""
_MIDDLE = 0.25
"""A line that strikes writing out runs so near its middle, in letters; one that it is written on
or underlined with does not."""
_TILTS = np.linspace(-0.06, 0.06, 7)
"""dy/dx of such a line, from that of the writing."""
_THICK, _SWAY = 0.2, 0.05
"""It is no thicker than the first, and strays by the second, in letters."""
_GAPS = 0.08
"""Beside it such a share of the columns is blank, as between words and between letters."""


def is_crossed_out(block: AddressBlock, digit: float, config: LinesConfig) -> bool:
    """Whether lines drawn over an address say that it no longer holds.

    Args:
        block: The address.
        digit: The height of the digits of its ZIP, in upright pixels.
        config: How faint ink may be.
    """
    page = block.page
    letter = max(digit, *(line.text_height for line in block.lines))
    around = block.box.grown(_ROOM * letter, _ROOM * letter).clipped(*page.size)
    scale = min(page.scale, _LETTER_PIXELS / letter)
    x0, y0, x1, y1 = (
        round(page.scale * length) for length in (around.x0, around.y0, around.x1, around.y1)
    )
    grey = imageops.shrink(page.grey[y0:y1, x0:x1], scale / page.scale)
    mask = _as_dark_as_most(grey, ink_mask(grey, page.dpi * scale, config))
    tilt = math.atan(imageops.median(np.array([line.slope for line in block.lines])))
    if _crosses_lines(mask, scale * letter, tilt):
        return True
    struck = [_is_struck(mask, line, around, scale) for line in block.lines]
    return sum(struck) >= max(2.0, len(struck) / 2)


def _as_dark_as_most(grey: GreyImage, mask: Mask) -> Mask:
    """The ink without what is far paler than the writing, as creases and the rims of stains are."""
    inked = mask > 0
    if not inked.any():
        return mask
    palest = 255 - _DARK * (255 - imageops.median(grey[inked]))
    return (inked & (grey <= palest)).astype(np.uint8)


def _crosses_lines(mask: Mask, letter: float, tilt: float) -> bool:
    """Whether ink runs on straight from one text line to another; these have a tilt, in radians."""
    for slope in (*_SLOPES, *(-slope for slope in _SLOPES)):
        if not _ASLANT <= abs(slope - tilt) <= math.pi / 2 - _ASLANT:
            continue
        length = round(max(_LONG, _TRAVEL / abs(math.sin(slope))) * letter)
        turned = _turned(mask, slope)
        if length > turned.shape[1]:
            continue
        share = cv2.blur(turned * np.uint8(255), (length, 1), borderType=cv2.BORDER_CONSTANT)
        if share.max() >= 255 * _WHOLE:
            return True
    return False


def _turned(mask: Mask, slope: float) -> Mask:
    """The mask turned so that what has a slope, in radians, becomes level."""
    height, width = mask.shape
    cos, sin = math.cos(slope), math.sin(slope)
    size = round(width * cos + height * abs(sin)), round(width * abs(sin) + height * cos)
    matrix = np.array([[cos, sin, 0.0], [-sin, cos, 0.0]])
    matrix[:, 2] = np.array(size) / 2 - matrix[:, :2] @ (width / 2, height / 2)
    return np.asarray(cv2.warpAffine(mask, matrix, size, flags=cv2.INTER_NEAREST), np.uint8)


def _is_struck(mask: Mask, line: TextLine, around: Box, scale: float) -> bool:
    """Whether a line runs through the middle of a text line, and through its gaps."""
    letter = scale * line.text_height
    x0, y0, x1, y1 = (
        round(scale * length)
        for length in (
            line.box.x0 - around.x0,
            line.box.y0 - around.y0,
            line.box.x1 - around.x0,
            line.box.y1 - around.y0,
        )
    )
    part = mask[max(0, y0) : y1, max(0, x0) : x1]
    height, width = part.shape
    if not part.size or width < _STRUCK * letter:
        return False
    columns = np.arange(width)
    levels = height / 2 + np.arange(-_MIDDLE * letter, _MIDDLE * letter)
    slopes = (line.slope + _TILTS)[:, np.newaxis]
    rows = levels[:, np.newaxis, np.newaxis] + slopes * (columns - width / 2)
    rows = np.clip(np.rint(rows).astype(np.intp), 0, height - 1).reshape(-1, width)
    grown = cv2.dilate(part, np.ones((imageops.odd(2 * _SWAY * letter), 1), np.uint8))
    shares = grown[rows, columns].mean(axis=1)
    best = np.flatnonzero(shares == shares.max())
    path = rows[best[len(best) // 2]]
    beside = np.abs(np.arange(height)[:, np.newaxis] - path) > _THICK * letter
    blank = 1.0 - float((part.astype(bool) & beside).any(axis=0).mean())
    return float(shares.max()) >= _WHOLE and blank >= _GAPS
