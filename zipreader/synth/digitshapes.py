"""The shapes of handwritten digits: scanned ones enlarged, strokes drawn, and how they stand."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.synth import pens
from zipreader.synth.compose import Alpha, Rng, Strip
from zipreader.synth.sources import Stroke

_MNIST_LEVEL = 105
"""Grey at which the edge of an MNIST stroke is taken."""


def enlarged(image: npt.NDArray[np.uint8], height: float, slant: float, rng: Rng) -> Alpha:
    """A 28x28 digit as a smooth shape ``height`` pixels tall with about the hand's slant."""
    ys, xs = np.nonzero(image > 60)
    weights = image[ys, xs].astype(np.float64)
    cx, cy = np.average(xs, weights=weights), np.average(ys, weights=weights)
    own = -float(np.sum(weights * (xs - cx) * (ys - cy)) / np.sum(weights * (ys - cy) ** 2))
    wanted = 0.4 * np.clip(own, -0.5, 0.7) + 0.6 * slant
    shear = float(np.clip(own - wanted, -0.6, 0.6))
    rows, columns = np.ptp(ys) + 1, np.ptp(xs) + 1
    scale = min(height / rows, 1.15 * height / columns)
    sx = scale * rng.uniform(0.9, 1.1)
    side = int(28 * scale * 1.5)
    turn = np.deg2rad(rng.normal(0, 2.5))
    shape = np.array([[sx, sx * shear], [0, scale]])
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    linear = rotation @ shape
    offset = np.array([side / 2, side / 2]) - linear @ np.array([cx, cy])
    matrix = np.column_stack([linear, offset])
    large = cv2.warpAffine(image.astype(np.float32), matrix, (side, side), flags=cv2.INTER_CUBIC)
    large = cv2.GaussianBlur(large, (0, 0), 0.45 * scale)
    level = min(_MNIST_LEVEL, 0.6 * float(large.max()))
    return np.asarray((large > level).astype(np.float32))


def drawn(
    strokes: tuple[Stroke, ...], height: float, radius: float, pen: pens.Pen, rng: Rng
) -> Alpha:
    """The strokes of a digit ``height`` pixels tall, by a pen with half a line of ``radius``."""
    points = np.concatenate(strokes)
    low = points.min(axis=0)
    width, tall = np.maximum(points.max(axis=0) - low, 1)
    scale = min(height / tall, 1.2 * height / width)
    margin = 4 * radius + 3
    turn = rng.normal(0, 0.03)
    lean = rng.normal(0, 0.04)
    placed = []
    for stroke in strokes:
        xy = (stroke - low) * scale
        x = xy[:, 0] + lean * (height - xy[:, 1])
        y = xy[:, 1] + turn * xy[:, 0]
        placed.append(np.column_stack([x, y]).astype(np.float32))
    low = np.concatenate(placed).min(axis=0)
    high = np.concatenate(placed).max(axis=0)
    size = (int(high[1] - low[1] + 2 * margin) + 1, int(high[0] - low[0] + 2 * margin) + 1)
    return pens.draw_path([p - low + margin for p in placed], size, 2 * radius, pen, rng)


def advance(left: Strip, right: Strip, gap: float, dy: float) -> float:
    """How far to the right of ``left`` its neighbour starts, so that their ink is ``gap`` apart.

    Boxes may overlap by a fifth of the narrower digit; touching ink may overlap more.
    """
    shift = round(dy) - right.baseline + left.baseline
    top = min(0, shift)
    bottom = max(left.alpha.shape[0], shift + right.alpha.shape[0])
    edge = np.full(bottom - top, -1e6)
    start = np.full(bottom - top, 1e6)
    ink = left.alpha > 0.4
    reach = np.where(ink.any(axis=1), left.width - ink[:, ::-1].argmax(axis=1), -1e6)
    edge[-top : -top + len(reach)] = reach
    ink = right.alpha > 0.4
    onset = np.where(ink.any(axis=1), ink.argmax(axis=1), 1e6)
    start[shift - top : shift - top + len(onset)] = onset
    if gap > 0:
        # Neighbouring rows count too, so that the distance is one of the ink and not of rows.
        reach_rows = max(1, round(gap))
        edge = cv2.dilate(edge.reshape(-1, 1), np.ones((2 * reach_rows + 1, 1))).ravel()
    advance = gap - float((start - edge).min())
    if gap <= 0:
        return max(advance, 0.5 * left.width)
    return max(advance, left.width - 0.2 * min(left.width, right.width) + 0.3 * gap)
