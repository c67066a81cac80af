from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.drawing import blank, field_of
from zipreader.config import TownConfig
from zipreader.elements import (
    AddressBlock,
    Box,
    Digit,
    Frames,
    Glyph,
    Place,
    TextLine,
    ZipField,
    ZipHypothesis,
)
from zipreader.reading.letters import BLANK, OTHER, SIGNS, signs_of
from zipreader.reading.town import _forward, agreements, name_in, town_field

CONFIG = TownConfig()
MEMPHIS, NASHVILLE = Place("Memphis", "TN"), Place("Nashville", "TN")
GLYPH = Glyph((0, 1), Box(0, 0, 20, 40), np.zeros((28, 28), np.uint8))


def frames_of(text: str, sure: float = 0.97) -> Frames:
    """Frames that spell a text, two frames a sign and a blank behind each."""
    rows = []
    for sign in signs_of(text):
        for likely in (sign, sign, BLANK):
            row = np.full(SIGNS, (1 - sure) / (SIGNS - 1))
            row[likely] = sure
            rows.append(row)
    return np.array(rows, np.float32)


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


# --- names -------------------------------------------------------------------------------------


def test_signs_are_letters_without_accents_and_one_for_all_else() -> None:
    assert signs_of("Abc") == (0, 1, 2)
    assert signs_of("Cañon City, CO 81212") == (*signs_of("CANONCITYCO"), OTHER)
    assert signs_of(" .,'") == ()


def test_the_place_that_is_written_agrees_best() -> None:
    own, other, none = agreements(frames_of("Memphis, TN"), [MEMPHIS, NASHVILLE, None], CONFIG)
    assert own.own == pytest.approx(0, abs=0.05)
    assert own.rival == other.own < -1
    assert own.whole == pytest.approx(0, abs=0.5)
    assert other.whole < -10
    assert other.rival == own.own
    assert none.own == CONFIG.least
    assert none.rival == own.own


@pytest.mark.parametrize("text", ["Memphis TN", "MEMPHIS", "Memphis, Tennessee", "37 Memphis TN"])
def test_a_place_is_known_with_and_without_its_state(text: str) -> None:
    (found,) = agreements(frames_of(text), [MEMPHIS], CONFIG)
    assert found.own > -0.5


def test_other_names_are_known_and_those_of_one_city_are_no_rivals() -> None:
    flushing = Place("Flushing", "NY", ("Queens",))
    found, same = agreements(frames_of("Queens NY"), [flushing, Place("Flushing", "NY")], CONFIG)
    assert found.own > -0.1 > same.own
    assert found.rival == same.rival == CONFIG.least


def test_short_forms_are_known() -> None:
    (found,) = agreements(frames_of("St Paul MN"), [Place("Saint Paul", "MN")], CONFIG)
    assert found.own > -0.1


def test_zips_of_one_place_are_no_rivals() -> None:
    for found in agreements(frames_of("Memphis TN"), [MEMPHIS, MEMPHIS], CONFIG):
        assert found.rival == CONFIG.least


def test_a_line_that_says_nothing_tells_no_place_from_another() -> None:
    frames = np.full((40, SIGNS), 1 / SIGNS, np.float32)
    one, other = agreements(frames, [MEMPHIS, NASHVILLE], CONFIG)
    assert abs(one.own - other.own) < 0.5


def test_an_unread_line_says_nothing() -> None:
    for found in agreements(None, [MEMPHIS, None], CONFIG):
        assert found.own == found.rival == CONFIG.unknown
        assert found.whole == 0


@pytest.mark.parametrize("text", ["PO Box", "Acct No.", "Mail Code", "Suite", "Member No"])
def test_what_stands_before_other_numbers_is_told(text: str) -> None:
    (found,) = agreements(frames_of(text), [MEMPHIS], CONFIG)
    assert found.own < CONFIG.agrees
    assert found.numbered > CONFIG.agrees
    assert found.legible > 0.9


