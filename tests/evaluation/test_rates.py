from __future__ import annotations

import pytest

from tests.evaluation.scene import outcome
from zipreader.evaluation.outcome import GlyphCheck, Stage, Verdict
from zipreader.evaluation.rates import (
    ALL,
    confusion,
    misses_by_stage,
    rates,
    rates_by_kind,
    seconds_by_stage,
)
from zipreader.intervals import Share

READ = outcome()
MISREAD = outcome(right=False, stage=Stage.CLASSIFICATION)
WITHHELD = outcome(accepted=False, stage=Stage.DECISION)
UNREAD = outcome(right=False, accepted=False, stage=Stage.FIELD)
CAUGHT = outcome(must_flag=True, accepted=False)
LET_THROUGH = outcome(must_flag=True, stage=Stage.DECISION)


@pytest.mark.parametrize(
    ("piece", "verdict"),
    [
        (READ, Verdict.READ),
        (MISREAD, Verdict.MISREAD),
        (WITHHELD, Verdict.WITHHELD),
        (UNREAD, Verdict.UNREAD),
        (CAUGHT, Verdict.CAUGHT),
        (LET_THROUGH, Verdict.MISREAD),
    ],
)
def test_a_verdict_follows_from_guess_and_decision(piece: object, verdict: Verdict) -> None:
    assert getattr(piece, "verdict") is verdict  # noqa: B009


def test_each_rate_has_its_own_whole() -> None:
    found = rates("all", [READ, READ, MISREAD, WITHHELD, UNREAD, CAUGHT, LET_THROUGH])
    assert found.pieces == 7
    assert found.read == Share(2, 5)
    assert found.forced == Share(3, 5)
    assert found.accepted == Share(4, 7)
    assert found.misread == Share(2, 4)
    assert found.caught == Share(1, 2)


def test_only_pieces_with_boxes_count_as_located() -> None:
    pieces = [outcome(field_rank=1), outcome(field_rank=3), outcome(field_rank=4), outcome()]
    assert rates("x", pieces).located == Share(2, 3)


def test_kinds_come_in_order_of_appearance_and_then_all() -> None:
    rows = rates_by_kind([outcome(kind="photo"), outcome(kind="dirty"), outcome(kind="photo")])
    assert [(row.name, row.pieces) for row in rows] == [("photo", 2), ("dirty", 1), (ALL, 3)]
    assert [row.name for row in rates_by_kind([READ])] == ["printed"]


def test_misses_are_counted_by_stage_and_verdict() -> None:
    stages = misses_by_stage([READ, MISREAD, WITHHELD, UNREAD, CAUGHT, LET_THROUGH])
    assert list(stages) == [Stage.FIELD, Stage.CLASSIFICATION, Stage.DECISION]
    assert stages[Stage.DECISION] == {Verdict.WITHHELD: 1, Verdict.MISREAD: 1}


def test_the_confusion_counts_glyphs() -> None:
    glyphs = (GlyphCheck("4", "9"), GlyphCheck("4", "4"), GlyphCheck("1", "-"))
    table = confusion([outcome(glyphs=glyphs), outcome(glyphs=glyphs[:1])])
    assert table["4"] == {"9": 2, "4": 1}
    assert table["1"] == {"-": 1}
    assert rates("x", [outcome(glyphs=glyphs)]).glyphs == Share(1, 3)


def test_time_is_told_by_stage_and_in_all() -> None:
    rows = seconds_by_stage([outcome(), outcome()])
    assert [(row.stage, row.median) for row in rows] == [
        ("page", 0.1),
        ("lines", 0.2),
        ("total", pytest.approx(0.3)),
    ]
    assert seconds_by_stage([]) == ()
