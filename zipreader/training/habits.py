"""Habits of other countries and times, added to pen strokes of digits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zipreader.training.strokes import Points


@dataclass(frozen=True, slots=True)
class HabitConfig:
    """How often a digit without the habit gets it."""

    crossed_seven: float = 0.2
    slashed_zero: float = 0.03
    based_one: float = 0.05

    @classmethod
    def none(cls) -> HabitConfig:
        """The strokes as they were written."""
        return cls(0.0, 0.0, 0.0)


def with_habits(
    strokes: Sequence[Points], label: int, rng: np.random.Generator, config: HabitConfig
) -> list[Points]:
    """Cross a 7, slash a 0 or give a 1 a base, sometimes; the strokes else.

    Only a 7 and a 1 of one stroke are changed: others may have the bar already.
    """
    items = list(strokes)
    if label == 7 and len(items) == 1 and rng.random() < config.crossed_seven:
        return [*items, _bar(_on_stem(items[0], rng.uniform(0.4, 0.62)), items[0], rng)]
    if label == 1 and len(items) == 1 and rng.random() < config.based_one:
        return [*items, _bar(items[0][items[0][:, 1].argmax()], items[0], rng)]
    if label == 0 and rng.random() < config.slashed_zero:
        return [*items, _slash(np.concatenate(items), rng)]
    return items


def _on_stem(stroke: Points, share: float) -> Points:
    """The point (2,) of the later, descending half nearest to a share of the height."""
    y = stroke[:, 1].min() + share * np.ptp(stroke[:, 1])
    stem: Points = stroke[len(stroke) // 2 :]
    point: Points = stem[np.abs(stem[:, 1] - y).argmin()]
    return point


def _bar(middle: Points, stroke: Points, rng: np.random.Generator) -> Points:
    """A nearly level bar through a point, about half as long as the stroke is tall."""
    tall = max(float(np.ptp(stroke[:, 1])), 1.0)
    half = rng.uniform(0.15, 0.34) * tall
    arm = np.array([half, -rng.normal(0, 0.06) * tall])
    centre = middle + np.array([rng.normal(0, 0.15) * half, 0.0])
    return np.array([centre - arm, centre, centre + arm])


def _slash(points: Points, rng: np.random.Generator) -> Points:
    """A stroke from the lower left to the upper right, a little beyond the ring."""
    low, high = points.min(axis=0), points.max(axis=0)
    beyond = rng.uniform(-0.18, 0.12, 2) * (high - low)
    start = np.array([low[0] - beyond[0], high[1] + beyond[1]])
    end = np.array([high[0] + beyond[0], low[1] - beyond[1]])
    return np.array([start, (start + end) / 2, end])
