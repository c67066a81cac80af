"""Logistic regression whose log odds grow with every feature."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]
_LEAST_SPREAD = 1e-9


def fit_odds(
    values: Vector, right: npt.NDArray[np.bool_], weights: Vector, ridge: float = 0.0
) -> tuple[float, Vector]:
    """The bias and the weights, none below zero, under which the outcomes are likeliest.

    Args:
        values: (N, F) features.
        right: (N,) outcomes.
        weights: (N,) how much each outcome counts.
        ridge: penalty of the square of a weight, of features of unit spread.
    """
    from scipy.optimize import minimize

    middle, spread = values.mean(axis=0), values.std(axis=0) + _LEAST_SPREAD
    rows = (values - middle) / spread
    shares = weights / weights.sum()

    def loss(parameters: Vector) -> tuple[float, Vector]:
        slopes = parameters[1:]
        odds = parameters[0] + rows @ slopes
        missed = shares * (1 / (1 + np.exp(-odds)) - right)
        value = float(shares @ (np.logaddexp(0, odds) - right * odds) + ridge * slopes @ slopes)
        return value, np.concatenate([[missed.sum()], missed @ rows + 2 * ridge * slopes])

    width = values.shape[1]
    bounds = [(None, None), *[(0.0, None)] * width]
    start = np.concatenate([[0.0], np.ones(width)])
    found = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B").x
    slopes = found[1:] / spread
    return float(found[0] - slopes @ middle), slopes
