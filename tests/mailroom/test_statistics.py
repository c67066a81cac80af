from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mailroom.office import CHICAGO, Clock, fill, identity, record
from zipreader.mailroom.desk import Desk
from zipreader.mailroom.rules import Answer, Rules
from zipreader.mailroom.statistics import Keyer, overview
from zipreader.mailroom.store import Store

DAY = 24 * 3600


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    clock = Clock()
    with Store.open(tmp_path / "mail.db", seed=1, clock=clock) as opened:
        fill(opened, "accept", "accept", "review", "error", folder="/a")
        clock.now += DAY
        fill(opened, "review", "review", folder="/b")
        Desk(opened, Rules()).answer("ann", 5, Answer.of(CHICAGO), 2.0)
        yield opened


def test_everything_is_counted_once_by_day_and_by_folder(store: Store) -> None:
    found = overview(store)
    total = found.total
    counts = (total.read, total.accepted, total.flagged, total.failed)
    assert counts == (5, 2, 3, 1)
    assert (total.waiting, total.reviewed, total.accepted_share) == (2, 1, 0.4)
    assert [folder for folder, _ in found.folders] == ["/a", "/b"]
    assert [tally.read for _, tally in found.days] == [2, 3], "the latest day first"
    assert sum((tally for _, tally in found.folders), type(total)()) == total
    assert found.keyers == (Keyer("ann", 1, 1800.0),)
    assert found.thresholds == {0.9: 2}


def test_mail_that_comes_while_everything_is_counted_is_counted_next_time(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, batch = store.rows, Store.open(store.path)

    def meanwhile(query: str, *values: object) -> Iterator[object]:
        if "waiting" in query:
            assert batch.add_file(identity("/new/1.png"), [record("/new/1.png")])
        return rows(query, *values)

    monkeypatch.setattr(store, "rows", meanwhile)
    assert overview(store).total.flagged == 3
    monkeypatch.undo()
    assert overview(store).total.flagged == 4
    batch.close()


def test_an_empty_mailroom_is_no_error(tmp_path: Path) -> None:
    with Store.open(tmp_path / "new.db") as store:
        found = overview(store)
    assert found.total.read == 0
    assert found.total.accepted_share is None
    assert found.days == ()
