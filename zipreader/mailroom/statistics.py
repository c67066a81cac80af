"""What the dashboard shows: mail by day and folder, misreads by audit, and how fast people are."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from zipreader.mailroom.audit import Estimate
from zipreader.mailroom.leases import ASKED
from zipreader.mailroom.reviews import Reviews
from zipreader.mailroom.rules import Answer, settle
from zipreader.mailroom.store import Store

_DAY = "date(added, 'unixepoch', 'localtime')"
_PIECES = "pieces JOIN current_files ON current_files.id = pieces.file"
_RATE_OVER = 100
"""A person's rate is that of so many latest pieces."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Pieces of one day, one folder, or all: ``read`` is the sum of accepted and flagged."""

    accepted: int = 0
    flagged: int = 0
    failed: int = 0
    waiting: int = 0
    estimate: Estimate = field(default_factory=Estimate)

    @property
    def read(self) -> int:
        return self.accepted + self.flagged

    @property
    def reviewed(self) -> int:
        """Flagged pieces that people have settled."""
        return self.flagged - self.waiting

    @property
    def accepted_share(self) -> float | None:
        return self.accepted / self.read if self.read else None

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.accepted + other.accepted,
            self.flagged + other.flagged,
            self.failed + other.failed,
            self.waiting + other.waiting,
            self.estimate + other.estimate,
        )


@dataclass(frozen=True, slots=True)
class Keyer:
    """A person: pieces answered, and pieces an hour of looking."""

    name: str
    answered: int
    hourly: float | None


@dataclass(frozen=True, slots=True)
class Overview:
    """The state of the mailroom; days and folders with the latest and the fullest first.

    ``thresholds`` are those that accepted mail had to reach, by number of pieces.
    """

    total: Tally
    days: tuple[tuple[str, Tally], ...]
    folders: tuple[tuple[str, Tally], ...]
    keyers: tuple[Keyer, ...]
    thresholds: dict[float, int]


@dataclass(frozen=True, slots=True)
class Progress:
    """``done`` pieces since midnight, ``waiting`` ones, and pieces an hour of looking."""

    done: int
    waiting: int
    hourly: float | None


def overview(store: Store) -> Overview:
    """Count everything as it is at one moment, while a batch writes and people review."""
    with store.snapshot():
        return _counted(store)


def _counted(store: Store) -> Overview:
    cells: dict[tuple[str, str], Tally] = {}
    thresholds: Counter[float] = Counter()
    for day, folder, decision, threshold, count in store.rows(
        f"SELECT {_DAY} AS day, folder, decision, threshold, count(*) FROM {_PIECES} "
        "GROUP BY day, folder, decision, threshold"
    ):
        cell = (day, os.fsdecode(folder))
        cells[cell] = cells.get(cell, Tally()) + _kind(decision, count)
        if decision == "accept":
            thresholds[threshold] += count
    for day, folder, count in store.rows(
        f"SELECT {_DAY} AS day, folder, count(*) FROM {_PIECES} "
        "JOIN waiting ON waiting.piece = pieces.id WHERE decision = 'review' GROUP BY day, folder"
    ):
        cells[day, os.fsdecode(folder)] += Tally(waiting=count)
    for day, folder, found in _audits(store):
        cells[day, folder] += Tally(estimate=found)
    days = _grouped((day, tally) for (day, _), tally in cells.items())
    folders = _grouped((folder, tally) for (_, folder), tally in cells.items())
    return Overview(
        sum(days.values(), Tally()),
        tuple(sorted(days.items(), reverse=True)),
        tuple(sorted(folders.items(), key=lambda item: (-item[1].read, item[0]))),
        _keyers(store),
        dict(thresholds),
    )


def progress(store: Store, reviewer: str, audit: float) -> Progress:
    """How far the queue and a person are."""
    now = datetime.fromtimestamp(store.clock())
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
    (waiting,) = next(
        store.rows(
            "SELECT count(*) FROM waiting JOIN pieces ON pieces.id = waiting.piece "
            f"WHERE {ASKED.format(audit='?')}",
            audit,
        )
    )
    (done,) = next(
        store.rows(
            "SELECT count(*) FROM standing_reviews "
            "WHERE reviewer = ? AND verdict <> 'skip' AND at >= ?",
            reviewer,
            midnight,
        )
    )
    return Progress(done, waiting, _hourly(store, reviewer))


def _kind(decision: str | None, count: int) -> Tally:
    match decision:
        case "accept":
            return Tally(accepted=count)
        case "review":
            return Tally(flagged=count)
    return Tally(failed=count)


def _grouped(items: Iterable[tuple[str, Tally]]) -> dict[str, Tally]:
    groups: dict[str, Tally] = {}
    for key, tally in items:
        groups[key] = groups.get(key, Tally()) + tally
    return groups


def _audits(store: Store) -> Iterable[tuple[str, str, Estimate]]:
    """What became of each accepted piece that people looked at, if only to skip it."""
    audited = list(
        store.rows(
            f"SELECT pieces.id, {_DAY}, folder, zip FROM {_PIECES} WHERE decision = 'accept' "
            "AND pieces.id IN (SELECT piece FROM standing_reviews)"
        )
    )
    for number, day, folder, zip_code in audited:
        machine = Answer.of(zip_code)
        answers = Reviews(store.connection, store.clock()).of(number)
        final = settle(machine, answers) if answers else None
        disputed = final is None
        wrong = final is not None and final.answer != machine
        yield day, os.fsdecode(folder), Estimate(1, int(wrong), int(disputed))


def _keyers(store: Store) -> tuple[Keyer, ...]:
    rows = store.rows(
        "SELECT reviewer, count(*) FROM standing_reviews WHERE verdict <> 'skip' "
        "GROUP BY reviewer ORDER BY count(*) DESC, reviewer"
    )
    return tuple(Keyer(name, count, _hourly(store, name)) for name, count in list(rows))


def _hourly(store: Store, reviewer: str) -> float | None:
    """Pieces an hour of looking; breaks do not count."""
    count, seconds = next(
        store.rows(
            "SELECT count(*), ifnull(sum(seconds), 0) FROM (SELECT seconds FROM standing_reviews "
            "WHERE reviewer = ? AND verdict <> 'skip' AND seconds > 0 ORDER BY id DESC LIMIT ?)",
            reviewer,
            _RATE_OVER,
        )
    )
    return 3600 * count / seconds if seconds else None
