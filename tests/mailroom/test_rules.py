from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zipreader.errors import UsageError
from zipreader.mailroom.rules import Answer, Review, Rules, Verdict, needs_person, settle

A, B, C = (Answer.of(zip_code) for zip_code in ("60614", "11751", "01001"))
NONE = Answer(Verdict.NO_ZIP)


def said(*answers: Answer, voices: int = 1) -> list[Review]:
    """Answers of as many people, one after the other."""
    return [Review(f"p{n}", float(n), 1.0, answer, voices) for n, answer in enumerate(answers)]


def test_one_person_settles_flagged_mail() -> None:
    final = settle(None, said(A))
    assert final is not None
    assert (final.answer, final.reviewers, final.by_person) == (A, ("p0",), True)
    assert settle(None, []) is None


def test_what_the_machine_accepted_is_final_until_somebody_looks() -> None:
    final = settle(A, [])
    assert final is not None
    assert (final.answer, final.by_person) == (A, False)
    assert needs_person(A, [])


def test_double_keying_asks_a_third_where_two_differ() -> None:
    assert settle(None, said(A, voices=2)) is None
    assert settle(None, said(A, B, voices=2)) is None
    final = settle(None, said(A, B, A, voices=2))
    assert final is not None
    assert (final.answer, final.reviewers) == (A, ("p0", "p2"))
    assert settle(None, said(A, B, C, voices=2)) is None
    last = settle(None, said(A, B, C, NONE, NONE, voices=2))
    assert last is not None
    assert last.answer == NONE


def test_an_audit_takes_two_people_to_overrule_the_machine_and_one_to_confirm_it() -> None:
    confirmed = settle(A, said(A, voices=2))
    assert confirmed is not None
    assert confirmed.answer == A
    assert settle(A, said(B, voices=2)) is None
    overruled = settle(A, said(B, B, voices=2))
    assert overruled is not None
    assert overruled.answer == B
    cleared = settle(A, said(B, A, voices=2))
    assert cleared is not None
    assert cleared.answer == A


def test_a_change_of_the_rules_reopens_nothing() -> None:
    assert settle(None, said(A, voices=1)) == settle(None, said(A, voices=1))
    assert Rules(double=True).voices(accepted=False) == 2
    assert Rules().voices(accepted=False) == 1
    assert Rules().voices(accepted=True) == 2


@given(st.lists(st.sampled_from([A, B, C, NONE]), max_size=7), st.sampled_from([None, A]))
def test_what_is_settled_was_said_by_enough(answers: list[Answer], machine: Answer | None) -> None:
    final = settle(machine, said(*answers, voices=2))
    if answers and final is not None:
        assert answers.count(final.answer) + (final.answer == machine) >= 2
    elif answers:
        assert all(answers.count(each) + (each == machine) < 2 for each in answers)


@pytest.mark.parametrize("wrong", ["", "1234", "123456", "1234a", "１２３４５", "12345\n"])
def test_only_five_digits_are_a_zip(wrong: str) -> None:
    with pytest.raises(UsageError):
        Answer.of(wrong)


def test_a_zip_and_none_are_not_said_at_once() -> None:
    with pytest.raises(UsageError):
        Answer(Verdict.NO_ZIP, "60614")
    with pytest.raises(UsageError):
        Answer(Verdict.ZIP)


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_a_share_is_a_share(share: float) -> None:
    with pytest.raises(UsageError):
        Rules(audit=share)
