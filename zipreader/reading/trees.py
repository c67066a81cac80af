"""Boosted regression trees: sums of step functions of named features.

Fitted in ``training.confidence`` (J. Friedman, Annals of Statistics 29, 2001); here
they are only looked up, all trees at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

LEAF = -1
"""Stands for the feature of a node that decides nothing."""


@dataclass(frozen=True, slots=True)
class Node:
    """Go to ``left`` where the feature is at most ``threshold``, else to ``right``.

    A leaf has the feature ``LEAF`` and adds ``value``.
    """

    feature: int
    threshold: float
    left: int
    right: int
    value: float


Tree = tuple[Node, ...]
"""Nodes by number; the first is the root."""


@dataclass(frozen=True)
class BoostedTrees:
    """Trees over ``features``, given by name; none add nothing."""

    features: tuple[str, ...] = ()
    trees: tuple[Tree, ...] = ()

    def __post_init__(self) -> None:
        """Raises ``ValueError`` where a tree is empty or a node points to none, or back."""
        for tree in self.trees:
            if not tree:
                raise ValueError("a tree has no nodes")
            for number, node in enumerate(tree):
                if node.feature != LEAF and not (
                    0 <= node.feature < len(self.features)
                    and number < min(node.left, node.right)
                    and max(node.left, node.right) < len(tree)
                ):
                    raise ValueError("a node of a tree points nowhere")

    def total(self, values: Mapping[str, float]) -> float:
        """The sum of the leaves that these values of the features reach."""
        if not self.trees:
            return 0.0
        given = np.array([values[name] for name in self.features] + [0.0])
        every, at = np.arange(len(self.trees)), np.zeros(len(self.trees), np.intp)
        while True:
            feature = self._table.feature[every, at]
            if (feature == LEAF).all():
                return float(self._table.value[every, at].sum())
            left = given[feature] <= self._table.threshold[every, at]
            at = np.where(left, self._table.left[every, at], self._table.right[every, at])

    @cached_property
    def _table(self) -> _Table:
        return _Table.of(self.trees)


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """The nodes of all trees, (trees, nodes) each; leaves lead to themselves."""

    feature: npt.NDArray[np.intp]
    threshold: npt.NDArray[np.float64]
    left: npt.NDArray[np.intp]
    right: npt.NDArray[np.intp]
    value: npt.NDArray[np.float64]

    @staticmethod
    def of(trees: Sequence[Tree]) -> _Table:
        shape = len(trees), max(map(len, trees))
        table = _Table(
            np.full(shape, LEAF, np.intp),
            np.zeros(shape),
            np.zeros(shape, np.intp),
            np.zeros(shape, np.intp),
            np.zeros(shape),
        )
        for row, tree in enumerate(trees):
            for number, node in enumerate(tree):
                leaf = node.feature == LEAF
                table.feature[row, number] = node.feature
                table.threshold[row, number] = node.threshold
                table.left[row, number] = number if leaf else node.left
                table.right[row, number] = number if leaf else node.right
                table.value[row, number] = node.value
        return table
