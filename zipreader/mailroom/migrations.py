"""The tables of the store, version by version.

``PRAGMA user_version`` counts the migrations that a database has seen.  A
migration that was released is never changed; what comes later is appended.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import suppress

APPLICATION_ID = 0x5A495052
"""Marks a database of zipreader ("ZIPR"), see ``PRAGMA application_id``."""

Migration = tuple[str, ...]
"""Statements that lead from one version to the next."""

_VERSION_1: Migration = (
    # A path is text, or bytes where it is not UTF-8.
    """
    CREATE TABLE files (
        id INTEGER PRIMARY KEY,
        path TEXT NOT NULL,
        folder TEXT NOT NULL,
        size INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL,
        added REAL NOT NULL,
        UNIQUE (path, size, mtime_ns)
    )
    """,
    # What the machine read.  The columns repeat what is often asked of the record; draw is
    # uniform in 0..1, so that "draw < 0.02" is a random sample of 2%.
    """
    CREATE TABLE pieces (
        id INTEGER PRIMARY KEY,
        file INTEGER NOT NULL REFERENCES files,
        page INTEGER,
        zip TEXT,
        decision TEXT CHECK (decision IN ('accept', 'review')),
        threshold REAL,
        draw REAL NOT NULL,
        record TEXT NOT NULL
    )
    """,
    "CREATE INDEX pieces_by_file ON pieces (file, decision, threshold)",
    "CREATE INDEX accepted_pieces ON pieces (id, draw) WHERE decision = 'accept'",
    # What people said.  An "undo" withdraws an earlier review of the same person.
    """
    CREATE TABLE reviews (
        id INTEGER PRIMARY KEY,
        piece INTEGER NOT NULL REFERENCES pieces,
        reviewer TEXT NOT NULL,
        at REAL NOT NULL,
        seconds REAL NOT NULL,
        verdict TEXT NOT NULL CHECK (verdict IN ('zip', 'no_zip', 'unreadable', 'skip', 'undo')),
        zip TEXT,
        voices INTEGER NOT NULL,
        withdraws INTEGER UNIQUE REFERENCES reviews,
        CHECK ((verdict = 'zip') = (zip IS NOT NULL)),
        CHECK ((verdict = 'undo') = (withdraws IS NOT NULL))
    )
    """,
    "CREATE INDEX reviews_by_piece ON reviews (piece, id)",
    "CREATE INDEX reviews_by_reviewer ON reviews (reviewer, id)",
    # The queue follows from the tables above; it is kept so that the next piece is found at once.
    "CREATE TABLE waiting (piece INTEGER PRIMARY KEY REFERENCES pieces)",
    """
    CREATE TABLE leases (
        piece INTEGER PRIMARY KEY REFERENCES pieces,
        reviewer TEXT NOT NULL,
        since REAL NOT NULL,
        until REAL NOT NULL
    )
    """,
    "CREATE INDEX leases_by_reviewer ON leases (reviewer, since)",
    # Up to which piece the accepted mail was sampled, by share.
    "CREATE TABLE audits (share REAL PRIMARY KEY, upto INTEGER NOT NULL)",
    # A file that was read again after a change replaces its former self.
    """
    CREATE VIEW current_files AS
    SELECT * FROM files AS file WHERE NOT EXISTS (
        SELECT 1 FROM files AS newer WHERE newer.path = file.path AND newer.id > file.id
    )
    """,
    """
    CREATE VIEW standing_reviews AS
    SELECT * FROM reviews AS review WHERE verdict <> 'undo' AND NOT EXISTS (
        SELECT 1 FROM reviews AS later WHERE later.withdraws = review.id
    )
    """,
    *(
        f"""
        CREATE TRIGGER {table}_are_never_{verb.lower()}d BEFORE {verb} ON {table}
        BEGIN SELECT RAISE(ABORT, '{table} are never {verb.lower()}d'); END
        """
        for table in ("files", "pieces", "reviews")
        for verb in ("UPDATE", "DELETE")
    ),
)

MIGRATIONS: tuple[Migration, ...] = (_VERSION_1,)


class NewerVersionError(Exception):
    """The database is of a later version than this program knows."""


class ForeignDatabaseError(Exception):
    """The database belongs to another program."""


def migrate(connection: sqlite3.Connection, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Bring a database, which may be empty, to the latest version; all or nothing.

    Raises:
        NewerVersionError: it has seen more migrations than there are.
        ForeignDatabaseError: it is not empty, and not of zipreader.
    """
    if _is_current(connection, migrations):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection)  # another process may have been faster
        for migration in migrations[version:]:
            for statement in migration:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(migrations)}")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("COMMIT")
    except BaseException:
        roll_back(connection)
        raise


def roll_back(connection: sqlite3.Connection) -> None:
    """End a transaction that failed; where the disk is full, SQLite has done so already."""
    with suppress(sqlite3.OperationalError):  # what went wrong before is what must be told
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _is_current(connection: sqlite3.Connection, migrations: Sequence[Migration]) -> bool:
    application, tables = connection.execute(
        "SELECT application_id, (SELECT count(*) FROM sqlite_master) FROM pragma_application_id"
    ).fetchone()
    if application != APPLICATION_ID and (application or tables):
        raise ForeignDatabaseError
    version = _version(connection)
    if version > len(migrations):
        raise NewerVersionError(version)
    return version == len(migrations)


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)
