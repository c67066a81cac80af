from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from zipreader.training.elastic import bend_of, elastic
from zipreader.training.splits import Part


def bars() -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    image = np.zeros((60, 90), np.uint8)
    image[10:50, 10:90:20] = 255
    image[10:50, 11:90:20] = 255
    return image


def test_nothing_moves_without_an_amount() -> None:
    np.testing.assert_array_equal(elastic(bars(), np.random.default_rng(0), 0.0, 15), bars())


@pytest.mark.parametrize("kind", [np.uint8, np.float32])
def test_parts_move_and_hardly_any_ink_is_lost(kind: type) -> None:
    image: Any = bars().astype(kind)
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


@pytest.mark.parametrize(("apart", "shape"), [(7, (28, 28)), (12, (32, 300)), (20, (60, 90))])
def test_parts_so_far_apart_move_alike_by_half_in_both_directions(
    apart: float, shape: tuple[int, int]
) -> None:
    ramps = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    likeness = []
    for axis in (0, 1):
        products = []
        for seed in range(60):
            moved = elastic(ramps[1], np.random.default_rng(seed), 0.5, apart) - ramps[1]
            inner = np.moveaxis(moved[4:-4, 4:-4], axis, 0)
            step = round(0.6 * apart)
            products.append([(inner[step:] * inner[:-step]).mean(), (inner**2).mean()])
        same, whole = np.mean(products, axis=0)
        likeness.append(same / whole)
    assert likeness == pytest.approx([0.5, 0.5], abs=0.25)
    assert likeness[0] == pytest.approx(likeness[1], abs=0.15)


def test_what_measures_is_not_bent() -> None:
    assert bend_of(Part.TRAIN) > 0
    assert {bend_of(part) for part in Part if part is not Part.TRAIN} == {0.0}
