"""A store for every request, and pictures that were cut before they are asked for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
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
    """Desks over one database, each used by one thread at a time.

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
        self._free.put(self._open())

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """A desk for one request."""
        desk = self._taken() or self._open()
        try:
            yield desk
        finally:
            self._free.put(desk)

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
    """The latest pictures, cut once and kept."""

    def __init__(self, desks: Desks) -> None:
        self._desks = desks
        self._lock = Lock()
        self._kept: OrderedDict[int, Pictures] = OrderedDict()
        self._databases = desks.databases

    def pictures(self, number: int) -> Pictures | None:
        """The pictures of a piece; ``None`` where there is no such piece.

        Raises:
            InputError: its file is gone, has changed or is damaged.
        """
        with self._lock:
            if self._databases != self._desks.databases:
                self._kept.clear()
                self._databases = self._desks.databases
            if number not in self._kept:
                with self._desks.desk() as desk:
                    piece = desk.store.piece(number)
                    if piece is None or piece.decision is None:
                        return None
                    self._kept[number] = pictures_of(desk.task(piece))
            self._kept.move_to_end(number)
            while len(self._kept) > _MOST_PICTURES:
                self._kept.popitem(last=False)
            return self._kept[number]
