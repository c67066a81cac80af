"""Lattice and scores -> ranked ZIP hypotheses, by dynamic programming.

A path explains every primitive of the field: as part of a digit, as something
left out between digits (a speck, a comma), or as a neighbour before the first
or after the last digit (the state, a stamp).  Its cost adds the negative
logarithms of the digit scores and of simple geometry.  Paths of all lengths
compete, so that four or six digits do not quietly become five: the posterior
of a ZIP is the share of its paths among all (C. Burges et al., IJCNN 1992;
Y. LeCun et al., Proc. IEEE 86, 1998, section V).
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass

import numpy as np

from zipreader.config import DecodeConfig
from zipreader.elements import (
    NOT_A_DIGIT,
    Box,
    Digit,
    Glyph,
    Lattice,
    Scores,
    ZipHypothesis,
    transform_points,
)

_ZIP = 5
_LONGEST = 10
_DASH_HEIGHT = 0.4
_DASH_WIDTH = (0.15, 1.1)
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class _Arc:
    """A glyph taken as a digit: the primitives start to end, and a cost for each value."""

    start: int
    end: int
    index: int
    costs: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, order=True)
class _Path:
    """The beginning of a reading; ``arcs`` are indices of glyphs."""

    cost: float
    text: str = ""
    arcs: tuple[int, ...] = ()


class _Trellis:
    """The costs of one lattice; positions 0..n lie between the primitives."""

    def __init__(self, lattice: Lattice, scores: Scores, config: DecodeConfig) -> None:
        self.height = lattice.source.digit_height
        self.config = config
        self.boxes = lattice.primitives
        self.end = len(self.boxes)
        self.scores = scores
        self.glyphs = lattice.glyphs
        self.arcs = [self._arc(index, glyph) for index, glyph in enumerate(lattice.glyphs)]
        self.left = self._border(range(self.end), forward=True)
        self.right = self._border(range(self.end), forward=False)

    def _arc(self, index: int, glyph: Glyph) -> _Arc:
        config, row = self.config, self.scores[index]
        best = np.argsort(-row[:NOT_A_DIGIT])[: config.digits_per_glyph]
        costs = tuple(
            (
                str(value),
                min(-math.log(max(float(row[value]), _TINY)), config.floor)
                + self._shape_cost(int(value), glyph.box),
            )
            for value in best
        )
        return _Arc(*glyph.span, index, costs)

    def _shape_cost(self, value: int, box: Box) -> float:
        """How unlike a digit's the height of the glyph is."""
        mean, spread = self.config.zero_height if value == 0 else (0.0, self.config.height_spread)
        deviation = (math.log(box.height / self.height) - mean) / spread
        return self.config.geometry_weight * min(deviation * deviation / 2, 8.0)

    def gap(self, position: int) -> float:
        """Cost of the gap before a position, between two digits."""
        if position == 0:
            return 0.0
        before = max(box.x1 for box in self.boxes[:position])
        gap = (self.boxes[position].x0 - before) / self.height
        return max(0.0, gap - self.config.gap) * self.config.gap_cost

    def _size(self, position: int) -> float:
        box = self.boxes[position]
        return max(box.height, 0.7 * box.width) / self.height

    def skip(self, position: int) -> float:
        """Cost of leaving out one primitive between digits."""
        return self.config.skip_cost + self.config.skip_size_cost * self._size(position) ** 2

    def _border(self, positions: range, *, forward: bool) -> list[float]:
        """Cheapest way to leave out all primitives before (after) each position."""
        cost = [math.inf] * (self.end + 1)
        cost[0 if forward else self.end] = 0.0
        others = [
            (glyph.span, -math.log(max(float(row[NOT_A_DIGIT]), _TINY)) + self.config.border_cost)
            for glyph, row in zip(self.glyphs, self.scores, strict=True)
        ]
        others += [
            (
                (i, i + 1),
                self.config.border_cost + self.config.border_size_cost * self._size(i) ** 2,
            )
            for i in positions
        ]
        if forward:
            for (first, last), price in sorted(others):
                cost[last] = min(cost[last], cost[first] + price)
        else:
            for (first, last), price in sorted(others, key=lambda item: -item[0][1]):
                cost[first] = min(cost[first], cost[last] + price)
        return cost

    def is_dash(self, position: int) -> bool:
        """Whether a primitive may be the hyphen of a ZIP+4."""
        box = self.boxes[position]
        low, high = _DASH_WIDTH
        return (
            box.height <= _DASH_HEIGHT * self.height
            and low * self.height <= box.width <= high * self.height
            and box.width > box.height
        )


def decode(lattice: Lattice, scores: Scores, config: DecodeConfig) -> tuple[ZipHypothesis, ...]:
    """The ZIPs that the lattice supports, best first; empty where it supports none.

    Args:
        lattice: candidate glyphs.
        scores: (N, 11) posteriors of its N glyphs, in order.
        config: costs and limits.
    """
    trellis = _Trellis(lattice, scores, config)
    finished = _paths(trellis)
    total = _log_sum([-path.cost for path in finished])
    readings: dict[str, list[_Path]] = {}
    for path in sorted(finished):
        if _is_zip(path.text):
            readings.setdefault(path.text, []).append(path)
    shares = {
        text: math.exp(_log_sum([-path.cost for path in paths]) - total)
        for text, paths in readings.items()
    }
    ranked = sorted(shares, key=lambda text: -shares[text])[: config.hypotheses]
    return tuple(_hypothesis(text, readings[text][0], shares, trellis, lattice) for text in ranked)


