from __future__ import annotations

import itertools

import numpy as np
import pytest

from zipreader.errors import InputError
from zipreader.reading.probability import Calibration, features
from zipreader.training.confidence import Fit, Judged, fit_confidence

TRUE = Calibration(
    -2.0, {"posterior": 0.5, "spelled": 0.3, "assigned": 1.5, "baseline_spread": 6.0}, (), 0.01, ""
)


def evidence(random: np.random.Generator) -> dict[str, float]:
    """Independent quantities, as varied as in mail."""
    return {
        "posterior": float(1 / (1 + np.exp(-random.normal(3, 3)))),
        "weakest": float(1 / (1 + np.exp(-random.normal(2, 2)))),
        "not_a_digit": float(random.beta(1, 9)),
        "baseline_spread": float(random.uniform(0, 0.3)),
        "widest_gap": float(random.uniform(0, 1)),
        "assigned": float(random.random() < 0.6),
        "trailing": float(random.uniform(0, 3)),
        "leading": float(random.uniform(0, 3)),
        "together": float(random.uniform(-12, 12)),
        "lead": float(random.choice([-1, -0.5, 0.5, 1, 2], p=[0.02, 0.03, 0.03, 0.02, 0.9])),
        "thickest": float(random.uniform(1, 4)),
        "field_score": float(random.uniform(0.1, 1)),
        "field_share": float(random.uniform(0.1, 1)),
        "spelled": float(random.uniform(0, 1)),
        "complete": float(random.uniform(0, 1)),
        "four": float(random.beta(1, 9)),
        "six": float(random.beta(1, 9) / 2),
        "spelled_least": float(random.uniform(0, 1)),
        "spelled_rival": float(random.uniform(0, 1)),
        "named": float(random.uniform(-4, 0)),
        "named_rival": float(random.uniform(-4, 0)),
        "numbered": float(random.uniform(-4, 0)),
        "preceded": float(random.uniform(0, 0.7)),
        "ended": float(random.uniform(-4, -0.8)),
        "passed": float(random.uniform(0, 1)),
        "struck": float(random.uniform(0, 0.2)),
        "written": 1.0,
        "legible": float(random.uniform(0, 1)),
        "stated": float(random.uniform(-4, 0)),
        "joined": float(random.uniform(-1, 1)),
        "height": float(random.uniform(0.3, 1)),
        "shadow": float(random.uniform(-1, 1)),
        "apart": float(random.uniform(0, 0.3)),
        "fall": float(random.uniform(0, 1)),
        "pixel_height": float(random.uniform(12, 60)),
    }


def drawn(seed: int, count: int, model: Calibration = TRUE) -> list[list[Judged]]:
    """Pieces with hypotheses that are right as often as the model says."""
    random = np.random.default_rng(seed)
    pieces: list[list[Judged]] = []
    for _ in range(count):
        row, best = evidence(random), not pieces or random.random() < 0.8
        judged = Judged(row, bool(random.random() < model.probability(row)), best)
        if best:
            pieces.append([judged])
        else:
            pieces[-1].append(judged)
    return pieces


def flat(pieces: list[list[Judged]]) -> list[Judged]:
    return [item for piece in pieces for item in piece]


def fitted(fit: Fit) -> Calibration:
    return Calibration(fit.bias, fit.weights, (), 0.01, "", trees=fit.trees)


@pytest.fixture(scope="module")
def fit() -> Fit:
    return fit_confidence(drawn(1, 6000))


def test_a_known_model_is_recovered(fit: Fit) -> None:
    model = fitted(fit)
    others = [item.evidence for item in flat(drawn(2, 1500))]
    gaps = np.array([model.probability(row) - TRUE.probability(row) for row in others])
    assert np.abs(gaps).mean() < 0.06
    assert abs(gaps.mean()) < 0.02


def test_what_trees_alone_can_tell_is_found() -> None:
    """Right only if both readers agree: no sum of weights says so."""

    def both(row: dict[str, float]) -> bool:
        return row["posterior"] > 0.9 and row["spelled"] > 0.5

    random = np.random.default_rng(9)
    rows = [evidence(random) for _ in range(4000)]
    model = fitted(fit_confidence([[Judged(row, both(row), best=True)] for row in rows[:3000]]))
    said = np.array([model.probability(row) for row in rows[3000:]])
    right = np.array([both(row) for row in rows[3000:]])
    assert ((said > 0.5) == right).mean() > 0.98


