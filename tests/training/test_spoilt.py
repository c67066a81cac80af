from __future__ import annotations

import numpy as np
import pytest

from zipreader.training.spoilt import overwritten, struck_out
from zipreader.training.strokes import PenConfig, draw

STEM = [np.array([[0.0, y] for y in np.linspace(0, 1, 12)])]
SEVEN = [np.array([[0.0, 0.0], [0.3, 0.0], [0.6, 0.0], [0.4, 0.5], [0.2, 1.0]])]


@pytest.mark.parametrize("seed", range(12))
def test_a_scribble_covers_the_digit_and_keeps_its_strokes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    spoilt = struck_out(SEVEN, rng)
    assert np.array_equal(spoilt[0], SEVEN[0])
    assert len(spoilt) > len(SEVEN)
    scribble = np.concatenate(spoilt[1:])
    points = np.concatenate(SEVEN)
    assert (np.ptp(scribble, axis=0) > 0.6 * np.ptp(points, axis=0)).all()
    assert (
        np.abs(scribble.mean(axis=0) - (points.max(axis=0) + points.min(axis=0)) / 2) < 0.3
    ).all()


@pytest.mark.parametrize("strokes", [STEM, SEVEN])
def test_what_is_struck_out_has_much_more_ink(strokes: list[np.ndarray]) -> None:
    pen = PenConfig(height=(60.0, 60.0), width=(0.06, 0.06)).as_written()
    for seed in range(8):
        rng = np.random.default_rng(seed)
        spoilt = struck_out(strokes, rng)
        assert draw(spoilt, rng, pen).sum() > 2 * draw(strokes, rng, pen).sum()


def test_the_same_generator_gives_the_same_scribble() -> None:
    one, two = (struck_out(SEVEN, np.random.default_rng(4)) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))


RING = [np.column_stack([0.6 * np.cos(t), 0.5 * np.sin(t)]) for t in [np.linspace(0, 6.3, 40)]]


@pytest.mark.parametrize("seed", range(8))
def test_what_is_written_over_a_digit_stands_on_it_in_its_size(seed: int) -> None:
    rng = np.random.default_rng(seed)
    both = overwritten(SEVEN, [40 * stroke + 300 for stroke in RING], rng)
    assert both is not None and len(both) == 2
    assert np.array_equal(both[0], SEVEN[0])
    assert 0.85 < np.ptp(both[1][:, 1]) < 1.2
    assert np.abs(both[1].mean(axis=0) - (0.3, 0.5)).max() < 0.3


def test_one_that_hides_the_other_is_not_written_over_it() -> None:
    for seed in range(8):
        rng = np.random.default_rng(seed)
        assert overwritten(SEVEN, SEVEN, rng) is None, "the same"
        assert overwritten(SEVEN, [*SEVEN, RING[0] + (0.3, 0.5)], rng) is None, "a part"
    lying = [np.array([[0.0, 0.0], [1.0, 0.01]])]
    assert overwritten(RING, lying, np.random.default_rng(0)) is None
