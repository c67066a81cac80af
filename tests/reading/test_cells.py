from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.drawing import blank, print_text, upright
from zipreader.config import FieldsConfig, LinesConfig, LocateConfig, SegmentConfig
from zipreader.elements import Box, GreyImage, UprightPage, ZipField
from zipreader.reading.cells import cell_rows, find_cells, without_cells
from zipreader.reading.fields import zip_fields
from zipreader.reading.lines import find_lines
from zipreader.reading.locate import locate
from zipreader.reading.rectify import rectify

DPI = 120
Ink = npt.NDArray[np.uint8]


def found(mask: Ink) -> list[Box]:
    return find_cells(mask, DPI)


def frames(count: int, pitch: int, side: int, digits: str = "", size: int = 18) -> Ink:
    """A row of frames as wide as ``side``, with digits in them."""
    grey = blank(60 + pitch * count, 120)
    for k in range(count):
        x = 20 + pitch * k
        cv2.rectangle(grey, (x, 30), (x + side - 1, 70), 0, 1)
        if k < len(digits):
            print_text(grey, digits[k], x + 9, 59, size)
    return (grey < 128).astype(np.uint8)


@pytest.mark.parametrize("pitch", [30, 33, 38])
@pytest.mark.parametrize("digits", ["", "38117", "00501"])
def test_cells_apart_and_with_common_sides_are_found(pitch: int, digits: str) -> None:
    cells = found(frames(5, pitch, 31, digits))
    assert len(cells) == 5
    for k, cell in enumerate(cells):
        assert cell.x0 == pytest.approx(20 + pitch * k, abs=4)
        assert cell.x1 == pytest.approx(51 + pitch * k, abs=4)


@pytest.mark.parametrize("cut", [0, 2, 4])
def test_a_cell_that_a_digit_cuts_in_two_is_found_by_its_neighbours(cut: int) -> None:
    mask = frames(5, 32, 31)
    x = 20 + 32 * cut
    cv2.line(mask, (x + 2, 66), (x + 28, 33), 1, 2)
    assert len(found(mask)) == 5


def test_letters_that_touch_a_frame_hide_no_cell() -> None:
    mask = frames(5, 32, 31)
    cv2.line(mask, (60, 5), (50, 32), 1, 2)
    cv2.line(mask, (60, 5), (75, 32), 1, 2)
    assert len(found(mask)) == 5


@pytest.mark.parametrize("slope", [-0.09, -0.04, 0.04, 0.09])
@pytest.mark.parametrize("pitch", [31, 36])
def test_a_row_that_stands_aslant_is_found(pitch: int, slope: float) -> None:
    grey = (1 - frames(5, pitch, 31, "38117")) * np.uint8(255)
    height, width = grey.shape
    matrix = np.array([[1, -slope, slope * height / 2], [slope, 1, -slope * width / 2]])
    turned = cv2.warpAffine(grey, matrix, (width, height), borderValue=255)
    assert len(found((turned < 160).astype(np.uint8))) == 5


