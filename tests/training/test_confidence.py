from __future__ import annotations

import numpy as np
import pytest

from zipreader.errors import InputError
from zipreader.reading.probability import Calibration, features
from zipreader.training.confidence import Fit, Judged, fit_confidence

TRUE = Calibration(
    -2.0, {"posterior": 0.5, "weakest": 0.3, "assigned": 1.5, "height_spread": 6.0}, (), 0.01, ""
)


def evidence(random: np.random.Generator) -> dict[str, float]:
    """Independent quantities, as varied as in mail."""
    return {
        "posterior": float(1 / (1 + np.exp(-random.normal(3, 3)))),
        "weakest": float(1 / (1 + np.exp(-random.normal(2, 2)))),
        "log_scores": float(-random.gamma(2, 1)),
        "not_a_digit": float(random.beta(1, 9)),
        "other_lengths": float(random.beta(1, 9)),
        "cost": float(random.gamma(2, 2)),
        "height_spread": float(random.uniform(0, 0.5)),
        "baseline_spread": float(random.uniform(0, 0.3)),
        "widest_gap": float(random.uniform(0, 1)),
        "deepest_overlap": float(random.uniform(0, 0.3)),
        "assigned": float(random.random() < 0.6),
        "turned": float(random.random() < 0.2),
        "trailing": float(random.uniform(0, 3)),
        "field_score": float(random.uniform(0.1, 1)),
        "field_share": float(random.uniform(0.1, 1)),
        "spelled": float(random.uniform(0, 1)),
        "spelled_rival": float(random.uniform(0, 1)),
        "pixel_height": float(random.uniform(12, 60)),
    }


def drawn(seed: int, count: int, model: Calibration = TRUE) -> list[Judged]:
    """Hypotheses that are right as often as the model says."""
    random = np.random.default_rng(seed)
    rows = [evidence(random) for _ in range(count)]
    return [
        Judged(
            row, bool(random.random() < model.probability(row)), best=bool(random.random() < 0.8)
        )
        for row in rows
    ]


def fitted(fit: Fit) -> Calibration:
    return Calibration(fit.bias, fit.weights, (), 0.01, "")


@pytest.fixture(scope="module")
def fit() -> Fit:
    return fit_confidence(drawn(1, 6000))


def test_a_known_model_is_recovered(fit: Fit) -> None:
    model = fitted(fit)
    others = [item.evidence for item in drawn(2, 1500)]
    gaps = np.array([model.probability(row) - TRUE.probability(row) for row in others])
    assert np.abs(gaps).mean() < 0.025
    assert abs(gaps.mean()) < 0.015


def test_its_weights_are_recovered(fit: Fit) -> None:
    for name, weight in TRUE.weights.items():
        assert fit.weights[name] == pytest.approx(weight, rel=0.3), name
    for name in set(fit.weights) - set(TRUE.weights):
        spread = np.std([features(item.evidence)[name] for item in drawn(2, 500)])
        assert fit.weights[name] * spread < 0.25, name


def test_every_feature_has_a_weight_that_is_not_negative(fit: Fit) -> None:
    assert set(fit.weights) == set(features(drawn(1, 1)[0].evidence))
    assert all(weight >= 0 for weight in fit.weights.values())


def test_a_misleading_feature_gets_no_weight() -> None:
    """Better evidence must not make a ZIP less likely, even where chance says so."""
    misleading = Calibration(1.0, {"posterior": 0.6, "place": -1.5, "cost": -0.3}, (), 0.01, "")
    fit = fit_confidence(drawn(3, 3000, misleading))
    assert fit.weights["place"] == 0
    assert fit.weights["cost"] == 0
    assert fit.weights["posterior"] > 0.3


def test_the_best_hypotheses_set_the_level() -> None:
    """Those that are not best are right less often than their evidence says, and do not matter."""
    best = [item for item in drawn(4, 4000) if item.best]
    others = [Judged(item.evidence, right=False, best=False) for item in drawn(5, 4000)]
    model = fitted(fit_confidence(best + others))
    said = np.mean([model.probability(item.evidence) for item in best])
    assert said == pytest.approx(np.mean([item.right for item in best]), abs=0.01)


def test_fitting_is_repeatable() -> None:
    pieces = drawn(6, 500)
    assert fit_confidence(pieces) == fit_confidence(pieces)


@pytest.mark.parametrize("right", [True, False])
def test_too_little_mail_is_refused(right: bool) -> None:
    few = [Judged(item.evidence, right, best=True) for item in drawn(7, 200)]
    few += [Judged(item.evidence, not right, best=True) for item in drawn(8, 29)]
    with pytest.raises(InputError, match="29"):
        fit_confidence(few)
    with pytest.raises(InputError, match="too little mail"):
        fit_confidence([])
