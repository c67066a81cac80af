"""Shares of a whole with exact 95% intervals, and how far confidences are from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy.typing as npt

CONFIDENCE = 0.95
"""Level of every interval in a report, two-sided."""


def clopper_pearson(part: int, whole: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The exact binomial interval of ``part / whole``; (0, 1) where ``whole`` is 0.

    Source: C. Clopper, E. Pearson, Biometrika 26, 1934, as quantiles of the beta
    distribution: never narrower than it claims, which suits promises about misreads.
    """
    from scipy.special import betaincinv  # slow to import, and a batch needs no interval

    tail = (1 - confidence) / 2
    low = float(betaincinv(part, whole - part + 1, tail)) if part else 0.0
    high = float(betaincinv(part + 1, whole - part, 1 - tail)) if part < whole else 1.0
    return low, high


def mcnemar(only_first: int, only_second: int) -> float:
    """Two-sided exact P value that two readers differ by chance on the same pieces.

    Args:
        only_first: pieces that only the first got right.
        only_second: pieces that only the second got right.

    Source: Q. McNemar, Psychometrika 12, 1947, with the binomial instead of
    the chi-square distribution.
    """
    from scipy.stats import binomtest  # as above

    changed = only_first + only_second
    return float(binomtest(only_first, changed, 0.5).pvalue) if changed else 1.0


def calibration_error(confidence: npt.ArrayLike, right: npt.ArrayLike, bins: int = 15) -> float:
    """Expected calibration error: the mean gap between confidence and share right.

    The gap of each of ``bins`` of equal width counts by its pieces; 0 where there are none.

    Source: C. Guo et al., "On calibration of modern neural networks", ICML 2017.
    """
    import numpy as np  # as above

    said, correct = np.asarray(confidence, np.float64), np.asarray(right, np.float64)
    place = np.minimum((said * bins).astype(int), bins - 1)
    gaps = np.bincount(place, said - correct, bins)
    return float(np.abs(gaps).sum() / len(said)) if len(said) else 0.0


@dataclass(frozen=True, slots=True)
class Share:
    """``part`` of ``whole`` pieces."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """In 0..1; ``None`` where the whole is empty."""
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float, float]:
        """The 95% interval, in 0..1."""
        return clopper_pearson(self.part, self.whole)

    def __str__(self) -> str:
        if self.value is None:
            return "-"
        low, high = self.interval
        return f"{self.value:.1%} ({100 * low:.1f}-{100 * high:.1f})"
