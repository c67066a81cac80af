from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zipreader.reading.trees import LEAF, BoostedTrees, Node, Tree


def leaf(value: float) -> Node:
    return Node(LEAF, 0.0, 0, 0, value)


STUMP: Tree = (Node(1, 0.5, 1, 2, 0.0), leaf(-1.0), leaf(1.0))
DEEP: Tree = (
    Node(0, 0.0, 1, 2, 0.0),
    leaf(10.0),
    Node(1, 2.0, 3, 4, 0.0),
    leaf(20.0),
    leaf(30.0),
)
TREES = BoostedTrees(("a", "b"), (STUMP, DEEP, (leaf(0.25),)))


def walked(tree: Tree, values: dict[str, float]) -> float:
    node = tree[0]
    while node.feature != LEAF:
        node = tree[node.left if values["ab"[node.feature]] <= node.threshold else node.right]
    return node.value


@given(st.fixed_dictionaries({"a": st.floats(-3, 3), "b": st.floats(-3, 3)}))
def test_the_sum_of_the_leaves_that_are_reached(values: dict[str, float]) -> None:
    assert TREES.total(values) == sum(walked(tree, values) for tree in TREES.trees)


def test_the_threshold_itself_goes_left() -> None:
    assert BoostedTrees(("a", "b"), (STUMP,)).total({"a": 0, "b": 0.5}) == -1


def test_no_trees_add_nothing() -> None:
    assert BoostedTrees().total({}) == 0


def test_equal_trees_are_equal_and_go_to_other_processes() -> None:
    TREES.total({"a": 0, "b": 0})
    assert pickle.loads(pickle.dumps(TREES)) == TREES


@pytest.mark.parametrize(
    "tree",
    [
        (),
        (Node(2, 0.0, 1, 1, 0.0), leaf(1)),  # a feature without a name
        (Node(0, 0.0, 0, 1, 0.0), leaf(1)),  # back to itself
        (Node(0, 0.0, 1, 2, 0.0), leaf(1)),  # past the end
    ],
)
def test_trees_that_lead_nowhere_are_refused(tree: Tree) -> None:
    with pytest.raises(ValueError, match="tree"):
        BoostedTrees(("a", "b"), (tree,))
