from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zipreader.training.rewritten import RewriteConfig, rewritten
from zipreader.training.strokes import Points

STILL = RewriteConfig(length=0.0, turn=0.0, place=0.0, haste=(1e-4, 2e-4))


def ring(size: float = 100.0) -> Points:
    """A 0 in one stroke, its ends together."""
    turn = np.linspace(-0.5 * np.pi, 1.5 * np.pi, 60)
    return size * np.column_stack([0.3 * np.cos(turn), 0.5 * np.sin(turn)])


SEVEN = np.array([[0.0, 0.0], [60.0, 0.0], [40.0, 50.0], [25.0, 100.0]])
FOUR = [np.array([[20.0, 0.0], [0.0, 60.0], [60.0, 55.0]]), np.array([[45.0, 20.0], [40.0, 100.0]])]


def changed(strokes: list[Points], own: int, time: int = 0, **fields: float) -> list[Points]:
    config = replace(RewriteConfig(), **fields)  # type: ignore[arg-type]
    return rewritten(strokes, np.random.default_rng(own), np.random.default_rng(time), config)


def apart(one: list[Points], other: list[Points]) -> float:
    """Mean distance of points that lie equally far along, in the units of the strokes."""

    def along(stroke: Points) -> Points:
        return stroke[np.rint(np.linspace(0, len(stroke) - 1, 20)).astype(int)]

    pairs = zip(one, other, strict=True)
    return float(np.mean([np.hypot(*(along(a) - along(b)).T).mean() for a, b in pairs]))


@pytest.mark.parametrize("strokes", [[ring()], [SEVEN], FOUR])
def test_a_hand_that_changes_nothing_writes_what_was_written(strokes: list[Points]) -> None:
    same = rewritten(strokes, np.random.default_rng(0), np.random.default_rng(1), STILL)
    for old, new in zip(strokes, same, strict=True):
        nearest = np.hypot(*(old[:, None] - new[None]).transpose(2, 0, 1)).min(axis=1)
        assert nearest.max() < 2.0


def test_one_hand_writes_a_digit_alike_and_another_hand_does_not() -> None:
    within = np.mean([apart(changed(FOUR, 1, k), changed(FOUR, 1, k + 50)) for k in range(20)])
    between = np.mean([apart(changed(FOUR, k, 1), changed(FOUR, k + 50, 1)) for k in range(20)])
    assert 0 < 1.5 * within < between


def test_the_same_seeds_write_the_same() -> None:
    for one, other in zip(changed(FOUR, 3, 4), changed(FOUR, 3, 4), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("own", range(8))
def test_a_ring_closes_as_it_did(own: int) -> None:
    (closed,) = changed([ring()], own)
    assert np.hypot(*(closed[-1] - closed[0])) < 1.0
    (opened,) = changed([ring()], own, ring=0.0)
    assert np.hypot(*(opened[-1] - opened[0])) > 0.1


def test_haste_rounds_corners() -> None:
    config = replace(STILL, haste=(0.06, 0.0601))
    (hasty,) = rewritten([SEVEN], np.random.default_rng(0), np.random.default_rng(0), config)
    corner = np.array([60.0, 0.0])
    assert np.hypot(*(hasty - corner).T).min() > 3.0


@given(st.integers(0, 10_000), st.integers(1, 3))
def test_any_strokes_stay_strokes_of_about_their_size(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    strokes = [100 * rng.random((int(rng.integers(1, 30)), 2)).cumsum(axis=0) for _ in range(count)]
    new = rewritten(strokes, rng, rng, RewriteConfig())
    assert [stroke.shape[1] for stroke in new] == [2] * count
    assert all(np.isfinite(stroke).all() for stroke in new)
    before, after = (np.ptp(np.concatenate(each), axis=0).max() for each in (strokes, new))
    assert 0.3 * before - 5 <= after <= 3.0 * before + 5


def test_a_point_stays_a_point() -> None:
    dot = np.array([[5.0, 5.0]])
    (same,) = changed([dot], 1)
    np.testing.assert_array_equal(same, dot)


def longer(strokes: list[Points], factor: float) -> list[Points]:
    """The same digit, wider, so that its strokes have more points."""
    return [stroke * [factor, 1.0] for stroke in strokes]


@pytest.mark.parametrize("factor", [1.02, 1.1, 1.25])
def test_a_hand_does_the_same_to_a_digit_that_is_a_little_longer(factor: float) -> None:
    def ways(own: int, strokes: list[Points]) -> Points:
        """How far the middle of each stroke lies from where it lay."""
        config = replace(RewriteConfig(), haste=(1e-4, 2e-4))
        new = rewritten(strokes, np.random.default_rng(own), np.random.default_rng(9), config)
        return np.concatenate(
            [n.mean(axis=0) - o.mean(axis=0) for n, o in zip(new, strokes, strict=True)]
        )

    pairs = [(ways(own, FOUR), ways(own, longer(FOUR, factor))) for own in range(40)]
    one, other = (np.array(each).ravel() for each in zip(*pairs, strict=True))
    assert np.corrcoef(one, other)[0, 1] > 0.8


@pytest.mark.parametrize("own", range(6))
def test_the_end_of_a_six_stays_at_its_stem(own: int) -> None:
    turn = np.linspace(np.pi, 3 * np.pi, 50)
    stem = np.column_stack([np.linspace(60, 0, 20), np.linspace(-60, 40, 20)])
    six = np.concatenate([stem, np.column_stack([20 + 20 * np.cos(turn), 40 - 20 * np.sin(turn)])])
    (new,) = changed([six], own)
    met = np.hypot(*(new[: len(new) // 2] - new[-1]).T).min()
    assert met < 8.0
    (free,) = changed([six], own, ring=0.0)
    assert np.hypot(*(free[: len(free) // 2] - free[-1]).T).min() != pytest.approx(met, abs=1e-6)
