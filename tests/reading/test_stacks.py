from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reading.test_columns import line, texts
from zipreader.elements import TextLine
from zipreader.reading.stacks import stacks

SENDER = ("SHIPPER", "OSCAR QUIGLEY", "863 E HARBOR BLVD 219", "LEAKESVILLE MS 39453")
ADDRESS = ("TO", "Victor Lopez", "RR 4 Box 10", "Wilmington DE 12898")


def written(words: tuple[str, ...], top: float, height: float) -> list[TextLine]:
    return [line(text, 0, top + n * 1.5 * height, height) for n, text in enumerate(words)]


def label(height: float, space: float = 30.0) -> list[TextLine]:
    """A sender of text 20 pixels tall, and below it an address that is ``height`` tall."""
    sender = written(SENDER, 0, 20)
    top = sender[-1].box.y1 + space - 20
    return [*sender, line(ADDRESS[0], 0, top, 20), *written(ADDRESS[1:], top + 30, height)]


def letters(words: tuple[str, ...]) -> list[int]:
    return [len(text.replace(" ", "")) for text in words]


@pytest.mark.parametrize("height", [26, 32, 50])
def test_an_address_that_is_written_larger_is_parted_from_the_sender_above(height: float) -> None:
    upper, lower = stacks(label(height))
    assert texts(upper) == letters((*SENDER, ADDRESS[0]))
    assert texts(lower) == letters(ADDRESS[1:])


def test_a_wide_space_parts_two_addresses_of_one_size() -> None:
    upper, lower = stacks(label(20, space=70))
    assert texts(upper) == letters(SENDER)
    assert texts(lower) == letters(ADDRESS)


@pytest.mark.parametrize("caption", [14, 20])
def test_a_small_word_between_them_parts_two_addresses_of_one_size(caption: float) -> None:
    lower = [line("SHIP TO:", 0, 122, caption), *written(ADDRESS[1:], 150, 22)]
    parted = stacks([*written(SENDER, 0, 20), *lower])
    if caption == 14:
        assert [*map(texts, parted)] == [letters(SENDER), letters(("SHIP TO:", *ADDRESS[1:]))]
    else:
        assert len(parted) == 1


def test_one_address_stays_whole() -> None:
    whole = written(SENDER + SENDER[1:3], 0, 20)
    assert stacks(whole) == [whole]


def test_a_large_name_above_or_a_large_city_below_are_no_address() -> None:
    large = [*written(ADDRESS[1:2], 0, 40), *written(SENDER, 70, 20), *written(SENDER[3:], 220, 40)]
    assert stacks(large) == [large]


def test_short_words_beside_a_postmark_are_no_address() -> None:
    short = [*written(("AM", "JUL", "20"), 0, 20), *written(ADDRESS[1:], 120, 32)]
    assert stacks(short) == [short]


heights = st.lists(st.floats(8, 60), min_size=0, max_size=10)


@given(heights)
def test_no_line_is_lost_or_out_of_order(sizes: list[float]) -> None:
    lines = [line("MAIN STREET", 0, 70 * n, size) for n, size in enumerate(sizes)]
    parts = stacks(lines)
    assert [each for part in parts for each in part] == lines
    assert len(parts) == 1 or all(len(part) >= 3 for part in parts)
