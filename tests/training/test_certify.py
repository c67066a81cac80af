from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from zipreader.errors import InputError
from zipreader.reading.probability import Spared
from zipreader.training.certify import (
    ALPHAS,
    DELTA,
    Scored,
    certify,
    certify_all,
    error_of,
    pieces_needed,
    spared,
    threshold_grid,
)


def mail(accepted: int, wrong: int, rejected: int = 0) -> list[Scored]:
    """Pieces accepted at 0.9, so many of them wrongly, and pieces that are not."""
    return (
        [Scored(0.95, right=False)] * wrong
        + [Scored(0.95, right=True)] * (accepted - wrong)
        + [Scored(0.2, right=False)] * rejected
    )


# --- the numbers of the exact binomial -------------------------------------------------------

LEAST = [
    (0.01, 0, 299),
    (0.01, 1, 473),
    (0.01, 2, 628),
    (0.05, 0, 59),
    (0.05, 1, 93),
    (0.05, 2, 124),
    (0.001, 0, 2995),
    (0.005, 0, 598),
]


@pytest.mark.parametrize(("alpha", "wrong", "least"), LEAST)
def test_so_many_pieces_are_needed(alpha: float, wrong: int, least: int) -> None:
    """Textbook sample sizes of attribute testing at 95% confidence."""
    passed = certify(mail(least, wrong), [0.9], alpha, delta=0.05)
    assert passed is not None
    assert (passed.accepted, passed.wrong, passed.pieces) == (least, wrong, least)
    assert (passed.alpha, passed.delta, passed.threshold) == (alpha, 0.05, 0.9)
    assert certify(mail(least - 1, wrong), [0.9], alpha, delta=0.05) is None


@pytest.mark.parametrize(("alpha", "least"), [(a, n) for a, k, n in LEAST if k == 0])
def test_pieces_needed_without_an_error(alpha: float, least: int) -> None:
    assert pieces_needed(alpha, 0.05) == least


def test_rejected_mail_does_not_count() -> None:
    assert certify(mail(299, 0, rejected=5000), [0.9], 0.01, 0.05) is not None
    assert certify(mail(298, 0, rejected=5000), [0.9], 0.01, 0.05) is None


def test_no_accepted_mail_certifies_nothing() -> None:
    assert certify(mail(0, 0, rejected=50), [0.9], 0.5) is None
    assert certify([], [0.9], 0.5) is None
    assert certify(mail(5000, 0), [], 0.01) is None


# --- mail that holds no ZIP ------------------------------------------------------------------


def unreadable(accepted: int, rejected: int) -> list[Scored]:
    return [Scored(0.95, False, readable=False)] * accepted + [
        Scored(0.2, False, readable=False)
    ] * rejected


@pytest.mark.parametrize(("alpha", "share"), [(0.05, 0.1), (0.01, 0.02), (0.001, 0.02)])
def test_of_mail_without_a_zip_twice_the_bound_is_accepted_and_2_percent(
    alpha: float, share: float
) -> None:
    assert spared(alpha) == pytest.approx(share)


@pytest.mark.parametrize(("slips", "others"), [(0, 149), (1, 236), (4, 456)])
def test_so_much_mail_without_a_zip_is_needed(slips: int, others: int) -> None:
    assert binom.cdf(slips, others, 0.02) <= 0.05 < binom.cdf(slips, others - 1, 0.02)
    for more, passes in ((0, True), (-1, False)):
        beside = unreadable(slips, others - slips + more)
        passed = certify(mail(2000, 0), [0.9], 0.01, unreadable=beside)
        assert (passed is not None) is passes


def test_mail_without_a_zip_stops_the_walk() -> None:
    pieces = [*mail(20_000, 0), *[Scored(0.7, right=True)] * 500]
    beside = [*unreadable(1, 500), *[Scored(0.7, False, readable=False)] * 8]
    (sparing,) = certify_all([*pieces, *beside], pieces, (0.01,), unreadable=beside)
    (plain,) = certify_all([*pieces, *beside], pieces, (0.01,))
    assert plain.threshold <= 0.7 < sparing.threshold
    assert sparing.accepted == 20_000
    assert sparing.unreadable == Spared(0.02, 509, 1)
    assert plain.unreadable is None


def test_too_little_mail_without_a_zip_promises_nothing_about_it() -> None:
    pieces = mail(2000, 0)
    (sparing,) = certify_all(pieces, pieces, (0.01,), unreadable=unreadable(3, 100))
    assert certify_all(pieces, pieces, (0.01,)) == (sparing,)


