from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.drawing import draw_envelope, printed
from zipreader.elements import Page
from zipreader.reading.reader import Reader
from zipreader.training.certify import Scored
from zipreader.training.confidence import Judged
from zipreader.training.kept import PieceRead
from zipreader.training.promise import _TUNING_MIX, MIX, _shares, without_place


def pieces(readable: int, unreadable: int) -> list[PieceRead]:
    return [
        PieceRead(kind, Scored(0.5, False, readable=kind != "must-flag"), ())
        for kind, count in (("printed", readable), ("must-flag", unreadable))
        for _ in range(count)
    ]


@given(st.integers(1, 40), st.integers(1, 40), st.floats(0.01, 0.5))
def test_mail_without_a_zip_counts_by_its_share_however_much_there_is(
    readable: int, unreadable: int, share: float
) -> None:
    shares = _shares(pieces(readable, unreadable), share)
    assert shares is not None
    assert sum(shares) == pytest.approx(1)
    assert sum(shares[readable:]) == pytest.approx(share)
    assert len(set(shares[:readable])) == 1


@pytest.mark.parametrize(("readable", "unreadable", "share"), [(5, 5, None), (5, 0, 0.1)])
def test_all_count_alike_where_nothing_is_said_or_none_is_there(
    readable: int, unreadable: int, share: float | None
) -> None:
    assert _shares(pieces(readable, unreadable), share) is None


def test_the_fit_sees_more_mail_without_a_zip_than_comes() -> None:
    kinds = set(MIX)
    assert set(_TUNING_MIX) == kinds
    assert _TUNING_MIX.count("must-flag") / len(_TUNING_MIX) > 3 * MIX.count("must-flag") / len(MIX)


def test_a_piece_without_words_looks_like_a_field_that_stands_alone(reader: Reader) -> None:
    alone = reader.read_field(Page(printed("97358", 60), "box.png")).hypotheses[0]
    about = reader.read_page(Page(draw_envelope().grey, "letter.png")).hypotheses[0]
    hidden = without_place(Judged(about.evidence, right=True, best=True)).evidence
    words = ("named", "named_rival", "legible", "stated", "preceded", "numbered", "ended")
    assert {name: hidden[name] for name in words} == {name: alone.evidence[name] for name in words}
    assert about.evidence["named"] != hidden["named"]
    assert without_place(Judged(alone.evidence, right=True, best=True)).evidence == pytest.approx(
        alone.evidence
    )
