from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zipreader.training.allographs import ALLOGRAPHS
from zipreader.training.invented import InventedConfig, InventedHand
from zipreader.training.strokes import Points

STILL = InventedConfig(own=0.0, each_time=0.0, faithful=1.0, haste=(1e-4, 2e-4), width=0.0)


def hand_with(digit: int, shape: int) -> InventedHand:
    shapes = tuple(shape if each == digit else 0 for each in range(10))
    return InventedHand(shapes, seed=1, haste=1e-4, width=1.0, config=STILL)


def reach(strokes: list[Points], point: tuple[float, float]) -> float:
    return min(float(np.hypot(*(stroke - point).T).min()) for stroke in strokes)


def test_every_digit_has_several_shapes() -> None:
    assert sorted(ALLOGRAPHS) == list(range(10))
    assert all(len(shapes) >= 5 for shapes in ALLOGRAPHS.values())


@pytest.mark.parametrize(
    ("digit", "shape"),
    [(digit, shape) for digit, shapes in ALLOGRAPHS.items() for shape in range(len(shapes))],
)
def test_a_still_hand_passes_through_the_points_of_each_shape(digit: int, shape: int) -> None:
    drawn = hand_with(digit, shape).digit(digit, np.random.default_rng(0))
    paths = ALLOGRAPHS[digit][shape].strokes
    assert len(drawn) == len(paths)
    for path in paths:
        assert all(reach(drawn, point) < 0.03 for point in path)
    points = np.concatenate(drawn)
    assert np.ptp(points[:, 1]) == pytest.approx(1.0, abs=0.12)


def test_a_hand_writes_alike_each_time_and_two_hands_do_not() -> None:
    config = InventedConfig(faithful=1.0)
    rng = np.random.default_rng(3)
    shape = (0,) * 10
    one, other = (InventedHand(shape, seed, 0.02, 1.0, config) for seed in (1, 2))

    def apart(first: list[Points], second: list[Points]) -> float:
        a, b = first[0], second[0]
        places = np.linspace(0, 1, 20)
        return float(
            np.mean(
                np.hypot(
                    *(
                        a[np.rint(places * (len(a) - 1)).astype(int)]
                        - b[np.rint(places * (len(b) - 1)).astype(int)]
                    ).T
                )
            )
        )

    within = np.mean([apart(one.digit(3, rng), one.digit(3, rng)) for _ in range(20)])
    between = np.mean([apart(one.digit(3, rng), other.digit(3, rng)) for _ in range(20)])
    assert 0 < within < between


def test_haste_rounds_corners() -> None:
    careful, hasty = (
        InventedHand((1,) * 10, 1, haste, 1.0, STILL).digit(1, np.random.default_rng(0))
        for haste in (1e-4, 0.08)
    )
    corner = (0.24, 0.0)
    assert reach(careful, corner) < 0.01 < reach(hasty, corner)


def test_unfaithful_hands_use_other_shapes() -> None:
    config = InventedConfig(own=0.0, each_time=0.0, faithful=0.0, width=0.0)
    hand = InventedHand((0,) * 10, 1, 0.01, 1.0, config)
    rng = np.random.default_rng(0)
    assert len({len(hand.digit(7, rng)) for _ in range(40)}) > 1


@given(seed=st.integers(0, 2**32 - 1), value=st.integers(0, 9))
def test_any_hand_writes_finite_strokes_of_about_one_unit(seed: int, value: int) -> None:
    rng = np.random.default_rng(seed)
    strokes = InventedHand.random(rng).digit(value, rng)
    points = np.concatenate(strokes)
    assert np.isfinite(points).all()
    assert all(len(stroke) >= 2 for stroke in strokes)
    assert 0.6 < np.ptp(points[:, 1]) < 1.6


def test_the_same_generator_gives_the_same_hand() -> None:
    first, second = (
        InventedHand.random(np.random.default_rng(9)).digit(4, np.random.default_rng(1))
        for _ in range(2)
    )
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
