"""Habits of other countries and times, added to pen strokes of digits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zipreader.training.strokes import Points, is_bar


@dataclass(frozen=True, slots=True)
class HabitConfig:
    """How often a digit without the habit gets it."""

    crossed_seven: float = 0.3
    slashed_zero: float = 0.03
    based_one: float = 0.12
    flagged_one: float = 0.2
    """A bare stroke that gets a long upstroke before it, as in continental Europe."""
    open_zero: float = 0.12
    """A ring whose ends do not meet."""

    tail: float = 0.15
    """An entry or exit stroke, as of a pen that hardly left the paper."""
    trimmed: float = 0.1
    """The first or the last part of a stroke is missing."""

    @classmethod
    def none(cls) -> HabitConfig:
        """The strokes as they were written."""
        return cls(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def with_habits(
    strokes: Sequence[Points], label: int, rng: np.random.Generator, config: HabitConfig
) -> list[Points]:
    """Cross a 7, slash or open a 0 or give a 1 a base, sometimes; the strokes else.

    Only a 7 and a 1 of one stroke are changed: others may have the bar already.
    """
    items = _hasty(list(strokes), rng, config)
    if (
        label == 1
        and len(items) == 1
        and is_bar(items, lying=False)
        and rng.random() < config.flagged_one
    ):
        items = [_flagged(items[0], rng)]
    if label == 7 and len(items) == 1 and rng.random() < config.crossed_seven:
        return [*items, _bar(_on_stem(items[0], rng.uniform(0.4, 0.62)), items[0], rng)]
    if label == 1 and len(items) == 1 and rng.random() < config.based_one:
        return [*items, _bar(items[0][items[0][:, 1].argmax()], items[0], rng)]
    if label == 0 and rng.random() < config.slashed_zero:
        return [*items, _slash(np.concatenate(items), rng)]
    if label == 0 and len(items) == 1 and rng.random() < config.open_zero:
        return [_opened(items[0], rng)]
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


def _hasty(items: list[Points], rng: np.random.Generator, config: HabitConfig) -> list[Points]:
    """One stroke a little shorter or longer at one of its ends, sometimes."""
    chance = rng.random()
    if chance >= config.tail + config.trimmed:
        return items
    which = int(rng.integers(len(items)))
    stroke = items[which] if rng.random() < 0.6 else items[which][::-1]
    if len(stroke) < 6:
        return items
    tall = max(float(np.ptp(np.concatenate(items)[:, 1])), 1.0)
    if chance < config.trimmed:
        changed = stroke[: len(stroke) - round(len(stroke) * rng.uniform(0.04, 0.14))]
    else:
        changed = np.concatenate([stroke, _tail(stroke, tall, rng)])
    return [*items[:which], changed, *items[which + 1 :]]


def _tail(stroke: Points, tall: float, rng: np.random.Generator) -> Points:
    """Goes on where the stroke ends, turning slowly, (4, 2)."""
    way = stroke[-1] - stroke[-min(5, len(stroke))]
    length = float(np.hypot(*way))
    if length < 1e-6:
        return stroke[-1:]
    turn, bend = np.arctan2(way[1], way[0]), rng.normal(0, 0.35)
    step = tall * rng.uniform(0.08, 0.3) / 4
    angles = turn + bend * np.arange(1, 5)
    tail: Points = stroke[-1] + np.cumsum(
        step * np.column_stack([np.cos(angles), np.sin(angles)]), axis=0
    )
    return tail


def _flagged(stroke: Points, rng: np.random.Generator) -> Points:
    """A downstroke after an upstroke to its top; steeper than the bar of a 7 would be."""
    down = stroke if stroke[0, 1] < stroke[-1, 1] else stroke[::-1]
    tall = max(float(np.ptp(down[:, 1])), 1.0)
    length, steep = rng.uniform(0.3, 0.75) * tall, np.deg2rad(rng.uniform(35, 68))
    start = down[0] + length * np.array([-np.cos(steep), np.sin(steep)])
    bow = (start + down[0]) / 2 + rng.normal(0, 0.05, 2) * length
    flagged: Points = np.concatenate([[start, bow], down])
    return flagged


def _opened(ring: Points, rng: np.random.Generator) -> Points:
    """A ring without the last or the first part of its way."""
    missing = round(len(ring) * rng.uniform(0.05, 0.28))
    return ring[missing:] if rng.random() < 0.5 else ring[: len(ring) - missing]


def _slash(points: Points, rng: np.random.Generator) -> Points:
    """A stroke from the lower left to the upper right, a little beyond the ring."""
    low, high = points.min(axis=0), points.max(axis=0)
    beyond = rng.uniform(-0.18, 0.12, 2) * (high - low)
    start = np.array([low[0] - beyond[0], high[1] + beyond[1]])
    end = np.array([high[0] + beyond[0], low[1] - beyond[1]])
    return np.array([start, (start + end) / 2, end])
