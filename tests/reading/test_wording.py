from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.drawing import frames_of
from zipreader.reading.letters import BLANK, OTHER, SIGNS, signs_of
from zipreader.reading.wording import (
    ANYTHING,
    Party,
    _forward,
    asks_to_sign,
    fits,
    name_in,
    party_of,
    sign_at_end,
    tells_postage,
)


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


def test_what_is_written_fits_and_a_longer_or_shorter_name_does_not() -> None:
    names = [tuple(map(ord, text)) for text in ("MEMPHIS", "MEMPHISTO", "PHIS")]
    own, longer, shorter = fits(
        frames_of("Memphis"), [tuple(sign - ord("A") for sign in name) for name in names]
    )
    assert own > -0.1
    assert longer < -1 > shorter
    assert fits(frames_of("Memphis"), []) == []


@pytest.mark.parametrize(("text", "sign"), [("Taft OK 7", True), ("Taft OK", False), ("7", True)])
def test_a_sign_that_is_no_letter_is_seen_at_the_end_alone(text: str, sign: bool) -> None:
    assert (sign_at_end(frames_of(text)) > 0.9) == sign
    assert (sign_at_end(frames_of(f"12 {text}")) > 0.9) == sign


def test_an_empty_line_ends_in_no_sign() -> None:
    frames = np.zeros((8, SIGNS), np.float32)
    frames[:, BLANK] = 1.0
    assert sign_at_end(frames) == 0.0


@given(st.text("ABCXYZ7", min_size=1, max_size=6), st.floats(0.5, 0.99))
def test_the_end_of_a_line_has_a_probability(text: str, sure: float) -> None:
    assert 0.0 <= sign_at_end(frames_of(text, sure)) <= 1.0


@pytest.mark.parametrize(
    ("text", "ends"),
    [("Memphis TN", True), ("Memphis TN 4", True), ("TN Memphis", False), ("Memphis", False)],
)
def test_before_the_end_of_a_line_anything_may_stand(text: str, ends: bool) -> None:
    (found,) = fits(frames_of(text), [signs_of("TN")], ANYTHING)
    assert (found > -0.1) == ends
    (alone,) = fits(frames_of(text), [signs_of("TN")])
    assert alone < -1


@pytest.mark.parametrize(
    ("name", "asks"),
    [
        ("SIGNATUREOFVOTER", True),
        ("XSIGNATUREOTWITNESS", True),
        ("SIGNATUREOFPARENTORGUARDIAN", True),
        ("VOTERSSIGNATURE", True),
        ("SIGNHERE", True),
        ("SIGNATUREDR", False),
        ("SIGNATUREOAKSLN", False),
        ("SIGNATUREBANK", False),
        ("SIGNATUREOFFICESUPPLY", False),
        ("SIGNATUREOPERATIONSLLC", False),
        ("SIGNATUREOFELEGANCE", False),
        ("SIGNATUREOFTHESOUTH", False),
        ("THESIGNATURE", False),
        ("ADULTSIGNATUREREQUIRED", False),
        ("SIGNATUREREQUIRED", False),
        ("SIGNATUREOFTHEVOTER", True),
        ("XVOTERSSIGNATUREX", True),
        ("SIGNATUREOVOTERREQUIRED", True),
        ("ADDRESSORWITNESSSTREETCITYZIP", True),
        ("ADDRESSOFTHEVOTER", True),
        ("DATESIGNED", True),
        ("DATE", False),
        ("ADDRESSOFASSISTEDLIVING", False),
        ("CHANGEOFADDRESSOFFICE", False),
        ("SPRINGFIELDIL", False),
        ("", False),
    ],
)
def test_a_line_of_a_form_asks_to_sign(name: str, asks: bool) -> None:
    assert asks_to_sign(name) is asks


@pytest.mark.parametrize(
    ("name", "postage"),
    [
        ("USPOSTAGE", True),
        ("PERMITNO", True),
        ("PRSRTSTD", True),
        ("FIRSTCLASSMAIL", True),
        ("NOPOSTAGE", True),
        ("FRANKPERMITTER", False),
        ("MAILSTOP", False),
        ("CAGUASPR", False),
    ],
)
def test_an_imprint_tells_postage(name: str, postage: bool) -> None:
    assert tells_postage(name) is postage


@pytest.mark.parametrize(
    ("names", "party"),
    [
        (("FROM", "OSCARQUIGLEY"), Party.SENDER),
        (("VICTORLOPEZ", "SHIPTO"), Party.ADDRESSEE),
        (("SHIPTO", "SHIPPER", "OSCARQUIGLEY"), Party.SENDER),
        (("TODDWARD", "FROMMLN"), None),
        ((), None),
    ],
)
def test_a_caption_tells_whose_an_address_is(names: tuple[str, ...], party: Party | None) -> None:
    assert party_of(names) is party
