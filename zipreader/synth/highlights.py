"""What people draw around a ZIP to make it seen: a ring, a box, a line or two under it."""

from __future__ import annotations

import numpy as np

from zipreader.synth.compose import Canvas, Colour, Rng
from zipreader.synth.penlines import Points, another_pen, bent_by_hand, draw_lines
from zipreader.synth.truth import Bounds

_STYLES, _SHARES = ("ring", "loop", "box", "underline"), (0.4, 0.2, 0.2, 0.2)
_ROUND = {"ring": 2.0, "loop": 2.6}
"""The exponent of the superellipse that a ring follows."""
_STEPS = 200
_WITHIN = 0.85
"""How far out the corners of the field may reach in a ring."""


def highlight(canvas: Canvas, field: Bounds, colour: Colour, rng: Rng) -> None:
    """Draw around or under a ZIP ``field`` without touching it, in its own ink or another."""
    x0, y0, x1, y1 = field
    height = y1 - y0
    centre = np.array([(x0 + x1) / 2, (y0 + y1) / 2])
    inner = np.array([(x1 - x0) / 2, height / 2])
    half = inner + height * rng.uniform((0.3, 0.2), (0.8, 0.7))
    style = str(rng.choice(_STYLES, p=_SHARES))
    if style == "underline":
        lines = _underlines(field, rng)
    elif style == "box":
        lines = [_box(centre, half, height, rng)]
    else:
        lines = [_ring(centre, inner, half, _ROUND[style], rng)]
    about = (x0 - 3 * height, y0 - 3 * height, x1 + 3 * height, y1 + 3 * height)
    thickness = max(2, round(height * rng.uniform(0.05, 0.13)))
    draw_lines(canvas, lines, about, thickness, another_pen(colour, 0.4, rng))


def _ring(centre: Points, inner: Points, half: Points, exponent: float, rng: Rng) -> Points:
    """A superellipse that wavers, drifts and closes a little late; ``inner`` stays within."""
    begin = rng.uniform(0, 2 * np.pi)
    angles = begin + np.linspace(0, 2 * np.pi * rng.choice([1.0, 1.04, 1.15]), _STEPS)
    unit = np.column_stack([np.cos(angles), np.sin(angles)])
    half = half * max(1.0, float(((inner / half) ** exponent).sum() ** (1 / exponent)) / _WITHIN)
    outline = np.sign(unit) * np.abs(unit) ** (2 / exponent)
    waver = 0.04 * rng.random() * (1 + np.sin(2 * angles + rng.uniform(0, 6)))
    drift = np.linspace(0, rng.uniform(0, 0.1), _STEPS)
    return np.asarray(centre + outline * half * (1 + waver + drift)[:, np.newaxis])


def _box(centre: Points, half: Points, height: float, rng: Rng) -> Points:
    """Four sides in one stroke, its end near its beginning."""
    corners = centre + (half + 0.1 * height) * np.array(
        [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]
    )
    corners += rng.normal(0, 0.04 * height, corners.shape)
    return bent_by_hand(corners, 0.5 * height, rng)


def _underlines(field: Bounds, rng: Rng) -> list[Points]:
    """One line under the field, or two."""
    x0, _, x1, y1 = field
    height = y1 - field[1]
    lines = []
    for number in range(1 if rng.random() < 0.7 else 2):
        level = y1 + height * (rng.uniform(0.2, 0.4) + 0.3 * number)
        ends = np.array([(x0 - height * rng.uniform(0, 0.4), level)] * 2)
        ends[1, 0] = x1 + height * rng.uniform(0, 0.4)
        ends[:, 1] += height * rng.normal(0, 0.05, 2)
        lines.append(bent_by_hand(ends, 0.3 * height, rng))
    return lines