@pytest.mark.parametrize("text", ["Nashville TN", "Boise ID", "Reno NV", "Northbox ME"])
def test_the_name_of_another_place_stands_before_no_other_number(text: str) -> None:
    (found,) = agreements(frames_of(text), [MEMPHIS], CONFIG)
    assert found.numbered < CONFIG.agrees
    assert found.legible > 0.9


def test_a_place_that_agrees_is_asked_no_more() -> None:
    found, other = agreements(frames_of("Memphis TN"), [MEMPHIS, NASHVILLE], CONFIG)
    for each in (found, other):
        assert (each.numbered, each.legible) == (CONFIG.least, 0.0)


def test_faint_letters_are_hardly_legible() -> None:
    (clear,) = agreements(frames_of("Suite", 0.97), [MEMPHIS], CONFIG)
    (faint,) = agreements(frames_of("Suite", 0.4), [MEMPHIS], CONFIG)
    assert faint.legible < 0.5 < clear.legible
    (unread,) = agreements(None, [MEMPHIS], CONFIG)
    assert unread.legible == 0.0


def test_the_letters_of_a_line_are_told() -> None:
    assert name_in(frames_of("St. Paul, MN 551")) == "STPAULMN"


@given(st.lists(st.integers(0, 3), min_size=1, max_size=3), st.integers(0, 10_000))
def test_the_recursion_sums_over_all_ways_to_stretch_a_name(name: list[int], seed: int) -> None:
    """Against all paths of a few frames, one by one."""
    rng = np.random.default_rng(seed)
    length = 5
    rows = np.zeros((length, SIGNS))
    used = [0, 1, 2, 3, OTHER, BLANK]
    rows[:, used] = rng.dirichlet(np.ones(len(used)), length)
    wanted = tuple(name)
    total = 0.0
    for path in np.ndindex(*(len(used),) * length):
        signs = [used[k] for k in path]
        spelled = [s for k, s in enumerate(signs) if k == 0 or s != signs[k - 1]]
        spelled = [s for s in spelled if s != BLANK]
        if tuple(spelled) in {
            (*lead, *wanted, *tail) for lead in ((), (OTHER,)) for tail in ((), (OTHER,))
        }:
            total += math.prod(rows[t, s] for t, s in enumerate(signs))
    (found,) = _forward(rows, [wanted])
    assert found == pytest.approx(math.log(max(total, 1e-30)), rel=1e-6) or total < 1e-12


# --- where the place stands --------------------------------------------------------------------


def test_the_place_stands_before_the_digits() -> None:
    city, digits = row_of(20, 100, 8), row_of(320, 100, 5)
    field, _ = block_of(row_of(20, 20, 6), [*city, *digits])
    found = town_field(hypothesis_in(field, digits), CONFIG)
    assert found is not None
    assert found.box == Box.around(city)
    assert found.digit_height == field.digit_height


def test_above_a_zip_that_stands_alone() -> None:
    above, digits = row_of(20, 20, 9), row_of(20, 100, 5)
    field, _ = block_of(above, digits)
    found = town_field(hypothesis_in(field, digits), CONFIG)
    assert found is not None
    assert found.box == Box.around(above)


def test_two_letters_before_the_digits_are_no_place() -> None:
    above, state, digits = row_of(20, 20, 9), row_of(20, 100, 2), row_of(120, 100, 5)
    field, _ = block_of(above, [*state, *digits])
    found = town_field(hypothesis_in(field, digits), CONFIG)
    assert found is not None
    assert found.box == Box.around(above)


def test_nothing_stands_before_a_lone_line_or_in_a_lone_field() -> None:
    digits = row_of(20, 100, 5)
    field, _ = block_of(digits)
    assert town_field(hypothesis_in(field, digits), CONFIG) is None
    alone = field_of(blank(300, 80), 40)
    assert town_field(hypothesis_in(alone, digits), CONFIG) is None
