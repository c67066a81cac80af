from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.drawing import upright
from zipreader.config import LinesConfig
from zipreader.reading import imageops
from zipreader.reading.lines import find_lines
from zipreader.reading.spanning import parted

Mask = np.ndarray


def letters(mask: Mask, x: int, y: int, count: int, height: int = 20, step: int = 22) -> None:
    """Bars of a line whose upper end is at ``y``."""
    for k in range(count):
        left = x + step * k
        cv2.rectangle(mask, (left, y), (left + 12, y + height - 1), 1, -1)


def two_lines(gap: int = 10) -> Mask:
    """Two lines of six letters 20 pixels tall, the fourth ones joined by a thin tail."""
    mask = np.zeros((140, 200), np.uint8)
    letters(mask, 20, 40, 6)
    letters(mask, 20, 60 + gap, 6)
    cv2.rectangle(mask, (90, 50), (92, 70 + gap), 1, -1)
    return mask


def components(mask: Mask) -> Mask:
    labels, stats = imageops.components(mask)
    return parted(labels, stats, np.arange(1, len(stats)))


def unchanged(mask: Mask) -> bool:
    return len(components(mask)) == len(imageops.components(mask)[1]) - 1


@pytest.mark.parametrize("gap", [3, 6, 10, 16])
def test_what_joins_two_lines_is_parted_between_them(gap: int) -> None:
    found = components(two_lines(gap))
    assert len(found) == 12
    assert (np.sort(found[:, 1]) <= [40] * 6 + [60 + gap] * 6).all()
    assert found[:, 3].max() <= 20 + gap
    assert found[:, 4].sum() == two_lines(gap).sum()


def test_a_tall_letter_in_a_line_of_low_ones_stays_whole() -> None:
    mask = np.zeros((140, 200), np.uint8)
    letters(mask, 20, 60, 6, height=14)
    cv2.rectangle(mask, (86, 40), (98, 73), 1, -1)
    assert unchanged(mask)


def test_words_that_begin_two_lines_are_parted_where_a_tail_joins_them() -> None:
    """As where a ZIP stands on a line of its own below the town."""
    mask = np.zeros((140, 260), np.uint8)
    letters(mask, 10, 40, 4, step=13)
    letters(mask, 10, 68, 4, step=13)
    letters(mask, 80, 40, 4)
    letters(mask, 80, 68, 3)
    cv2.rectangle(mask, (40, 50), (42, 78), 1, -1)
    found = components(mask)
    assert len(found) == len(imageops.components(mask)[1])
    assert found[:, 3].max() <= 30


@pytest.mark.parametrize("height", [44, 54])
def test_a_large_letter_before_two_lines_of_small_print_stays_whole(height: int) -> None:
    mask = np.zeros((140, 260), np.uint8)
    letters(mask, 80, 40, 6)
    letters(mask, 80, 68, 6)
    cv2.rectangle(mask, (30, 40), (66, 40 + height), 1, 6)
    assert unchanged(mask)


def test_large_digits_beside_two_lines_of_small_print_stay_whole() -> None:
    mask = np.zeros((140, 400), np.uint8)
    letters(mask, 10, 40, 6)
    letters(mask, 10, 70, 6)
    letters(mask, 170, 38, 5, height=54)
    assert unchanged(mask)


def test_whole_digits_among_broken_ones_stay_whole() -> None:
    mask = np.zeros((140, 200), np.uint8)
    letters(mask, 20, 40, 6, height=40)
    for broken in (0, 3):
        mask[58:62, 20 + 22 * broken : 34 + 22 * broken] = 0
    assert unchanged(mask)


def test_nothing_is_parted_where_there_is_nothing() -> None:
    assert components(np.zeros((20, 20), np.uint8)).shape == (0, 5)


def test_both_lines_are_found_where_a_loop_joins_them() -> None:
    grey = np.full((600, 900), 255, np.uint8)
    for row, text in enumerate(("BRIAN BROWN", "18 BRIDGE PL", "WALL TX 76957")):
        place = (120, 200 + 62 * row)
        cv2.putText(grey, text, place, cv2.FONT_HERSHEY_SIMPLEX, 1.6, 0, 4, cv2.LINE_AA)
    cv2.line(grey, (330, 255), (322, 300), 0, 4, cv2.LINE_AA)
    lines = find_lines(upright(grey, 200.0), LinesConfig()).lines
    assert len(lines) == 3
    assert all(line.box.height < 62 for line in lines)


def test_a_single_mark_above_small_letters_makes_no_second_line() -> None:
    mask = np.zeros((140, 200), np.uint8)
    letters(mask, 20, 60, 6, height=14)
    cv2.rectangle(mask, (86, 36), (98, 73), 1, -1)
    mask[40:52, 110:118] = 1
    assert unchanged(mask)


def test_lines_that_are_far_off_are_no_neighbours() -> None:
    mask = np.zeros((140, 700), np.uint8)
    for x in (10, 500):
        letters(mask, x, 40, 6)
        letters(mask, x, 70, 6)
    cv2.rectangle(mask, (320, 42), (332, 88), 1, -1)
    assert unchanged(mask)


def test_letters_that_dance_are_one_line() -> None:
    mask = np.zeros((140, 220), np.uint8)
    for k in range(8):
        letters(mask, 20 + 22 * k, 40 if k % 2 else 52, 1, height=24)
    cv2.rectangle(mask, (108, 36), (120, 80), 1, -1)
    assert unchanged(mask)


def test_a_short_tail_is_no_part() -> None:
    """Less of the lower line than anything that is written there."""
    mask = two_lines(gap=10)
    mask[74:90, 86:99] = 0
    assert mask[50:74, 90:93].any()
    found = components(mask)
    assert found[:, 3].min() >= 0.35 * 20


def test_a_component_is_parted_where_it_has_least_ink() -> None:
    mask = two_lines(gap=16)
    mask[60:72, 88:98] = 1
    found = components(mask)
    upper = found[(found[:, 0] >= 86) & (found[:, 0] <= 90) & (found[:, 1] < 60)]
    assert 72 <= upper[0, 1] + upper[0, 3] <= 76
