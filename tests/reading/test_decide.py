from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.drawing import blank, field_of
from zipreader.config import DecideConfig
from zipreader.elements import Box, Digit, Glyph, Place, Reason, Status, ZipHypothesis
from zipreader.reading.decide import decide

CONFIG = DecideConfig()
THRESHOLD = 0.9
AGAINST = (Reason.CROSSED_OUT, Reason.SEVERAL_MAILPIECES)
FIELD = field_of(blank(300, 80), 40)
GLYPH = Glyph((0, 1), Box(0, 0, 20, 40), np.zeros((28, 28), np.uint8))


def hypothesis(
    code: str = "38117",
    probability: float = 0.99,
    *,
    assigned: bool = True,
    confidences: tuple[float, ...] = (0.999,) * 5,
    other_lengths: float = 0.0,
    named: tuple[float, float] = (-0.1, -5.0),
    thickest: float = 1.2,
    height: int = 40,
    more: dict[str, float] | None = None,
) -> ZipHypothesis:
    digits = tuple(
        Digit(value, confidence, "4", GLYPH, Box(30 * i, 0, 30 * i + 20, height).quad())
        for i, (value, confidence) in enumerate(zip(code, confidences, strict=True))
    )
    place = Place("Memphis", "TN") if assigned else None
    whole = {
        "other_lengths": other_lengths,
        "named": named[0],
        "named_rival": named[1],
        "thickest": thickest,
        "struck": 0.0,
        "preceded": 0.0,
        "numbered": -6.0,
        "ended": -6.0,
        "passed": 0.0,
        "written": 1.0,
        **(more or {}),
    }
    return ZipHypothesis(code, None, FIELD, digits, 0.9, whole, probability, place)


def reasons(*hypotheses: ZipHypothesis, found_address: bool = True) -> list[Reason]:
    decision = decide(hypotheses, found_address, THRESHOLD, CONFIG)
    return [objection.reason for objection in decision.objections]


def test_a_certain_assigned_zip_is_accepted() -> None:
    decision = decide((hypothesis(),), True, THRESHOLD, CONFIG)
    assert decision.accepted
    assert decision.status is Status.ACCEPT
    assert (decision.confidence, decision.threshold) == (0.99, THRESHOLD)


def test_the_threshold_itself_is_enough() -> None:
    assert reasons(hypothesis(probability=THRESHOLD)) == []
    assert reasons(hypothesis(probability=THRESHOLD - 1e-9)) != []


def test_what_the_image_shows_flags_it_however_certain() -> None:
    decision = decide((hypothesis(),), True, THRESHOLD, CONFIG, AGAINST)
    assert tuple(o.reason for o in decision.objections) == AGAINST
    assert decision.status is Status.REVIEW


def test_a_blank_page_has_no_address() -> None:
    assert reasons(found_address=False) == [Reason.NO_ADDRESS]


def test_an_address_without_hypotheses_has_no_zip() -> None:
    assert reasons(found_address=True) == [Reason.NO_ZIP]
    assert decide((), True, THRESHOLD, CONFIG).confidence == 0


def test_a_hopeless_reading_is_no_zip() -> None:
    assert reasons(hypothesis(probability=CONFIG.no_zip / 2)) == [Reason.NO_ZIP]


def test_an_unassigned_zip_is_flagged_however_certain() -> None:
    decision = decide((hypothesis("00000", assigned=False),), True, THRESHOLD, CONFIG)
    assert [o.reason for o in decision.objections] == [Reason.UNASSIGNED]
    assert "00000" in str(decision.objections[0])


def test_an_unclear_digit_is_named() -> None:
    best = hypothesis(probability=0.5, confidences=(0.999, 0.999, 0.6, 0.999, 0.999))
    decision = decide((best,), True, THRESHOLD, CONFIG)
    assert [o.reason for o in decision.objections] == [Reason.UNCLEAR_DIGIT]
    assert str(decision.objections[0]) == "A digit is unclear: the third, 1 or 4."


def test_an_unclear_digit_without_a_rival_is_named_alone() -> None:
    best = hypothesis(probability=0.5, confidences=(0.6, 0.999, 0.999, 0.999, 0.999))
    best = replace(best, digits=(replace(best.digits[0], runner_up=""), *best.digits[1:]))
    (objection,) = decide((best,), True, THRESHOLD, CONFIG).objections
    assert str(objection) == "A digit is unclear: the first, 3."


