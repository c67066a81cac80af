from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zipreader.reading.strata import one_line_each

Boxes = npt.NDArray[np.float64]


def row(count: int, y: float, x: float = 0, slope: float = 0.0) -> list[tuple[float, ...]]:
    """Letters of 20 by 30 pixels, 26 from one to the next."""
    left = [x + 26 * k for k in range(count)]
    return [(at, y + slope * (at + 10), at + 20, y + slope * (at + 10) + 30) for at in left]


def split(parts: Sequence[tuple[float, ...]], slope: float = 0.0) -> tuple[list[list[int]], Boxes]:
    whole = np.arange(len(parts), dtype=np.intp)
    chains, boxes = one_line_each([whole], np.array(parts, np.float64), np.array([slope]))
    return sorted(sorted(chain.tolist()) for chain in chains), boxes


@pytest.mark.parametrize("slope", [-0.1, 0.0, 0.15])
def test_two_lines_are_two_chains(slope: float) -> None:
    parts = row(6, 100, 0, slope) + row(5, 140, 20, slope)
    chains, boxes = split(parts, slope)
    assert chains == [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10]]
    assert len(boxes) == len(parts)


def test_three_lines_are_three_chains() -> None:
    parts = row(6, 100) + row(6, 140) + row(6, 180)
    assert split(parts)[0] == [list(range(k, k + 6)) for k in (0, 6, 12)]


def test_what_spans_both_lines_is_parted_between_them() -> None:
    parts = row(4, 100) + row(4, 140) + [(104.0, 100.0, 150.0, 170.0)]
    chains, boxes = split(parts)
    assert [len(chain) for chain in chains] == [5, 5]
    upper, lower = boxes[chains[0][-1]], boxes[chains[1][-1]]
    assert (upper[1], lower[3]) == (100, 170)
    assert upper[3] == lower[1] == pytest.approx(135, abs=4)


@pytest.mark.parametrize(
    "others",
    [
        [(5.0, 85.0, 12.0, 92.0), (57.0, 86.0, 64.0, 92.0)],  # dots
        [(0.0, 134.0, 150.0, 138.0)],  # a rule below
        [(52.0, 70.0, 76.0, 130.0)],  # a tall letter
        [(26.0, 60.0, 46.0, 90.0)],  # one thing above
    ],
)
def test_a_line_with_dots_rules_and_tall_letters_stays_whole(
    others: list[tuple[float, ...]],
) -> None:
    parts = row(6, 100) + others
    assert split(parts)[0] == [list(range(len(parts)))]


def test_parts_of_which_none_is_of_usual_height_are_one_line() -> None:
    """Half-way between a tall one and two specks there is none."""
    parts = [(0.0, 100.0, 20.0, 140.0), (30.0, 120.0, 34.0, 123.0), (40.0, 121.0, 42.0, 122.0)]
    assert split(parts)[0] == [[0, 1, 2]]


@given(st.lists(st.tuples(*[st.integers(0, 300)] * 2, *[st.integers(1, 80)] * 2), max_size=12))
def test_every_part_is_in_one_chain_or_parted(drawn: list[tuple[int, int, int, int]]) -> None:
    parts = [(float(x), float(y), float(x + w), float(y + h)) for x, y, w, h in drawn]
    if not parts:
        return
    chains, boxes = split(parts)
    members = [part for chain in chains for part in chain]
    assert len(set(members)) == len(members)
    assert all(chains)
    covered = boxes[members]
    for x0, y0, x1, y1 in parts:
        pieces = covered[(covered[:, 0] == x0) & (covered[:, 2] == x1)]
        assert pieces[:, 1].min() <= y0
        assert pieces[:, 3].max() >= y1


def test_no_chain_is_no_chain() -> None:
    chains, boxes = one_line_each([], np.zeros((0, 4)), np.zeros(0))
    assert chains == []
    assert boxes.shape == (0, 4)
