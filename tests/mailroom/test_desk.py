from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mailroom.office import AGAWAM, CHICAGO, ISLIP, NOWHERE, Clock, fill, identity, record
from zipreader.errors import UsageError
from zipreader.mailroom.desk import Desk, Outcome
from zipreader.mailroom.rules import Answer, Rules, Verdict
from zipreader.mailroom.statistics import progress
from zipreader.mailroom.store import Store

SAVED, LOST, UNASSIGNED = Outcome.SAVED, Outcome.LOST, Outcome.UNASSIGNED
YES, OTHER = Answer.of(CHICAGO), Answer.of(ISLIP)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    with Store.open(tmp_path / "mail.db", seed=1, clock=clock) as opened:
        yield opened


def ids(desk: Desk, name: str, count: int = 1, besides: tuple[int, ...] = ()) -> list[int]:
    return [task.piece.id for task in desk.take(name, count, besides)]


def test_a_task_shows_guess_and_rivals_with_their_places(store: Store) -> None:
    fill(store, "review")
    (task,) = Desk(store, Rules()).take("ann")
    assert [each.zip for each in task.candidates] == [CHICAGO, ISLIP, AGAWAM]
    assert task.guess is not None
    assert task.guess.place is not None
    assert task.guess.place.city == "Chicago"
    assert task.reasons == ("A digit is unclear.",)
    assert task.shows_zip


def test_only_flagged_mail_is_asked_about(store: Store) -> None:
    fill(store, "accept", "review", "error", "none")
    assert ids(Desk(store, Rules()), "ann", 9) == [2, 4]


def test_two_people_never_get_one_piece(store: Store) -> None:
    fill(store, *["review"] * 5)
    desk = Desk(store, Rules())
    assert ids(desk, "ann", 2) == [1, 2]
    assert ids(desk, "bob", 2) == [3, 4]
    assert ids(desk, "ann", 2) == [1, 2], "what one holds is shown again after a reload"
    assert ids(desk, "ann", 1, besides=(1, 2)) == [5]
    assert ids(desk, "bob", 1, besides=(3, 4)) == []


def test_an_abandoned_piece_returns(store: Store, clock: Clock) -> None:
    fill(store, "review")
    desk = Desk(store, Rules(lease=120))
    assert ids(desk, "ann") == [1]
    clock.now += 100
    assert desk.keep("ann", [1]) == [1]
    clock.now += 119
    assert ids(desk, "bob") == []
    clock.now += 2
    assert desk.keep("ann", [1]) == []
    assert ids(desk, "bob") == [1]
    assert desk.answer("ann", 1, YES, 1.0) is LOST
    assert desk.answer("bob", 1, YES, 1.0) is SAVED


def test_an_expired_lease_costs_nothing_while_nobody_else_has_the_piece(
    store: Store, clock: Clock
) -> None:
    fill(store, "review")
    desk = Desk(store, Rules(lease=10))
    desk.take("ann")
    clock.now += 1000
    assert desk.answer("ann", 1, YES, 5.0) is SAVED


@pytest.mark.parametrize("back", [3600.0, 86_400.0])
def test_a_clock_that_is_set_back_gives_no_piece_to_two_and_keeps_none(
    store: Store, clock: Clock, back: float
) -> None:
    fill(store, "review", "review")
    desk = Desk(store, Rules(lease=120))
    assert ids(desk, "ann") == [1]
    assert desk.answer("ann", 1, YES, 1.0) is SAVED
    assert ids(desk, "ann") == [2]
    clock.now -= back
    assert desk.answer("ann", 1, YES, 1.0) is SAVED, "the same again, from a retry"
    assert ids(desk, "bob", 2) == [2], "else it would wait for the clock to be there again"
    assert desk.answer("ann", 2, OTHER, 1.0) is LOST
    assert ids(desk, "ann", 2) == []
    assert desk.answer("bob", 2, YES, 1.0) is SAVED
    assert [row for row in store.rows("SELECT piece FROM reviews")] == [(1,), (2,)]


def test_a_clock_that_is_corrected_by_a_little_ends_no_lease(store: Store, clock: Clock) -> None:
    fill(store, "review")
    desk = Desk(store, Rules(lease=120))
    assert ids(desk, "ann") == [1]
    clock.now -= 30
    assert ids(desk, "bob") == []
    assert desk.keep("ann", [1]) == [1]


def test_who_keeps_a_piece_while_the_clock_is_set_back_has_it_for_one_lease(
    store: Store, clock: Clock
) -> None:
    fill(store, "review")
    desk = Desk(store, Rules(lease=120))
    ids(desk, "ann")
    clock.now -= 3600
    assert ids(desk, "ann") == [1], "taken anew"
    clock.now += 100
    assert desk.keep("ann", [1]) == [1]
    assert ids(desk, "bob") == []
    clock.now += 121
    assert ids(desk, "bob") == [1]


