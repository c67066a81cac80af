"""The back of an envelope: its flap and seams, and nothing but the sender on the flap."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.synth.compose import Colour, Rng
from zipreader.synth.corners import write_sender
from zipreader.synth.drawing import Drawing

_SHADOW: Colour = (60, 58, 58)
_POINTED, _CENTERED = 0.6, 0.75
"""How many flaps come to a point, and how many senders stand in the middle of theirs."""

Polyline = npt.NDArray[np.float64]
"""(N, 2) points in sheet pixels."""


def draw_back(drawing: Drawing) -> None:
    """Flap, seams and a return address; no postage and no addressee."""
    rng, dpi, canvas = drawing.rng, drawing.dpi, drawing.canvas
    sheet = np.zeros((canvas.height, canvas.width), np.uint8)
    for path in _seams(canvas.width, canvas.height, rng):
        points = np.round(path * 16).astype(np.int32)
        cv2.polylines(sheet, [points], False, 255, max(1, round(0.01 * dpi)), cv2.LINE_AA, 4)
    soft = cv2.GaussianBlur(sheet, (0, 0), 0.004 * dpi + 0.4) / np.float32(255)
    shadow = np.asarray(float(rng.uniform(0.15, 0.6)) * soft, np.float32)
    canvas.lay(shadow, 0, 0, drawing.white or _SHADOW, opaque=drawing.white is not None)
    script = write_sender(drawing, (0.55 * canvas.width, 0.3 * canvas.height))
    width, height = script.block.size
    middle = 0.5 if drawing.chance(_CENTERED) else float(rng.uniform(0.2, 0.5))
    x = max(0.1 * dpi, middle * canvas.width - width / 2)
    y = float(rng.uniform(0.1, 0.45)) * dpi
    colour = drawing.white or script.colour
    canvas.lay_block(script.block, round(x), round(y), colour, drawing.white is not None)
    drawing.room.take((x, y, x + width, y + height))


def _seams(width: int, height: int, rng: Rng) -> list[Polyline]:
    """The edge of the flap, pointed or straight, and the seams that rise from below to it."""
    fall = float(rng.uniform(0.35, 0.6)) * height
    if rng.random() < _POINTED:
        flap = [(0.0, 0.0), (width / 2, fall), (float(width), 0.0)]
    else:
        side = float(rng.uniform(0.02, 0.12)) * width
        flap = [(0.0, 0.0), (side, 0.8 * fall), (width - side, 0.8 * fall), (float(width), 0.0)]
    paths = [flap]
    if rng.random() < 0.7:
        inner = float(rng.uniform(0.35, 0.48)) * width
        paths.append([(0.0, float(height)), (inner, 0.95 * fall)])
        paths.append([(float(width), float(height)), (width - inner, 0.95 * fall)])
    return [np.array(path) for path in paths]
