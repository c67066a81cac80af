"""Another addressee on a page; how it stands is tested with the search that asks."""

from __future__ import annotations

import pytest

from tests.reading.test_search import Pen, addressed, page_of
from zipreader.reading.addressees import are_several
from zipreader.reading.wording import Party

BOTH = {40: Party.SENDER, 200: Party.ADDRESSEE}


@pytest.mark.parametrize(
    ("parties", "count", "other", "several"),
    [
        (BOTH, 3, "", True),
        (BOTH, 3, "10001", False),
        (BOTH, 2, "", False),
        ({40: Party.SENDER}, 3, "", False),
        ({200: Party.ADDRESSEE}, 3, "", False),
    ],
    ids=["captions", "same ZIP", "two lines", "from alone", "to alone"],
)
def test_captions_tell_whose_address_was_read(
    parties: dict[int, Party], count: int, other: str, several: bool
) -> None:
    """As on a label where the addressee's ZIP cannot be read, and the sender's can."""
    said = {40: ("10001", 0.99)} | ({200: (other, 0.9)} if other else {})
    pen = Pen(said, dict.fromkeys(said, 0.9))
    pen.parties = parties
    sender, addressee = addressed(40, 20, 0.8), addressed(200, 100, 0.7, count=count)
    found = page_of(pen, sender, addressee)
    found.finish()
    assert found.hypotheses[0].zip == "10001"
    assert sender.block is not None
    assert are_several(found, sender.block, "10001") == several
    assert found.crowded == several


def test_one_address_is_not_several() -> None:
    field = addressed(40, 20, 0.8)
    pen = Pen({40: ("10001", 0.99)})
    pen.parties = {40: Party.SENDER}
    found = page_of(pen, field)
    found.finish()
    assert field.block is not None
    assert not are_several(found, field.block, "10001")
