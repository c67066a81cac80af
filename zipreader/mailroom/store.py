"""The memory of the mailroom: what the machine read, and what people said, in SQLite.

The database is in WAL mode, so that a batch may write while reviewers read.
Readings and reviews are only ever added; triggers refuse anything else.
Every change is one short transaction.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from zipreader.errors import NoStoreError, StoreError
from zipreader.files import is_file
from zipreader.mailroom.identity import FileIdentity, Recorded
from zipreader.mailroom.migrations import (
    ForeignDatabaseError,
    NewerVersionError,
    migrate,
    roll_back,
)
from zipreader.mailroom.work import Record

Clock = Callable[[], float]
"""Tells the time in seconds since 1970."""

_BUSY_SECONDS = 30.0
_PAUSE_SECONDS = 0.01

_RECORDED = """
SELECT path, size, mtime_ns, id IN (SELECT file FROM pieces WHERE decision IS NULL)
FROM files ORDER BY id
"""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A page in the store; ``decision`` is ``None`` where its file could not be read."""

    id: int
    file: FileIdentity
    page: int | None
    zip: str | None
    decision: str | None
    record: Record


class Store:
    """An open database.  One connection: give every thread its own store.

    Made by :meth:`open`.
    """

    def __init__(self, connection: sqlite3.Connection, path: str, clock: Clock, seed: int | None):
        self.connection = connection
        self._random = random.Random(seed) if seed is not None else random.SystemRandom()
        self.path = path
        self.clock = clock
        self._place = os.path.abspath(path)  # noqa: PTH100 - the folder we are in may change
        self._file, self._size = _file_at(self._place)

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str],
        *,
        create: bool = True,
        seed: int | None = None,
        clock: Clock = time.time,
    ) -> Store:
        """Open a database, or begin one; an older one is brought up to date.

        Args:
            path: the file; its folder must exist.
            create: whether a missing file is begun; otherwise it is an error.
            seed: of the draws for the audit; by default nobody can foresee them.
            clock: the time, for tests.

        Raises:
            StoreError: it is damaged, newer than this program, no database of mail, or locked.
            NoStoreError: it is so, or is missing, where it was not to be begun.
        """
        name = os.fspath(path)
        if not create and not is_file(path):
            makes = f"zipreader batch FOLDER -o {name}"
            raise NoStoreError(f"{name}: no such database; {makes} makes it")
        with _complaining(name, StoreError if create else NoStoreError):
            connection = sqlite3.connect(
                name, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            try:
                _prepare(connection)
            except BaseException:
                connection.close()
                raise
        return cls(connection, name, clock, seed)

    def close(self) -> None:
        """Close the database; harmless a second time."""
        self.connection.close()

    def is_there(self) -> bool:
        """Whether the file that was opened lies where it lay, and has not been cut.

        SQLite would go on without it, and what people say would be lost.
        """
        file, size = _file_at(self._place)
        if file is None or file != self._file or size < self._size:
            return False
        self._size = size
        return True

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # --- readings --------------------------------------------------------------------------

    def add_file(self, source: FileIdentity, records: Sequence[Mapping[str, object]]) -> bool:
        """Add a file with the records of all its pages, in one transaction.

        Pieces for review join the queue.  Where the same path was read before it changed, its
        former pieces leave the queue.  ``False`` and no change if the identity is recorded.
        """
        with self.changing() as connection:
            added = connection.execute(
                "INSERT INTO files (path, folder, size, mtime_ns, added) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT DO NOTHING",
                (*_columns(source), self.clock()),
            )
            if not added.rowcount:
                return False
            connection.execute(
                "DELETE FROM waiting WHERE piece IN (SELECT pieces.id FROM pieces "
                "JOIN files ON files.id = pieces.file WHERE files.path = ?)",
                (to_column(source.path),),
            )
            for record in records:
                self._add_piece(connection, added.lastrowid, record)
        return True

    def _add_piece(
        self, connection: sqlite3.Connection, file: int | None, record: Mapping[str, object]
    ) -> None:
        piece = connection.execute(
            "INSERT INTO pieces (file, page, zip, decision, threshold, draw, record) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                file,
                *(record[key] for key in ("page", "zip", "decision", "threshold")),
                self._random.random(),
                json.dumps(record),
            ),
        ).lastrowid
        if record["decision"] == "review":
            connection.execute("INSERT INTO waiting VALUES (?)", (piece,))

    def recorded(self) -> Iterator[Recorded]:
        """Every file that was added, in that order; those that could not be read as well."""
        for path, size, mtime_ns, failed in self.rows(_RECORDED):
            yield Recorded(FileIdentity(from_column(path), size, mtime_ns), bool(failed))

    def piece(self, number: int) -> Piece | None:
        """A piece by its number; ``None`` where there is none."""
        return next(self.pieces("pieces.id = ?", number), None)

    def pieces(self, where: str, *values: object) -> Iterator[Piece]:
        """The pieces that fulfil an SQL condition on ``pieces`` and ``files``, in order."""
        rows = self.rows(
            "SELECT pieces.id, path, size, mtime_ns, page, zip, decision, record "
            f"FROM pieces JOIN files ON files.id = pieces.file WHERE {where} ORDER BY pieces.id",
            *values,
        )
        for number, path, size, mtime_ns, page, zip_code, decision, record in rows:
            file = FileIdentity(from_column(path), size, mtime_ns)
            yield Piece(number, file, page, zip_code, decision, self._record(record))

    def _record(self, text: str) -> Record:
        with _complaining(self.path):
            record: Record = json.loads(text)
        return record

    # --- for the other modules of the mailroom ---------------------------------------------

    def rows(self, query: str, *values: object) -> Iterator[Any]:
        """The rows of a query, read while they are taken."""
        with self._open():
            yield from self.connection.execute(query, values)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """What is read within is of one moment, whatever others write meanwhile."""
        with self._open():
            self.connection.execute("BEGIN")
            try:
                yield
            finally:
                roll_back(self.connection)

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that writes: all of it, or, after an error, nothing."""
        with self._open():
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                roll_back(self.connection)
                raise

    @contextmanager
    def _open(self) -> Iterator[None]:
        """The database as it was opened, and its errors as one line."""
        if not self.is_there():
            raise StoreError(f"{self.path}: the database was removed, replaced or cut meanwhile")
        with _complaining(self.path):
            yield


def to_column(path: str) -> str | bytes:
    """A path as the database keeps it: text, or bytes where it is not UTF-8."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return os.fsencode(path)
    return path


