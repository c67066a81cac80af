"""How often a page is looked at; what the looks show is tested with the whole way."""

from __future__ import annotations

import pytest

from tests.drawing import blank, draw_envelope, rotated
from zipreader.elements import GreyImage, Page
from zipreader.reading.clock import Clock
from zipreader.reading.looks import Looks, likeliest
from zipreader.reading.reader import Reader

ENVELOPE = draw_envelope("97358", town="LYONS OR", height=30).grey


def looks_at(reader: Reader, grey: GreyImage) -> Looks:
    return Looks(Page(grey, "drawn.png", 0, 200.0), reader.fields, reader.config, Clock())


def test_a_likely_zip_is_looked_at_once(reader: Reader) -> None:
    (search,) = looks_at(reader, ENVELOPE).all()
    assert search.piece == 0
    assert max(search.found, key=lambda found: found.probability).zip == "97358"


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_the_likeliest_orientation_is_told(reader: Reader, turn: int) -> None:
    searches = looks_at(reader, rotated(ENVELOPE, turn)).all()
    assert [each.zip for each in likeliest(searches).hypotheses][:1] == ["97358"]


def test_a_page_without_writing_is_looked_at_from_all_sides(reader: Reader) -> None:
    searches = looks_at(reader, blank(1900, 825)).all()
    turned = [each.upright.orientation for each in searches if each.upright is not None]
    assert set(turned) == {0, 90, 180, 270}
    assert likeliest(searches).probability == 0


def test_a_field_is_cut_whatever_it_spells(reader: Reader) -> None:
    search = looks_at(reader, blank(300, 100)).at_a_field()
    assert search.blocks == ()
    assert search.looked_at
