from __future__ import annotations

import numpy as np
import pytest

from zipreader.training.odds import fit_odds


def drawn(
    seed: int, count: int, bias: float, weights: list[float]
) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    values = random.normal(1.0, (0.5, 3.0), (count, 2))
    odds = bias + values @ weights
    return values, random.random(count) < 1 / (1 + np.exp(-odds))


def test_known_weights_are_recovered() -> None:
    bias, slopes = fit_odds(*drawn(1, 40_000, -1.0, [2.0, 0.4]), np.ones(40_000))
    assert bias == pytest.approx(-1.0, abs=0.1)
    assert slopes == pytest.approx([2.0, 0.4], abs=0.1)


def test_a_weight_is_never_below_zero() -> None:
    _, slopes = fit_odds(*drawn(2, 5000, 0.5, [1.0, -0.8]), np.ones(5000))
    assert slopes[1] == 0
    assert slopes[0] > 0.5


def test_an_outcome_of_weight_two_counts_as_two() -> None:
    values, right = drawn(3, 500, 0.0, [1.0, 0.5])
    double = np.concatenate([values, values[:100]]), np.concatenate([right, right[:100]])
    weights = np.where(np.arange(500) < 100, 2.0, 1.0)
    bias, slopes = fit_odds(values, right, weights)
    other_bias, other_slopes = fit_odds(*double, np.ones(600))
    assert bias == pytest.approx(other_bias, abs=1e-3)
    assert slopes == pytest.approx(other_slopes, abs=1e-3)


def test_a_ridge_shrinks() -> None:
    sample = drawn(4, 5000, 0.0, [2.0, 0.4])
    _, free = fit_odds(*sample, np.ones(5000))
    _, held = fit_odds(*sample, np.ones(5000), ridge=0.1)
    assert np.all(held < free)


def test_outcomes_that_features_tell_apart_give_finite_odds() -> None:
    values = np.linspace(-1, 1, 100)[:, None]
    bias, slopes = fit_odds(values, values[:, 0] > 0, np.ones(100), ridge=1e-5)
    assert np.isfinite([bias, *slopes]).all()
