"""Other hands made of a written one: its strokes retraced at another speed and in other turns.

An affine map and a smooth bend move all that lies at one place alike; what differs between
hands is how long each part of a stroke is and how far it turns: a larger loop, a longer flag,
a ring that closes late.  A stroke is taken as lengths and directions along its way; both are
changed smoothly, and the stroke is traced again from them.

Source: hands as perturbed parameters of strokes' velocities, R. Plamondon, C. O'Reilly,
C. Remi and T. Duval, "The lognormal handwriter", Pattern Recognition 46 (2013); here without
the fit of lognormals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from zipreader.training.strokes import Points, extent

_DENSE = 0.02
"""Points of a retraced stroke lie so far apart, in extents of the item."""


@dataclass(frozen=True, slots=True)
class RewriteConfig:
    """How far a hand goes from the one that it is made of."""

    share: float = 0.6
    """How often a hand goes from it at all."""
    length: float = 0.22
    """Standard deviation of the logarithm of the length of a part of a stroke."""
    turn: float = 0.18
    """Of its direction, in radians."""
    ring: float = 0.2
    """Ends of a stroke that lie so near to each other, in extents, keep their distance."""
    part: tuple[float, float] = (0.15, 0.5)
    """How long a part is that changes alike, in extents of the item."""
    place: float = 0.025
    """Of a whole stroke's place, in extents of the item."""
    haste: tuple[float, float] = (0.004, 0.045)
    """Corners are rounded over such a length, in extents of the item."""


def rewritten(
    strokes: Sequence[Points],
    own: np.random.Generator,
    each_time: np.random.Generator,
    config: RewriteConfig,
    faithful: float = 0.85,
) -> list[Points]:
    """The strokes as another hand would write them, about where they were.

    ``own`` are the ways of that hand, the same for each digit of a value; ``each_time``
    adds what differs from one to the next, ``1 - faithful`` of the variance.
    """
    size = extent(strokes)
    part = float(np.exp(own.uniform(*np.log(config.part)))) / _DENSE
    haste = float(np.exp(own.uniform(*np.log(config.haste)))) / _DENSE
    shares = np.sqrt([faithful, 1 - faithful])

    def noise(count: int, smooth: float) -> npt.NDArray[np.float64]:
        drawn = [_smooth(rng, count, smooth) for rng in (own, each_time)]
        mixed: npt.NDArray[np.float64] = shares @ np.array(drawn)
        return mixed

    written = []
    for stroke in strokes:
        even = _even(stroke / size)
        if len(even) < 4:
            written.append(np.asarray(stroke, float))
            continue
        steps = np.diff(even, axis=0)
        lengths = np.hypot(*steps.T) * np.exp(config.length * noise(len(steps), part))
        turns = config.turn * noise(len(steps), part)
        turns -= turns.mean()
        angles = np.arctan2(steps[:, 1], steps[:, 0]) + turns
        moves = lengths[:, None] * np.column_stack([np.cos(angles), np.sin(angles)])
        traced = np.concatenate([np.zeros((1, 2)), np.cumsum(moves, axis=0)])
        traced = _closed(_rounded(traced, haste), even, config.ring)
        place = even.mean(axis=0) + config.place * noise(2, 0.0)
        written.append(size * (traced - traced.mean(axis=0) + place))
    return written


def _even(stroke: Points) -> Points:
    """Points at even distances along a stroke, its ends among them."""
    steps = np.hypot(*np.diff(stroke, axis=0).T)
    kept = np.concatenate([[True], steps > 1e-9])
    stroke, along = stroke[kept], np.concatenate([[0.0], np.cumsum(steps[steps > 1e-9])])
    count = max(2, round(float(along[-1]) / _DENSE) + 1)
    at = np.linspace(0, along[-1], count)
    return np.column_stack([np.interp(at, along, axis) for axis in stroke.T])


def _smooth(rng: np.random.Generator, count: int, smooth: float) -> npt.NDArray[np.float64]:
    """(count,) noise of standard deviation 1 that changes over so many points."""
    margin = round(4 * smooth)
    drawn = rng.standard_normal(count + 2 * margin)
    if smooth < 0.5:
        return drawn[margin : margin + count]
    sigma = smooth / 2
    drawn = gaussian_filter1d(drawn, sigma, mode="nearest") * np.sqrt(2 * np.sqrt(np.pi) * sigma)
    return np.asarray(drawn[margin : margin + count])


def _closed(traced: Points, even: Points, near: float) -> Points:
    """A ring closes as far as it did: its ends' error is spread over its way."""
    ends = even[-1] - even[0]
    if np.hypot(*ends) > near:
        return traced
    error = traced[-1] - traced[0] - ends
    return np.asarray(traced - np.linspace(0, 1, len(traced))[:, None] * error)


def _rounded(line: Points, haste: float) -> Points:
    rounded = gaussian_filter1d(line, haste, axis=0, mode="nearest")
    rounded[0], rounded[-1] = line[0], line[-1]
    return np.asarray(rounded)
