from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.drawing import blank, print_text
from zipreader.reading.rowseams import row_seams

Ink = np.ndarray
HEIGHT = 30


def written(*texts: str, pitch: int, rise: float = 0.0) -> Ink:
    """Lines in capitals 30 pixels tall, cropped to their ink; ``rise`` is their dy/dx."""
    grey = blank(1000, 300 + pitch * len(texts))
    for number, text in enumerate(texts):
        print_text(grey, text, 40, 120 + pitch * number, HEIGHT)
    shear = np.array([[1, 0, 0], [rise, 1, 0]], np.float64)
    ink = (cv2.warpAffine(255 - grey, shear, grey.shape[::-1]) > 128).astype(np.uint8)
    ys, xs = np.nonzero(ink)
    return np.ascontiguousarray(ink[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1])


ADDRESS = ("PAMELA FERNANDEZ", "2741 WEST HARBOUR RD", "MONTGOMERY AL 36104")


@pytest.mark.parametrize("pitch", [30, 31, 34, 45])
@pytest.mark.parametrize("rise", [-0.05, 0.0, 0.03])
def test_lines_that_touch_are_told(pitch: int, rise: float) -> None:
    ink = written(*ADDRESS, pitch=pitch, rise=rise)
    seams = row_seams(ink, HEIGHT, 0.0 if abs(rise) < 0.04 else rise)
    assert len(seams) == 2
    columns = np.arange(ink.shape[1])
    crossed = ink[np.minimum(seams, len(ink) - 1), columns].sum(axis=1)
    assert (crossed < 0.12 * ink.shape[1]).all()
    assert (np.diff(seams, axis=0) > 0.6 * HEIGHT).mean() > 0.95


@pytest.mark.parametrize("text", ["MONTGOMERY AL 36104", "Quigley, Jpg gypsy", "11111 EFEFE 88888"])
def test_one_line_has_no_seam(text: str) -> None:
    ink = written(text, pitch=40)
    assert row_seams(ink, HEIGHT, 0.0).shape == (0, ink.shape[1])


def test_a_tail_that_reaches_into_the_next_line_does_not_hide_the_seam() -> None:
    ink = written("PAMELA FERNANDEZ", "2741 HARBOUR ROAD", pitch=38)
    for x in (100, 180, 260):
        cv2.line(ink, (x, 10), (x - 12, 60), 1, 3)
    assert len(row_seams(ink, HEIGHT, 0.0)) == 1


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    size=st.tuples(st.integers(1, 90), st.integers(1, 160)),
    letter=st.floats(3, 60),
    usual=st.floats(-0.2, 0.2),
)
def test_seams_stay_inside_and_never_cross(
    seed: int, size: tuple[int, int], letter: float, usual: float
) -> None:
    ink = (np.random.default_rng(seed).random(size) < 0.3).astype(np.uint8)
    seams = row_seams(ink, letter, usual)
    assert seams.shape[1] == size[1]
    assert (seams >= 0).all()
    assert (seams <= size[0]).all()
    assert (np.diff(seams, axis=0) >= 0).all()
