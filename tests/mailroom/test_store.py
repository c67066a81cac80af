from __future__ import annotations

import multiprocessing
import os
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults import small_disk, unwritable
from tests.mailroom.office import Clock, fill, identity, record
from zipreader.errors import NoStoreError, StoreError
from zipreader.mailroom.desk import Desk, Outcome
from zipreader.mailroom.identity import FileIdentity, Recorded
from zipreader.mailroom.rules import Answer, Rules
from zipreader.mailroom.store import Store
from zipreader.reading.record import error_record

PAGES = [record("large.tif", page=page) for page in range(1, 200)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mail.db"


def records(store: Store) -> list[dict[str, object]]:
    return [dict(piece.record) for piece in store.pieces("TRUE")]


# --- readings --------------------------------------------------------------------------------


def test_a_record_comes_back_as_it_was_written(path: Path) -> None:
    written = [record("a.tif"), record("a.tif", None, page=2), error_record("a.tif", "damaged")]
    with Store.open(path) as store:
        assert store.add_file(identity("/in/a.tif"), written)
    with Store.open(path, create=False) as store:
        assert records(store) == written
        assert list(store.recorded()) == [Recorded(identity("/in/a.tif"), failed=True)]


def test_the_same_file_is_added_once(path: Path) -> None:
    with Store.open(path) as store:
        assert store.add_file(identity("/a.png"), [record("a.png")])
        assert not store.add_file(identity("/a.png"), [record("a.png", "11751")])
        assert store.add_file(identity("/a.png", size=2), [record("a.png", "11751")])
        assert [each["zip"] for each in records(store)] == ["60614", "11751"]


def test_a_file_of_a_bad_record_leaves_nothing_behind(path: Path) -> None:
    with Store.open(path) as store:
        with pytest.raises(KeyError):
            store.add_file(identity("/a.png"), [record("a.png"), {}])
        assert list(store.recorded()) == []
        assert records(store) == []


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode there")
def test_a_name_that_is_no_unicode_opens_the_very_file_again(tmp_path: Path, path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.png"))
    odd.write_bytes(b"x")
    source = FileIdentity.of(odd)
    with Store.open(path) as store:
        store.add_file(source, [record(odd)])
    with Store.open(path) as store:
        (found,) = (each.identity for each in store.recorded())
        piece = store.piece(1)
    assert found == source
    assert found.still_there()
    assert Path(found.path).read_bytes() == b"x"
    assert piece is not None
    assert piece.record["path"] == str(odd)


def test_a_file_read_again_after_a_change_replaces_its_former_self_in_the_queue(path: Path) -> None:
    with Store.open(path) as store:
        store.add_file(identity("/a.png"), [record("a.png")])
        store.add_file(identity("/a.png", size=2), [record("a.png")])
        assert [task.piece.id for task in Desk(store, Rules()).take("ann", 5)] == [2]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE pieces SET zip = '11751'",
        "DELETE FROM pieces",
        "UPDATE files SET path = 'b'",
        "DELETE FROM reviews",
        "UPDATE reviews SET zip = '11751'",
    ],
)
def test_what_was_said_is_never_overwritten(path: Path, statement: str) -> None:
    with Store.open(path) as store:
        fill(store, "review")
        Desk(store, Rules()).answer("ann", 1, Answer.of("60614"), 1.0)
        with pytest.raises(sqlite3.IntegrityError, match="never"), store.changing() as connection:
            connection.execute(statement)


# --- files that are no store -----------------------------------------------------------------


def test_what_is_no_database_is_refused(path: Path) -> None:
    path.write_bytes(b"ZIP,city\n" * 500)
    with pytest.raises(StoreError, match=r"mail\.db: the database is damaged or none at all"):
        Store.open(path)
    assert path.read_bytes().startswith(b"ZIP,city")


