from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.drawing import blank
from zipreader.reading.around import is_written_around

PANEL = np.array([(20, 120), (200, 120), (200, 280), (20, 280)], np.float64)


def face(level: int = 230) -> np.ndarray:
    """A page of 480 by 300 pixels with a dark panel."""
    image = blank(480, 300, level)
    cv2.fillConvexPoly(image, PANEL.astype(np.int32), 90)
    return image


def write(image: np.ndarray, x: int) -> None:
    for row in range(3):
        for column in range(6):
            at = x + 18 * column, 150 + 24 * row
            cv2.putText(image, "N", at, cv2.FONT_HERSHEY_SIMPLEX, 0.4, 30, 1)


def test_an_address_beside_a_panel_is_writing_around_it() -> None:
    image = face()
    assert not is_written_around(image, [PANEL])
    write(image, 260)
    assert is_written_around(image, [PANEL])


def test_writing_inside_of_an_outline_is_not_around_it() -> None:
    image = face()
    write(image, 40)
    assert not is_written_around(image, [PANEL])


def test_what_stands_in_another_outline_is_not_around_both() -> None:
    image = face()
    write(image, 260)
    beside = np.array([(230, 100), (420, 100), (420, 280), (230, 280)], np.float64)
    assert not is_written_around(image, [PANEL, beside])


def test_a_few_specks_are_dust() -> None:
    image = face()
    for x in (240, 300, 400):
        cv2.circle(image, (x, 60), 3, 20, -1)
    assert not is_written_around(image, [PANEL])


@pytest.mark.parametrize("grain", [15, 25])
def test_a_rough_table_is_no_paper(grain: int) -> None:
    rng = np.random.default_rng(2)
    image = face(140)
    write(image, 260)
    rough = np.clip(image + rng.normal(0, grain, image.shape), 0, 255).astype(np.uint8)
    assert not is_written_around(rough, [PANEL])


def test_where_a_scanners_bed_ends_is_no_writing() -> None:
    image = face(60)
    cv2.fillConvexPoly(image, PANEL.astype(np.int32), 235)
    for y in range(0, 300, 12):
        image[y : y + 6, -4:] = 10
    assert not is_written_around(image, [PANEL])
    assert is_written_around(np.roll(image, -20, axis=1), [PANEL - (20, 0)])


def test_an_outline_of_all_has_nothing_around_it() -> None:
    image = face()
    write(image, 260)
    all_ = np.array([(0, 0), (480, 0), (480, 300), (0, 300)], np.float64)
    assert not is_written_around(image, [all_])


def test_another_paper_on_the_table_does_not_count() -> None:
    """A receipt beside the envelope, which is written as well."""
    image = face(90)
    cv2.fillConvexPoly(image, PANEL.astype(np.int32), 235)
    image[60:290, 240:420] = 240
    write(image, 260)
    assert not is_written_around(image, [PANEL])
