"""Outcomes -> risk-coverage curve, its areas, and calibration.

A piece counts as wrong if accepting it would be wrong.  Pieces of equal score
are accepted together, so no figure depends on the order of the pieces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zipreader.evaluation.outcome import Outcome
from zipreader.intervals import Share, calibration_error

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

BINS = 15
"""Bins of equal width in which confidence is compared with truth, as in Guo et al. 2017."""


@dataclass(frozen=True, slots=True, eq=False)
class RiskCoverage:
    """What accepting from ever lower thresholds on would have given.

    ``thresholds`` fall; ``accepted`` and ``wrong`` count the pieces whose
    score reaches each.  ``pieces`` counts all.
    """

    thresholds: Floats
    accepted: Counts
    wrong: Counts
    pieces: int

    @property
    def coverage(self) -> Floats:
        """Share of the pieces accepted."""
        return self.accepted / max(self.pieces, 1)

    @property
    def risk(self) -> Floats:
        """Share of the accepted pieces that are wrong."""
        return self.wrong / np.maximum(self.accepted, 1)

    @property
    def aurc(self) -> float:
        """Area under the risk-coverage curve: the mean risk over 1..n accepted pieces.

        Source: Y. Geifman, R. El-Yaniv, NeurIPS 2017; within pieces of equal
        score the wrong ones are spread evenly.
        """
        if self.pieces == 0:
            return 0.0
        numbers = np.arange(1, self.pieces + 1)
        wrong = np.interp(numbers, np.r_[0, self.accepted], np.r_[0, self.wrong])
        return float((wrong / numbers).mean())

    @property
    def augrc(self) -> float:
        """Area under the generalized risk (wrong of all) over coverage.

        Source: J. Traub et al., "Overcoming common flaws in the evaluation of
        selective classification systems", NeurIPS 2024: the mean risk of an
        undetected misread, not overweighting the first accepted pieces.
        """
        if self.pieces == 0:
            return 0.0
        generalized = np.r_[0, self.wrong] / self.pieces
        return float(np.trapezoid(generalized, np.r_[0, self.coverage]))

    def accepted_at(self, misread: float) -> Share:
        """The largest share accepted while at most ``misread`` of it is wrong, in hindsight.

        The threshold is chosen on the measured pieces themselves: a limit of
        what this order allows, not a promise.
        """
        within = self.accepted[self.wrong <= misread * self.accepted]
        return Share(int(within.max(initial=0)), self.pieces)


def risk_coverage(outcomes: Sequence[Outcome]) -> RiskCoverage:
    """The curve over all pieces; those that no threshold accepts come last."""
    scores = np.array([o.score for o in outcomes], np.float64)
    wrong = np.array([not o.right for o in outcomes], np.int64)
    order = np.argsort(-scores, kind="stable")
    scores, wrong = scores[order], wrong[order]
    last = np.flatnonzero(np.r_[scores[1:] != scores[:-1], True][: len(scores)])
    return RiskCoverage(scores[last], last + 1, np.cumsum(wrong)[last], len(scores))


@dataclass(frozen=True, slots=True)
class Bin:
    """The guesses whose confidence lies in ``low`` to ``high``, and how many are right."""

    low: float
    high: float
    confidence: float
    """Mean confidence; the middle of the bin where it is empty."""
    right: Share


def reliability(outcomes: Sequence[Outcome]) -> tuple[Bin, ...]:
    """Confidence against truth in bins of equal width, over the pieces with a guess."""
    guesses = [o for o in outcomes if o.zip is not None]
    confidence = np.array([o.confidence for o in guesses], np.float64)
    right = np.array([o.right for o in guesses], np.bool_)
    place = np.minimum((confidence * BINS).astype(int), BINS - 1)
    edges = np.linspace(0, 1, BINS + 1)
    return tuple(
        Bin(
            low=float(edges[b]),
            high=float(edges[b + 1]),
            confidence=float(confidence[own].mean() if own.any() else edges[b : b + 2].mean()),
            right=Share(int(right[own].sum()), int(own.sum())),
        )
        for b in range(BINS)
        for own in [place == b]
    )


def error_of(outcomes: Sequence[Outcome]) -> float:
    """The expected calibration error of the pieces with a guess."""
    guesses = [o for o in outcomes if o.zip is not None]
    return calibration_error([o.confidence for o in guesses], [o.right for o in guesses], BINS)
