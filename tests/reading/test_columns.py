from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zipreader.elements import Box, TextLine
from zipreader.reading.columns import columns

HEIGHT = 20
SENDER = ("SHIPPER", "OSCAR QUIGLEY", "863 E HARBOR BLVD 219", "LEAKESVILLE MS 39453")
ADDRESS = ("Victor Lopez", "RR 4 Box 10", "Wilmington DE 12898")


def line(words: str, x: float, y: float, height: float = HEIGHT) -> TextLine:
    """A box a letter, 0.7 heights wide with the space behind it; spaces are half a height."""
    parts = []
    for letter in words:
        if letter != " ":
            parts.append(Box(round(x), round(y), round(x + 0.6 * height), round(y + height)))
        x += (0.5 if letter == " " else 0.7) * height
    return TextLine(tuple(parts), 0.0, height)


def joined(left: TextLine, right: TextLine) -> TextLine:
    """Both on one line, as the lines of an upright page come."""
    return TextLine((*left.parts, *right.parts), 0.0, left.text_height)


def side_by_side(x: float, height: float = HEIGHT) -> list[TextLine]:
    """A sender and an address whose lines begin at ``x``."""
    pairs = zip(SENDER[1:], ADDRESS, strict=True)
    both = [
        joined(line(sender, 0, 40 * n), line(words, x, 40 * n, height))
        for n, (sender, words) in enumerate(pairs, start=1)
    ]
    return [line(SENDER[0], 0, 0), *both]


def texts(lines: list[TextLine]) -> list[int]:
    """How many letters each line has."""
    return [len(each.parts) for each in lines]


def letters(words: tuple[str, ...]) -> list[int]:
    return [len(text.replace(" ", "")) for text in words]


WIDEST = max(line(text, 0, 0).box.x1 for text in SENDER)


def test_two_addresses_side_by_side_are_parted() -> None:
    left, right = columns(side_by_side(WIDEST + 0.5 * HEIGHT))
    assert texts(left) == letters(SENDER)
    assert texts(right) == letters(ADDRESS)
    assert {each.box.x0 for each in right} == {round(WIDEST + 0.5 * HEIGHT)}


def test_columns_of_other_pitch_whose_lines_are_apart_are_parted_too() -> None:
    sender = [line(text, 0, 35 * n) for n, text in enumerate(SENDER)]
    address = [line(text, WIDEST + 15, 10 + 45 * n) for n, text in enumerate(ADDRESS)]
    left, right = columns([*sender, *address])
    assert texts(left) == letters(SENDER)
    assert texts(right) == letters(ADDRESS)


def test_an_indented_address_is_told_by_its_larger_writing() -> None:
    stepped = [line(text, WIDEST + 15 + 30 * n, 45 * n, 30) for n, text in enumerate(ADDRESS)]
    sender = [line(text, 0, 35 * n) for n, text in enumerate(SENDER)]
    assert len(columns([*sender, *stepped])) == 2
    same = [line(text, WIDEST + 15 + 30 * n, 45 * n) for n, text in enumerate(ADDRESS)]
    assert len(columns([*sender, *same])) == 1


def test_columns_of_which_one_stands_higher_are_parted() -> None:
    sender = [line(text, 0, 40 * n) for n, text in enumerate(SENDER)]
    lower = [line(text, WIDEST + 45, 120 + 40 * n) for n, text in enumerate(ADDRESS)]
    across = joined(sender[3], lower[0])
    left, right = columns([*sender[:3], across, *lower[1:]])
    assert (texts(left), texts(right)) == (letters(SENDER), letters(ADDRESS))


def rows(left: Iterable[str], right: Iterable[TextLine]) -> list[TextLine]:
    """Words on the left, each on one line with what stands on the right."""
    pairs = enumerate(zip(left, right, strict=True))
    return [joined(line(words, 0, 40 * n), other) for n, (words, other) in pairs]


TICKS = ("$25", "$50", "$100")


@pytest.mark.parametrize(("gap", "count"), [(5.3, 2), (4.7, 1)])
def test_boxes_to_tick_are_a_column_where_the_address_begins_well_apart(
    gap: float, count: int
) -> None:
    x = line(TICKS[2], 0, 0).box.x1 + gap * HEIGHT
    found = columns(rows(TICKS, [line(text, x, 40 * n) for n, text in enumerate(ADDRESS)]))
    assert len(found) == count
    if count == 2:
        assert texts(found[1]) == letters(ADDRESS)


