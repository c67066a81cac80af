from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.drawing import blank, field_of
from zipreader.config import TownConfig
from zipreader.elements import AddressBlock, Box, Digit, Glyph, TextLine, ZipField, ZipHypothesis
from zipreader.reading.surroundings import Surroundings, joined, relative_height, surroundings

CONFIG = TownConfig()
GLYPH = Glyph((0, 1), Box(0, 0, 20, 40), np.zeros((28, 28), np.uint8))


def block_of(*lines: list[Box]) -> tuple[ZipField, AddressBlock]:
    """A block of these lines, and a field on the last one's right end."""
    page = field_of(blank(900, 300), 40).page
    made = tuple(TextLine(tuple(parts), 0.0, 40.0) for parts in lines)
    block = AddressBlock(page, Box.around([line.box for line in made]), made, 1.0)
    digits = lines[-1][-5:]
    return ZipField(page, Box.around(digits), 0.0, 40.0, 1.0, block), block


def hypothesis_in(field: ZipField, digits: list[Box]) -> ZipHypothesis:
    read = tuple(Digit("1", 0.9, "", GLYPH, box.quad()) for box in digits)
    return ZipHypothesis("11111", None, field, read, 0.9)


def row_of(x: int, y: int, count: int) -> list[Box]:
    return [Box(x + 30 * k, y, x + 30 * k + 22, y + 40) for k in range(count)]


def test_the_place_stands_before_the_digits() -> None:
    city, digits = row_of(20, 100, 8), row_of(320, 100, 5)
    field, _ = block_of(row_of(20, 20, 6), [*city, *digits])
    found = surroundings(hypothesis_in(field, digits), CONFIG).town
    assert found is not None
    assert found.box == Box.around(city)
    assert found.digit_height == field.digit_height


def test_above_a_zip_that_stands_alone() -> None:
    above, digits = row_of(20, 20, 9), row_of(20, 100, 5)
    field, _ = block_of(above, digits)
    found = surroundings(hypothesis_in(field, digits), CONFIG).town
    assert found is not None
    assert found.box == Box.around(above)


def test_two_letters_before_the_digits_are_no_place() -> None:
    above, state, digits = row_of(20, 20, 9), row_of(20, 100, 2), row_of(120, 100, 5)
    field, _ = block_of(above, [*state, *digits])
    found = surroundings(hypothesis_in(field, digits), CONFIG).town
    assert found is not None
    assert found.box == Box.around(above)


def test_nothing_stands_before_a_lone_line_or_in_a_lone_field() -> None:
    digits = row_of(20, 100, 5)
    field, _ = block_of(digits)
    assert surroundings(hypothesis_in(field, digits), CONFIG).town is None
    alone = field_of(blank(300, 80), 40)
    assert surroundings(hypothesis_in(alone, digits), CONFIG) == Surroundings()


def test_what_stands_before_the_digits_is_the_place_where_it_is_long_enough() -> None:
    above, digits = row_of(20, 20, 9), row_of(320, 100, 5)
    for letters in (1, 8):
        before = row_of(300 - 30 * letters, 100, letters)
        field, _ = block_of(above, [*before, *digits])
        found = surroundings(hypothesis_in(field, digits), CONFIG)
        assert found.before is not None and found.town is not None
        assert found.before.box == Box.around(before)
        assert (found.before is found.town) == (letters == 8)
        assert found.behind is found.below is None


def test_what_stands_behind_and_below_is_told() -> None:
    digits, behind, below = row_of(20, 100, 5), row_of(200, 100, 5), row_of(20, 180, 6)
    page_field, block = block_of(row_of(20, 20, 9), [*digits, *behind], below)
    field = ZipField(page_field.page, Box.around(digits), 0.0, 40.0, 1.0, block)
    found = surroundings(hypothesis_in(field, digits), CONFIG)
    assert found.before is None
    assert found.behind is not None and found.below is not None
    assert found.behind.box == Box.around(behind)
    assert found.below.box == Box.around(below)


def test_a_comma_behind_the_digits_is_nothing() -> None:
    digits = row_of(20, 100, 5)
    comma = Box(180, 130, 186, 144)
    page_field, block = block_of(row_of(20, 20, 9), [*digits, comma])
    field = ZipField(page_field.page, Box.around(digits), 0.0, 40.0, 1.0, block)
    assert surroundings(hypothesis_in(field, digits), CONFIG).behind is None


