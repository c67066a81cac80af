from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.drawing import Envelope, blank, draw_envelope, print_text, printed, upright
from zipreader.config import FieldsConfig, LinesConfig, LocateConfig
from zipreader.elements import AddressBlock, Box, TextLine, ZipField
from zipreader.reading.fields import whole_field, whole_fields, zip_fields
from zipreader.reading.lines import find_lines
from zipreader.reading.locate import locate

CONFIG = FieldsConfig()
PAGE = upright(blank(1900, 825))


def fields_of(envelope: Envelope) -> tuple[ZipField, ...]:
    page = upright(envelope.grey)
    lines = find_lines(page, LinesConfig()).lines
    return zip_fields(locate(page, lines, LocateConfig()), CONFIG)


def shows(field: ZipField, code: Box) -> bool:
    """Whether the field holds the whole ZIP and not much more."""
    return (
        field.box.grown(4, 4).intersection(code) == code
        and field.box.width < 2.5 * code.width
        and field.box.height < 2 * code.height
    )


@pytest.mark.parametrize("code", ["38117", "00501", "11111"])
@pytest.mark.parametrize("height", [18, 22, 30])
def test_the_zip_is_the_first_field(code: str, height: int) -> None:
    envelope = draw_envelope(code, height=height)
    first = fields_of(envelope)[0]
    assert shows(first, envelope.zip_box)
    assert first.digit_height == pytest.approx(height, rel=0.25)
    assert first.block is not None


@pytest.mark.parametrize("code", ["38117-0246", "60601-2000"])
def test_a_zip_with_four_more_is_among_the_first_two(code: str) -> None:
    envelope = draw_envelope(code)
    assert any(shows(field, envelope.zip_box) for field in fields_of(envelope)[:2])


@pytest.mark.parametrize("town", ["NY", "LAKE CITY, ST", "", "WINSTON SALEM NC USA"])
def test_whatever_stands_before_the_zip(town: str) -> None:
    envelope = draw_envelope(town=town or ".")
    assert any(shows(field, envelope.zip_box) for field in fields_of(envelope)[:3])


def test_a_zip_on_a_line_of_its_own() -> None:
    envelope = draw_envelope(town="MEMPHIS TN")
    grey = envelope.grey
    grey[480:660] = 255
    print_text(grey, "MEMPHIS TN", 820, 510, 22)
    code = print_text(grey, "38117", 820, 555, 22)
    page = upright(grey)
    fields = zip_fields(locate(page, find_lines(page, LinesConfig()).lines, LocateConfig()), CONFIG)
    assert shows(fields[0], code)


@pytest.mark.parametrize("code", ["32332", "32332-8001"])
def test_digits_that_stand_far_apart_are_one_field(code: str) -> None:
    envelope = draw_envelope(town=".")
    grey = envelope.grey
    grey[480:660] = 255
    print_text(grey, "LYONS OR", 820, 555, 22)
    left = 1010
    boxes = [print_text(grey, digit, left + 30 * i, 555, 22) for i, digit in enumerate(code)]
    page = upright(grey)
    fields = zip_fields(locate(page, find_lines(page, LinesConfig()).lines, LocateConfig()), CONFIG)
    whole = Box.around(boxes)
    assert any(field.box.grown(4, 4).intersection(whole) == whole for field in fields)


def line_of(*signs: tuple[int, int], height: int = 24) -> AddressBlock:
    """A block of one line of signs, each a gap and a width."""
    x, parts = 100, []
    for gap, width in signs:
        parts.append(Box(x + gap, 100, x + gap + width, 100 + height))
        x += gap + width
    line = TextLine(tuple(parts), 0.0, float(height))
    return AddressBlock(PAGE, line.box, (line,), 0.8)


STATE = [(3, 14)] * 12
TIGHT = [(3, 14)] * 4


@pytest.mark.parametrize("space", [7, 11])
@pytest.mark.parametrize("inside", [3, 7], ids=["even", "a one"])
def test_words_of_tight_print_are_parted(space: int, inside: int) -> None:
    code = [(space, 14), (inside, 14), *TIGHT[:3]]
    block = line_of(*STATE, *code)
    short, long = zip_fields([block], CONFIG)
    parts = block.lines[0].parts
    assert short.box == Box.around(parts[-5:])
    assert short.before == pytest.approx(space / 24)
    assert short.score == pytest.approx(0.8 * CONFIG.narrow_weight)
    assert long.box.x0 < parts[-5].x0
    assert long.score == pytest.approx(0.8 * CONFIG.long_weight)