def test_the_walk_starts_where_mail_without_a_zip_lets_it() -> None:
    slips = [Scored(p, False, readable=False) for p in np.linspace(0.6, 0.9, 12)]
    tuning = [*mail(4000, 0), *unreadable(0, 400), *slips]
    bound = threshold_grid(tuning, 4000, 0.01, unreadable=400)
    assert certify(mail(4000, 0), bound, 0.01, unreadable=tuning[-412:]) is not None
    assert bound[0] > 0.85


# --- the walk --------------------------------------------------------------------------------


def test_the_walk_goes_on_to_the_loosest_threshold_that_passes() -> None:
    pieces = mail(400, 0) + [Scored(0.85, right=True)] * 200 + [Scored(0.75, right=False)] * 50
    passed = certify(pieces, [0.9, 0.8, 0.7], 0.01)
    assert passed is not None
    assert (passed.threshold, passed.accepted) == (0.8, 600)


def test_the_walk_never_jumps_over_a_failure() -> None:
    """Fixed sequence: what comes after the first failure is not tested at all."""
    pieces = mail(400, 0) + [Scored(0.85, right=False)] * 40 + [Scored(0.75, right=True)] * 90_000
    passed = certify(pieces, [0.9, 0.8, 0.7], 0.01)
    assert passed is not None
    assert passed.threshold == 0.9
    assert certify(pieces, [0.8, 0.7], 0.01) is None
    assert certify(pieces, [0.7], 0.01) is not None


def test_no_threshold_lies_where_nothing_was_tested() -> None:
    """Mail of which all was accepted at 0.9 says nothing about what would score 0.2."""
    grid = [0.94, 0.9, 0.8, 0.5, 0.2]
    passed = certify(mail(3000, 0), grid, 0.01)
    assert passed is not None
    assert (passed.threshold, passed.accepted) == (0.94, 3000)
    beyond_a_gap = mail(3000, 0) + [Scored(0.3, right=True)]
    passed = certify(beyond_a_gap, grid, 0.01)
    assert passed is not None
    assert (passed.threshold, passed.accepted) == (0.2, 3001)


def test_a_spread_of_scores_is_certified_to_the_last_threshold_that_passes() -> None:
    random = np.random.default_rng(9)
    tuning, calibration = drawn(random, 2000)[0], drawn(random, 6000)[0]
    for alpha in (0.05, 0.02, 0.01):
        grid = threshold_grid(tuning, len(calibration), alpha)
        passed = certify(calibration, grid, alpha)
        assert passed is not None
        loosest = None
        for threshold in grid:
            taken = [piece for piece in calibration if piece.probability >= threshold]
            wrong = sum(not piece.right for piece in taken)
            if binom.cdf(wrong, len(taken), alpha) > DELTA:
                break
            loosest = threshold
        assert passed.threshold == loosest


@given(st.integers(0, 3000), st.sampled_from(ALPHAS))
def test_the_grid_goes_from_strict_to_loose(seed: int, alpha: float) -> None:
    random = np.random.default_rng(seed)
    tuning = [Scored(float(p), right=True) for p in random.beta(8, 1, 400)]
    grid = threshold_grid(tuning, 4000, alpha)
    assert grid == sorted(grid, reverse=True)
    assert all(0 < t < 1 for t in grid)
    if grid:
        expected = np.mean([piece.probability >= grid[0] for piece in tuning]) * 4000
        assert expected >= pieces_needed(alpha)


@pytest.mark.parametrize("count", [400, 5000])
def test_the_walk_starts_where_it_is_likeliest_to_pass(count: int) -> None:
    """With the sure ones, not with so few that one error fails it, and without the doubtful."""
    tuning = [Scored(p, right=True) for p in [0.9999] * 80 + [0.995] * 10 + [0.5] * 10]
    assert 0.5 < threshold_grid(tuning, count, 0.01)[0] < 0.9999


def test_errors_of_other_mail_count_more_than_what_probabilities_say() -> None:
    tuning = [Scored(0.9999, right=True)] * 80 + [Scored(0.995, right=n > 1) for n in range(10)]
    believed = [Scored(piece.probability, right=True) for piece in tuning]
    assert threshold_grid(tuning, 5000, 0.01)[0] > 0.995 > threshold_grid(believed, 5000, 0.01)[0]


