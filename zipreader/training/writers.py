"""Whose hand writes a string: a writer of the data, or an invented one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from zipreader.elements import NOT_A_DIGIT
from zipreader.training.habits import HabitConfig, with_habits
from zipreader.training.invented import InventedHand
from zipreader.training.rewritten import RewriteConfig, rewritten
from zipreader.training.sources import Rows, Sources, given, hands, strokes_of
from zipreader.training.splits import Part
from zipreader.training.spoilt import overwritten, struck_out
from zipreader.training.strokes import Points

_SPOILT = 0.04
"""How often an invented hand strikes a digit out."""
_OVER = 0.06
"""How often, where it trains, a hand writes a digit over another."""
_TRIES = 6
_SLASHED = {0, 1}
"""Over each other they are but a slashed zero."""


class Writer(Protocol):
    """One hand."""

    def digit(self, rng: np.random.Generator) -> tuple[list[Points], int]:
        """The pen strokes of any digit, and which it is; ``NOT_A_DIGIT`` if it is spoilt."""

    def letter(self, rng: np.random.Generator) -> list[Points] | None:
        """The pen strokes of any letter or sign; ``None`` where no letters are given."""


@dataclass(frozen=True, slots=True, eq=False)
class RealWriter:
    """A writer of the stroke files; habits of other countries are added where he trains."""

    sources: Sources
    part: Part
    name: str
    rows: Rows
    other: int | None = None
    """Seed of the hand that is made of his; ``None`` for his own."""

    @classmethod
    def random(cls, sources: Sources, part: Part, rng: np.random.Generator) -> RealWriter:
        """Any writer of a part; where he trains, mostly another hand made of his."""
        writers = hands(given(sources.strokes), part)
        name = sorted(writers)[int(rng.integers(len(writers)))]
        changed = part is Part.TRAIN and rng.random() < RewriteConfig().share
        other = int(rng.integers(2**32)) if changed else None
        return cls(sources, part, name, writers[name], other)

    def digit(self, rng: np.random.Generator) -> tuple[list[Points], int]:
        """One of his digits; where he trains, now and then another over it and none any more."""
        item, label = self._digit(rng)
        if self.part is not Part.TRAIN or rng.random() >= _OVER:
            return item, label
        return _over(item, label, self._digit, rng)

    def _digit(self, rng: np.random.Generator) -> tuple[list[Points], int]:
        strokes = strokes_of(given(self.sources.strokes))
        row = int(rng.choice(self.rows))
        label = int(strokes.labels[row])
        habits = HabitConfig() if self.part is Part.TRAIN else HabitConfig.none()
        item = strokes.item(row)
        if self.other is not None:
            item = rewritten(item, np.random.default_rng((self.other, label)), rng, RewriteConfig())
        return with_habits(item, label, rng, habits), label

    def letter(self, rng: np.random.Generator) -> list[Points] | None:
        """One of his letters, or anybody's where there is none of his."""
        return _letter(self.sources, self.part, self.name, rng)


@dataclass(frozen=True, slots=True, eq=False)
class InventedWriter:
    """An invented hand for the digits; the letters beside them are of anybody."""

    sources: Sources
    part: Part
    hand: InventedHand

    @classmethod
    def random(cls, sources: Sources, part: Part, rng: np.random.Generator) -> InventedWriter:
        """Any invented hand."""
        return cls(sources, part, InventedHand.random(rng))

    def digit(self, rng: np.random.Generator) -> tuple[list[Points], int]:
        """Any digit in this hand; one in so many is struck out or written over, and none then."""
        strokes, value = self._digit(rng)
        chance = rng.random()
        if chance < _SPOILT:
            return struck_out(strokes, rng), NOT_A_DIGIT
        if chance < _SPOILT + _OVER:
            return _over(strokes, value, self._digit, rng)
        return strokes, value

    def _digit(self, rng: np.random.Generator) -> tuple[list[Points], int]:
        value = int(rng.integers(10))
        return self.hand.digit(value, rng), value

    def letter(self, rng: np.random.Generator) -> list[Points] | None:
        """A letter of the writers of the part."""
        return _letter(self.sources, self.part, None, rng)


def _over(
    strokes: list[Points],
    value: int,
    another: Callable[[np.random.Generator], tuple[list[Points], int]],
    rng: np.random.Generator,
) -> tuple[list[Points], int]:
    """A digit with another over it, which is none any more; itself where none shows."""
    for _ in range(_TRIES):
        other, meant = another(rng)
        if meant != value and {meant, value} != _SLASHED:
            both = overwritten(strokes, other, rng)
            if both is not None:
                return both, NOT_A_DIGIT
    return strokes, value


def _letter(
    sources: Sources, part: Part, writer: str | None, rng: np.random.Generator
) -> list[Points] | None:
    if sources.letters is None:
        return None
    owners = hands(sources.letters, part, letters=True)
    rows = owners.get(writer) if writer is not None else None
    if rows is None:
        rows = owners[sorted(owners)[int(rng.integers(len(owners)))]]
    return strokes_of(sources.letters).item(int(rng.choice(rows)))
