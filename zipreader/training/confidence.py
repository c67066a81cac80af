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
from zipreader.training.odds import fit_odds

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
        "apart", "assigned", "baseline_spread", "blotted", "complete", "elsewhere", "ended", "four",
        "height", "joined", "lead", "led", "low", "named", "named_rival", "not_a_digit", "numbered",
        "passed", "place", "posterior", "preceded", "rank", "shadow", "six", "size", "spelled",
        "spelled_least", "spelled_rival", "stated", "strange", "struck", "together", "trailing",
        "weakest",
    )  # fmt: skip
    """Of ``reading.probability.features``; others do not lower the loss of unseen pieces.

    Nor do ``height``, ``joined``, ``shadow`` and ``stated`` on synthetic mail, where what they tell
    is rarer than an examiner's mail had it.
    """
    trees: int = 150
    leaves: int = 12
    rate: float = 0.06
    ridge: float = 1.0
    linear_ridge: float = 1e-5
    """More shrinks the odds of what is clear: 1e-3 nearly doubled the loss."""
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
    """Log odds: ``bias``, a weighted sum of features, and what the trees add."""

    bias: float
    weights: Mapping[str, float]
    trees: BoostedTrees


def fit_confidence(
    pieces: Sequence[Sequence[Judged]],
    config: ConfidenceConfig | None = None,
    shares: Sequence[float] | None = None,
) -> Fit:
    """A weighted sum of the evidence and boosted trees of it, stacked.

    Every feature grows with the evidence, and both models are held to grow with
    every feature, so that better evidence never makes a ZIP less likely.  Trees say
    what no sum can: that both readers must agree.  The sum tells hypotheses apart
    between two steps of the trees.  Both are fitted on the hypotheses of all pieces and
    are too sure of them, so their log odds are weighted and shifted (D. Wolpert,
    "Stacked generalization", 1992) as it fits the best hypotheses, the only ones
    that are ever accepted, each judged by models that were fitted without its piece.
    There each piece counts by its share of the mail to come, so that the probability
    holds for that, however much of rare mail the models were shown.

    Args:
        pieces: the judged hypotheses of each piece.
        config: how the model is fitted.
        shares: how often mail like each piece will come, beside the others; all alike where
            nothing is said.

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
    weights = np.where(best, 1.0, config.others)
    fold = np.repeat(np.arange(len(pieces)) * _FOLDS // len(pieces), [len(p) for p in pieces])
    unseen = np.zeros((len(judged), 2))
    for number in range(_FOLDS):
        seen = fold != number
        if len(set(right[seen].tolist())) == 2 and not seen.all():
            bias, slopes = fit_odds(x[seen], right[seen], weights[seen], config.linear_ridge)
            part = _boosted(x[seen], right[seen], weights[seen], config)
            unseen[~seen, 0] = bias + x[~seen] @ slopes
            unseen[~seen, 1] = part.decision_function(x[~seen])
    expected = np.repeat(shares or [1.0] * len(pieces), [len(p) for p in pieces])
    shift, gains = fit_odds(unseen[best], right[best], expected[best])
    bias, slopes = fit_odds(x, right, weights, config.linear_ridge)
    tree_bias, trees = _exported(_boosted(x, right, weights, config), x, config.features)
    sums = dict(zip(config.features, (gains[0] * slopes).tolist(), strict=True))
    shift += float(gains @ (bias, tree_bias))
    return Fit(shift, sums, _scaled(trees, float(gains[1])))


def _boosted(
    x: Vector, right: npt.NDArray[np.bool_], weights: Vector, config: ConfidenceConfig
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
    with threadpool_limits(1):  # so little takes longer on more
        return model.fit(x, right, sample_weight=weights)


def _exported(
    model: HistGradientBoostingClassifier, x: Vector, names: tuple[str, ...]
) -> tuple[float, BoostedTrees]:
    """The bias and the trees, which scikit-learn keeps to itself, compared on rows of ``x``."""
    bias = float(np.ravel(model._baseline_prediction)[0])
    trees = BoostedTrees(names, tuple(_tree(each.nodes) for (each,) in model._predictors))
    some = x[:: max(1, len(x) // _COMPARED)]
    told = [bias + trees.total(dict(zip(names, row, strict=True))) for row in some]
    if np.abs(told - model.decision_function(some)).max() > _EXACT:
        raise RuntimeError("trees were exported wrongly: another version of scikit-learn?")
    return bias, trees


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
