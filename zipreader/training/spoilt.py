"""Digits that their writer struck out or wrote over: what is meant is nobody's to say."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from zipreader.training.strokes import Points

_TURNS = (6, 12)
"""Strokes of a scribble to and fro; with fewer a crossed 7 or a slashed 0 would be spoilt."""
_ROUND = 14
"""Points of one round of a scribble in rings."""
_NEAR = 0.12
"""As near, in heights of a digit, a pen covers the other's line."""
_APART = 0.4
"""The least share of either digit that the other leaves free: both are to be seen."""
_DOTS = 80


def struck_out(strokes: Sequence[Points], rng: np.random.Generator) -> list[Points]:
    """The strokes of a digit under a scribble: to and fro, in rings, or blackened."""
    points = np.concatenate(list(strokes))
    low, high = points.min(axis=0), points.max(axis=0)
    tall = max(float(high[1] - low[1]), 1e-6)
    size = np.maximum(high - low, 0.35 * tall) * rng.uniform(0.95, 1.2, 2)
    middle = (low + high) / 2 + rng.normal(0, 0.04, 2) * tall
    chance = rng.random()
    if chance < 0.5:
        scribble = [_to_and_fro(int(rng.integers(*_TURNS)), rng), *_bars(rng)]
    elif chance < 0.8:
        scribble = [_rings(int(rng.integers(3, 7)), rng)]
    else:
        scribble = [_to_and_fro(int(rng.integers(16, 30)), rng)]
    if rng.random() < 0.4:
        scribble = [stroke[:, ::-1] for stroke in scribble]
    return [*strokes, *(middle + stroke * size for stroke in scribble)]


def overwritten(
    strokes: Sequence[Points], other: Sequence[Points], rng: np.random.Generator
) -> list[Points] | None:
    """The strokes of a digit and of another written over it; ``None`` where one hides the other."""
    (low, high), (least, most) = (_corners(strokes), _corners(other))
    tall = max(float(high[1] - low[1]), 1e-6)
    scale = tall * rng.uniform(0.9, 1.15) / max(float(most[1] - least[1]), 1e-6)
    if scale * (most[0] - least[0]) > 1.5 * tall:  # a bar, laid down
        return None
    middle = (low + high) / 2 + rng.normal(0, 0.05, 2) * tall
    over = [middle + (stroke - (least + most) / 2) * scale for stroke in other]
    one, two = _dots(strokes), _dots(over)
    away = np.linalg.norm(one[:, np.newaxis] - two, axis=2) > _NEAR * tall
    shares = away.all(axis=1).mean(), away.all(axis=0).mean()
    return [*strokes, *over] if min(shares) >= _APART else None


def _corners(strokes: Sequence[Points]) -> tuple[Points, Points]:
    points = np.concatenate(list(strokes))
    return points.min(axis=0), points.max(axis=0)


def _dots(strokes: Sequence[Points]) -> Points:
    """Points in even steps along all strokes."""
    lengths = [np.hypot(*np.diff(stroke, axis=0).T) for stroke in strokes]
    whole = max(sum(float(length.sum()) for length in lengths), 1e-6)
    dots = []
    for stroke, length in zip(strokes, lengths, strict=True):
        along = np.concatenate([[0.0], np.cumsum(length)])
        at = np.linspace(0, along[-1], 1 + round(_DOTS * along[-1] / whole))
        dots.append(np.column_stack([np.interp(at, along, axis) for axis in stroke.T]))
    return np.concatenate(dots)


def _to_and_fro(turns: int, rng: np.random.Generator) -> Points:
    """A zigzag from left to right in a box of one by one about 0."""
    x = np.linspace(-0.55, 0.55, turns) + rng.normal(0, 0.03, turns)
    y = np.where(np.arange(turns) % 2, -0.47, 0.47) + rng.normal(0, 0.07, turns)
    return np.column_stack([x, y])


def _bars(rng: np.random.Generator) -> list[Points]:
    """None to two bars across."""
    heights = rng.uniform(-0.35, 0.35, int(rng.integers(3)))
    rises = rng.normal(0, 0.08, len(heights))
    return [
        np.array([[-0.6, y - rise], [0.6, y + rise]])
        for y, rise in zip(heights, rises, strict=True)
    ]


def _rings(rounds: int, rng: np.random.Generator) -> Points:
    """Rings that wander from left to right."""
    turn = np.linspace(0, 2 * np.pi * rounds, _ROUND * rounds)
    wander = np.linspace(-0.3, 0.3, len(turn))
    radius = rng.uniform(0.2, 0.3), rng.uniform(0.38, 0.52)
    rings: Points = np.column_stack([wander + radius[0] * np.cos(turn), radius[1] * np.sin(turn)])
    return rings
