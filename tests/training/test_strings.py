from __future__ import annotations

import numpy as np
import pytest

from zipreader.elements import NOT_A_DIGIT
from zipreader.training.strings import LabelRule, StringConfig, compose, cut, in_box, trimmed

_ONE = [np.array([[10.0, 0.0], [10.0, 80.0]])]
_HYPHEN = [np.array([[0.0, 1.0], [30.0, 0.0]])]


def _masks(*columns: tuple[int, int]) -> list[np.ndarray]:
    masks = [np.zeros((10, 100), bool) for _ in columns]
    for mask, (first, last) in zip(masks, columns, strict=True):
        mask[:, first:last] = True
    return masks


@pytest.mark.parametrize(
    ("candidate", "label"),
    [
        ((0, 50), 3),  # the digit itself
        ((0, 47), 3),  # 94% of it
        ((0, 40), None),  # 80%: neither right nor clearly wrong
        ((0, 30), NOT_A_DIGIT),  # 60%
        ((0, 100), NOT_A_DIGIT),  # both digits
        ((50, 100), 7),
    ],
)
def test_the_rule_goes_by_the_overlap_of_ink(candidate: tuple[int, int], label: int) -> None:
    (ink,) = _masks(candidate)
    assert LabelRule().label(ink, _masks((0, 50), (50, 100)), (3, 7)) == label


def test_a_string_holds_each_item_apart() -> None:
    string = compose([_ONE, _ONE], [1, 1], np.random.default_rng(2), StringConfig())
    assert string.parts.shape == (2, *string.coverage.shape)
    assert np.array_equal(string.parts.max(axis=0), string.coverage)
    centres = [np.argwhere(part > 0.5)[:, 1].mean() for part in string.parts]
    assert centres[0] < centres[1]


def test_a_hyphen_is_short_and_half_way_up() -> None:
    rng = np.random.default_rng(2)
    string = compose([_ONE, _HYPHEN], [1, NOT_A_DIGIT], rng, StringConfig(baseline=0.0))
    digit, hyphen = (trimmed(part) for part in string.parts)
    assert hyphen.shape[1] < 0.75 * digit.shape[0]
    rows = [np.argwhere(part > 0.5)[:, 0] for part in string.parts]
    assert rows[0].min() + 2 < rows[1].mean() < rows[0].max() - 2


def test_cuts_are_digits_or_not() -> None:
    rng = np.random.default_rng(0)
    string = compose([_ONE, _ONE, _ONE], [1, 1, 1], rng, StringConfig())
    pieces = [piece for _ in range(60) if (piece := cut(string, rng, LabelRule()))]
    assert {label for _, label in pieces} <= {1, NOT_A_DIGIT}
    assert pieces
    assert all(coverage.shape == string.coverage.shape for coverage, _ in pieces)


def test_a_box_stands_around_the_ink_and_bars_in_its_gaps_only() -> None:
    ink = np.zeros((40, 100), np.float32)
    ink[:, 10:30] = ink[:, 60:80] = 1
    for seed in range(30):
        boxed = in_box(ink, 40, np.random.default_rng(seed))
        margin = (boxed.shape[0] - 40) // 2
        inside = boxed[margin:-margin, margin:-margin]
        assert inside.shape == ink.shape
        assert (inside[ink == 1] == 1).all()
        free = np.where(ink == 0, inside, 0)[3:-3, 3:-3]  # the frame is at most two pixels wide
        columns = np.flatnonzero(free.max(axis=0) > 0.3)
        assert columns.size <= 3 and all(40 < column + 3 < 50 for column in columns)
        frame = boxed.copy()
        frame[margin:-margin, margin:-margin] = 0
        ys, xs = np.nonzero(frame > 0.3)
        assert ys.min() < margin <= boxed.shape[0] - margin <= ys.max()
        assert xs.min() < margin <= boxed.shape[1] - margin <= xs.max()
