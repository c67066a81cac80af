"""Whose hand writes a string: a writer of the data, or an invented one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from zipreader.elements import NOT_A_DIGIT
from zipreader.training.habits import HabitConfig, with_habits
from zipreader.training.invented import InventedHand
from zipreader.training.rewritten import RewriteConfig, rewritten
from zipreader.training.sources import Rows, Sources, given, hands, strokes_of
from zipreader.training.splits import Part
from zipreader.training.spoilt import struck_out
from zipreader.training.strokes import Points

_SPOILT = 0.04
"""How often an invented hand strikes a digit out."""


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
        """One of his digits."""
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
        """Any digit, written in this hand; one in so many is struck out and none any more."""
        value = int(rng.integers(10))
        strokes = self.hand.digit(value, rng)
        if rng.random() < _SPOILT:
            return struck_out(strokes, rng), NOT_A_DIGIT
        return strokes, value

    def letter(self, rng: np.random.Generator) -> list[Points] | None:
        """A letter of the writers of the part."""
        return _letter(self.sources, self.part, None, rng)


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
