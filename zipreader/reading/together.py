"""Strip and place -> the odds of a ZIP against every other that both may mean.

The strip says how likely the digits of a field spell a ZIP, and the line before them how
likely it names the ZIP's place: the product of both ranks all ZIPs in question (T. Bayes).
A place with one ZIP settles what its digits leave open, and a town with a hundred does not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

_LEAST = 1e-12
"""Probability below which a spelling is as unlikely as any."""


def together(
    spelled: Mapping[str, float],
    whole: Mapping[str, float],
    neighbours: Sequence[tuple[float, float]] = (),
) -> dict[str, float]:
    """Natural logarithms of the odds of each ZIP.

    Args:
        spelled: probability of the ZIPs by the strip.
        whole: of the same ZIPs, natural logarithm of how well the line names the place.
        neighbours: of the other ZIPs of the places that agree, the same two.
    """
    scores = {zip_code: _score(spelled[zip_code], fit) for zip_code, fit in whole.items()}
    others = [_score(probability, fit) for probability, fit in neighbours]
    top = max((*scores.values(), *others), default=0.0)
    masses = {zip_code: math.exp(score - top) for zip_code, score in scores.items()}
    total = sum(masses.values()) + sum(math.exp(score - top) for score in others)
    return {
        zip_code: math.log(max(mass, _LEAST)) - math.log(max(total - mass, _LEAST))
        for zip_code, mass in masses.items()
    }


def _score(probability: float, fit: float) -> float:
    return math.log(max(probability, _LEAST)) + fit
