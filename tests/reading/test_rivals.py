from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.drawing import blank
from zipreader.elements import AddressBlock, Box, Page, UprightPage, ZipField, ZipHypothesis
from zipreader.reading.rivals import ALONE, lead_of

GREY = blank(400, 400)
UPRIGHT = UprightPage(Page(GREY, "drawn.png"), GREY, np.eye(3), 0, 200.0)


def address(x: int, y: int, height: float = 25.0, block: bool = True) -> ZipHypothesis:
    """An address of 100 by 60 pixels with digits of a height."""
    box = Box(x, y, x + 100, y + 60)
    whole = AddressBlock(UPRIGHT, box, (), 0.5) if block else None
    field = ZipField(UPRIGHT, Box(x + 60, y + 40, x + 100, y + 60), 0.0, height, 0.5, whole)
    return ZipHypothesis("10001", None, field, (), 0.9)


@pytest.mark.parametrize("block", [True, False])
def test_the_address_is_below_the_sender_or_right_of_it(block: bool) -> None:
    sender = address(20, 20, block=block)
    for addressee in (address(20, 100, block=block), address(150, 25, block=block)):
        assert lead_of(addressee, sender) == 0.5
        assert lead_of(sender, addressee) == -0.5


def test_much_taller_digits_tell_the_address_wherever_it_stands() -> None:
    sender, addressee = address(20, 200, 20), address(20, 20, 26)
    assert lead_of(addressee, sender) == 1
    assert lead_of(sender, addressee) == -1
    assert lead_of(address(20, 20, 24), sender) == -0.5


places = st.builds(address, st.integers(0, 300), st.integers(0, 300), st.floats(5, 80))


@given(places, places)
def test_what_one_leads_the_other_lags(one: ZipHypothesis, other: ZipHypothesis) -> None:
    ours, theirs = one.field.box.center, other.field.box.center
    lead = lead_of(one, other)
    assert -1 <= lead <= 1 < ALONE
    if abs(ours[0] - theirs[0]) > 0 and abs(ours[1] - theirs[1]) > 0:
        assert lead_of(other, one) == -lead
