"""Pen strokes, drawn with any pen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.elements import InkMap

Points = npt.NDArray[np.float64]
"""(N, 2) x to the right, y down."""

_DRAWN = 112
"""Height in pixels at which strokes are drawn before they are brought to size."""
_SUBPIXEL = 4
_LYING = 1.25
"""An item that was taller than wide and is now wider than this lies down."""
_BAR = 0.14
"""Relative width of what is but a straight line, written by hand."""
_RUN = 6
"""Points that are drawn with one pen width."""


@dataclass(frozen=True, slots=True)
class PenConfig:
    """Ranges from which a hand and a pen are drawn; lengths in heights of the item."""

    height: tuple[float, float] = (24.0, 110.0)
    """Height of the item in pixels."""
    width: tuple[float, float] = (0.04, 0.21)
    pressure: float = 0.3
    """Largest relative change of the pen width along a stroke."""
    shear: float = 0.35
    aspect: tuple[float, float] = (0.72, 1.38)
    rotation: float = 12.0
    """Degrees to each side."""
    wobble: float = 0.035
    """Amplitude of a smooth distortion."""

    def as_written(self) -> PenConfig:
        """Any pen, but the hand as it is."""
        return replace(self, shear=0.0, aspect=(1.0, 1.0), rotation=0.0, wobble=0.0)


def draw(strokes: Sequence[Points], rng: np.random.Generator, config: PenConfig) -> InkMap:
    """Draw one item with a random pen.

    Returns:
        (H, W) float32 coverage in 0..1 with a small margin; the item is as
        tall (or, where it is flat, as wide) as a height drawn from
        ``config.height``.
    """
    scale, bend = hand(rng, config)
    placed = slanted(strokes, scale)
    placed = [bend(stroke / extent(placed)) for stroke in placed]
    return ink_strokes(placed, rng.uniform(*config.height), pen(rng, config), rng, config)


def hand(rng: np.random.Generator, config: PenConfig) -> tuple[npt.NDArray[np.float64], _Bend]:
    """A random slant, aspect and turn (2, 2), and a smooth distortion."""
    turn = np.deg2rad(rng.uniform(-config.rotation, config.rotation))
    aspect = float(np.exp(rng.uniform(*np.log(config.aspect))))
    shear = rng.uniform(-config.shear, config.shear)
    cos, sin = np.cos(turn), np.sin(turn)
    matrix = np.array([[cos, -sin], [sin, cos]]) @ np.array([[aspect, -shear], [0.0, 1.0]])
    return matrix, _Bend.random(rng, config.wobble)


def slanted(strokes: Sequence[Points], matrix: npt.NDArray[np.float64]) -> list[Points]:
    """The strokes in another slant and aspect, unless that lays an upright item down."""
    placed = [stroke @ matrix.T for stroke in strokes]
    before, after = (np.ptp(np.concatenate(list(s)), axis=0) for s in (strokes, placed))
    lies_down = before[0] < before[1] and after[0] > _LYING * after[1]
    return list(strokes) if lies_down else placed


def is_bar(strokes: Sequence[Points], lying: bool) -> bool:
    """Whether an item is but a straight line, and lies (or stands, at 30 degrees or more)."""
    points = np.concatenate(strokes)
    points = points - points.mean(axis=0)
    axis = np.linalg.svd(points, full_matrices=False)[2][0]
    along, across = np.ptp(points @ axis), np.ptp(points @ np.array([-axis[1], axis[0]]))
    lies = abs(axis[1]) < 0.5
    return bool(across < _BAR * along and lies == lying)


def pen(rng: np.random.Generator, config: PenConfig) -> float:
    """A random pen width, thin pens as likely as thick ones."""
    return float(np.exp(rng.uniform(*np.log(config.width))))


def extent(strokes: Sequence[Points]) -> float:
    """The longer side of the box around all strokes, never 0."""
    points = np.concatenate(strokes)
    return max(float(np.ptp(points, axis=0).max()), 1e-6)


def ink_strokes(
    strokes: Sequence[Points],
    height: float,
    width: float,
    rng: np.random.Generator,
    config: PenConfig,
) -> InkMap:
    """Draw strokes given in units of the height, ``width`` in the same unit.

    Returns:
        (H, W) float32 coverage; one unit is ``height`` pixels.
    """
    low, high = (f(np.concatenate(strokes), axis=0) for f in (np.min, np.max))
    margin = width * (1 + config.pressure) + 2 / _DRAWN
    columns, rows = np.ceil((high - low + 2 * margin) * _DRAWN).astype(int) + 1
    canvas = np.zeros((rows, columns), np.uint8)
    for stroke in strokes:
        _trace(canvas, (stroke - low + margin) * _DRAWN, width * _DRAWN, rng, config.pressure)
    factor = height / _DRAWN
    size = (max(1, round(columns * factor)), max(1, round(rows * factor)))
    interpolation = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    small = cv2.resize(canvas, size, interpolation=interpolation)
    return (small.astype(np.float32) / 255).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class _Bend:
    """A smooth displacement: one slow wave in each direction."""

    amplitude: Points
    frequency: Points
    phase: Points

    @classmethod
    def random(cls, rng: np.random.Generator, wobble: float) -> _Bend:
        return cls(
            rng.uniform(-wobble, wobble, (2, 2)),
            rng.uniform(2.0, 7.0, (2, 2)),
            rng.uniform(0.0, 2 * np.pi, (2, 2)),
        )

    def __call__(self, points: Points) -> Points:
        waves = np.sin(points[:, :, None] * self.frequency + self.phase)
        moved: Points = points + np.einsum("nij,ij->nj", waves, self.amplitude)
        return moved


def _trace(
    canvas: npt.NDArray[np.uint8],
    points: Points,
    width: float,
    rng: np.random.Generator,
    pressure: float,
) -> None:
    """Draw one stroke in place, its width changing slowly."""
    fixed = np.rint(points * (1 << _SUBPIXEL)).astype(np.int32)
    if len(fixed) == 1:
        fixed = np.repeat(fixed, 2, axis=0)
    runs = (len(fixed) + _RUN - 1) // _RUN
    phase, speed = rng.uniform(0, 2 * np.pi), rng.uniform(0.1, 0.6)
    amount = rng.uniform(0, pressure)
    for run in range(runs):
        thick = width * (1 + amount * np.sin(phase + speed * run))
        piece = fixed[run * _RUN : (run + 1) * _RUN + 1]
        if len(piece) > 1:
            thickness = max(1, round(thick))
            cv2.polylines(canvas, [piece], False, 255, thickness, cv2.LINE_AA, _SUBPIXEL)
