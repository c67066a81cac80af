from __future__ import annotations

import numpy as np
import pytest

from zipreader.training.elastic import elastic


def bars() -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    image = np.zeros((60, 90), np.uint8)
    image[10:50, 10:90:20] = 255
    image[10:50, 11:90:20] = 255
    return image


def test_nothing_moves_without_an_amount() -> None:
    np.testing.assert_array_equal(elastic(bars(), np.random.default_rng(0), 0.0, 15), bars())


@pytest.mark.parametrize("kind", [np.uint8, np.float32])
def test_parts_move_and_hardly_any_ink_is_lost(kind: type) -> None:
    image = bars().astype(kind)
    moved = elastic(image, np.random.default_rng(1), 1.5, 15)
    assert moved.dtype == image.dtype
    assert moved.shape == image.shape
    assert np.abs(moved.astype(float) - image).max() > 100
    assert float(moved.sum()) == pytest.approx(float(image.sum()), rel=0.2)


def test_neighbours_move_alike() -> None:
    ramp = np.tile(np.arange(120, dtype=np.float32), (60, 1))
    moves = (elastic(ramp, np.random.default_rng(2), 2.0, 20) - ramp)[10:50, 20:100]
    assert moves.std() > 0.8
    assert np.abs(np.diff(moves, axis=1)).max() < 0.6
