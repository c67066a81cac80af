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

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

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
_LONGEST = 7
_LONGEST_DASHED = 10
_DASH_HEIGHT = 0.4
_DASH_WIDTH = (0.15, 1.1)
_TINY = 1e-9

_Path = tuple[float, str, tuple[int, ...]]
"""The beginning of a reading: its cost, its text, and the glyphs it takes.

The cost sums over all ways to cut the same text; the glyphs are the likeliest.
"""


@dataclass(frozen=True, slots=True)
class _Arc:
    """A glyph taken as a digit: the primitives start to end, and a cost for each value."""

    start: int
    end: int
    index: int
    costs: tuple[tuple[str, float], ...]


class _Trellis:
    """The costs of one lattice; positions 0..n lie between the primitives."""

    def __init__(self, lattice: Lattice, scores: Scores, config: DecodeConfig) -> None:
        self.height = lattice.source.digit_height
        self.config = config
        self.boxes = lattice.primitives
        self.end = len(self.boxes)
        self.scores = scores
        self.glyphs = lattice.glyphs
        self.arcs = self._arcs()
        self.reached = list(accumulate((box.x1 for box in self.boxes), max, initial=0))
        self.skips = list(accumulate(map(self._skip, range(self.end)), initial=0.0))
        self.left, self.right = self._left(), self._right()

    def _arcs(self) -> dict[int, list[_Arc]]:
        """By the position where they start: the glyphs that may be digits."""
        arcs: dict[int, list[_Arc]] = {}
        for index, glyph in enumerate(self.glyphs):
            costs = self._costs(self.scores[index], glyph.box)
            if costs:
                arcs.setdefault(glyph.span[0], []).append(_Arc(*glyph.span, index, costs))
        return arcs

    def _costs(self, row: Scores, box: Box) -> tuple[tuple[str, float], ...]:
        likely = [int(v) for v in np.argsort(-row[:NOT_A_DIGIT])[: self.config.digits_per_glyph]]
        costs = [
            (str(v), -math.log(max(float(row[v]), _TINY)) + self._shape_cost(v, box))
            for v in likely
        ]
        return tuple((value, cost) for value, cost in costs if cost <= self.config.most_cost)

    def _shape_cost(self, value: int, box: Box) -> float:
        """How unlike a digit's the height of the glyph is."""
        mean, spread = self.config.zero_height if value == 0 else (0.0, self.config.height_spread)
        deviation = (math.log(box.height / self.height) - mean) / spread
        return self.config.geometry_weight * min(deviation * deviation / 2, 8.0)

    def gap(self, position: int, start: int) -> float:
        """Space between what ends at a position and what starts at another, in H."""
        return (self.boxes[start].x0 - self.reached[position]) / self.height

    def gap_cost(self, position: int, start: int) -> float:
        """Cost of this space between two digits."""
        return max(0.0, self.gap(position, start) - self.config.gap) * self.config.gap_cost

    def _size(self, position: int) -> float:
        box = self.boxes[position]
        return max(box.height, 0.7 * box.width) / self.height

    def _skip(self, position: int) -> float:
        """Cost of leaving out one primitive between digits."""
        return self.config.skip_cost + self.config.skip_size_cost * self._size(position) ** 2

    def _left(self) -> list[float]:
        """Cost of leaving out all primitives before each position."""
        price, digits = [0.0], [0.0]
        units, losses = self._units(), self._losses()
        for end in range(1, self.end + 1):
            price.append(min(price[first] + cost for first, last, cost in units if last == end))
            taken = [digits[first] + loss for first, last, loss in losses if last == end]
            digits.append(max([digits[end - 1], *taken]))
        return [p + self._lost(d, at) for at, (p, d) in enumerate(zip(price, digits, strict=True))]

    def _right(self) -> list[float]:
        """Cost of leaving out all primitives from each position on."""
        price, digits = [0.0], [0.0]
        units, losses = self._units(), self._losses()
        for start in range(self.end - 1, -1, -1):
            price.insert(
                0,
                min(
                    price[last - start - 1] + cost for first, last, cost in units if first == start
                ),
            )
            taken = [
                digits[last - start - 1] + loss for first, last, loss in losses if first == start
            ]
            digits.insert(0, max([digits[0], *taken]))
        return [p + self._lost(d, at) for at, (p, d) in enumerate(zip(price, digits, strict=True))]

    def _units(self) -> list[tuple[int, int, float]]:
        """What may stand beside the ZIP: letters and other parts, each with its cost."""
        config = self.config
        units = [
            (*glyph.span, config.border_cost - math.log(max(float(row[NOT_A_DIGIT]), _TINY)))
            for glyph, row in zip(self.glyphs, self.scores, strict=True)
        ]
        return units + [
            (i, i + 1, config.border_cost + config.border_size_cost * self._size(i) ** 2)
            for i in range(self.end)
        ]

    def _losses(self) -> list[tuple[int, int, float]]:
        """What it costs to leave out a glyph because it looks like a digit.

        A pair of digits is rightly not a digit; that each of the two is one
        must still count against leaving them out.
        """
        most = self.config.left_out_cost
        return [
            (arc.start, arc.end, min(most, -math.log(max(_TINY, -math.expm1(-arc.costs[0][1])))))
            for arcs in self.arcs.values()
            for arc in arcs
            if arc.costs[0][1] > 0
        ]

    def _lost(self, digits: float, position: int) -> float:
        """The cost of left-out digits; less beyond a gap, where another word may stand."""
        apart = 0 < position < self.end and self.gap(position, position) >= self.config.word_gap
        return digits * (self.config.left_out_apart if apart else 1.0)

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
    readings = _merged(_paths(trellis))
    total = _log_sum([-cost for cost, _, _ in readings])
    zips = [path for path in readings if _is_zip(path[1])]
    shares = {text: math.exp(-cost - total) for cost, text, _ in zips}
    return tuple(_hypothesis(path, shares, trellis, lattice) for path in zips[: config.hypotheses])


