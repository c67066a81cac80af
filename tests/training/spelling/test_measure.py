from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("keras")

# ruff: noqa: E402 - what needs Keras comes after the question whether it is there
from zipreader.training.spelling.measure import distance

words = st.lists(st.integers(0, 3), max_size=7)


def test_changes_and_what_is_put_in_or_left_out_count() -> None:
    assert distance((1, 2, 3), (1, 2, 3)) == 0
    assert distance((1, 2, 3), (1, 3)) == 1
    assert distance((1, 2), (1, 2, 3)) == 1
    assert distance((1, 2, 3), (4, 2, 3)) == 1
    assert distance((), (4, 2, 3)) == 3


@given(words, words, words)
def test_it_is_a_distance(one: list[int], two: list[int], three: list[int]) -> None:
    assert distance(one, two) == distance(two, one)
    assert (distance(one, two) == 0) == (one == two)
    assert distance(one, three) <= distance(one, two) + distance(two, three)