@pytest.mark.parametrize("size", [24, 36, 42])
def test_digits_as_tall_as_their_cells_hide_none(size: int) -> None:
    grey = (1 - frames(5, 30, 31)) * np.uint8(255)
    for k, digit in enumerate("38507"):
        print_text(grey, digit, 25 + 30 * k, 50 + size // 2, size)
    assert len(found((grey < 128).astype(np.uint8))) == 5


def test_letters_that_stand_on_the_frames_hide_none() -> None:
    grey = np.vstack([blank(210, 20), (1 - frames(5, 30, 31, "38117")) * np.uint8(255)])
    print_text(grey, "MEMHEIT", 15, 50, 24)
    cells = found((grey < 128).astype(np.uint8))
    assert len(cells) == 5
    assert all(abs(cell.y0 - 50) <= 4 and abs(cell.y1 - 91) <= 4 for cell in cells)


@pytest.mark.parametrize("text", ["BOBO 8008 OQDO", "HEH 00000 HEH", "DODDO"])
@pytest.mark.parametrize("height", [20, 34, 50])
def test_writing_has_no_cells(text: str, height: int) -> None:
    grey = blank(900, 120)
    print_text(grey, text, 20, 90, height)
    assert found((grey < 128).astype(np.uint8)) == []


@pytest.mark.parametrize("text", ["PAR AVION", "FRAGILE", "DOOR DOOR", "0000 8888"])
@pytest.mark.parametrize("height", [24, 32, 44])
def test_white_letters_on_a_bar_are_no_cells(text: str, height: int) -> None:
    grey = blank(600, 140)
    print_text(grey, text, 30, 90, height)
    mask = (grey >= 128).astype(np.uint8)
    mask[: 80 - height] = mask[100:] = 0
    assert found(mask) == []


def test_two_frames_are_no_row() -> None:
    assert found(frames(2, 34, 31)) == []


def test_the_digits_stay_when_the_frames_are_erased() -> None:
    framed = frames(5, 34, 31, "38117")
    digits = np.zeros_like(framed)
    cleared = without_cells(framed, found(framed), DPI)
    for k in range(5):
        x = 20 + 34 * k
        digits[36:65, x + 5 : x + 26] = framed[36:65, x + 5 : x + 26]
    assert (cleared == digits).all()


@given(st.lists(st.integers(0, 60), min_size=0, max_size=9, unique=True))
def test_rows_hold_cells_of_one_level_in_order(places: list[int]) -> None:
    cells = [Box(20 * k, 100, 20 * k + 18, 130) for k in places]
    for row in cell_rows(cells):
        assert len(row) >= 3
        assert [box.x0 for box in row] == sorted(box.x0 for box in row)
    other = [Box(20 * k, 400, 20 * k + 18, 430) for k in places]
    assert len(cell_rows([*cells, *other])) == 2 * len(cell_rows(cells))


# --- on a page -------------------------------------------------------------------------------


def form(plus4: bool = False, digits: str = "38117") -> tuple[GreyImage, list[Box]]:
    """An address at 200 dpi with its ZIP in cells, and the boxes of the digits."""
    grey = blank(1900, 825)
    for k, line in enumerate(("VICTOR LOPEZ", "863 HARBOR BLVD", "MEMPHIS TN")):
        print_text(grey, line, 800, 420 + 46 * k, 22)
    boxes = []
    for k, digit in enumerate(digits + ("0246" if plus4 else "")):
        x = 800 + 50 * k + (40 if plus4 and k > 4 else 0)
        cv2.rectangle(grey, (x, 536), (x + 43, 586), 60, 2)
        if digit != " ":
            boxes.append(print_text(grey, digit, x + 14, 572, 24))
    return grey, boxes


def fields_of(page: UprightPage) -> tuple[ZipField, ...]:
    blocks = locate(page, find_lines(page, LinesConfig()).lines, LocateConfig())
    return zip_fields(blocks, FieldsConfig())


def test_the_bars_of_a_postmark_across_letters_are_no_cells() -> None:
    grey, _ = form()
    for k in range(7):
        cv2.line(grey, (500, 385 + 20 * k), (1500, 385 + 20 * k), 60, 3)
    lines = find_lines(upright(grey), LinesConfig()).lines
    assert {len(line.cells) for line in lines} <= {0, 5}


@pytest.mark.parametrize("plus4", [False, True])
def test_the_zip_in_cells_is_the_first_field(plus4: bool) -> None:
    grey, digits = form(plus4)
    page = upright(grey)
    fields = fields_of(page)
    code = Box.around(digits[:5])
    first = fields[0]
    assert first.box.grown(3, 3).intersection(code) == code
    assert first.box.width < 1.1 * code.width
    assert first.digit_height == pytest.approx(24, rel=0.15)
    assert len(first.cells) == len(digits)


@pytest.mark.parametrize("digits", ["381174", "38117", "38117 "])
def test_five_of_six_filled_cells_are_no_zip(digits: str) -> None:
    """The first five are a place where the sixth cell is empty, or not there."""
    grey, boxes = form(digits=digits)
    page = upright(grey)
    first = Box.around(boxes[:5])
    fives = [
        field
        for field in fields_of(page)
        if field.cells and abs(field.box.x0 - first.x0) < 8 and abs(field.box.x1 - first.x1) < 8
    ]
    assert bool(fives) == (len(digits.strip()) == 5)


def test_the_ink_of_a_field_is_that_of_its_digits() -> None:
    grey, digits = form()
    page = upright(grey)
    fields = fields_of(page)
    source = rectify(fields[0], SegmentConfig())
    count, _ = cv2.connectedComponents((source.ink >= 0.5).astype(np.uint8))
    assert count - 1 == len(digits)
