"""Thresholds with a promise: Learn-then-Test with an exact binomial.

With confidence 1 - delta, at most alpha of the mail that is accepted at the
threshold is wrong, for mail drawn like the calibration mail.  Where it is asked for,
a second promise goes with it: of the mail that holds no ZIP to be read, at most twice
alpha (and no less than 2%) is accepted, so that the first hangs less on how much of
such mail there is.  It is made where there is enough such mail to make it.

Source: A. Angelopoulos, S. Bates et al., "Learn then Test: calibrating
predictive algorithms to achieve risk control", arXiv 2110.01052: fixed-sequence
testing, here with the binomial tail of the errors among the accepted, and with the
larger of both tails where two promises are made (section 3.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zipreader.errors import InputError
from zipreader.intervals import calibration_error
from zipreader.reading.probability import Certificate, Spared

Vector = npt.NDArray[np.float64]

ALPHAS = (0.05, 0.02, 0.01, 0.005, 0.001)
DELTA = 0.05
_STEP = 0.1
_LOGITS = (-2.0, 12.0)
_SPARED = (2.0, 0.02)
"""Of the mail that holds no ZIP so much may be accepted: in alphas, and at the least."""
_CAUTION = 2.0
"""So many times the errors are expected that probabilities tell, fitted to that very mail."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One mailpiece: the probability of its best ZIP, and whether that ZIP is right.

    ``probability`` is 0 where nothing could be accepted, whatever the threshold.
    ``readable`` is false where no ZIP can be right.
    """

    probability: float
    right: bool
    readable: bool = True


def pieces_needed(alpha: float, delta: float = DELTA) -> int:
    """Accepted pieces without an error from which a threshold can be certified."""
    return int(np.ceil(np.log(delta) / np.log1p(-alpha)))


def needs(alphas: Sequence[float] = ALPHAS, delta: float = DELTA) -> str:
    """In words, how many accepted pieces each bound needs at the least."""
    bounds = ", ".join(f"{pieces_needed(a, delta):,} for {a:.1%}" for a in alphas)
    return f"accepted pieces needed for a bound, if none is wrong: {bounds}"


def threshold_grid(
    tuning: Sequence[Scored],
    pieces: int,
    alpha: float,
    delta: float = DELTA,
    unreadable: int = 0,
) -> list[float]:
    """Thresholds in the order in which they will be tested, strict to loose.

    The first is the one that is likeliest to pass, by the probabilities and the errors of
    other mail: of fewer pieces a single error would fail it, of more there are more errors.

    Args:
        tuning: other mail, from which alone the start of the walk is taken.
        pieces: how many pieces of calibration mail there will be.
        alpha: the bound.
        delta: the risk of a broken promise.
        unreadable: on how much mail that holds no ZIP the second promise is made.
    """
    low, high = _LOGITS
    grid = 1 / (1 + np.exp(-np.arange(high, low - _STEP / 2, -_STEP)))
    if not tuning:
        return [float(t) for t in grid]
    probabilities = np.array([piece.probability for piece in tuning])
    taken = probabilities[None, :] >= grid[:, None]
    accepted = taken.mean(axis=1) * pieces
    told = (taken * (1 - probabilities)[None, :]).mean(axis=1) * pieces
    seen = (taken * np.array([not piece.right for piece in tuning])[None, :]).sum(axis=1)
    wrong = np.maximum(_CAUTION * told, (seen + 1) * pieces / len(tuning))
    needed = pieces_needed(alpha, delta)
    expected = np.where(accepted >= needed, _tail(accepted, wrong, alpha), np.inf)
    if unreadable:
        others = np.array([not piece.readable for piece in tuning])
        taken_others = (taken * others[None, :]).sum(axis=1)
        slips = _CAUTION * (taken_others + 1) * unreadable / max(1, others.sum())
        expected = np.maximum(expected, _tail(np.float64(unreadable), slips, spared(alpha)))
    if not np.isfinite(expected).any():
        return []
    return [float(t) for t in grid[expected.argmin() :]]


def spared(alpha: float) -> float:
    """The bound on the mail that holds no ZIP, beside a bound of ``alpha`` on the accepted."""
    return max(_SPARED[0] * alpha, _SPARED[1])


def _tail(n: Vector | np.float64, k: Vector, alpha: float) -> Vector:
    """The binomial tail P(X <= k), for expected numbers that are no integers."""
    from scipy.special import betainc

    tail: Vector = betainc(np.maximum(n - k, 1e-9), k + 1, 1 - alpha)
    return tail


def certify(
    calibration: Sequence[Scored],
    grid: Sequence[float],
    alpha: float,
    delta: float = DELTA,
    unreadable: Sequence[Scored] = (),
) -> Certificate | None:
    """Walk the grid while the promise can be kept; the last threshold that passed.

    A threshold that accepts no piece more than a stricter one is not taken:
    nothing was tested in between, least of all below the last piece.

    Args:
        calibration: the mail.
        grid: thresholds, strict to loose.
        alpha: the bound.
        delta: the risk of a broken promise.
        unreadable: mail that holds no ZIP, on which the second promise is made, if it is.

    Returns:
        ``None`` where even the first threshold fails.
    """
    from scipy.stats import binom

    probabilities = np.array([piece.probability for piece in calibration])
    wrong = np.array([not piece.right for piece in calibration], bool)
    others = np.array([piece.probability for piece in unreadable])
    bound = spared(alpha)
    passed: Certificate | None = None
    for threshold in grid:
        accepted = probabilities >= threshold
        n, k = int(accepted.sum()), int((accepted & wrong).sum())
        if n == 0 or float(binom.cdf(k, n, alpha)) > delta:
            break
        slips = int((others >= threshold).sum())
        if len(others) and float(binom.cdf(slips, len(others), bound)) > delta:
            break
        if passed is None or n > passed.accepted:
            second = Spared(bound, len(others), slips) if len(others) else None
            passed = Certificate(alpha, delta, threshold, len(calibration), n, k, second)
    return passed


def certify_all(
    tuning: Sequence[Scored],
    calibration: Sequence[Scored],
    alphas: Sequence[float] = ALPHAS,
    delta: float = DELTA,
    among: str = "",
    unreadable: Sequence[Scored] = (),
) -> tuple[Certificate, ...]:
    """The certificates of all bounds that this mail supports, loosest bound first.

    ``among`` says in words of which mail the calibration mail is a part; ``unreadable`` is mail
    that holds no ZIP, on which the second promise is made where there is enough of it.

    Raises:
        InputError: the mail supports none; the message says how much is needed.
    """
    found = [_certified(tuning, calibration, alpha, delta, unreadable) for alpha in alphas]
    certificates = tuple(certificate for certificate in found if certificate is not None)
    if not certificates:
        number = f"{len(calibration):,} pieces{among}"
        raise InputError(f"{number} are too little mail to certify on; {needs(alphas, delta)}")
    return certificates


def _certified(
    tuning: Sequence[Scored],
    calibration: Sequence[Scored],
    alpha: float,
    delta: float,
    unreadable: Sequence[Scored],
) -> Certificate | None:
    """The certificate of one bound; with the second promise where there is mail enough for it."""
    others = unreadable if len(unreadable) >= pieces_needed(spared(alpha), delta) else ()
    grid = threshold_grid(tuning, len(calibration), alpha, delta, len(others))
    return certify(calibration, grid, alpha, delta, others)


def error_of(pieces: Sequence[Scored]) -> float:
    """The expected calibration error of the probabilities."""
    return calibration_error(
        [piece.probability for piece in pieces], [piece.right for piece in pieces]
    )
