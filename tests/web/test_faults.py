"""A server whose database is locked, goes away or cannot be written: it says so and saves later."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.faults import small_disk, unwritable
from tests.mailroom.office import drawn_mail
from tests.web.conftest import MakeClient, sign_in
from zipreader.errors import StoreError
from zipreader.mailroom.store import Store
from zipreader.reading.spec import ReaderSpec
from zipreader.web.reading import Busy, ReaderProcess

ANSWER = {"piece": 1, "seconds": 1.0, "verdict": "zip", "zip": "60614"}


@pytest.fixture
def client(make_client: MakeClient, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """Ann has a piece before her; the server waits half a second for a locked database."""
    monkeypatch.setattr("zipreader.mailroom.store._BUSY_SECONDS", 0.5)
    client = make_client()
    sign_in(client, "Ann")
    assert client.post("/desk/next", json={}).status_code == 200
    return client


def is_first(task: dict[str, object]) -> bool:
    return task["piece"] == 1


def reviews(database: Path) -> list[tuple[int, str]]:
    with closing(sqlite3.connect(database)) as connection:
        return list(connection.execute("SELECT piece, zip FROM reviews"))


def refused(client: TestClient, database: Path) -> None:
    """Nothing is saved, in a line that names the database, and the server is there all the same."""
    answer = client.post("/desk/answer", json=ANSWER)
    assert answer.status_code == 503
    assert database.name in answer.json()["error"]
    assert answer.json()["error"].isprintable()
    assert client.get("/static/style.css").status_code == 200


def saved_once(client: TestClient, database: Path) -> None:
    for _ in range(2):
        answer = client.post("/desk/answer", json=ANSWER)
        assert (answer.status_code, answer.json()["outcome"]) == (200, "saved")
    assert reviews(database) == [(1, "60614")]
    assert client.get("/").status_code == 200


@contextmanager
def locked(database: Path) -> Iterator[None]:
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def moved_away(database: Path) -> Iterator[None]:
    aside = database.with_name("aside.db")
    database.rename(aside)
    yield
    aside.rename(database)


@contextmanager
def full_disk(database: Path) -> Iterator[None]:
    with small_disk(database.with_name("mail.db-wal").stat().st_size + 10):
        yield


@pytest.mark.parametrize("fault", [locked, moved_away, full_disk])
def test_an_answer_that_cannot_be_saved_is_refused_and_saved_later(
    client: TestClient, database: Path, fault: Callable[[Path], AbstractContextManager[None]]
) -> None:
    with fault(database):
        refused(client, database)
    saved_once(client, database)


def test_a_database_that_is_gone_is_told_on_every_page(client: TestClient, database: Path) -> None:
    with moved_away(database):
        assert client.get("/").status_code == 503
        assert client.post("/desk/next", json={}).status_code == 503
        assert client.get("/pieces/1/zip.jpg").status_code == 503
        assert client.post("/v1/read", content=b"\x89PNG").status_code == 200
        health = client.get("/v1/health")
        assert health.status_code == 503
        assert health.json() == {"error": "the database cannot be used"}, "strangers may ask"
        assert not database.exists(), "none is begun in its place"
    assert client.get("/v1/health").json()["status"] == "ok"
    assert client.get("/pieces/1/zip.jpg").status_code == 200


def test_a_database_that_was_cut_is_told(client: TestClient, database: Path) -> None:
    os.truncate(database, 4096)
    refused(client, database)


def test_after_another_database_was_put_there_its_own_pictures_are_shown(
    client: TestClient, database: Path
) -> None:
    """And what was typed about a former piece is not saved about that of the same number."""
    (old,) = [task for task in client.post("/desk/next", json={}).json()["tasks"] if is_first(task)]
    before = client.get("/pieces/1/zip.jpg").content
    for name in ("mail.db", "mail.db-wal", "mail.db-shm", "piece-1.png"):
        database.with_name(name).unlink(missing_ok=True)
    drawn_mail(database, 1, zip_code="11751")
    late = client.post("/desk/answer", json=ANSWER | {"mark": old["mark"]})
    assert late.json()["outcome"] == "lost"
    skipped = {"piece": 1, "seconds": 1.0, "mark": old["mark"]}
    assert client.post("/desk/skip", json=skipped).json()["outcome"] == "lost"
    assert reviews(database) == []
    (new,) = client.post("/desk/next", json={}).json()["tasks"]
    assert is_first(new)
    after = client.get("/pieces/1/zip.jpg")
    assert after.status_code == 200
    assert after.content != before
    answer = client.post("/desk/answer", json=ANSWER | {"mark": new["mark"]})
    assert answer.json()["outcome"] == "saved"


def test_a_server_over_a_write_protected_database_refuses_answers(
    make_client: MakeClient, database: Path
) -> None:
    with Store.open(database), unwritable(database):
        client = make_client()
        sign_in(client, "Ann")
        refused(client, database)
        assert client.get("/").status_code == 200, "it can be looked at"
    assert reviews(database) == []


def test_a_server_over_a_write_protected_folder_does_not_start(
    make_client: MakeClient, database: Path
) -> None:
    with unwritable(database, database.parent), pytest.raises(StoreError, match=database.name):
        make_client()


def test_a_reader_that_cannot_start_is_logged_in_a_line_and_callers_are_told_to_wait(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    process = ReaderProcess(ReaderSpec(tmp_path / "gone"), seconds=60)
    try:
        with caplog.at_level(logging.ERROR), pytest.raises(Busy, match="cannot start$"):
            process.read(b"no image", 1)
    finally:
        process.close()
    assert "gone/model.json: no model here" in caplog.text
    assert "Traceback" not in capfd.readouterr().err