def test_who_leaves_gives_everything_back(store: Store) -> None:
    fill(store, "review", "review")
    desk = Desk(store, Rules())
    desk.take("ann", 2)
    desk.release("ann")
    assert ids(desk, "bob", 2) == [1, 2]


def test_an_answer_says_who_when_what_and_how_long(store: Store, clock: Clock) -> None:
    fill(store, "review")
    desk = Desk(store, Rules())
    desk.take("ann")
    assert desk.answer(" ann ", 1, OTHER, 3.5) is SAVED
    (row,) = store.rows("SELECT piece, reviewer, at, seconds, verdict, zip FROM reviews")
    assert row == (1, "ann", clock.now, 3.5, "zip", ISLIP)
    piece = store.piece(1)
    assert piece is not None
    assert piece.zip == CHICAGO, "the machine's reading stays"


def test_saying_the_same_again_is_harmless_and_another_thing_is_not_taken(store: Store) -> None:
    fill(store, "review")
    desk = Desk(store, Rules())
    desk.take("ann")
    assert [desk.answer("ann", 1, YES, 1.0) for _ in range(2)] == [SAVED, SAVED]
    assert desk.answer("ann", 1, OTHER, 1.0) is LOST
    assert desk.answer("bob", 1, OTHER, 1.0) is LOST
    assert len(list(store.rows("SELECT 1 FROM reviews"))) == 1


def test_an_unassigned_zip_is_asked_twice(store: Store) -> None:
    fill(store, "review")
    desk = Desk(store, Rules())
    assert desk.answer("ann", 1, Answer.of(NOWHERE), 1.0) is UNASSIGNED
    assert list(store.rows("SELECT 1 FROM reviews")) == []
    assert desk.answer("ann", 1, Answer.of(NOWHERE), 1.0, confirmed=True) is SAVED


def test_a_skipped_piece_goes_to_others_and_to_the_end(store: Store) -> None:
    fill(store, "review", "review")
    desk = Desk(store, Rules())
    desk.take("ann")
    assert desk.skip("ann", 1, 1.0) is SAVED
    assert ids(desk, "bob") == [1]
    desk.release("bob")
    assert ids(desk, "ann", 2) == [2, 1]
    assert desk.answer("ann", 1, YES, 1.0) is SAVED


def test_undo_brings_the_piece_back_and_keeps_the_record(store: Store) -> None:
    fill(store, "review", "review")
    desk = Desk(store, Rules())
    desk.take("ann", 2)
    desk.answer("ann", 1, OTHER, 1.0)
    desk.answer("ann", 2, Answer(Verdict.NO_ZIP), 1.0)
    undone = [desk.undo("ann") for _ in range(3)]
    assert undone[0] is not None
    assert undone[1] is not None
    assert (undone[0].task.piece.id, undone[0].answer) == (2, Answer(Verdict.NO_ZIP))
    assert (undone[1].task.piece.id, undone[1].answer) == (1, OTHER)
    assert undone[2] is None
    assert ids(desk, "bob") == []
    assert desk.answer("ann", 1, YES, 1.0) is SAVED
    verdicts = [verdict for (verdict,) in store.rows("SELECT verdict FROM reviews ORDER BY id")]
    assert verdicts == ["zip", "no_zip", "undo", "undo", "zip"]


def test_a_skip_is_undone_too(store: Store) -> None:
    fill(store, "review")
    desk = Desk(store, Rules())
    desk.skip("ann", 1, 1.0)
    undone = desk.undo("ann")
    assert undone is not None
    assert undone.answer is None


def test_nobody_undoes_what_others_said_or_hold(store: Store) -> None:
    fill(store, "review")
    desk = Desk(store, Rules(double=True))
    desk.answer("ann", 1, YES, 1.0)
    assert desk.undo("bob") is None
    assert ids(desk, "bob") == [1]
    assert desk.undo("ann") is None, "bob is at it"


def test_nobody_undoes_what_is_done_without_them(store: Store) -> None:
    fill(store, "review", "review")
    desk = Desk(store, Rules(double=True))
    for name, answer in (("ann", OTHER), ("bob", YES), ("cyd", YES)):
        assert desk.answer(name, 1, answer, 1.0) is SAVED
    assert desk.undo("ann") is None, "there would be no place for another answer"
    assert ids(desk, "ann") == [2]
    assert desk.undo("cyd") is not None


def test_a_piece_whose_file_was_read_again_leaves_the_desks(store: Store) -> None:
    fill(store, "review", "review")
    desk = Desk(store, Rules())
    assert ids(desk, "ann", 2) == [1, 2]
    store.add_file(identity("/mail/1.png", size=2), [record("/mail/1.png")])
    assert desk.answer("ann", 1, YES, 1.0) is LOST
    assert desk.keep("ann", [1, 2]) == [2]
    assert ids(desk, "ann", 2) == [2, 3], "or it would come again and again"


