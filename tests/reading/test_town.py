from __future__ import annotations

import numpy as np
import pytest

from tests.drawing import frames_of
from zipreader.config import TownConfig
from zipreader.elements import Place
from zipreader.reading.letters import OTHER, SIGNS, signs_of
from zipreader.reading.town import agreements

CONFIG = TownConfig()
MEMPHIS, NASHVILLE = Place("Memphis", "TN"), Place("Nashville", "TN")


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
    assert other.whole == none.whole == CONFIG.elsewhere
    assert other.rival == own.own
    assert none.own == CONFIG.least
    assert none.rival == own.own


def test_a_long_name_that_agrees_just_so_is_likelier_than_any_other() -> None:
    cucamonga = Place("Rancho Cucamonga", "CA")
    frames = frames_of("Ranxho Cucamonga California")
    own, other = agreements(frames, [cucamonga, MEMPHIS], CONFIG)
    assert own.own < 0 and own.whole > other.whole == CONFIG.elsewhere


@pytest.mark.parametrize(
    "text", ["Memphis TN", "MEMPHIS", "Memphis, Tennessee", "37 Memphis TN", "Memphis, Tenn."]
)
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


def test_a_place_that_agrees_is_asked_no_more() -> None:
    found, other = agreements(frames_of("Memphis TN"), [MEMPHIS, NASHVILLE], CONFIG)
    for each in (found, other):
        assert each.legible == 0.0


def test_faint_letters_are_hardly_legible() -> None:
    (clear,) = agreements(frames_of("Suite", 0.97), [MEMPHIS], CONFIG)
    (faint,) = agreements(frames_of("Suite", 0.4), [MEMPHIS], CONFIG)
    assert faint.legible < 0.5 < clear.legible
    (unread,) = agreements(None, [MEMPHIS], CONFIG)
    assert unread.legible == 0.0


# --- states ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "state", "agrees"),
    [
        ("Memphis, TN", "KY", False),
        ("Gainesboro TN", "KY", False),
        ("Gainesboro TN", "TN", True),
        ("Gainesboro Tennessee", "TN", True),
        ("Gainesboro Tennessee", "AL", False),
        ("Gainesboro", "KY", True),
        ("Gainesboro Tenn", "TN", True),
        ("Hialeah Fla", "FL", True),
        ("Unit 3050 Box 12 APO AE", "AE", True),
        ("Unit 3050 Box 12 APO AE", "NY", False),
        ("Yona Guam", "GU", True),
    ],
)
def test_the_state_at_the_end_of_a_line_is_told(text: str, state: str, agrees: bool) -> None:
    asked = [MEMPHIS, Place("Elsewhere", state), None]
    _, found, none = agreements(frames_of(text), asked, CONFIG)
    assert (found.state == pytest.approx(0, abs=0.1)) == agrees
    assert found.state >= CONFIG.unlike
    assert none.state == 0.0


def test_an_unread_line_ends_in_no_state() -> None:
    (found,) = agreements(None, [MEMPHIS], CONFIG)
    assert found.state == 0.0