def test_both_parts_of_a_zip_with_four_more_are_kept_together() -> None:
    block = line_of(*STATE, (9, 14), *TIGHT, (3, 6), (3, 14), *TIGHT[:3])
    parts = block.lines[0].parts
    assert any(field.box == Box.around(parts[-10:]) for field in zip_fields([block], CONFIG))


def test_even_spaces_part_nothing() -> None:
    assert len(zip_fields([line_of(*[(7, 14)] * 3, *[(5, 14)] * 12)], CONFIG)) == 1
    assert len(zip_fields([line_of(*[(3, 14)] * 18)], CONFIG)) == 1


def test_where_a_word_is_as_long_as_a_zip_no_other_is_made() -> None:
    block = line_of(*STATE, (20, 14), *TIGHT)
    boxes = [field.box for field in zip_fields([block], CONFIG)]
    parts = block.lines[0].parts
    assert boxes[0] == Box.around(parts[-5:])
    assert all(box.width > 9 * 24 or box == boxes[0] for box in boxes)


def test_the_gap_to_the_sign_before_a_field_is_told() -> None:
    apart, alone = line_of(*STATE, (36, 14), *TIGHT), line_of((0, 14), *TIGHT)
    assert zip_fields([apart], CONFIG)[0].before == pytest.approx(36 / 24)
    assert zip_fields([alone], CONFIG)[0].before == math.inf


@pytest.mark.parametrize("space", [50, 80])
def test_a_stamp_beside_the_last_line_does_not_hide_the_zip(space: int) -> None:
    envelope = draw_envelope(height=22)
    stamp = print_text(
        envelope.grey, "RECEIVED", envelope.zip_box.x1 + space, envelope.zip_box.y1, 26
    )
    fields = fields_of(envelope)
    assert any(shows(field, envelope.zip_box) for field in fields[:6])
    assert fields[0].box.x1 >= stamp.x1  # the line may end with the ZIP as well


def test_a_country_below_does_not_hide_the_zip() -> None:
    envelope = draw_envelope()
    envelope.grey[590:640] = 255
    print_text(envelope.grey, "USA", 820, 555, 22)
    assert any(shows(field, envelope.zip_box) for field in fields_of(envelope)[:5])


def test_the_zip_of_the_sender_ranks_below() -> None:
    envelope = draw_envelope()
    fields = fields_of(envelope)
    mine = [i for i, f in enumerate(fields) if f.box.intersection(envelope.zip_box).area]
    senders = [i for i, f in enumerate(fields) if f.box.intersection(envelope.return_address).area]
    assert mine[0] == 0
    assert all(index > mine[0] for index in senders)


def test_no_field_lies_on_the_barcode() -> None:
    envelope = draw_envelope()
    assert all(f.box.intersection(envelope.barcode).area == 0 for f in fields_of(envelope))


def test_no_blocks_have_no_fields() -> None:
    assert zip_fields((), CONFIG) == ()


@st.composite
def blocks(draw: st.DrawFn) -> AddressBlock:
    """A block of lines of parts of any widths and gaps."""
    lines = []
    for row in range(draw(st.integers(1, 6))):
        x, parts = 100, []
        for width, gap in draw(
            st.lists(st.tuples(st.integers(2, 60), st.integers(1, 90)), min_size=1, max_size=14)
        ):
            parts.append(
                Box(x, 100 + 60 * row, x + width, 100 + 60 * row + draw(st.integers(5, 40)))
            )
            x += width + gap
        lines.append(TextLine(tuple(parts), draw(st.floats(-0.2, 0.2)), 24.0))
    return AddressBlock(PAGE, Box.around(line.box for line in lines), tuple(lines), 0.8)


@given(st.lists(blocks(), max_size=4))
def test_fields_are_ranked_right_ends_of_lines(many: list[AddressBlock]) -> None:
    fields = zip_fields(many, CONFIG)
    scores = [field.score for field in fields]
    assert scores == sorted(scores, reverse=True)
    for field in fields:
        assert field.block in many
        assert field.block is not None
        assert 0 < field.score <= field.block.score
        assert field.box.area > 0
        assert field.box.width <= CONFIG.longest * field.digit_height + 1
        if not _ends_before_a_wide_space(field):
            assert field.box.x1 in {line.box.x1 for line in field.block.lines}
            assert 0.6 * 24 <= field.digit_height <= 1.8 * 24


def _ends_before_a_wide_space(field: ZipField) -> bool:
    assert field.block is not None
    rows = [line.parts for line in field.block.lines]
    return any(
        part.x1 == field.box.x1 and behind.x0 - part.x1 > 2 * 24
        for parts in rows
        for part, behind in pairwise(parts)
    )


# --- a field alone ---------------------------------------------------------------------------


