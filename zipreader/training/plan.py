"""What ``zipreader train`` does: how many tiles of each kind, which network, how long."""

from __future__ import annotations

from dataclasses import dataclass

from zipreader.training.glyphs import glyphs_of
from zipreader.training.pools import Recipe
from zipreader.training.sources import Kind, Sources
from zipreader.training.splits import Part

Counts = tuple[tuple[Kind, int], ...]

TRAINING_COUNTS: Counts = (
    (Kind.SEGMENTED, 90_000),
    (Kind.SEGMENTED_IMAGES, 70_000),
    (Kind.INVENTED, 60_000),
    (Kind.STROKES, 91_530),
    (Kind.MNIST, 46_652),
    (Kind.DISTORTED, 80_000),
    (Kind.PRINTED, 36_000),
    (Kind.CUTS, 8_000),
    (Kind.LETTERS, 30_000),
    (Kind.PRINTED_LETTERS, 10_000),
    (Kind.WORDS, 10_000),
    (Kind.MARKS, 5_000),
)
"""All MNIST images once, fifteen drawings of each digit in strokes; 3 in 10 are no digits."""
TUNING_COUNTS: Counts = (
    (Kind.SEGMENTED, 6_000),
    (Kind.SEGMENTED_IMAGES, 3_000),
    (Kind.STROKES, 4_460),
    (Kind.LETTERS, 2_000),
    (Kind.WORDS, 1_000),
    (Kind.PRINTED, 1_000),
    (Kind.PRINTED_LETTERS, 500),
)
"""Of writers that were not trained on; MNIST tunes only where there are no strokes."""
_GLYPH_ROUNDS = 6
"""How often a reviewed glyph is used, each time in another distortion."""
_QUICK = 80
"""A quick plan makes one tile where the full one makes so many."""


@dataclass(frozen=True, slots=True)
class CleaningConfig:
    """Leaving out not-a-digit samples that a first network is sure are digits."""

    network: str = "small"
    tiles: int = 120_000
    """The first network sees so many tiles of the pool, chosen at random."""
    epochs: int = 2
    sure: float = 0.6


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole plan but the data files."""

    network: str = "lean"
    epochs: int = 4
    seed: int = 1
    training: Counts = TRAINING_COUNTS
    tuning: Counts = TUNING_COUNTS
    cleaning: CleaningConfig | None = CleaningConfig()
    precision: str = "float32"
    """A policy of Keras: what is computed in while the network is trained."""
    figures: int = 1
    """Share of the test tiles that are measured, as a divisor."""

    def recipe(self, part: Part, sources: Sources) -> Recipe:
        """The pool of a part, with the kinds for which there are sources."""
        counts = dict(self.training if part is Part.TRAIN else self.tuning)
        if part is Part.TUNE and sources.strokes is None and sources.mnist is not None:
            counts[Kind.MNIST] = max(1, sum(counts.values()) // 7)
        if sources.glyphs is not None:
            own, _ = glyphs_of(sources.glyphs, part)
            counts[Kind.GLYPHS] = len(own) * (_GLYPH_ROUNDS if part is Part.TRAIN else 1)
        return Recipe(tuple(counts.items()), part, self.seed)


def quick_plan(network: str = "small", seed: int = 1) -> Plan:
    """A tiny run that shows whether everything works; its network is of no use."""
    smaller = tuple(
        tuple((kind, max(1, count // _QUICK)) for kind, count in counts)
        for counts in (TRAINING_COUNTS, TUNING_COUNTS)
    )
    return Plan(network, 1, seed, smaller[0], smaller[1], None, figures=_QUICK)