def test_what_is_stepped_or_short_behind_boxes_is_no_column() -> None:
    x = line(TICKS[2], 0, 0).box.x1 + 6 * HEIGHT
    steps = [line(text, x + 30 * n, 40 * n) for n, text in enumerate(ADDRESS)]
    assert len(columns(rows(TICKS, steps))) == 1
    short = [line(text, x, 40 * n) for n, text in enumerate(("Mr", "12", "WI"))]
    assert len(columns(rows(TICKS, short))) == 1


def test_the_cut_before_the_address_is_taken_and_not_the_one_behind_boxes() -> None:
    x = 160 + WIDEST + 3 * HEIGHT
    senders = [line(text, 160, 40 * n) for n, text in enumerate(SENDER[1:])]
    addresses = [line(text, x, 40 * n) for n, text in enumerate(ADDRESS)]
    both = [joined(a, b) for a, b in zip(senders, addresses, strict=True)]
    _, right = columns(rows(TICKS, both))
    assert texts(right) == letters(ADDRESS)


@pytest.mark.parametrize(("gap", "count"), [(2.2, 2), (1.7, 1)])
def test_a_stepped_address_is_told_by_the_wide_space_before_it(gap: float, count: int) -> None:
    x = WIDEST + gap * HEIGHT
    steps = [line(text, x + 30 * n, 40 * n) for n, text in enumerate(ADDRESS)]
    assert len(columns(rows(SENDER[1:], steps))) == count


@pytest.mark.parametrize(("second", "count"), [(64, 2), (120, 1)])
def test_words_that_stand_as_far_apart_all_along_are_no_columns(second: int, count: int) -> None:
    words = (("MARY", "ELLEN", "JOHNSON"), ("1200", "MAPLE", "ROAD"), ("FORT", "WAYNE", "IN 46802"))
    written = [
        joined(joined(line(a, 0, 40 * n), line(b, second, 40 * n)), line(c, 250 + 20 * n, 40 * n))
        for n, (a, b, c) in enumerate(words)
    ]
    assert len(columns(written)) == count


def test_lines_that_run_on_under_a_postmark_stay_whole() -> None:
    dial = [line("MILWAUKEE WI", WIDEST + 10, -30 * n, 14) for n in range(1, 8)]
    heads = [joined(line(SENDER[2], 0, 40 * n), line("CLIN", WIDEST + 10, 40 * n)) for n in (0, 1)]
    rest = [line(text, 0, 80 + 40 * n) for n, text in enumerate(ADDRESS)]
    lines = [*dial, *heads, *rest]
    assert columns(lines) == [lines]


def test_what_runs_across_both_is_a_group_of_its_own() -> None:
    across = line("RETURN SERVICE REQUESTED AND MORE WORDS", 0, 180)
    left, right, others = columns([*side_by_side(WIDEST + 10), across])
    assert (len(left), len(right), others) == (4, 3, [across])


def test_one_column_is_left_whole() -> None:
    address = [line(text, 100, 40 * n) for n, text in enumerate(ADDRESS)]
    assert columns(address) == [address]


def test_words_below_one_another_in_a_face_of_one_pitch_are_no_columns() -> None:
    words = ("VICTOR MILLER", "7865 N LINCOLN", "OMEGA, GA 31775")
    pitched = []
    for row, text in enumerate(words):
        boxes = [
            Box(14 * n, 40 * row, 14 * n + 12, 40 * row + 20)
            for n, letter in enumerate(text)
            if letter != " "
        ]
        pitched.append(TextLine(tuple(boxes), 0.0, 20))
    assert columns(pitched) == [pitched]


def test_two_lines_tell_no_columns() -> None:
    assert len(columns(side_by_side(WIDEST + 10)[1:3])) == 1


@given(
    st.lists(
        st.tuples(st.integers(0, 300), st.text("ab ", min_size=1).filter(str.strip)),
        min_size=1,
        max_size=8,
    )
)
def test_no_part_is_lost_and_none_comes_twice(drawn: list[tuple[int, str]]) -> None:
    lines = [line(words, x, 40 * n) for n, (x, words) in enumerate(drawn)]
    found = columns(lines)
    parts = [part for group in found for each in group for part in each.parts]
    assert len(parts) == len(set(parts))
    assert set(parts) == {part for each in lines for part in each.parts}
    assert all(group for group in found)
