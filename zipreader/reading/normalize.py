"""Glyph -> 28x28 tile in MNIST format: the one normalization of the project.

Reading and training share it; whoever changes it retrains and recalibrates.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.elements import InkMap

TILE = 28
BOX = 20
_FAINTEST_PEAK = 0.1
_PAPER = 0.02
_ONES, _COUNTED = np.ones(BOX, np.float32), np.arange(BOX, dtype=np.float32)


def normalize(ink: InkMap) -> npt.NDArray[np.uint8]:
    """Scale a glyph into a 20x20 box and centre its mass in 28x28, as MNIST does.

    The aspect ratio and the grey levels of the strokes are kept; the darkest
    ink becomes 255, so that a faint pen looks like a firm one.

    Args:
        ink: (H, W) float32, 0 paper to 1 ink, with any margin.

    Returns:
        (28, 28) uint8, 0 paper, 255 ink; all zero where there is no ink.

    Source: Y. LeCun, C. Cortes, C. Burges, the MNIST database (size
    normalization to 20x20 with anti-aliasing, centre of mass at the centre).
    """
    tile = np.zeros((TILE, TILE), np.uint8)
    x, y, width, height = cv2.boundingRect((ink > _PAPER).view(np.uint8))
    if width == 0:
        return tile
    glyph = ink[y : y + height, x : x + width]
    small = _fit(glyph)
    peak = float(small.max())
    if peak < _FAINTEST_PEAK:
        return tile
    y, x = _corner(small)
    height, width = small.shape
    tile[y : y + height, x : x + width] = cv2.convertScaleAbs(small, alpha=255 / peak)
    return tile


def _fit(glyph: InkMap) -> InkMap:
    """Scale the longer side to 20 pixels."""
    height, width = glyph.shape
    scale = BOX / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    if size == (width, height):
        return glyph
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return cv2.resize(glyph, size, interpolation=interpolation)


def _corner(small: InkMap) -> tuple[int, int]:
    """Row and column of the top left corner that bring the mass to the centre."""
    height, width = small.shape
    mass_of_rows, mass_of_columns = small @ _ONES[:width], _ONES[:height] @ small
    mass = float(mass_of_rows @ _ONES[:height])
    y_mass = float(mass_of_rows @ _COUNTED[:height]) / mass + 0.5
    x_mass = float(mass_of_columns @ _COUNTED[:width]) / mass + 0.5
    y = min(max(round(TILE / 2 - y_mass), 0), TILE - height)
    x = min(max(round(TILE / 2 - x_mass), 0), TILE - width)
    return y, x