def from_column(value: str | bytes) -> str:
    """The inverse of :func:`to_column`."""
    return os.fsdecode(value)


def _file_at(path: str) -> tuple[tuple[int, int] | None, int]:
    """Which file lies at a path, and its size; ``None`` where there is none."""
    try:
        status = Path(path).stat()
    except OSError:
        return None, 0
    return (status.st_dev, status.st_ino), status.st_size


def _columns(source: FileIdentity) -> tuple[str | bytes, str | bytes, int, int]:
    return to_column(source.path), to_column(source.folder), source.size, source.mtime_ns


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    migrate(connection)
    until = time.monotonic() + _BUSY_SECONDS
    while connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:  # others begin too: here SQLite does not wait
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(_PAUSE_SECONDS)


@contextmanager
def _complaining(path: str, foreign: type[StoreError] = StoreError) -> Iterator[None]:
    """Turn the errors of SQLite into one line that names the file.

    ``foreign`` is raised where the file is none of ours, at least not of this version.
    """
    try:
        yield
    except NewerVersionError as error:
        raise foreign(
            f"{path}: the database is of version {error}, newer than this zipreader knows; "
            "update zipreader"
        ) from error
    except ForeignDatabaseError as error:
        raise foreign(f"{path}: this is no database of zipreader") from error
    except sqlite3.IntegrityError:  # a fault of the program, not of the file
        raise
    except sqlite3.OperationalError as error:
        raise StoreError(f"{path}: the database cannot be used ({error})") from error
    except sqlite3.DatabaseError as error:
        raise foreign(f"{path}: the database is damaged or none at all ({error})") from error
    except json.JSONDecodeError as error:
        raise StoreError(f"{path}: the database is damaged (a record is no JSON)") from error
