from __future__ import annotations

import cv2
import numpy as np
import pytest

from zipreader.reading.imageops import stroke_width
from zipreader.training.redrawn import RedrawConfig, compose_images, redraw

_UPRIGHT = (0.0, 1.0, 0.0)


def bar(width: int = 4) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """A 1 as MNIST shows it."""
    tile = np.zeros((28, 28), np.uint8)
    tile[4:24, 14 - width // 2 : 14 + width // 2] = 255
    return tile


def ring() -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """A 0 as MNIST shows it."""
    tile = np.zeros((28, 28), np.uint8)
    cv2.ellipse(tile, (14, 14), (7, 9), 0, 0, 360, 255, 2, cv2.LINE_AA)
    return tile


@pytest.mark.parametrize("height", [24.0, 60.0, 90.0])
def test_a_digit_becomes_as_tall_as_wanted(height: float) -> None:
    assert redraw(ring(), height, _UPRIGHT, 0.1 * height).shape[0] == pytest.approx(height, rel=0.1)


@pytest.mark.parametrize("width", [5.0, 8.0, 12.0])
def test_strokes_become_as_wide_as_wanted(width: float) -> None:
    ink = redraw(ring(), 80, _UPRIGHT, width)
    assert stroke_width(ink > 0.5) == pytest.approx(width, rel=0.3)


def test_the_thinnest_pen_breaks_no_stroke() -> None:
    ink = redraw(ring(), 60, _UPRIGHT, 0.5)
    count, _ = cv2.connectedComponents((ink > 0.3).astype(np.uint8), connectivity=8)
    assert count == 2


def test_shear_leans_to_the_right() -> None:
    ink = redraw(bar(), 80, (0.3, 1.0, 0.0), 8)
    rows = [np.flatnonzero(row > 0.5) for row in (ink[8], ink[-9])]
    assert rows[0].mean() > rows[1].mean() + 10


def test_an_empty_image_gives_no_ink() -> None:
    assert not redraw(np.zeros((28, 28), np.uint8), 40, _UPRIGHT, 4).any()


def test_a_string_keeps_each_digit_apart_and_in_order() -> None:
    images = np.stack([bar(), ring(), bar(), ring(), bar()])
    labels = [1, 0, 1, 0, 1]
    for seed in range(10):
        string = compose_images(images, labels, np.random.default_rng(seed), RedrawConfig())
        assert string.labels == tuple(labels)
        assert np.array_equal(string.coverage, string.parts.max(axis=0))
        middles = [np.flatnonzero(part.max(axis=0) > 0.3).mean() for part in string.parts]
        assert middles == sorted(middles)
        assert string.coverage[:3].max() == 0


def test_the_same_seed_writes_the_same_string() -> None:
    images = np.stack([bar(), ring()])
    one, other = (
        compose_images(images, [1, 0], np.random.default_rng(4), RedrawConfig()) for _ in range(2)
    )
    assert np.array_equal(one.coverage, other.coverage)