def _is_zip(text: str) -> bool:
    return len(text) == _ZIP or "-" in text and len(text) == _ZIP + 5


def _paths(trellis: _Trellis) -> list[_Path]:
    """The best complete paths of every length, the length's prior included.

    ``beams[position][state]`` holds the cheapest beginnings; a state is the
    number of digits and whether the hyphen of a ZIP+4 has passed.
    """
    config = trellis.config
    arcs: dict[int, list[_Arc]] = {}
    for arc in trellis.arcs:
        arcs.setdefault(arc.start, []).append(arc)
    beams: list[dict[tuple[int, bool], list[_Path]]] = [{} for _ in range(trellis.end + 1)]
    finished: list[_Path] = []
    for position in range(trellis.end + 1):
        states = beams[position]
        states[0, False] = [_Path(trellis.left[position])]
        for (digits, dashed), paths in states.items():
            kept = heapq.nsmallest(config.beam, paths)
            if digits:
                finish = trellis.right[position] + _length_cost(digits, dashed, config)
                finished += [_Path(p.cost + finish, p.text, p.arcs) for p in kept]
                if position < trellis.end:
                    skip = trellis.skip(position)
                    beams[position + 1].setdefault((digits, dashed), []).extend(
                        _Path(p.cost + skip, p.text, p.arcs) for p in kept
                    )
            if (
                digits == _ZIP
                and not dashed
                and position < trellis.end
                and trellis.is_dash(position)
            ):
                beams[position + 1].setdefault((digits, True), []).extend(
                    _Path(p.cost, p.text + "-", p.arcs) for p in kept
                )
            if digits < _LONGEST:
                gap = trellis.gap(position) if digits and position < trellis.end else 0.0
                for arc in arcs.get(position, ()):
                    beams[arc.end].setdefault((digits + 1, dashed), []).extend(
                        _Path(p.cost + cost + gap, p.text + value, (*p.arcs, arc.index))
                        for p in kept
                        for value, cost in arc.costs
                    )
    return finished


def _length_cost(digits: int, dashed: bool, config: DecodeConfig) -> float:
    if dashed:
        return (
            config.nine_cost if digits == _ZIP + 4 else config.other_length_cost + config.nine_cost
        )
    return 0.0 if digits == _ZIP else config.other_length_cost


def _log_sum(values: list[float]) -> float:
    if not values:
        return -math.inf
    top = max(values)
    return (
        top + math.log(sum(math.exp(value - top) for value in values)) if top > -math.inf else top
    )


def _hypothesis(
    text: str, path: _Path, shares: dict[str, float], trellis: _Trellis, lattice: Lattice
) -> ZipHypothesis:
    values = text.replace("-", "")
    glyphs = [lattice.glyphs[index] for index in path.arcs]
    rows = trellis.scores[list(path.arcs)]
    digits = tuple(
        _digit(place, value, glyph, shares, lattice)
        for place, (value, glyph) in enumerate(zip(values, glyphs, strict=True))
    )
    others = sum(share for other, share in shares.items() if other[:_ZIP] != text[:_ZIP])
    own = sum(share for other, share in shares.items() if other[:_ZIP] == text[:_ZIP])
    evidence = {
        "posterior": own,
        "competitor": others,
        "other_lengths": max(0.0, 1 - sum(shares.values())),
        "weakest": min(float(row[int(v)]) for v, row in zip(values, rows, strict=True)),
        "log_scores": sum(
            math.log(max(float(row[int(v)]), _TINY)) for v, row in zip(values, rows, strict=True)
        ),
        "not_a_digit": float(rows[:, NOT_A_DIGIT].max()),
        "cost": path.cost,
        **_geometry(glyphs, trellis.height),
    }
    zip_code, _, plus4 = text.partition("-")
    return ZipHypothesis(
        zip_code, plus4 or None, lattice.source.field, digits, shares[text], evidence
    )


def _digit(
    place: int, value: str, glyph: Glyph, shares: dict[str, float], lattice: Lattice
) -> Digit:
    """A digit with its posterior over all readings of the field."""
    votes: dict[str, float] = {}
    for text, share in shares.items():
        values = text.replace("-", "")
        if place < len(values):
            votes[values[place]] = votes.get(values[place], 0.0) + share
    rivals = sorted((v for v in votes if v != value), key=lambda v: -votes[v])
    upright = lattice.source.field.page
    corners = transform_points(lattice.source.to_upright, glyph.box.quad())
    quad = transform_points(upright.to_original, corners)
    return Digit(value, votes[value], rivals[0] if rivals else "", glyph, quad)


def _geometry(glyphs: list[Glyph], height: float) -> dict[str, float]:
    """How evenly the digits stand: spreads in units of the digit height."""
    boxes = [glyph.box for glyph in glyphs]
    heights = np.array([box.height for box in boxes]) / height
    bottoms = np.array([box.y1 for box in boxes]) / height
    centres = np.array([box.center[0] for box in boxes]) / height
    line = np.polyfit(centres, bottoms, 1) if np.ptp(centres) > 0 else np.array([0, bottoms.mean()])
    gaps = np.array([b.x0 - a.x1 for a, b in zip(boxes, boxes[1:], strict=False)]) / height
    return {
        "height_spread": float(heights.std()),
        "baseline_spread": float((bottoms - np.polyval(line, centres)).std()),
        "widest_gap": float(gaps.max(initial=0)),
        "deepest_overlap": float(-gaps.min(initial=0)),
    }