@pytest.mark.parametrize("height", [24, 60, 110])
@pytest.mark.parametrize("margin", [4, 20, 40])
def test_the_digits_of_a_cropped_field_are_measured(height: int, margin: int) -> None:
    grey = printed("38117", height, margin)
    field = whole_field(upright(grey))
    assert field.box == Box(0, 0, grey.shape[1], grey.shape[0])
    if height > 0.35 * grey.shape[0]:
        assert field.digit_height == pytest.approx(height, rel=0.15)
    assert field.block is None


@pytest.mark.parametrize("size", [(20_000, 3), (20_000, 40)])
@pytest.mark.parametrize("noisy", [False, True])
def test_no_field_is_longer_than_a_zip(size: tuple[int, int], noisy: bool) -> None:
    """One of a million digits would be read for minutes."""
    grey = blank(*size)
    if noisy:
        grey[:, ::7] = 0
        grey[0] = 255
    field = whole_field(upright(grey))
    assert 0 < field.box.width <= (CONFIG.longest + 1) * field.digit_height + 1
    assert field.box.y1 - field.box.y0 == size[1]


def test_a_zip_at_the_left_of_a_long_box_is_kept_whole() -> None:
    digits = printed("38117", 60, 20)
    grey = np.concatenate([digits, blank(1500, digits.shape[0])], axis=1)
    field = whole_field(upright(grey))
    alone = whole_field(upright(digits))
    assert field.digit_height == pytest.approx(alone.digit_height, abs=1)
    assert field.box.x0 == 0
    assert digits.shape[1] - 20 <= field.box.x1 < grey.shape[1] // 2


def test_a_lone_field_is_looked_at_in_the_usual_height_as_well() -> None:
    """Its tall parts may be pieces of faint digits."""
    tight = upright(printed("38117", 60, 20))
    assert [field.digit_height for field in whole_fields(tight)] == [
        whole_field(tight).digit_height
    ]
    grey = blank(300, 100)
    for piece in range(8):
        grey[40:68, 20 + 30 * piece : 24 + 30 * piece] = 0
    low, usual = whole_fields(upright(grey))
    assert low.digit_height == pytest.approx(28)
    assert usual.digit_height == pytest.approx(60)
    assert low.box == usual.box


def test_a_blank_crop_is_a_field_too() -> None:
    field = whole_field(upright(blank(200, 50)))
    assert field.digit_height == pytest.approx(30)


def test_every_line_of_every_block_is_offered() -> None:
    envelope = draw_envelope()
    page = upright(envelope.grey)
    blocks = locate(page, find_lines(page, LinesConfig()).lines, LocateConfig())
    assert len(blocks) > 1
    fields = zip_fields(blocks, CONFIG)
    for block in blocks:
        for line in block.lines:
            wide = line.box.width >= CONFIG.shortest * line.text_height * 1.8
            ends = [each for each in fields if each.block is block and each.box.x1 == line.box.x1]
            assert ends or not wide


def test_an_end_that_is_longer_than_any_zip_counts_less() -> None:
    letters = tuple(Box(100 + 22 * i, 100, 118 + 22 * i, 124) for i in range(12))
    digits = tuple(Box(420 + 22 * i, 100, 438 + 22 * i, 124) for i in range(5))
    line = TextLine((*letters, *digits), 0.0, 24.0)
    block = AddressBlock(PAGE, line.box, (line,), 0.8)
    short, long = zip_fields([block], CONFIG)[:2]
    assert short.box.x0 == 420
    assert short.score == pytest.approx(0.8)
    assert long.box.x0 < 420
    assert long.score == pytest.approx(0.8 * CONFIG.end_weights[1] * CONFIG.long_weight)


def test_a_zip_close_behind_the_state_is_offered_though_its_hyphen_is_lost() -> None:
    """The space in the middle of the ZIP+4 is then wider than the one before it."""
    starts = [20 * i + shift for shift, count in ((0, 4), (90, 5), (208, 4)) for i in range(count)]
    parts = tuple(Box(100 + x, 100, 118 + x, 124) for x in starts)
    line = TextLine(parts, 0.0, 24.0)
    block = AddressBlock(PAGE, line.box, (line,), 0.8)
    assert 190 in {each.box.x0 for each in zip_fields([block], CONFIG)}


def test_cells_below_their_caption_hold_none_of_it() -> None:
    """A stroke at the caption's line may reach down beside the cells, which are empty."""
    caption = Box(100, 100, 600, 130), Box(80, 100, 90, 200)
    cells = tuple(Box(x, 140, x + 40, 190) for x in range(200, 400, 40))
    line = TextLine(caption, 0.0, 25.0, cells)
    block = AddressBlock(PAGE, line.box, (line,), 0.5)
    assert all(field.box.y0 < 140 for field in zip_fields((block,), CONFIG))
