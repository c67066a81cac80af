"""Readings with truth -> the model of P(ZIP correct)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from zipreader.errors import InputError, MissingExtraError
from zipreader.reading.probability import features
from zipreader.reading.trees import LEAF, BoostedTrees, Node, Tree

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier

Vector = npt.NDArray[np.float64]
_FEWEST = 30
_FOLDS = 5
_EXACT = 1e-9
_COMPARED = 500


@dataclass(frozen=True, slots=True)
class ConfidenceConfig:
    """How the model is fitted."""

    features: tuple[str, ...] = (
        "assigned", "baseline_spread", "elsewhere", "place", "posterior", "rank", "size",
        "spelled", "spelled_least", "spelled_rival", "trailing",
    )  # fmt: skip
    """Of ``reading.probability.features``; others do not lower the loss of unseen pieces."""
    trees: int = 150
    leaves: int = 8
    rate: float = 0.06
    ridge: float = 1.0
    others: float = 0.3
    """Weight of a hypothesis that is not the best of its piece."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One hypothesis and whether its ZIP is right; ``best`` of its piece or not."""

    evidence: Mapping[str, float]
    right: bool
    best: bool


@dataclass(frozen=True, slots=True)
class Fit:
    """Log odds: ``bias`` and what the trees add."""

    bias: float
    trees: BoostedTrees


def fit_confidence(
    pieces: Sequence[Sequence[Judged]], config: ConfidenceConfig | None = None
) -> Fit:
    """Boosted trees of the evidence, their odds corrected on pieces that they had not seen.

    Every feature grows with the evidence, and the trees are held to grow with
    every feature, so that better evidence never makes a ZIP less likely.  They are
    fitted on the hypotheses of all pieces.  Trees are too sure of what they
    were fitted on: their log odds are scaled and shifted as it fits (J. Platt,
    1999) the best hypotheses, the only ones that are ever accepted, each
    judged by trees that were fitted without its piece.

    Args:
        pieces: the judged hypotheses of each piece.
        config: how the model is fitted.

    Raises:
        InputError: too few right or wrong hypotheses.
        MissingExtraError: scikit-learn is not installed.
    """
    config = config or ConfidenceConfig()
    judged = [item for piece in pieces for item in piece]
    right = np.array([item.right for item in judged], np.bool_)
    if min(right.sum(), (~right).sum()) < _FEWEST:
        raise InputError(
            f"too little mail to fit: {int(right.sum())} right and {int((~right).sum())} wrong "
            f"hypotheses, at least {_FEWEST} each are needed"
        )
    rows = [features(item.evidence) for item in judged]
    x = np.array([[row[name] for name in config.features] for row in rows])
    best = np.array([item.best for item in judged])
    fold = np.repeat(np.arange(len(pieces)) * _FOLDS // len(pieces), [len(p) for p in pieces])
    unseen = np.zeros(len(judged))
    for number in range(_FOLDS):
        seen = fold != number
        if len(set(right[seen].tolist())) == 2 and not seen.all():
            part = _boosted(x[seen], right[seen], best[seen], config)
            unseen[~seen] = part.decision_function(x[~seen])
    gain, shift = _corrected(unseen[best], right[best])
    model = _boosted(x, right, best, config)
    bias, trees = _exported(model, config.features)
    some = x[:: max(1, len(x) // _COMPARED)]
    told = [bias + trees.total(dict(zip(config.features, row, strict=True))) for row in some]
    if np.abs(told - model.decision_function(some)).max() > _EXACT:
        raise RuntimeError("trees were exported wrongly: another version of scikit-learn?")
    return Fit(bias * gain + shift, _scaled(trees, gain))


def _boosted(
    x: Vector, right: npt.NDArray[np.bool_], best: npt.NDArray[np.bool_], config: ConfidenceConfig
) -> HistGradientBoostingClassifier:
    try:
        from sklearn.ensemble import HistGradientBoostingClassifier
        from threadpoolctl import threadpool_limits
    except ModuleNotFoundError as error:
        raise MissingExtraError("fitting the confidence", "fit") from error
    model = HistGradientBoostingClassifier(
        learning_rate=config.rate,
        max_iter=config.trees,
        max_leaf_nodes=config.leaves,
        l2_regularization=config.ridge,
        monotonic_cst=[1] * x.shape[1],
        early_stopping=False,
        random_state=0,
    )
    weights = np.where(best, 1.0, config.others)
    with threadpool_limits(1):  # so little takes longer on more
        return model.fit(x, right, sample_weight=weights)


def _corrected(logits: Vector, right: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """Gain, not below zero, and shift of log odds that make the outcomes likeliest."""
    from scipy.optimize import minimize

    def loss(parameters: Vector) -> tuple[float, Vector]:
        odds = parameters[0] * logits + parameters[1]
        slope = 1 / (1 + np.exp(-odds)) - right
        value = float((np.logaddexp(0, odds) - right * odds).mean())
        return value, np.array([(slope * logits).mean(), slope.mean()])

    bounds = [(0.0, None), (None, None)]
    found = minimize(loss, np.array([1.0, 0.0]), jac=True, bounds=bounds, method="L-BFGS-B").x
    return float(found[0]), float(found[1])


def _exported(
    model: HistGradientBoostingClassifier, names: tuple[str, ...]
) -> tuple[float, BoostedTrees]:
    """The bias and the trees, which scikit-learn keeps to itself."""
    trees = tuple(_tree(each.nodes) for (each,) in model._predictors)
    return float(np.ravel(model._baseline_prediction)[0]), BoostedTrees(names, trees)


def _tree(nodes: npt.NDArray[np.void]) -> Tree:
    return tuple(
        Node(LEAF, 0.0, 0, 0, float(node["value"]))
        if node["is_leaf"]
        else Node(
            int(node["feature_idx"]),
            float(node["num_threshold"]),
            int(node["left"]),
            int(node["right"]),
            0.0,
        )
        for node in nodes
    )


def _scaled(trees: BoostedTrees, gain: float) -> BoostedTrees:
    """The trees with all that they add multiplied."""
    scaled = tuple(
        tuple(
            Node(node.feature, node.threshold, node.left, node.right, node.value * gain)
            for node in tree
        )
        for tree in trees.trees
    )
    return BoostedTrees(trees.features, scaled)