def test_each_line_keeps_its_own_slope() -> None:
    """People's lines rise and fall each in its own way."""
    page = field_of(blank(900, 300), 40).page
    rows = row_of(20, 20, 9), row_of(20, 100, 5), row_of(20, 180, 6)
    slopes = 0.05, 0.02, -0.03
    made = tuple(TextLine(tuple(row), slope, 40.0) for row, slope in zip(rows, slopes, strict=True))
    block = AddressBlock(page, Box.around([line.box for line in made]), made, 1.0)
    field = ZipField(page, made[1].box, slopes[1], 40.0, 1.0, block)
    found = surroundings(hypothesis_in(field, rows[1]), CONFIG)
    assert found.town is not None and found.below is not None
    assert (found.town.slope, found.below.slope) == (slopes[0], slopes[2])


@pytest.mark.parametrize(
    ("sign", "belongs"),
    [(280, True), (250, False), (None, False)],
    ids=["close to the digits", "close to the word", "no sign"],
)
def test_a_sign_that_stands_closer_to_the_digits_is_joined_to_them(
    sign: int | None, belongs: bool
) -> None:
    city, digits = row_of(20, 100, 7), row_of(320, 100, 5)
    signs = [] if sign is None else [Box(sign, 100, sign + 20, 140)]
    field, _ = block_of(row_of(20, 20, 9), [*city, *signs, *digits])
    found = joined(hypothesis_in(field, digits))
    assert (found > 0) == belongs


def test_neither_dots_nor_words_in_one_stroke_are_a_sixth_digit() -> None:
    digits = row_of(320, 100, 5)
    for before in (Box(290, 130, 300, 140), Box(150, 100, 300, 140)):
        field, _ = block_of(row_of(20, 20, 9), [before, *digits])
        assert joined(hypothesis_in(field, digits)) == -3.0


def test_a_lone_sign_before_the_digits_of_a_line_is_joined_to_them() -> None:
    sign, digits = Box(20, 100, 42, 140), row_of(60, 100, 5)
    field, _ = block_of(row_of(20, 20, 9), [sign, *digits])
    assert joined(hypothesis_in(field, digits)) > 2


def test_what_stands_in_the_cell_before_them_is_joined_however_far_it_is() -> None:
    city, boxed = row_of(20, 100, 7), row_of(260, 100, 6)
    cells = tuple(Box(box.x0 - 4, 94, box.x1 + 4, 146) for box in boxed)
    page = field_of(blank(900, 300), 40).page
    line = TextLine((*city, *boxed), 0.0, 40.0, cells)
    block = AddressBlock(page, line.box, (line,), 1.0)
    field = ZipField(page, Box.around(boxed[1:]), 0.0, 40.0, 1.0, block)
    assert joined(hypothesis_in(field, boxed[1:])) == 3.0
    assert joined(hypothesis_in(field, boxed)) < 3.0


def test_the_height_of_the_digits_is_told_beside_the_other_lines() -> None:
    digits = row_of(20, 100, 5)
    field, block = block_of([Box(20 + 30 * k, 0, 42 + 30 * k, 80) for k in range(6)], digits)
    tall = replace(block.lines[0], text_height=80.0)
    block = replace(block, lines=(tall, block.lines[1]))
    field = replace(field, block=block)
    assert relative_height(field) == pytest.approx(0.5)
    alone = replace(field, block=replace(block, lines=block.lines[1:]))
    assert relative_height(alone) == pytest.approx(1.0)


def test_a_boxed_state_or_city_is_not_joined_to_boxed_digits() -> None:
    state, boxed = row_of(120, 100, 2), row_of(320, 100, 5)
    cells = tuple(Box(box.x0 - 4, 94, box.x1 + 4, 146) for box in (*state, *boxed))
    page = field_of(blank(900, 300), 40).page
    line = TextLine((*state, *boxed), 0.0, 40.0, cells)
    block = AddressBlock(page, line.box, (line,), 1.0)
    field = ZipField(page, Box.around(boxed), 0.0, 40.0, 1.0, block)
    assert joined(hypothesis_in(field, boxed)) < 0


def test_small_letters_between_part_a_capital_from_the_digits() -> None:
    digits = row_of(320, 100, 5)
    capital, small = Box(250, 100, 275, 140), Box(280, 122, 296, 140)
    field, _ = block_of(row_of(20, 20, 9), [*row_of(20, 100, 5), capital, small, *digits])
    assert joined(hypothesis_in(field, digits)) == -3.0