def test_the_database_of_another_program_is_refused(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE songs (title TEXT)")
    connection.close()
    with pytest.raises(StoreError, match="no database of zipreader"):
        Store.open(path)


def test_a_newer_database_is_refused_clearly(path: Path) -> None:
    Store.open(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match="of version 99, newer than this zipreader knows"):
        Store.open(path)


def test_a_missing_database_is_begun_only_where_asked(path: Path, tmp_path: Path) -> None:
    with pytest.raises(NoStoreError, match="no such database; zipreader batch FOLDER -o .* makes"):
        Store.open(path, create=False)
    assert not path.exists()
    path.write_bytes(b"ZIP,city\n" * 500)
    with pytest.raises(NoStoreError, match="damaged or none at all"):
        Store.open(path, create=False)
    with pytest.raises(StoreError, match="cannot be used"):
        Store.open(tmp_path / "no" / "mail.db")
    with pytest.raises(StoreError):
        Store.open(tmp_path)


# --- many at once ----------------------------------------------------------------------------


def _write(path: Path, count: int) -> None:
    with Store.open(path) as store:
        for number in range(count):
            store.add_file(identity(f"/batch/{number}.png"), [record(f"{number}.png")])


def _review(path: Path, name: str, wanted: int) -> None:
    with Store.open(path) as store:
        desk = Desk(store, Rules())
        done = 0
        while done < wanted:
            for task in desk.take(name, 3):
                assert desk.answer(name, task.piece.id, Answer.of("60614"), 0.1) is Outcome.SAVED
                done += 1


def test_several_may_begin_a_database_at_once(path: Path) -> None:
    with ThreadPoolExecutor(8) as people:
        stores = list(people.map(lambda _: Store.open(path), range(8)))
    for store in stores:
        assert next(store.rows("PRAGMA journal_mode")) == ("wal",)
        store.close()


def test_a_batch_writes_while_several_review(path: Path) -> None:
    Store.open(path).close()
    context = multiprocessing.get_context("spawn")
    people = [context.Process(target=_review, args=(path, name, 5)) for name in ("ann", "bob")]
    for process in people:
        process.start()
    _write(path, 20)
    for process in people:
        process.join(60)
        assert process.exitcode == 0
    with Store.open(path) as store:
        reviewed = [piece for (piece,) in store.rows("SELECT piece FROM reviews")]
        (waiting,) = next(store.rows("SELECT count(*) FROM waiting"))
    assert len(set(reviewed)) == len(reviewed)
    assert waiting == 20 - len(reviewed)


# --- faults ----------------------------------------------------------------------------------


def test_a_full_disk_is_told_as_such_and_the_store_goes_on_afterwards(path: Path) -> None:
    with Store.open(path) as store:
        store.add_file(identity("/first.png"), [record("first.png")])
        wal = path.with_name("mail.db-wal").stat().st_size
        with small_disk(wal + 5000), pytest.raises(StoreError, match=r"mail\.db: .*(full|I/O)"):
            store.add_file(identity("/large.png"), PAGES)
        assert list(store.recorded()) == [Recorded(identity("/first.png"), failed=False)]
        assert store.add_file(identity("/later.png"), [record("later.png")])
    with Store.open(path) as store:
        assert len(records(store)) == 2
        assert list(store.rows("PRAGMA integrity_check")) == [("ok",)]


def test_a_commit_that_fails_leaves_no_transaction_open(path: Path) -> None:
    with Store.open(path) as store:
        with pytest.raises(sqlite3.IntegrityError), store.changing() as connection:
            connection.execute("PRAGMA defer_foreign_keys = ON")
            connection.execute("INSERT INTO waiting VALUES (99)")
        assert store.add_file(identity("/a.png"), [record("a.png")])


def test_a_database_that_may_only_be_read_is_read(path: Path) -> None:
    with Store.open(path) as store:
        fill(store, "review")
        with (
            unwritable(path, path.parent),
            pytest.raises(StoreError, match="cannot be used"),
            Store.open(path) as other,
        ):
            other.add_file(identity("/b.png"), [record("b.png")])
        assert len(records(store)) == 1


@pytest.mark.parametrize("change", ["remove", "replace", "cut"])
def test_a_database_that_is_gone_takes_no_more(path: Path, change: str) -> None:
    with Store.open(path) as store:
        fill(store, "review")
    with Store.open(path) as store:
        match change:
            case "remove":
                path.rename(path.with_name("aside.db"))
            case "replace":
                path.rename(path.with_name("aside.db"))
                shutil.copy(path.with_name("aside.db"), path)
            case "cut":
                os.truncate(path, 4096)
        with pytest.raises(StoreError, match="removed, replaced or cut"):
            store.add_file(identity("/b.png"), [record("b.png")])
        with pytest.raises(StoreError, match="removed, replaced or cut"):
            records(store)


def test_a_clock_that_is_set_back_changes_no_order(path: Path) -> None:
    clock = Clock()
    with Store.open(path, clock=clock) as store:
        store.add_file(identity("/a.png"), [record("a.png", "60614")])
        clock.now -= 86_400
        store.add_file(identity("/a.png", size=2), [record("a.png", "11751")])
        (task,) = Desk(store, Rules()).take("ann", 9)
        assert task.piece.zip == "11751", "the later reading counts"
