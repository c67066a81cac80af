from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from zipreader.errors import InputError
from zipreader.mailroom.desk import Desk
from zipreader.mailroom.identity import FileIdentity
from zipreader.mailroom.rules import Answer, Rules, Verdict
from zipreader.mailroom.sample import fair_sample
from zipreader.mailroom.store import Store
from zipreader.reading.record import error_record

RIGHT, WRONG = "97358", "38117"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "mail.db", seed=1) as store:
        yield store


def add(store: Store, count: int, decision: str | None = "accept", zip_code: str = RIGHT) -> None:
    """Add pieces of this decision."""
    first = len(list(store.recorded()))
    for number in range(first, first + count):
        record = error_record(f"{number}.png", None) | {
            "page": 1,
            "zip": zip_code if decision else None,
            "decision": decision,
            "confidence": 0.95,
            "threshold": 0.9,
            "model": "m",
        }
        store.add_file(FileIdentity(f"/mail/{number}.png", 1, 1), [record])


def review(store: Store, audit: float, answer: Answer | None = None, most: int = 10_000) -> int:
    """Answer what the queue hands out, at first with the machine's ZIP; how many there were."""
    desk = Desk(store, Rules(audit=audit))
    for done in range(most):
        tasks = desk.take("ann")
        if not tasks:
            return done
        piece = tasks[0].piece
        desk.answer("ann", piece.id, answer or Answer.of(piece.zip or RIGHT), 1.0)
    desk.release("ann")
    return most


def test_reviews_of_flagged_mail_alone_are_refused(store: Store) -> None:
    add(store, 30)
    add(store, 10, "review")
    assert review(store, audit=0.0) == 10
    with pytest.raises(InputError, match=r"mail\.db: no accepted mail was audited"):
        fair_sample(store)


def test_accepted_and_flagged_mail_is_drawn_alike(store: Store) -> None:
    for _ in range(60):
        add(store, 3)
        add(store, 1, "review")
    review(store, audit=0.25)
    sample = fair_sample(store)
    assert sample.share == 0.25
    assert sample.unsettled == 0
    ids = [each.piece.id for each in sample.pieces]
    assert ids == [number for (number,) in store.rows("SELECT id FROM pieces WHERE draw < 0.25")]
    kinds = {each.piece.decision for each in sample.pieces}
    assert kinds == {"accept", "review"}
    assert sample.audited < len(ids)
    assert len(sample.others) == 240 - len(ids)
    assert {each.truth for each in sample.pieces} == {RIGHT}


def test_the_sample_ends_where_nobody_has_been(store: Store) -> None:
    add(store, 100)
    review(store, audit=1.0, most=40)
    sample = fair_sample(store)
    assert [each.piece.id for each in sample.pieces] == list(range(1, 41))
    add(store, 5)
    assert len(fair_sample(store).pieces) == 40


def test_what_is_disputed_or_skipped_has_no_answer(store: Store) -> None:
    add(store, 4)
    desk = Desk(store, Rules(audit=1.0))
    first, second, third, _ = (task.piece.id for task in desk.take("ann", 4))
    desk.answer("ann", first, Answer.of(WRONG), 1.0)  # one person against the machine
    desk.skip("ann", second, 1.0)
    desk.answer("ann", third, Answer.of(RIGHT), 1.0)
    sample = fair_sample(store)
    assert [each.truth for each in sample.pieces] == [None, None, RIGHT, None]
    assert (sample.unsettled, sample.audited) == (3, 1)


def test_no_zip_and_unreadable_may_not_be_accepted(store: Store) -> None:
    add(store, 2)
    for verdict in (Verdict.NO_ZIP, Verdict.UNREADABLE):
        for person in ("ann", "bob"):
            desk = Desk(store, Rules(audit=1.0))
            (task,) = desk.take(person)
            desk.answer(person, task.piece.id, Answer(verdict), 1.0)
            desk.release(person)
    sample = fair_sample(store)
    assert [each.truth for each in sample.pieces] == [None, None]
    assert sample.unsettled == 0


def test_where_nothing_is_accepted_all_reviewed_mail_is_the_sample(store: Store) -> None:
    add(store, 20, "review")
    with pytest.raises(InputError, match="nothing was reviewed"):
        fair_sample(store)
    review(store, audit=0.0, most=12)
    sample = fair_sample(store)
    assert (sample.share, len(sample.pieces), sample.others) == (1.0, 12, ())


def test_files_that_could_not_be_read_or_have_changed_are_left_out(store: Store) -> None:
    add(store, 3)
    add(store, 1, None)
    review(store, audit=1.0)
    changed = FileIdentity("/mail/0.png", 2, 2)
    store.add_file(changed, [error_record("0.png", "damaged")])
    assert [each.piece.id for each in fair_sample(store).pieces] == [2, 3]


def test_the_larger_audit_counts(store: Store) -> None:
    add(store, 200)
    review(store, audit=0.1)
    small = len(fair_sample(store).pieces)
    review(store, audit=0.3)
    sample = fair_sample(store)
    assert sample.share == 0.3
    assert len(sample.pieces) > small
