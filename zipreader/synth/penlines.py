"""Lines that a pen draws over or around writing: through it, about it, under it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.synth.compose import Canvas, Colour, Rng
from zipreader.synth.truth import Bounds

Points = npt.NDArray[np.float64]
"""(N, 2) float64 x, y in sheet pixels."""

_LIGHT = 128
"""A colour above covers dark paper; a darker one lets the paper show through."""
_PENS: tuple[Colour, ...] = ((120, 40, 30), (40, 30, 30), (50, 40, 170))
"""Blue, black and red ink, of those who cross an address out or ring its ZIP."""


def another_pen(colour: Colour, same: float, rng: Rng) -> Colour:
    """The ink ``colour`` by the chance ``same`` or where it is light, else that of any pen."""
    if is_light(colour) or rng.random() < same:
        return colour
    return _PENS[int(rng.integers(len(_PENS)))]


def is_light(colour: Colour) -> bool:
    """Whether an ink covers what is dark."""
    return min(colour) > _LIGHT


def bent_by_hand(corners: Points, unit: float, rng: Rng) -> Points:
    """A path through corners, bent a little from each to the next."""
    pieces = []
    for start, end in pairwise(corners):
        along = np.linspace(0, 1, 16)[:, np.newaxis]
        sway = 0.12 * unit * rng.normal() * np.sin(np.pi * along * rng.uniform(0.8, 2.2))
        across = np.array([start[1] - end[1], end[0] - start[0]]) / max(np.hypot(*(end - start)), 1)
        pieces.append(start + along * (end - start) + sway * across)
    return np.vstack(pieces)


def draw_lines(
    canvas: Canvas, lines: Sequence[Points], about: Bounds, thickness: int, colour: Colour
) -> None:
    """Lines of (N, 2) points with a pen, on the part of the canvas within ``about``."""
    left, top, right, bottom = about
    sheet = np.zeros((int(bottom - top) + 1, int(right - left) + 1), np.uint8)
    for line in lines:
        points = np.round((line - (left, top)) * 16).astype(np.int32)
        cv2.polylines(sheet, [points], False, 255, thickness, cv2.LINE_AA, 4)
    drawn = np.asarray(sheet / np.float32(255), np.float32)
    canvas.lay(drawn, left, top, colour, opaque=is_light(colour))