def test_where_most_digits_are_unclear_that_is_said_once() -> None:
    best = hypothesis(probability=0.5, confidences=(0.6, 0.999, 0.6, 0.7, 0.999))
    assert reasons(best) == [Reason.ILLEGIBLE]


def test_another_length_is_named() -> None:
    assert reasons(hypothesis(probability=0.5, other_lengths=0.6)) == [Reason.WRONG_LENGTH]


def test_a_blotted_digit_is_named() -> None:
    assert reasons(hypothesis(probability=0.5, thickest=4.0)) == [Reason.COVERED]
    assert reasons(hypothesis(thickest=4.0)) == []


def test_a_line_through_the_digits_is_named() -> None:
    assert reasons(hypothesis(probability=0.5, more={"struck": 0.8})) == [Reason.COVERED]
    assert reasons(hypothesis(more={"struck": 0.8})) == []


def test_a_sixth_digit_before_the_others_is_named() -> None:
    assert reasons(hypothesis(probability=0.5, more={"preceded": 0.9})) == [Reason.WRONG_LENGTH]


@pytest.mark.parametrize(
    "evidence", [{"numbered": -0.1}, {"ended": -0.1}, {"passed": 0.9}, {"written": 0.0}]
)
def test_what_may_be_another_number_is_named(evidence: dict[str, float]) -> None:
    assert reasons(hypothesis(probability=0.5, more=evidence)) == [Reason.OTHER_NUMBER]
    assert reasons(hypothesis(more=evidence)) == []


def test_a_rival_zip_is_named() -> None:
    best, rival = hypothesis(probability=0.5), hypothesis("38111", 0.45)
    decision = decide((best, rival), True, THRESHOLD, CONFIG)
    assert [o.reason for o in decision.objections] == [Reason.COMPETING]
    assert "38117" in str(decision.objections[0]) and "38111" in str(decision.objections[0])


def test_the_same_zip_elsewhere_is_no_rival() -> None:
    best, again = hypothesis(probability=0.5), hypothesis(probability=0.45)
    assert reasons(best, again) == [Reason.LOW_CONFIDENCE]


def test_tiny_digits_are_a_poor_image() -> None:
    assert reasons(hypothesis(probability=0.5, height=8)) == [Reason.POOR_IMAGE]


def test_where_nothing_is_to_be_named_the_confidence_is() -> None:
    assert reasons(hypothesis(probability=0.5)) == [Reason.LOW_CONFIDENCE]


def test_an_uncertain_zip_of_another_place_than_the_written_one_is_told() -> None:
    other = hypothesis(probability=0.5, named=(-3.0, -0.1))
    decision = decide((other,), True, THRESHOLD, CONFIG)
    (objection,) = decision.objections
    assert objection.reason is Reason.OTHER_PLACE
    assert objection.detail == "38117 is Memphis, TN"
    assert reasons(hypothesis(named=(-3.0, -0.1))) == []
    illegible = hypothesis(probability=0.5, named=(-3.0, -3.0))
    assert reasons(illegible) == [Reason.LOW_CONFIDENCE]


def test_every_reason_can_be_reached() -> None:
    reached = [
        *reasons(found_address=False),
        *reasons(),
        *reasons(hypothesis(assigned=False)),
        *reasons(hypothesis(probability=0.5)),
        *reasons(hypothesis(probability=0.5, named=(-3.0, -0.1))),
        *reasons(hypothesis(probability=0.5, confidences=(0.5,) * 5)),
        *reasons(
            hypothesis(
                probability=0.5,
                confidences=(0.5, 1, 1, 1, 1),
                other_lengths=0.6,
                thickest=9,
                height=8,
                more={"passed": 1.0},
            ),
            hypothesis("38111", 0.45),
        ),
    ]
    assert {*reached, *AGAINST} == set(Reason)


@given(
    st.floats(0, 1),
    st.booleans(),
    st.floats(0, 1),
    st.tuples(*[st.floats(0, 1)] * 5),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_accepted_exactly_when_certain_and_assigned(
    probability: float,
    assigned: bool,
    threshold: float,
    confidences: tuple[float, ...],
    other_lengths: float,
    rival: float,
) -> None:
    best = hypothesis(
        "38117",
        probability,
        assigned=assigned,
        confidences=confidences,
        other_lengths=other_lengths,
    )
    other = hypothesis("38111", min(rival, probability))
    decision = decide((best, other), True, threshold, CONFIG)
    expected = assigned and probability >= threshold and probability >= CONFIG.no_zip
    assert decision.accepted == expected
    assert decision.accepted == (not decision.objections)
    assert decision.confidence == probability
