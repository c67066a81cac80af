from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.evaluation.scene import outcome
from zipreader.elements import Reason
from zipreader.evaluation.curves import (
    RiskCoverage,
    error_of,
    reliability,
    risk_coverage,
)
from zipreader.intervals import Share

Pieces = list[tuple[float, bool]]
"""Confidence, and whether the guess is right."""
pieces = st.lists(
    st.tuples(st.sampled_from([0.0, 0.2, 0.5, 0.7, 0.9, 0.99, 1.0]), st.booleans()),
    min_size=1,
    max_size=30,
)


def curve(given_pieces: Sequence[tuple[float, bool]]) -> RiskCoverage:
    return risk_coverage([outcome(confidence=c, right=r) for c, r in given_pieces])


def test_aurc_of_a_perfect_and_of_the_worst_order() -> None:
    perfect = curve([(0.9, True), (0.8, True), (0.7, True), (0.6, False)])
    assert perfect.aurc == pytest.approx((0 + 0 + 0 + 1 / 4) / 4)
    worst = curve([(0.9, False), (0.8, True), (0.7, True), (0.6, True)])
    assert worst.aurc == pytest.approx((1 + 1 / 2 + 1 / 3 + 1 / 4) / 4)


def test_aurc_of_equal_scores_is_the_error_rate() -> None:
    equal = curve([(0.5, True), (0.5, False), (0.5, True), (0.5, True)])
    assert equal.aurc == pytest.approx(0.25)
    assert equal.augrc == pytest.approx(0.25 / 2)


@given(pieces)
def test_augrc_is_what_traub_et_al_derive_from_the_auroc(given_pieces: Pieces) -> None:
    right = [c for c, is_right in given_pieces if is_right]
    wrong = [c for c, is_right in given_pieces if not is_right]
    pairs = [(r > w) + (r == w) / 2 for r, w in itertools.product(right, wrong)]
    accuracy = len(right) / len(given_pieces)
    auroc = sum(pairs) / len(pairs) if pairs else 1.0
    expected = (1 - auroc) * accuracy * (1 - accuracy) + (1 - accuracy) ** 2 / 2
    assert curve(given_pieces).augrc == pytest.approx(expected)


@given(pieces, st.randoms(use_true_random=False))
def test_no_figure_depends_on_the_order_of_the_pieces(given_pieces: Pieces, rng: object) -> None:
    shuffled = list(given_pieces)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = curve(given_pieces), curve(shuffled)
    assert (first.aurc, first.augrc) == pytest.approx((second.aurc, second.augrc))
    assert first.accepted.tolist() == second.accepted.tolist()


@given(pieces)
def test_the_curve_ends_with_all_pieces_and_all_errors(given_pieces: Pieces) -> None:
    found = curve(given_pieces)
    assert found.coverage[-1] == 1
    assert found.wrong[-1] == sum(not right for _, right in given_pieces)
    assert (found.thresholds[1:] < found.thresholds[:-1]).all()
    assert 0 <= found.augrc <= 0.5 + 1e-9
    assert found.aurc >= found.augrc - 1e-9


def test_the_accepted_share_at_a_bound_on_misreads() -> None:
    order = [(0.99, True)] * 98 + [(0.9, False)] * 2 + [(0.8, True)] * 100 + [(0.1, False)] * 10
    found = curve(order)
    assert found.accepted_at(0.02) == Share(200, 210)
    assert found.accepted_at(0.005) == Share(98, 210)
    assert found.accepted_at(0.0) == Share(98, 210)
    assert found.accepted_at(1.0) == Share(210, 210)


def test_nothing_can_be_accepted_where_the_surest_piece_is_wrong() -> None:
    assert curve([(0.9, False), (0.5, False)]).accepted_at(0.01) == Share(0, 2)


def test_mail_that_no_threshold_accepts_comes_last() -> None:
    unassigned = outcome(confidence=0.99, right=False, reasons=(Reason.UNASSIGNED,))
    found = risk_coverage([unassigned, outcome(confidence=0.3)])
    assert found.thresholds.tolist() == [0.3, 0.0]
    assert found.wrong.tolist() == [0, 1]


def test_no_pieces_give_an_empty_curve() -> None:
    found = risk_coverage([])
    assert found.coverage.tolist() == []
    assert (found.aurc, found.augrc) == (0, 0)
    assert found.accepted_at(0.01) == Share(0, 0)
    assert error_of([]) == 0


def test_honest_confidence_has_no_calibration_error() -> None:
    honest = [outcome(confidence=0.8, right=i < 8) for i in range(10)]
    assert error_of(honest) == pytest.approx(0)
    bold = [outcome(confidence=1.0, right=i < 8) for i in range(10)]
    assert error_of(bold) == pytest.approx(0.2)


def test_bins_weigh_by_their_pieces() -> None:
    mixed = [outcome(confidence=0.1, right=False)] * 3 + [outcome(confidence=0.9, right=True)]
    assert error_of(mixed) == pytest.approx(0.1)
    assert sum(b.right.whole for b in reliability(mixed)) == 4


def test_must_flag_mail_is_never_right() -> None:
    (last,) = (b for b in reliability([outcome(must_flag=True, confidence=1.0)]) if b.right.whole)
    assert last.right == Share(0, 1)
