"""The costs of one lattice: digits, spaces, and what is left out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from zipreader.config import DecodeConfig
from zipreader.elements import NOT_A_DIGIT, Box, Lattice, Scores

_DASH_HEIGHT = 0.4
_DASH_WIDTH = (0.15, 1.1)
_TINY = 1e-9


_Span = tuple[int, int, float]
"""Positions from and to, and a cost."""


@dataclass(frozen=True, slots=True)
class Arc:
    """A glyph taken as a digit: the primitives start to end, and a cost for each value."""

    start: int
    end: int
    index: int
    costs: tuple[tuple[str, float], ...]


class Trellis:
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
        self.left, self.right = self._left_out()

    def _arcs(self) -> dict[int, list[Arc]]:
        """By the position where they start: the glyphs that may be digits."""
        arcs: dict[int, list[Arc]] = {}
        for index, glyph in enumerate(self.glyphs):
            costs = self._costs(index)
            if costs:
                arcs.setdefault(glyph.span[0], []).append(Arc(*glyph.span, index, costs))
        return arcs

    def _costs(self, index: int) -> tuple[tuple[str, float], ...]:
        row = self.scores[index]
        likely = [int(v) for v in np.argsort(-row[:NOT_A_DIGIT])[: self.config.digits_per_glyph]]
        costs = [(str(v), self.cost(index, v)) for v in likely]
        return tuple((value, cost) for value, cost in costs if cost <= self.config.most_cost)

    def cost(self, index: int, value: int) -> float:
        """Of taking a glyph as a digit: its score, its shape and the ink that was cut."""
        glyph = self.glyphs[index]
        score = -math.log(max(float(self.scores[index][value]), _TINY))
        severed = self.config.severed_cost * glyph.severed
        return score + severed + self._shape_cost(value, glyph.box)

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

    def _left_out(self) -> tuple[list[float], list[float]]:
        """Costs of leaving out all primitives before, and from, each position on."""
        units, losses = self._units(), self._losses()
        left = self._one_side(units, losses)
        turned = [
            [(self.end - last, self.end - first, cost) for first, last, cost in items]
            for items in (units, losses)
        ]
        return left, self._one_side(turned[0], turned[1], mirrored=True)

    def _one_side(
        self, units: list[_Span], losses: list[_Span], mirrored: bool = False
    ) -> list[float]:
        """Cost of leaving out all primitives before each position (after it, where mirrored)."""
        price, digits = [0.0], [0.0]
        ending: list[list[tuple[int, float]]] = [[] for _ in range(self.end + 1)]
        lost: list[list[tuple[int, float]]] = [[] for _ in range(self.end + 1)]
        for spans, by_end in ((units, ending), (losses, lost)):
            for first, last, cost in spans:
                by_end[last].append((first, cost))
        for end in range(1, self.end + 1):
            price.append(min(price[first] + cost for first, cost in ending[end]))
            taken = [digits[first] + loss for first, loss in lost[end]]
            digits.append(max([digits[end - 1], *taken]))
        if mirrored:
            price.reverse()
            digits.reverse()
        return [p + self._lost(d, at) for at, (p, d) in enumerate(zip(price, digits, strict=True))]

    def _units(self) -> list[_Span]:
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

    def _losses(self) -> list[_Span]:
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
