from __future__ import annotations

import numpy as np
import pytest

from zipreader.training.habits import HabitConfig, with_habits

ALWAYS = HabitConfig(1.0, 1.0, 1.0, 0.0, 0.0)
FLAGGED = HabitConfig(0.0, 0.0, 0.0, 1.0, 0.0)
OPEN = HabitConfig(0.0, 0.0, 0.0, 0.0, 1.0)
SEVEN = np.array([[0.0, 0.0], [40.0, 0.0], [30.0, 40.0], [20.0, 80.0]])
ONE = np.array([[20.0, 0.0], [20.0, 40.0], [20.0, 80.0]])


def test_a_seven_gets_a_bar_across_its_stem() -> None:
    _, bar = with_habits([SEVEN], 7, np.random.default_rng(0), ALWAYS)
    assert 0.2 * 80 < bar[:, 1].mean() < 0.8 * 80
    assert np.ptp(bar[:, 0]) > np.ptp(bar[:, 1])


def test_a_one_gets_a_base() -> None:
    _, base = with_habits([ONE], 1, np.random.default_rng(0), ALWAYS)
    assert base[1, 1] == 80


def test_a_zero_is_slashed_upwards_to_the_right() -> None:
    ring = np.array([[0.0, 40.0], [20.0, 0.0], [40.0, 40.0], [20.0, 80.0], [0.0, 40.0]])
    _, slash = with_habits([ring], 0, np.random.default_rng(0), ALWAYS)
    assert slash[-1, 0] > slash[0, 0]
    assert slash[-1, 1] < slash[0, 1]


@pytest.mark.parametrize("label", [2, 3, 4, 5, 6, 8, 9])
def test_other_digits_stay(label: int) -> None:
    assert len(with_habits([SEVEN], label, np.random.default_rng(0), ALWAYS)) == 1


def test_a_seven_of_two_strokes_stays() -> None:
    assert len(with_habits([SEVEN, ONE], 7, np.random.default_rng(0), ALWAYS)) == 2


def test_nothing_changes_where_no_habit_is_wanted() -> None:
    assert with_habits([ONE], 1, np.random.default_rng(0), HabitConfig.none())[0] is ONE


def test_a_bare_one_gets_an_upstroke_from_the_lower_left() -> None:
    for seed in range(20):
        (flagged,) = with_habits([ONE], 1, np.random.default_rng(seed), FLAGGED)
        start, top = flagged[0], flagged[flagged[:, 1].argmin()]
        assert start[0] < top[0]
        assert start[1] - top[1] > 0.6 * (top[0] - start[0])
        assert flagged[-1].tolist() == [20.0, 80.0]


def test_a_one_that_is_more_than_a_stroke_gets_no_flag() -> None:
    assert with_habits([SEVEN], 1, np.random.default_rng(0), FLAGGED)[0] is SEVEN


def test_a_ring_is_opened() -> None:
    turn = np.linspace(0, 2 * np.pi, 40)
    ring = np.column_stack([25 * np.sin(turn), 40 * np.cos(turn)])
    (opened,) = with_habits([ring], 0, np.random.default_rng(0), OPEN)
    assert 0.75 * len(ring) <= len(opened) < len(ring)
