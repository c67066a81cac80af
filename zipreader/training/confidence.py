"""Readings with truth -> the logistic model of P(ZIP correct)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zipreader.errors import InputError
from zipreader.reading.probability import features

Vector = npt.NDArray[np.float64]
_RIDGE = 1e-3
_FEWEST = 30


@dataclass(frozen=True, slots=True)
class Judged:
    """One hypothesis and whether its ZIP is right; ``best`` of its piece or not."""

    evidence: Mapping[str, float]
    right: bool
    best: bool


@dataclass(frozen=True, slots=True)
class Fit:
    """``weights`` by the name of the feature (see ``reading.probability.features``)."""

    bias: float
    weights: dict[str, float]


def fit_confidence(judged: Sequence[Judged]) -> Fit:
    """Maximum likelihood of a logistic model whose weights are not negative.

    Features grow with the evidence, so a negative weight would say that better
    evidence makes a ZIP less likely; bounds keep chance from doing so.  The
    model is fitted on all hypotheses, then scaled and shifted on the best ones
    alone (J. Platt, 1999), because only these are ever accepted.

    Raises:
        InputError: too few right or wrong hypotheses.
    """
    right = np.array([item.right for item in judged], np.float64)
    if min(right.sum(), len(right) - right.sum()) < _FEWEST:
        raise InputError(
            f"too little mail to fit: {int(right.sum())} right and "
            f"{int(len(right) - right.sum())} wrong hypotheses, at least {_FEWEST} each are needed"
        )
    rows = [features(item.evidence) for item in judged]
    names = list(rows[0])
    x = np.array([[row[name] for name in names] for row in rows])
    best = np.array([item.best for item in judged])
    bias, weights = _fit(x, right, np.where(best, 1.0, 0.3))
    logits = (bias + x @ weights)[best]
    shift, scale = _fit(logits[:, None], right[best], np.ones(int(best.sum())))
    gain = float(scale[0])
    return Fit(
        float(bias * gain + shift),
        {name: float(weight * gain) for name, weight in zip(names, weights, strict=True)},
    )


def _fit(x: Vector, y: Vector, importance: Vector) -> tuple[float, Vector]:
    """Bias and non-negative weights of least weighted cross-entropy with a light ridge."""
    from scipy.optimize import minimize

    scale = x.std(axis=0) + 1e-9
    z = x / scale

    def loss(parameters: Vector) -> tuple[float, Vector]:
        logits = parameters[0] + z @ parameters[1:]
        value = np.logaddexp(0, logits) - y * logits
        slope = importance * (1 / (1 + np.exp(-logits)) - y)
        ridge = _RIDGE * (parameters[1:] ** 2).sum()
        gradient = np.concatenate([[slope.mean()], z.T @ slope / len(y)])
        gradient[1:] += 2 * _RIDGE * parameters[1:]
        return float((importance * value).mean() + ridge), gradient

    bounds = [(None, None)] + [(0.0, None)] * x.shape[1]
    start = np.full(x.shape[1] + 1, 0.1)
    found = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B").x
    return float(found[0]), found[1:] / scale
