"""A store for every request, and pictures that were cut before they are asked for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, LifoQueue
from threading import Lock

from zipreader.mailroom.desk import Desk
from zipreader.mailroom.pictures import Pictures, pictures_of
from zipreader.mailroom.rules import Rules
from zipreader.mailroom.store import Store
from zipreader.reading.directory import Directory

_MOST_PICTURES = 64


class Desks:
    """Desks over one database, each used by one thread at a time; opened when they are needed.

    Raises:
        StoreError: the database cannot be used.
    """

    def __init__(self, database: Path, rules: Rules) -> None:
        self.rules = rules
        self.directory = Directory()
        self.databases = 0
        """Grows when the database was replaced: pieces of the same number are others then."""
        self._database = database
        self._free: LifoQueue[Desk] = LifoQueue()
        self._open().store.close()

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """A desk for one request."""
        desk = self._taken() or self._open()
        try:
            yield desk
        finally:
            self._free.put(desk)

    def check(self) -> None:
        """Read from the database.

        Raises:
            StoreError: it cannot be read now.
        """
        with self.desk() as desk:
            next(desk.store.rows("SELECT 1 FROM files LIMIT 1"), None)

    def close(self) -> None:
        """Close those that are not in use."""
        while not self._free.empty():
            self._free.get_nowait().store.close()

    def _taken(self) -> Desk | None:
        """A desk that is free, unless its database was removed or replaced meanwhile."""
        with suppress(Empty):
            while True:
                desk = self._free.get_nowait()
                if desk.store.is_there():
                    return desk
                desk.store.close()
                self.databases += 1
        return None

    def _open(self) -> Desk:
        return Desk(Store.open(self._database, create=False), self.rules, self.directory)


class Gallery:
    """The latest pictures, cut once and kept, also for those who ask meanwhile."""

    def __init__(self, desks: Desks) -> None:
        self._desks = desks
        self._lock = Lock()
        self._kept: OrderedDict[int, Future[Pictures | None]] = OrderedDict()
        self._databases = desks.databases

    def pictures(self, number: int) -> Pictures | None:
        """The pictures of a piece; ``None`` where there is no such piece.

        Raises:
            InputError: its file is gone, has changed or is damaged.
        """
        asked, is_first = self._place(number)
        if is_first:
            self._cut(number, asked)
        found = asked.result()
        if found is not None and not found.file.still_there():
            self._forget(number, asked)
            return self.pictures(number)
        return found

    def _place(self, number: int) -> tuple[Future[Pictures | None], bool]:
        """Where the pictures are, or will be; and whether nobody has begun to cut them."""
        with self._lock:
            if self._databases != self._desks.databases:
                self._kept.clear()
                self._databases = self._desks.databases
            is_first = number not in self._kept
            asked = self._kept.setdefault(number, Future())
            self._kept.move_to_end(number)
            while len(self._kept) > _MOST_PICTURES:
                self._kept.popitem(last=False)
        return asked, is_first

    def _cut(self, number: int, asked: Future[Pictures | None]) -> None:
        """Decode the file, which takes its time, while others have their pictures."""
        found: Pictures | None = None
        try:
            with self._desks.desk() as desk:
                piece = desk.store.piece(number)
                if piece is not None and piece.decision is not None:
                    found = pictures_of(desk.task(piece))
            asked.set_result(found)
        except BaseException as error:
            asked.set_exception(error)
            raise
        finally:
            if found is None:
                self._forget(number, asked)

    def _forget(self, number: int, asked: Future[Pictures | None]) -> None:
        with self._lock:
            if self._kept.get(number) is asked:
                del self._kept[number]
