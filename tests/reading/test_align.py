from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.drawing import certain, digit_boxes, lattice_of
from zipreader.config import DecodeConfig
from zipreader.elements import NOT_A_DIGIT, Box
from zipreader.reading.align import align
from zipreader.reading.decode import decode, weighed
from zipreader.reading.trellis import Trellis

CONFIG = DecodeConfig()


def trellis_of(boxes: Sequence[Box], values: Sequence[int]) -> Trellis:
    return Trellis(lattice_of(boxes), certain(values), CONFIG)


@given(st.lists(st.integers(0, 9), min_size=5, max_size=5))
def test_what_the_lattice_reads_is_cut_as_decoding_cuts_it(values: list[int]) -> None:
    trellis = trellis_of(digit_boxes(5), values)
    found = align(trellis, "".join(map(str, values)))
    assert found is not None
    assert found[1] == (0, 1, 2, 3, 4)
    assert found[0] == pytest.approx(0, abs=0.5)


def test_an_unlikely_digit_is_placed_all_the_same_and_costs() -> None:
    trellis = trellis_of(digit_boxes(5), [1, 2, 3, 4, 5])
    right, wrong = align(trellis, "12345"), align(trellis, "12395")
    assert right is not None and wrong is not None
    assert wrong[1] == right[1]
    assert wrong[0] > right[0] + 5


def test_letters_beside_are_left_out() -> None:
    found = align(trellis_of(digit_boxes(7), [NOT_A_DIGIT, NOT_A_DIGIT, 1, 2, 3, 4, 5]), "12345")
    assert found is not None
    assert found[1] == (2, 3, 4, 5, 6)


@pytest.mark.parametrize("count", [0, 1, 4])
def test_no_room_for_the_text(count: int) -> None:
    assert align(trellis_of(digit_boxes(count), [1] * count), "12345") is None


def test_the_hyphen_of_a_zip4_costs_nothing() -> None:
    five, four = digit_boxes(5), digit_boxes(4, x=10 + 6 * 44)
    hyphen = Box(five[-1].x1 + 6, 45, five[-1].x1 + 30, 50)
    values = [1, 2, 3, 4, 5, NOT_A_DIGIT, 6, 7, 8, 9]
    trellis = trellis_of([*five, hyphen, *four], values)
    with_hyphen, without = align(trellis, "12345-6789"), align(trellis, "123456789")
    assert with_hyphen is not None and without is not None
    assert with_hyphen[1] == without[1] == (0, 1, 2, 3, 4, 6, 7, 8, 9)
    assert with_hyphen[0] < without[0]


def test_a_suggested_zip_is_among_the_hypotheses() -> None:
    boxes, values = digit_boxes(5), [1, 2, 3, 4, 5]
    lattice, scores = lattice_of(boxes), certain(values, 0.999999)
    alone = decode(lattice, scores, CONFIG)
    assert "92345" not in {found.zip for found in alone}
    helped = decode(lattice, scores, CONFIG, ["92345", "12345"])
    assert {found.zip for found in helped} >= {"12345", "92345"}
    assert helped[0].zip == "12345"
    assert sum(found.posterior for found in helped) <= 1 + 1e-9


def test_a_suggestion_without_room_is_left_out() -> None:
    lattice = lattice_of(digit_boxes(3))
    assert decode(lattice, certain([1, 2, 3]), CONFIG, ["12345"]) == ()


def test_another_reader_settles_an_unclear_digit() -> None:
    scores = certain([1, 2, 3, 4, 5])
    scores[3] = 1e-6
    scores[3, [4, 9]] = 0.55, 0.45
    found = decode(lattice_of(digit_boxes(5)), scores, CONFIG, ["12345", "12395"])
    before = {h.zip: h.digits[3].confidence for h in found}
    after = {
        h.zip: h for h in weighed(found, {h.zip: 0.9 if h.zip == "12395" else 1e-3 for h in found})
    }
    assert before["12395"] < 0.5
    assert after["12395"].digits[3].confidence > 0.99
    assert after["12345"].digits[3].confidence < 0.01
    assert after["12345"].digits[3].runner_up == "9"
    assert after["12395"].digits[0].confidence > 0.99
