from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from zipreader.intervals import Share, calibration_error, clopper_pearson, mcnemar


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        (0, 10, 0.0, 0.3085),
        (1, 10, 0.0025, 0.4450),
        (5, 10, 0.1871, 0.8129),
        (10, 10, 0.6915, 1.0),
        (81, 263, 0.2527, 0.3676),
    ],
)
def test_clopper_pearson_has_the_published_values(
    part: int, whole: int, low: float, high: float
) -> None:
    assert clopper_pearson(part, whole) == pytest.approx((low, high), abs=6e-5)


@pytest.mark.parametrize(("whole", "wrong"), [(299, 0), (473, 1), (628, 2), (1049, 5)])
def test_the_counts_of_the_certificate_are_those_of_the_exact_interval(
    whole: int, wrong: int
) -> None:
    # anchors.md: so many accepted pieces are needed for 1% at one-sided 95%.
    assert clopper_pearson(wrong, whole, 0.90)[1] <= 0.01
    assert clopper_pearson(wrong, whole - 1, 0.90)[1] > 0.01


def test_nothing_is_known_of_an_empty_whole() -> None:
    assert clopper_pearson(0, 0) == (0.0, 1.0)
    assert Share(0, 0).value is None
    assert str(Share(0, 0)) == "-"


def test_the_interval_covers_the_truth_at_least_as_often_as_it_claims() -> None:
    whole = 25
    bounds = np.array([clopper_pearson(k, whole) for k in range(whole + 1)])
    for truth in np.linspace(0.01, 0.99, 25):
        covers = (bounds[:, 0] <= truth) & (truth <= bounds[:, 1])
        assert binom.pmf(np.arange(whole + 1), whole, truth)[covers].sum() >= 0.95


@given(st.integers(1, 2000), st.data())
def test_the_share_lies_in_its_interval(whole: int, data: st.DataObject) -> None:
    share = Share(data.draw(st.integers(0, whole)), whole)
    low, high = share.interval
    assert share.value is not None
    assert 0 <= low <= share.value <= high <= 1


def test_a_share_reads_as_percentages() -> None:
    assert str(Share(1, 10)) == "10.0% (0.3-44.5)"


def test_mcnemar_is_the_exact_binomial() -> None:
    assert mcnemar(10, 2) == pytest.approx(2 * (1 + 12 + 66) / 2**12)
    assert mcnemar(2, 10) == mcnemar(10, 2)
    assert mcnemar(5, 5) == 1
    assert mcnemar(0, 0) == 1


@pytest.mark.parametrize(("part", "whole"), [(0, 0), (0, 40), (1, 40), (20, 40), (40, 40)])
def test_the_interval_is_that_of_the_exact_binomial_test(part: int, whole: int) -> None:
    low, high = clopper_pearson(part, whole)
    if not whole:
        assert (low, high) == (0.0, 1.0)
        return
    exact = binomtest(part, whole).proportion_ci(0.95, method="exact")
    assert (low, high) == pytest.approx((exact.low, exact.high))


# --- calibration error -----------------------------------------------------------------------


def test_the_calibration_error_is_the_gap_weighted_by_pieces() -> None:
    assert calibration_error([], []) == 0
    assert calibration_error([0.75] * 4, [True, True, True, False]) == pytest.approx(0)
    assert calibration_error([1.0, 0.0], [False, False]) == pytest.approx(0.5)
    assert calibration_error([0.2, 0.4], [True, False]) == pytest.approx(0.6)
    assert calibration_error([0.2, 0.4], [True, False], bins=1) == pytest.approx(0.2)