def _is_zip(text: str) -> bool:
    return len(text) == _ZIP or "-" in text and len(text) == _ZIP + 5


def _paths(trellis: _Trellis) -> list[_Path]:
    """The best complete paths of every length, the length's prior included.

    ``arrived[position][state]`` holds beginnings whose last digit or hyphen ends
    there; a state is the number of digits and whether the hyphen of a ZIP+4 has
    passed.
    """
    config = trellis.config
    arrived: list[dict[tuple[int, bool], list[_Path]]] = [{} for _ in range(trellis.end + 1)]
    finished: list[_Path] = []
    for start, arcs in trellis.arcs.items():
        _extend([(trellis.left[start], "", ())], (0, False), arcs, 0.0, arrived)
    for position, states in enumerate(arrived):
        for (digits, dashed), paths in states.items():
            kept = _merged(paths)[: config.beam]
            if not kept[0][1].endswith("-"):
                finish = trellis.right[position] + _length_cost(digits, dashed, config)
                finished += [(cost + finish, text, arcs) for cost, text, arcs in kept]
            if position == trellis.end:
                continue
            if digits == _ZIP and not dashed and trellis.is_dash(position):
                arrived[position + 1].setdefault((digits, True), []).extend(
                    (cost, text + "-", arcs) for cost, text, arcs in kept
                )
            if digits == (_LONGEST_DASHED if dashed else _LONGEST):
                continue
            for start in range(position, trellis.end):
                skipped = trellis.skips[start] - trellis.skips[position]
                if skipped > config.most_skipped:
                    break
                extra = skipped + trellis.gap_cost(position, start)
                _extend(kept, (digits, dashed), trellis.arcs.get(start, ()), extra, arrived)
    return finished


def _extend(
    paths: list[_Path],
    state: tuple[int, bool],
    arcs: Iterable[_Arc],
    extra: float,
    arrived: list[dict[tuple[int, bool], list[_Path]]],
) -> None:
    """Add each arc to each path, where the arc ends."""
    following = (state[0] + 1, state[1])
    for arc in arcs:
        arrived[arc.end].setdefault(following, []).extend(
            (cost + price + extra, text + value, (*taken, arc.index))
            for cost, text, taken in paths
            for value, price in arc.costs
        )


def _merged(paths: list[_Path]) -> list[_Path]:
    """One path a text, cheapest first; its cost sums over all that spell the text."""
    best: dict[str, _Path] = {}
    for path in sorted(paths):
        first = best.get(path[1])
        if first is None:
            best[path[1]] = path
        else:
            cost = first[0] - math.log1p(math.exp(first[0] - path[0]))
            best[path[1]] = (cost, first[1], first[2])
    return sorted(best.values())


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
    path: _Path, shares: dict[str, float], trellis: _Trellis, lattice: Lattice
) -> ZipHypothesis:
    cost, text, arcs = path
    values = text.replace("-", "")
    glyphs = [lattice.glyphs[index] for index in arcs]
    rows = trellis.scores[list(arcs)]
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
        "cost": cost,
        **_geometry(glyphs, trellis.height),
    }
    zip_code, _, plus4 = text.partition("-")
    return ZipHypothesis(
        zip_code, plus4 or None, lattice.source.field, digits, shares[text], evidence
    )


def _digit(
    place: int, value: str, glyph: Glyph, shares: dict[str, float], lattice: Lattice
) -> Digit:
    """A digit with its posterior among all ZIPs that the field may show."""
    votes: dict[str, float] = {}
    for text, share in shares.items():
        values = text.replace("-", "")
        if place < len(values):
            votes[values[place]] = votes.get(values[place], 0.0) + share
    total = sum(votes.values())
    rivals = sorted((v for v in votes if v != value), key=lambda v: -votes[v])
    upright = lattice.source.field.page
    corners = transform_points(lattice.source.to_upright, glyph.box.quad())
    quad = transform_points(upright.to_original, corners)
    return Digit(value, votes[value] / total, rivals[0] if rivals else "", glyph, quad)


def _geometry(glyphs: list[Glyph], height: float) -> dict[str, float]:
    """How evenly the digits stand: spreads in units of the digit height."""
    boxes = [glyph.box for glyph in glyphs]
    heights = np.array([box.height for box in boxes]) / height
    bottoms = np.array([box.y1 for box in boxes]) / height
    centres = np.array([box.center[0] for box in boxes]) / height
    across = centres - centres.mean()
    rise = float(across @ bottoms) / max(float(across @ across), _TINY)
    gaps = np.array([b.x0 - a.x1 for a, b in zip(boxes, boxes[1:], strict=False)]) / height
    return {
        "height_spread": float(heights.std()),
        "baseline_spread": float((bottoms - rise * across).std()),
        "widest_gap": float(gaps.max(initial=0)),
        "deepest_overlap": float(-gaps.min(initial=0)),
    }