def test_mail_that_cannot_pass_has_no_start() -> None:
    tuning = [Scored(0.9999, right=True)] * 100
    assert threshold_grid(tuning, 298, 0.01) == []


def test_too_little_mail_has_no_grid() -> None:
    assert threshold_grid([Scored(0.99, right=True)] * 100, 300, 0.001) == []


# --- the promise -----------------------------------------------------------------------------


def drawn(random: np.random.Generator, count: int) -> tuple[list[Scored], np.ndarray, np.ndarray]:
    """Mail whose reader is too sure of itself; its probabilities and true risks."""
    logits = random.normal(4.0, 2.5, count)
    said = 1 / (1 + np.exp(-logits))
    true = 1 / (1 + np.exp(-(0.8 * logits - 0.2)))
    right = random.random(count) < true
    pieces = [Scored(float(p), bool(r)) for p, r in zip(said, right, strict=True)]
    return pieces, said, 1 - true


def test_the_promise_is_kept_in_nearly_all_of_200_runs() -> None:
    alpha, delta = 0.02, 0.05
    _, said, risk = drawn(np.random.default_rng(10_000), 400_000)
    order = np.argsort(-said)
    descending = -said[order]
    risk_above = np.cumsum(risk[order]) / np.arange(1, len(said) + 1)
    kept, certified, shares = 0, 0, []
    for seed in range(200):
        random = np.random.default_rng(seed)
        tuning, _, _ = drawn(random, 800)
        calibration, _, _ = drawn(random, 3000)
        grid = threshold_grid(tuning, len(calibration), alpha, delta)
        passed = certify(calibration, grid, alpha, delta)
        if passed is None:
            kept += 1
            continue
        certified += 1
        place = int(np.searchsorted(descending, -passed.threshold, side="right"))
        kept += bool(risk_above[place - 1] <= alpha)
        shares.append(passed.accepted / passed.pieces)
    assert kept >= 0.93 * 200
    assert certified >= 0.8 * 200, "nor is it kept by promising nothing"
    allowed = float((risk_above <= alpha).mean())
    assert np.median(shares) > 0.7 * allowed


def test_a_bad_reader_is_hardly_ever_certified() -> None:
    """Wrong in 2% of its mail however sure it is: 1% can be promised only by bad luck."""
    lucky = 0
    for seed in range(200):
        random = np.random.default_rng(seed)
        pieces = [
            Scored(float(p), bool(r))
            for p, r in zip(random.uniform(0.5, 1, 1500), random.random(1500) > 0.02, strict=True)
        ]
        lucky += certify(pieces, threshold_grid(pieces, 1500, 0.01), 0.01) is not None
    assert lucky <= 0.07 * 200


# --- all bounds ------------------------------------------------------------------------------


def test_all_bounds_that_the_mail_supports() -> None:
    random = np.random.default_rng(4)
    tuning, _, _ = drawn(random, 2000)
    calibration, _, _ = drawn(random, 3000)
    found = certify_all(tuning, calibration)
    alphas = [certificate.alpha for certificate in found]
    assert alphas == sorted(alphas, reverse=True)
    assert 0.05 in alphas
    assert 0.001 not in alphas, "3000 such pieces cannot promise that"
    thresholds = [certificate.threshold for certificate in found]
    assert thresholds == sorted(thresholds)
    assert all(certificate.delta == DELTA for certificate in found)


def test_mail_that_certifies_nothing_says_how_much_is_needed() -> None:
    with pytest.raises(InputError, match=r"20 pieces.*59 for 5\.0%.*299 for 1\.0%"):
        certify_all(mail(20, 0), mail(20, 0))


# --- calibration error -----------------------------------------------------------------------


def test_an_honest_reader_has_no_calibration_error() -> None:
    pieces = [Scored(0.75, right=i < 75) for i in range(100)]
    assert error_of(pieces) == pytest.approx(0, abs=1e-9)


def test_the_calibration_error_is_the_gap() -> None:
    pieces = [Scored(0.9, right=i < 60) for i in range(100)]
    assert error_of(pieces) == pytest.approx(0.3)
    assert error_of([Scored(1.0, right=True)]) == 0
    assert error_of([Scored(1.0, right=False)]) == 1


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_a_calibration_error_is_a_share(pairs: list[tuple[float, bool]]) -> None:
    error = error_of([Scored(p, r) for p, r in pairs])
    assert -1e-12 <= error <= 1 + 1e-12