def test_it_is_not_too_sure_of_pieces_that_it_has_not_seen(fit: Fit) -> None:
    """The trees alone would be: they were fitted to chance, too."""
    items = [item for item in flat(drawn(2, 4000)) if item.best]
    said = np.array([fitted(fit).probability(item.evidence) for item in items])
    right = np.array([item.right for item in items])
    for low, high in ((0.0, 0.2), (0.2, 0.5), (0.5, 0.8), (0.8, 0.95), (0.95, 1.0)):
        chosen = (said >= low) & (said < high)
        assert said[chosen].mean() == pytest.approx(right[chosen].mean(), abs=0.06)


def test_rare_mail_may_be_shown_more_often_than_it_comes() -> None:
    """Three quarters of the wrong pieces are more than will come, and count by their share."""
    pieces = drawn(5, 6000)
    wrong = [not piece[0].right for piece in pieces]
    shown = [
        piece for piece, bad in zip(pieces, wrong, strict=True) for _ in range(4 if bad else 1)
    ]
    shares = [0.25 if not piece[0].right else 1.0 for piece in shown]
    items = [item for item in flat(drawn(6, 4000)) if item.best]
    right = np.mean([item.right for item in items])
    plain, weighed = fitted(fit_confidence(shown)), fitted(fit_confidence(shown, shares=shares))
    said = [
        np.mean([each.probability(item.evidence) for item in items]) for each in (plain, weighed)
    ]
    assert said[0] < right - 0.05
    assert said[1] == pytest.approx(right, abs=0.02)


def test_better_evidence_never_lowers_the_odds() -> None:
    """Even where chance says so."""
    misleading = Calibration(1.0, {"posterior": 0.6, "place": -1.5, "size": -3.0}, (), 0.01, "")
    pieces = drawn(3, 3000, misleading)
    fit = fit_confidence(pieces)
    trees = fit.trees
    assert all(weight >= 0 for weight in fit.weights.values())
    for item in flat(pieces)[:200]:
        row = features(item.evidence)
        for name in trees.features:
            assert trees.total({**row, name: row[name] + 1}) >= trees.total(row) - 1e-12


def test_hypotheses_on_one_step_of_the_trees_are_told_apart(fit: Fit) -> None:
    row = evidence(np.random.default_rng(11))
    rows = [{**row, "posterior": 0.9 + step * 1e-7} for step in range(5)]
    trees = {fit.trees.total(features(each)) for each in rows}
    said = [fitted(fit).probability(each) for each in rows]
    assert len(trees) == 1
    assert all(low < high for low, high in itertools.pairwise(said))


def test_the_best_hypotheses_set_the_level() -> None:
    """Those that are not best are right less often than their evidence says, and do not matter."""
    best = [item for item in flat(drawn(4, 4000)) if item.best]
    others = [Judged(item.evidence, right=False, best=False) for item in flat(drawn(5, 3000))]
    pieces = [list(pair) for pair in zip(best, others, strict=False)]
    model = fitted(fit_confidence(pieces))
    said = np.mean([model.probability(piece[0].evidence) for piece in pieces])
    assert said == pytest.approx(np.mean([piece[0].right for piece in pieces]), abs=0.03)


def test_fitting_is_repeatable() -> None:
    pieces = drawn(6, 500)
    assert fit_confidence(pieces) == fit_confidence(pieces)


@pytest.mark.parametrize("right", [True, False])
def test_too_little_mail_is_refused(right: bool) -> None:
    few = [[Judged(item.evidence, right, best=True)] for item in flat(drawn(7, 200))]
    few += [[Judged(item.evidence, not right, best=True)] for item in flat(drawn(8, 29))]
    with pytest.raises(InputError, match="29"):
        fit_confidence(few)
    with pytest.raises(InputError, match="too little mail"):
        fit_confidence([])
