from __future__ import annotations

import numpy as np

from tests.training.conftest import digit_images
from zipreader.training.augment import DistortConfig, JitterConfig, distort, jitter


def test_distort_gives_a_tile_with_ink_that_differs() -> None:
    rng = np.random.default_rng(1)
    images, _ = digit_images(20)
    moved = np.stack([distort(image, rng, DistortConfig()) for image in images])
    assert moved.shape == images.shape
    assert moved.dtype == np.uint8
    assert (moved.reshape(20, -1).max(axis=1) == 255).all()
    assert all((a != b).any() for a, b in zip(moved, images, strict=True))


def test_an_empty_tile_stays_empty() -> None:
    blank = np.zeros((28, 28), np.uint8)
    assert not distort(blank, np.random.default_rng(1), DistortConfig()).any()


def test_jitter_keeps_shape_and_is_seeded() -> None:
    images, _ = digit_images(16)
    one, same = (jitter(images, np.random.default_rng(3), JitterConfig()) for _ in range(2))
    other = jitter(images, np.random.default_rng(4), JitterConfig())
    assert one.shape == images.shape
    assert one.dtype == np.uint8
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_jitter_without_ranges_changes_nothing() -> None:
    images, _ = digit_images(8)
    still = JitterConfig(rotation=0, scale=0, shear=0, shift=0, gamma=(1.0, 1.0), bent=0)
    assert np.array_equal(jitter(images, np.random.default_rng(0), still), images)
