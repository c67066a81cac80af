"""Hands that nobody has: shapes of digits from many schools, each hand with ways of its own.

A data set has as many hands as it has writers, and their habits are those of its country.
An invented hand chooses one shape of each digit (``allographs``), moves its points once for
all, and a little each time; haste rounds its corners.

Source: variation of handwriting as a few parameters of the strokes, after R. Plamondon and
S. Srihari, "On-line and off-line handwriting recognition", IEEE PAMI 22 (2000), section 2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.ndimage import gaussian_filter1d

from zipreader.training.allographs import ALLOGRAPHS, Path
from zipreader.training.strokes import Points

_TOGETHER = 0.7
"""How far neighbouring points of a shape move together, in points."""
_SHRUNK = float(np.sqrt(1 / (2 * np.sqrt(np.pi) * _TOGETHER)))
"""What smoothing leaves of the standard deviation."""
_DENSE = 0.02
"""Points of a finished stroke lie about so far apart, in heights of the digit."""


@dataclass(frozen=True, slots=True)
class InventedConfig:
    """How much invented hands differ; lengths in heights of a digit."""

    own: float = 0.055
    """Standard deviation of a point of a shape between hands."""
    each_time: float = 0.022
    """The same between digits of one hand."""
    faithful: float = 0.85
    """How often a hand writes its usual shape."""
    haste: tuple[float, float] = (0.01, 0.06)
    """Corners are rounded over such a length."""
    width: float = 0.14
    """Standard deviation of the logarithm of the width of a hand's digits."""


@dataclass(frozen=True, slots=True, eq=False)
class InventedHand:
    """One hand: its usual shapes, where its points lie, its haste and its width."""

    shapes: tuple[int, ...]
    seed: int
    haste: float
    width: float
    config: InventedConfig

    @classmethod
    def random(cls, rng: np.random.Generator, config: InventedConfig | None = None) -> InventedHand:
        """Any hand."""
        config = config or InventedConfig()
        shapes = tuple(_shape(digit, rng) for digit in sorted(ALLOGRAPHS))
        haste = float(np.exp(rng.uniform(*np.log(config.haste))))
        width = float(np.exp(rng.normal(0, config.width)))
        return cls(shapes, int(rng.integers(2**32)), haste, width, config)

    def digit(self, value: int, rng: np.random.Generator) -> list[Points]:
        """The pen strokes of a digit, about one unit high."""
        usual = rng.random() < self.config.faithful
        shape = self.shapes[value] if usual else _shape(value, rng)
        own = np.random.default_rng((self.seed, value, shape))
        return [self._written(path, own, rng) for path in ALLOGRAPHS[value][shape].strokes]

    def _written(self, path: Path, own: np.random.Generator, rng: np.random.Generator) -> Points:
        """A path through its points, moved and rounded, (N, 2)."""
        pieces = _pieces(np.array(path))
        count = sum(len(piece) for piece in pieces)
        moves = _moves(own, count, self.config.own) + _moves(rng, count, self.config.each_time)
        return _rounded(pieces, moves, self.haste) * [self.width, 1.0]


def _shape(digit: int, rng: np.random.Generator) -> int:
    """Which shape of a digit, the usual ones more often."""
    weights = np.array([shape.weight for shape in ALLOGRAPHS[digit]])
    return int(rng.choice(len(weights), p=weights / weights.sum()))


def _moves(rng: np.random.Generator, count: int, spread: float) -> Points:
    """(N, 2) displacements of the points of a path, of neighbours alike."""
    moves = gaussian_filter1d(rng.normal(0, 1, (count, 2)), _TOGETHER, axis=0, mode="nearest")
    alike: Points = spread * moves / _SHRUNK
    return alike


def _pieces(points: Points) -> list[Points]:
    """A path parted at its corners, each piece with both its ends."""
    corners = [i for i in range(1, len(points)) if np.array_equal(points[i], points[i - 1])]
    return np.split(points, corners)


def _rounded(pieces: list[Points], moves: Points, haste: float) -> Points:
    """Smooth curves through the moved points of each piece, joined and rounded."""
    at, curves, end = 0, [], None
    for piece in pieces:
        moved = piece + moves[at : at + len(piece)]
        at += len(piece)
        if end is not None:
            moved[0] = end
        end = moved[-1]
        curves.append(_curve(moved))
    line = np.concatenate(curves)
    if len(line) < 4:
        return line
    rounded: Points = gaussian_filter1d(line, haste / _DENSE, axis=0, mode="nearest")
    rounded[0], rounded[-1] = line[0], line[-1]
    return rounded


def _curve(points: Points) -> Points:
    """A curve through points, sampled evenly enough; roots of chords are its parameter."""
    steps = np.maximum(np.hypot(*np.diff(points, axis=0).T), 1e-3)
    along = np.concatenate([[0.0], np.cumsum(np.sqrt(steps))])
    count = max(3, round(float(steps.sum()) / _DENSE))
    curve: Points = CubicSpline(along, points, bc_type="natural")(np.linspace(0, along[-1], count))
    return curve
