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
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from zipreader.training.strokes import Points, extent

_DENSE = 0.02
"""Points of a retraced stroke lie so far apart, in extents of the item."""
_NODES = 48
"""What a hand does along a stroke is told at so many places, however many points it has."""
_FEWEST = 4
"""Points of a stroke that is retraced."""
_APART = 0.35
"""An end may meet what lies farther back on the stroke than this, in extents of the item."""
_POINT = 0.28
"""The spread of one node."""


@dataclass(frozen=True, slots=True)
class RewriteConfig:
    """How far a hand goes from the one that it is made of."""

    share: float = 0.6
    """How often a hand goes from it at all."""
    length: float = 0.2
    """Standard deviation of the logarithm of the length of a part of a stroke."""
    turn: float = 0.15
    """Of its direction, in radians."""
    ring: float = 0.12
    """An end that comes so near to its stroke, in extents, keeps its distance from there."""
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
    part, haste = (float(np.exp(own.uniform(*np.log(r)))) for r in (config.part, config.haste))
    shares = np.sqrt([faithful, 1 - faithful])
    written = []
    for stroke in strokes:
        even = _even(stroke / size)
        steps = np.diff(even, axis=0)
        smooth = part / max(1, round(len(steps) * _DENSE))
        lengths, turns, place = (
            shares @ np.array([noise(rng) for rng in (own, each_time)])
            for noise in (partial(_along, smooth=smooth), partial(_along, smooth=smooth), _place)
        )
        if len(even) < _FEWEST:
            written.append(np.asarray(stroke, float))
            continue
        at, nodes = np.linspace(0, 1, len(steps)), np.linspace(0, 1, _NODES)
        lengths, turns = (np.interp(at, nodes, noise) for noise in (lengths, turns))
        far = np.hypot(*steps.T) * np.exp(config.length * lengths)
        angles = np.arctan2(steps[:, 1], steps[:, 0]) + config.turn * (turns - turns.mean())
        moves = far[:, None] * np.column_stack([np.cos(angles), np.sin(angles)])
        traced = _rounded(np.concatenate([even[:1], even[:1] + np.cumsum(moves, axis=0)]), haste)
        traced = _closed(_closed(traced, even, config.ring)[::-1], even[::-1], config.ring)[::-1]
        middle = even.mean(axis=0) + config.place * place - traced.mean(axis=0)
        written.append(size * (traced + middle))
    return written


def _even(stroke: Points) -> Points:
    """Points at even distances along a stroke, its ends among them."""
    steps = np.hypot(*np.diff(stroke, axis=0).T)
    kept = np.concatenate([[True], steps > 1e-9])
    stroke, along = stroke[kept], np.concatenate([[0.0], np.cumsum(steps[steps > 1e-9])])
    count = max(2, round(float(along[-1]) / _DENSE) + 1)
    at = np.linspace(0, along[-1], count)
    return np.column_stack([np.interp(at, along, axis) for axis in stroke.T])


def _along(rng: np.random.Generator, smooth: float) -> npt.NDArray[np.float64]:
    """(_NODES,) noise of standard deviation 1 along a stroke; ``smooth`` is a share of its way."""
    sigma = smooth * _NODES / 2
    margin = _NODES
    drawn = gaussian_filter1d(rng.standard_normal(_NODES + 2 * margin), sigma)
    whole = drawn * np.sqrt(2 * np.sqrt(np.pi) * max(sigma, _POINT))
    return np.asarray(whole[margin : margin + _NODES])


def _place(rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """(2,) where a stroke lies."""
    return rng.standard_normal(2)


def _closed(traced: Points, even: Points, near: float) -> Points:
    """The end stays where it met the stroke: its error is spread over the way since then."""
    before = len(even) - 1 - round(_APART / _DENSE)
    if before < 1:
        return traced
    away = np.hypot(*(even[:before] - even[-1]).T)
    met = int(away.argmin())
    if away[met] > near:
        return traced
    error = (traced[-1] - traced[met]) - (even[-1] - even[met])
    shares = np.clip((np.arange(len(traced)) - met) / (len(traced) - 1 - met), 0, 1)
    return np.asarray(traced - shares[:, None] * error)


def _rounded(line: Points, haste: float) -> Points:
    """Corners rounded over a length; the ends stay."""
    rounded = gaussian_filter1d(line, haste / _DENSE, axis=0, mode="nearest")
    rounded[0], rounded[-1] = line[0], line[-1]
    return np.asarray(rounded)
