"""Pens: a line of ink drawn along a shape's centre, with the marks of the tool that drew it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.synth.compose import Alpha, Colour, Rng, cloud

_OVERSAMPLING = 2


@dataclass(frozen=True, slots=True)
class Pen:
    """``radius`` of the line in inches; ``flow`` 0..1 how fully it inks, ``pressure`` how unevenly.

    ``grit`` says how much the grain of the paper shows, as under a pencil.
    """

    tool: str
    radius: float
    colour: Colour
    flow: float
    pressure: float
    grit: float


def choose_pen(rng: Rng, faint: bool = False) -> Pen:
    """A pen as people have at hand: mostly ballpoint or gel, blue or black."""
    tool = str(rng.choice(["ballpoint", "gel", "felt", "pencil"], p=[0.5, 0.27, 0.17, 0.06]))
    colour = _pencil_grey(rng) if tool == "pencil" else _ink_colour(rng)
    radius = {
        "ballpoint": rng.uniform(0.0065, 0.010),
        "gel": rng.uniform(0.008, 0.0125),
        "felt": rng.uniform(0.012, 0.020),
        "pencil": rng.uniform(0.008, 0.0125),
    }[tool]
    flow = {"ballpoint": 0.9, "gel": 0.97, "felt": 0.96, "pencil": 0.78}[tool]
    pressure = {"ballpoint": 0.16, "gel": 0.06, "felt": 0.08, "pencil": 0.15}[tool]
    grit = {"ballpoint": 0.12, "gel": 0.03, "felt": 0.04, "pencil": 0.35}[tool]
    if faint:
        flow *= rng.uniform(0.6, 0.8)
    return Pen(tool, float(radius), colour, float(flow), pressure, grit)


def _ink_colour(rng: Rng) -> Colour:
    inks: list[Colour] = [(130, 40, 25), (150, 60, 30), (45, 40, 40), (25, 22, 22), (60, 30, 20)]
    rare: list[Colour] = [(40, 35, 170), (60, 105, 20), (120, 30, 95)]
    pool = rare if rng.random() < 0.07 else inks
    base = pool[int(rng.integers(len(pool)))]
    shift = rng.integers(-12, 13, 3)
    b, g, r = (int(np.clip(c + s, 5, 200)) for c, s in zip(base, shift, strict=True))
    return b, g, r


def _pencil_grey(rng: Rng) -> Colour:
    level = int(rng.integers(60, 95))
    return level, level, level


def thin(mask: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The one-pixel centre line of a 0/1 mask (Zhang and Suen 1984)."""
    from skimage.morphology import skeletonize  # slow to import

    return np.asarray(skeletonize(mask > 0), np.uint8)  # type: ignore[no-untyped-call]


def redraw(shape: Alpha, radius: float, pen: Pen, rng: Rng) -> Alpha:
    """Draw ``shape`` again with a line of ``radius`` pixels along its centre.

    The local width keeps part of the shape's own variation, so that fast
    and slow strokes stay visible.
    """
    mask = (shape > 0.5).astype(np.uint8)
    mask = cv2.copyMakeBorder(mask, 3, 3, 3, 3, cv2.BORDER_CONSTANT, value=0)
    centre = thin(mask)
    inside = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
    if not centre.any():
        return np.zeros_like(shape)
    middle = float(np.median(inside[centre > 0]))
    to_centre = cv2.distanceTransform(1 - centre, cv2.DIST_L2, 5)
    local = np.sqrt(np.clip((inside + to_centre) / max(middle, 0.5), 0.5, 1.7))
    uneven = 1 + pen.pressure * cloud(rng, mask.shape, 8 * radius)
    alpha = np.clip(radius * local * uneven - to_centre + 0.5, 0, 1)
    alpha = cv2.GaussianBlur(alpha.astype(np.float32), (0, 0), 0.5 + 0.08 * radius)
    return np.asarray(alpha[3:-3, 3:-3], np.float32)


def draw_path(
    strokes: list[npt.NDArray[np.float32]], size: tuple[int, int], radius: float, pen: Pen, rng: Rng
) -> Alpha:
    """Draw polylines, (N, 2) pixel points, on a sheet of ``size`` (height, width)."""
    centre = np.zeros(size, np.uint8)
    for stroke in strokes:
        points = np.round(stroke).astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(centre, [points], False, 1)
    if not centre.any():
        return np.zeros(size, np.float32)
    distance = cv2.distanceTransform(1 - centre, cv2.DIST_L2, 5)
    uneven = 1 + pen.pressure * cloud(rng, size, 8 * radius)
    alpha = np.clip(radius * uneven - distance + 0.5, 0, 1).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(alpha, (0, 0), 0.5), np.float32)


def ink(alpha: Alpha, pen: Pen, rng: Rng) -> Alpha:
    """Give a drawn line the flow and grit of its pen."""
    flow = pen.flow * (1 + 0.5 * pen.pressure * cloud(rng, alpha.shape, 25))
    roughness = pen.grit * cloud(rng, alpha.shape, 1.6)
    return np.asarray(alpha * np.clip(flow - np.abs(roughness), 0.08, 1), np.float32)


def halve(alpha: Alpha) -> Alpha:
    """From the working resolution of shapes to the sheet's own."""
    height, width = alpha.shape
    size = (max(1, round(width / _OVERSAMPLING)), max(1, round(height / _OVERSAMPLING)))
    return np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA), np.float32)