def test_what_was_said_long_ago_stays(store: Store, clock: Clock) -> None:
    fill(store, "review")
    desk = Desk(store, Rules(undo=60))
    desk.answer("ann", 1, YES, 1.0)
    clock.now += 61
    assert desk.undo("ann") is None


def test_double_keying_asks_two_and_a_third_where_they_differ(store: Store) -> None:
    fill(store, "review", "review")
    desk = Desk(store, Rules(double=True))
    for name, answer in (("ann", YES), ("bob", OTHER)):
        assert ids(desk, name) == [1]
        assert desk.answer(name, 1, answer, 1.0) is SAVED
    assert ids(desk, "ann") == [2], "nobody is asked twice"
    assert ids(desk, "cid") == [1]
    assert desk.answer("cid", 1, OTHER, 1.0) is SAVED
    assert ids(desk, "dan", 5) == []


def test_an_audit_is_blind_and_looks_like_a_piece_without_a_guess(store: Store) -> None:
    fill(store, "accept", "none", "review")
    desk = Desk(store, Rules(audit=1.0))
    audited, empty, flagged = desk.take("ann", 3)
    assert (audited.candidates, audited.reasons, audited.shows_zip) == ((), (), False)
    assert (empty.candidates, empty.reasons, empty.shows_zip) == ((), (), False)
    assert flagged.candidates


def test_an_audit_that_differs_goes_to_a_second_person(store: Store) -> None:
    fill(store, "accept", "accept")
    desk = Desk(store, Rules(audit=1.0))
    assert ids(desk, "ann", 2) == [1, 2]
    desk.answer("ann", 1, YES, 1.0)
    desk.answer("ann", 2, OTHER, 1.0)
    assert ids(desk, "ann", 2) == []
    assert ids(desk, "bob", 2) == [2]


def test_what_an_audit_disputed_is_asked_about_when_the_audit_ends(store: Store) -> None:
    fill(store, "accept", "accept")
    before = Desk(store, Rules(audit=1.0))
    assert ids(before, "ann", 2) == [1, 2]
    before.answer("ann", 1, OTHER, 1.0)
    before.release("ann")
    desk = Desk(store, Rules(audit=0.0))
    assert progress(store, "bob", 0.0).waiting == 1
    assert ids(desk, "bob", 2) == [1]
    assert desk.answer("bob", 1, OTHER, 1.0) is SAVED
    assert progress(store, "bob", 0.0).waiting == 0


def test_an_audit_undone_waits_again(store: Store) -> None:
    fill(store, "accept")
    desk = Desk(store, Rules(audit=1.0))
    desk.take("ann")
    desk.answer("ann", 1, YES, 1.0)
    assert ids(desk, "bob") == []
    desk.undo("ann")
    desk.release("ann")
    assert ids(desk, "bob") == [1]


def test_progress_counts_today_and_the_rate_of_looking(store: Store, clock: Clock) -> None:
    fill(store, *["review"] * 4)
    desk = Desk(store, Rules())
    for piece in (1, 2):
        desk.answer("ann", piece, YES, 3.0)
    desk.skip("ann", 3, 9.0)
    now = progress(store, "ann", 0.0)
    assert (now.done, now.waiting, now.hourly) == (2, 2, 1200.0)
    assert progress(store, "bob", 0.0).hourly is None
    clock.now += 48 * 3600
    assert progress(store, "ann", 0.0).done == 0


@pytest.mark.parametrize("name", ["", "  ", "x" * 41, "a\x00b"])
def test_a_name_can_be_printed(store: Store, name: str) -> None:
    with pytest.raises(UsageError):
        Desk(store, Rules()).take(name)


def test_a_time_is_a_number(store: Store) -> None:
    fill(store, "review")
    with pytest.raises(UsageError):
        Desk(store, Rules()).answer("ann", 1, YES, float("nan"))


def test_a_long_queue_is_quick(store: Store) -> None:
    with store.changing() as connection:
        connection.execute(
            "INSERT INTO files (path, folder, size, mtime_ns, added) VALUES ('/a', '/', 1, 1, 0)"
        )
        connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000) "
            "INSERT INTO pieces (file, page, zip, decision, draw, record) "
            "SELECT 1, i, '60614', iif(i % 2, 'accept', 'review'), i / 50000.0, "
            '\'{"candidates": [], "reasons": [], "zip_box": null}\' FROM n'
        )
        connection.execute("INSERT INTO waiting SELECT id FROM pieces WHERE decision = 'review'")
    desk = Desk(store, Rules(audit=0.02))
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    desk.take("ann", 3)
    store.connection.set_progress_handler(count, 1000)
    desk.answer("ann", 2, YES, 1.0)
    desk.take("ann", 3)
    store.connection.set_progress_handler(None, 0)
    assert steps < 200, "instructions grow with the queue"
