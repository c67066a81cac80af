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


Numbers = npt.NDArray[np.intp]
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
        table = self._table
        given = np.array([values[name] for name in self.features] + [0.0])
        at = table.roots
        for _ in range(table.depth):
            right = given[table.feature[at]] > table.threshold[at]
            at = table.children[2 * at + right]
        return float(table.value[at].sum())

    @cached_property
    def _table(self) -> _Table:
        return _Table.of(self.trees)


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """The nodes of all trees in one row; leaves lead to themselves.

    ``children`` holds the left and the right one of each node in turn; a leaf asks
    for a feature behind the last.
    """

    roots: Numbers
    depth: int
    feature: Numbers
    threshold: npt.NDArray[np.float64]
    children: Numbers
    value: npt.NDArray[np.float64]

    @staticmethod
    def of(trees: Sequence[Tree]) -> _Table:
        roots = np.cumsum([0] + [len(tree) for tree in trees[:-1]])
        placed = [
            (root, root + number, node)
            for root, tree in zip(roots.tolist(), trees, strict=True)
            for number, node in enumerate(tree)
        ]
        ways = [
            (at, at) if node.feature == LEAF else (root + node.left, root + node.right)
            for root, at, node in placed
        ]
        return _Table(
            roots,
            max(map(_depth, trees)),
            np.array([node.feature for _, _, node in placed]),
            np.array([node.threshold for _, _, node in placed]),
            np.array(ways).ravel(),
            np.array([node.value for _, _, node in placed]),
        )


def _depth(tree: Tree) -> int:
    """Steps from the root to the deepest leaf; nodes only lead to later ones."""
    steps = [0] * len(tree)
    for number, node in enumerate(tree):
        if node.feature != LEAF:
            steps[node.left] = steps[node.right] = steps[number] + 1
    return max(steps)
