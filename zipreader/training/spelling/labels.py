"""Strips with what stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zipreader.elements import NOT_A_DIGIT, Strip
from zipreader.reading.strip import STRIDE

OTHER = NOT_A_DIGIT
"""Stands for a run of anything that is no digit."""


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """A strip and what stands in it, left to right: digits 0..9, and OTHER for a run of others."""

    strip: Strip
    labels: tuple[int, ...]

    def fits(self) -> bool:
        """Whether there is ink, and room for all signs and blanks between them."""
        return bool(self.strip.any()) and 2 * STRIDE * len(self.labels) <= self.strip.shape[1]


def merged(labels: Sequence[int]) -> tuple[int, ...]:
    """Neighbouring others as one."""
    kept: list[int] = []
    for label in labels:
        if label != OTHER or not kept or kept[-1] != OTHER:
            kept.append(label)
    return tuple(kept)
