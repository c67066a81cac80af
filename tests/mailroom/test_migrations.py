from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from zipreader.mailroom.migrations import (
    MIGRATIONS,
    ForeignDatabaseError,
    NewerVersionError,
    migrate,
)


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as opened:
        yield opened


def version(connection: sqlite3.Connection) -> int:
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    return int(found)


def test_each_migration_runs_once_in_order(connection: sqlite3.Connection) -> None:
    first = ("CREATE TABLE steps (n INTEGER)", "INSERT INTO steps VALUES (1)")
    second = ("ALTER TABLE steps ADD COLUMN name TEXT", "INSERT INTO steps VALUES (2, 'two')")
    migrate(connection, [first])
    assert version(connection) == 1
    migrate(connection, [first, second])
    migrate(connection, [first, second])
    assert version(connection) == 2
    assert connection.execute("SELECT * FROM steps").fetchall() == [(1, None), (2, "two")]


def test_a_migration_that_fails_changes_nothing(connection: sqlite3.Connection) -> None:
    first = ("CREATE TABLE steps (n INTEGER)",)
    migrate(connection, [first])
    with pytest.raises(sqlite3.OperationalError):
        migrate(connection, [first, ("INSERT INTO steps VALUES (2)", "NONSENSE")])
    assert version(connection) == 1
    assert connection.execute("SELECT * FROM steps").fetchall() == []


def test_newer_and_foreign_databases_are_told_apart(connection: sqlite3.Connection) -> None:
    migrate(connection)
    assert version(connection) == len(MIGRATIONS)
    with pytest.raises(NewerVersionError):
        migrate(connection, [])
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as other:
        other.execute("CREATE TABLE songs (title TEXT)")
        with pytest.raises(ForeignDatabaseError):
            migrate(other)
