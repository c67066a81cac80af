from __future__ import annotations

import cv2
import numpy as np
import pytest

from zipreader.reading.rings import without_rings

DPI = 120.0
SIZE = (260, 480)


def ring(radius: float, width: int = 2, middle: tuple[int, int] = (330, 120)) -> np.ndarray:
    mask = np.zeros(SIZE, np.uint8)
    cv2.circle(mask, middle, round(radius * DPI), 1, width)
    return mask


def written(text: str = "Memphis TN 38117", at: tuple[int, int] = (60, 150)) -> np.ndarray:
    mask = np.zeros(SIZE, np.uint8)
    cv2.putText(mask, text, at, cv2.FONT_HERSHEY_SIMPLEX, 1.0, 1, 2)
    return mask


@pytest.mark.parametrize("radius", [0.35, 0.5, 0.65])
@pytest.mark.parametrize("width", [1, 2, 4])
def test_a_ring_alone_is_taken_away(radius: float, width: int) -> None:
    mask = ring(radius, width)
    assert without_rings(mask, DPI).sum() < 0.05 * mask.sum()


@pytest.mark.parametrize("radius", [0.4, 0.55, 0.7])
def test_what_a_ring_runs_through_stays(radius: float) -> None:
    text, circle = written(), ring(radius)
    left = without_rings(text | circle, DPI)
    assert left[(circle & ~text) > 0].mean() < 0.2
    assert left[text > 0].mean() > 0.9


@pytest.mark.parametrize("arc", [250, 300])
def test_a_ring_need_not_be_whole(arc: int) -> None:
    mask = written()
    mark = np.zeros(SIZE, np.uint8)
    cv2.ellipse(mark, (330, 120), (60, 60), 20, 0, arc, 1, 2)
    assert without_rings(mask | mark, DPI)[(mark & ~mask) > 0].mean() < 0.25


def test_half_a_ring_a_box_and_writing_stay() -> None:
    half = np.zeros(SIZE, np.uint8)
    cv2.ellipse(half, (330, 120), (60, 60), 0, 0, 180, 1, 2)
    box = np.zeros(SIZE, np.uint8)
    cv2.rectangle(box, (240, 60), (380, 170), 1, 2)
    for mask in (half, box, written(), written("OOOOO"), np.zeros(SIZE, np.uint8)):
        assert (without_rings(mask, DPI) == mask).all()


def test_letters_as_round_and_far_smaller_stay() -> None:
    mask = ring(0.15)
    assert (without_rings(mask, DPI) == mask).all()


def test_the_mask_that_was_given_is_not_changed() -> None:
    mask = ring(0.5) | written()
    before = mask.copy()
    without_rings(mask, DPI)
    assert (mask == before).all()


def test_two_rings_are_both_taken_away() -> None:
    """A dial has an inner ring, too, that touches none."""
    inner, outer = ring(0.4), ring(0.6)
    assert without_rings(inner | outer, DPI).sum() < 0.1 * (inner | outer).sum()
