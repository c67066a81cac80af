from __future__ import annotations

import cv2
import numpy as np
import pytest

from zipreader.elements import Points
from zipreader.reading.circled import find_circles, without_circles

DPI = 120.0
SIZE = (200, 480)
MIDDLE = (330, 100)


def written(text: str = "CA 95014", at: tuple[int, int] = (195, 111)) -> np.ndarray:
    mask = np.zeros(SIZE, np.uint8)
    for sign in text:
        cv2.putText(mask, sign, at, cv2.FONT_HERSHEY_SIMPLEX, 0.9, 1, 2)
        at = at[0] + 25, at[1]
    return mask


def ellipse(axes: tuple[int, int] = (82, 28), width: int = 2, tilt: float = 0) -> np.ndarray:
    mask = np.zeros(SIZE, np.uint8)
    cv2.ellipse(mask, MIDDLE, axes, tilt, 0, 360, 1, width)
    return mask


def box() -> np.ndarray:
    mask = np.zeros(SIZE, np.uint8)
    cv2.rectangle(mask, (255, 74), (412, 125), 1, 2)
    return mask


def found(mask: np.ndarray) -> list[Points]:
    return find_circles(mask, DPI)


@pytest.mark.parametrize("drawn", [ellipse(), ellipse(width=4), ellipse(tilt=4), box()])
def test_what_is_drawn_around_digits_goes_and_they_stay(drawn: np.ndarray) -> None:
    text = written()
    circles = found(text | drawn)
    assert len(circles) == 1
    left = without_circles(text | drawn, circles)
    assert left[(drawn & ~text) > 0].mean() < 0.05
    assert left[text > 0].mean() > 0.97


def test_a_ring_around_small_print_is_found() -> None:
    mask = np.zeros(SIZE, np.uint8)
    for number, sign in enumerate("14717"):
        cv2.putText(mask, sign, (310 + 8 * number, 104), cv2.FONT_HERSHEY_SIMPLEX, 0.35, 1, 1)
    drawn = ellipse((24, 12), 2)
    assert len(found(mask | drawn)) == 1


def test_its_middle_is_told() -> None:
    (circle,) = found(written() | ellipse((80, 30), 5))
    x, y = (circle - MIDDLE).T
    assert np.abs(np.hypot(x / 80, y / 30) - 1).max() < 0.06


def test_digits_that_touch_it_and_the_state_that_does_stay() -> None:
    text, drawn = written(), ellipse((66, 20))
    touched = cv2.dilate(drawn, np.ones((3, 3), np.uint8)) & text
    assert cv2.connectedComponents(touched)[0] > 2
    left = without_circles(text | drawn, found(text | drawn))
    assert left[(drawn & ~text) > 0].mean() < 0.12
    assert left[text > 0].mean() > 0.93


def test_a_stroke_that_crosses_it_stays() -> None:
    text, drawn = written(), ellipse()
    crossing = np.zeros(SIZE, np.uint8)
    cv2.line(crossing, (345, 60), (325, 140), 1, 3)
    left = without_circles(text | drawn | crossing, found(text | drawn | crossing))
    assert left[crossing > 0].mean() > 0.9


def test_it_is_taken_away_at_another_resolution() -> None:
    text, drawn = written(), ellipse()
    circles = [circle * 3 + 1 for circle in found(text | drawn)]
    large = cv2.resize(text | drawn, None, fx=3, fy=3, interpolation=cv2.INTER_NEAREST)
    left = without_circles(large, circles, 6)
    alone = cv2.resize(drawn & ~text, None, fx=3, fy=3, interpolation=cv2.INTER_NEAREST)
    digits = cv2.resize(text, None, fx=3, fy=3, interpolation=cv2.INTER_NEAREST)
    assert left[alone > 0].mean() < 0.05
    assert left[digits > 0].mean() > 0.97


def frame_of_lines() -> np.ndarray:
    mask = np.zeros((200, 480), np.uint8)
    cv2.rectangle(mask, (240, 40), (430, 150), 1, 2)
    for row in range(62, 150, 20):
        cv2.putText(mask, "PRSRT STD US", (252, row), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 1, 1)
    return mask


def cells() -> np.ndarray:
    mask = written()
    for x in range(262, 388, 25):
        cv2.rectangle(mask, (x, 75), (x + 25, 125), 1, 1)
    return mask


def letters() -> np.ndarray:
    mask = np.zeros(SIZE, np.uint8)
    cv2.putText(mask, "BOBBED", (150, 130), cv2.FONT_HERSHEY_SIMPLEX, 2.4, 1, 8)
    return cv2.dilate(mask, np.ones((1, 7), np.uint8))


@pytest.mark.parametrize(
    "mask",
    [
        np.zeros(SIZE, np.uint8),
        written(),
        ellipse(),
        frame_of_lines(),
        cells(),
        letters(),
        written() | ellipse((82, 28), 12),
    ],
    ids=["nothing", "writing", "an empty ring", "a frame", "cells", "loops", "a thick ring"],
)
def test_nothing_else_is_taken_for_one(mask: np.ndarray) -> None:
    assert found(mask) == []


def test_an_open_ring_is_none() -> None:
    mask = written()
    cv2.ellipse(mask, MIDDLE, (82, 28), 0, 20, 320, 1, 2)
    assert found(mask) == []


def test_where_there_is_no_stroke_nothing_goes() -> None:
    text = written()
    (circle,) = found(text | ellipse((82, 34)))
    assert (without_circles(text, [circle]) == text).all()
    assert (without_circles(np.zeros_like(text), [circle]) == 0).all()
