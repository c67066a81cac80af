from __future__ import annotations

import cv2
import numpy as np
import pytest

from zipreader.reading.waves import without_waves

DPI = 120.0


def cancelled(
    mask: np.ndarray, x: int = 60, width: int = 300, amplitude: float = 5, tilt: float = 0.0,
    count: int = 6, period: float = 60.0,
) -> np.ndarray:  # fmt: skip
    """The mask with parallel waves over it, a tenth of an inch apart."""
    marked = mask.copy()
    columns = np.arange(x, x + width)
    for line in range(count):
        rows = (
            60 + 12 * line + amplitude * np.sin(2 * np.pi * columns / period) + tilt * (columns - x)
        )
        points = np.column_stack([columns, rows])
        cv2.polylines(marked, [np.rint(points).astype(np.int32)], False, 1, 2)
    return marked


def written(text: str = "57 Elm Street", at: tuple[int, int] = (150, 110)) -> np.ndarray:
    mask = np.zeros((240, 480), np.uint8)
    cv2.putText(mask, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.9, 1, 2)
    return mask


@pytest.mark.parametrize("amplitude", [0, 3, 5])
@pytest.mark.parametrize("tilt", [0.0, 0.08, -0.08])
def test_the_waves_of_a_cancellation_are_taken_away(amplitude: float, tilt: float) -> None:
    blank = np.zeros((240, 480), np.uint8)
    marked = cancelled(blank, amplitude=amplitude, tilt=tilt)
    assert without_waves(marked, DPI).sum() < 0.1 * marked.sum()


@pytest.mark.parametrize("period", [60, 140, 260])
def test_waves_may_be_short_and_long(period: float) -> None:
    text = written()
    waves = cancelled(np.zeros_like(text), amplitude=8, period=period) & ~text & 1
    left = without_waves(cancelled(text, amplitude=8, period=period), DPI)
    assert left[waves > 0].mean() < 0.2


def test_what_they_run_through_stays() -> None:
    text = written()
    left = without_waves(cancelled(text), DPI)
    waves = cancelled(np.zeros_like(text)) & ~text & 1
    assert left[waves > 0].mean() < 0.15
    assert left[text > 0].mean() > 0.7


def test_they_are_followed_where_writing_covers_them() -> None:
    """Free pieces stand at one end alone."""
    text = written("MMMMMMMM", (150, 110))
    left = without_waves(cancelled(text, width=330), DPI)
    chained = cancelled(text, width=330)
    assert np.count_nonzero(left & ~text & 1) < 0.2 * np.count_nonzero(chained & ~text & 1)


@pytest.mark.parametrize(
    "mask",
    [
        written(),
        written("THE TITLE FEET 77"),
        cancelled(np.zeros((240, 480), np.uint8), count=2),
        cancelled(np.zeros((240, 480), np.uint8), width=60),
        np.zeros((240, 480), np.uint8),
    ],
    ids=["writing", "bars of letters", "two lines", "short", "nothing"],
)
def test_what_is_no_cancellation_is_left(mask: np.ndarray) -> None:
    assert (without_waves(mask, DPI) == mask).all()


def test_the_mask_is_not_changed() -> None:
    marked = cancelled(written())
    before = marked.copy()
    without_waves(marked, DPI)
    assert (marked == before).all()


@pytest.mark.parametrize("dpi", [24.0, 50.0, 76.0, DPI])
@pytest.mark.parametrize("step", [2, 3, 5])
def test_lines_however_close_come_to_an_end(dpi: float, step: int) -> None:
    mask = np.zeros((140, 300), np.uint8)
    mask[40 : 40 + 7 * step : step, 20:260] = 1
    assert without_waves(mask, dpi).sum() <= mask.sum()


@pytest.mark.parametrize("shape", [(1, 1), (1, 60), (60, 1), (9, 9)])
def test_the_smallest_masks_are_left(shape: tuple[int, int]) -> None:
    mask = np.ones(shape, np.uint8)
    assert (without_waves(mask, DPI) == mask).all()
