"""The desk: hands pieces to people, takes their answers, and knows when a piece is done.

Every face of the station, in the browser or in the terminal, is a thin skin
over this.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from zipreader.elements import Place
from zipreader.errors import UsageError
from zipreader.mailroom.audit import enrol
from zipreader.mailroom.leases import Leases
from zipreader.mailroom.reviews import Reviews, accepted_answer
from zipreader.mailroom.rules import Answer, Review, Rules, needs_person
from zipreader.mailroom.store import Piece, Store
from zipreader.reading.directory import Directory

MOST_CANDIDATES = 5
LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ZIP that the machine thinks possible, and where it is."""

    zip: str
    place: Place | None


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """A piece as a person sees it; ``candidates`` are the machine's guesses, the best first.

    An audit is blind: it shows nothing that the machine read, and so looks like
    a piece on which the machine found no ZIP.
    """

    piece: Piece
    candidates: tuple[Candidate, ...]
    reasons: tuple[str, ...]

    @property
    def guess(self) -> Candidate | None:
        return self.candidates[0] if self.candidates else None

    @property
    def shows_zip(self) -> bool:
        """Whether the ZIP itself can be shown large; otherwise the whole address is."""
        return bool(self.candidates) and self.piece.record["zip_box"] is not None


class Outcome(StrEnum):
    """What became of an answer."""

    SAVED = "saved"
    UNASSIGNED = "unassigned"
    """Not saved: no place has this ZIP, and the person has not confirmed it."""
    LOST = "lost"
    """Not saved: the piece is done, or in the hands of somebody else."""


@dataclass(frozen=True, slots=True, eq=False)
class Undone:
    """A piece that came back, and what was withdrawn; ``None`` where it had been skipped."""

    task: Task
    answer: Answer | None


class Desk:
    """One mailroom's queue under its rules.

    Args:
        store: the database; the desk does not close it.
        rules: how many must agree, how much is audited, how long a lease lasts.
        directory: the assigned ZIPs.
    """

    def __init__(self, store: Store, rules: Rules, directory: Directory | None = None) -> None:
        self.store = store
        self.rules = rules
        self.directory = directory or Directory()

    def take(self, reviewer: str, count: int = 1, besides: Collection[int] = ()) -> list[Task]:
        """Lease the next pieces for a person, besides those that they have already."""
        reviewer = checked_name(reviewer)
        with self.store.changing() as connection:
            enrol(connection, self.rules.audit)
            numbers = self._leases(connection).take(reviewer, count, besides)
        return [self.task(piece) for number in numbers if (piece := self.store.piece(number))]

    def keep(self, reviewer: str, pieces: Collection[int]) -> list[int]:
        """Lengthen the leases that a person still holds; returns those."""
        with self.store.changing() as connection:
            leases = self._leases(connection)
            kept = [piece for piece in leases.held(reviewer) if piece in pieces]
            leases.grant(reviewer, kept)
        return kept

    def release(self, reviewer: str) -> None:
        """Give back everything that a person holds."""
        with self.store.changing() as connection:
            leases = self._leases(connection)
            leases.end(reviewer, leases.held(reviewer))

    def answer(
        self, reviewer: str, piece: int, answer: Answer, seconds: float, confirmed: bool = False
    ) -> Outcome:
        """Record what a person says; saying the same again is harmless.

        Args:
            reviewer: who.
            piece: about which piece.
            answer: what.
            seconds: how long they looked.
            confirmed: whether they insist on a ZIP that no place has.
        """
        reviewer = checked_name(reviewer)
        if answer.zip and not confirmed and self.directory.place(answer.zip) is None:
            return Outcome.UNASSIGNED
        with self.store.changing() as connection:
            reviews = self._reviews(connection)
            mine = [each.answer for each in reviews.of(piece) if each.reviewer == reviewer]
            if mine:
                return Outcome.SAVED if mine == [answer] else Outcome.LOST
            found = self._open_piece(connection, reviewer, piece)
            if found is None:
                return Outcome.LOST
            voices = self.rules.voices(found.decision == "accept")
            reviews.add(piece, reviewer, checked_seconds(seconds), answer, voices)
            self._requeue(connection, found)
            self._leases(connection).end(reviewer, [piece])
        return Outcome.SAVED

    def skip(self, reviewer: str, piece: int, seconds: float) -> Outcome:
        """Leave a piece to others, or to the end."""
        reviewer = checked_name(reviewer)
        with self.store.changing() as connection:
            if self._open_piece(connection, reviewer, piece) is None:
                return Outcome.LOST
            self._reviews(connection).add(piece, reviewer, checked_seconds(seconds), None, 0)
            self._leases(connection).end(reviewer, [piece])
        return Outcome.SAVED

    def undo(self, reviewer: str) -> Undone | None:
        """Withdraw a person's latest answer and lease them its piece again.

        ``None`` where there is nothing to withdraw, somebody else is at that piece, or it is
        done without this person's answer.
        """
        reviewer = checked_name(reviewer)
        with self.store.changing() as connection:
            reviews, leases = self._reviews(connection), self._leases(connection)
            latest = reviews.latest(reviewer, reviews.now - self.rules.undo)
            piece = self.store.piece(latest.piece) if latest else None
            if not latest or not piece or leases.holder(piece.id) not in {None, reviewer}:
                return None
            others = [each for each in reviews.of(piece.id) if each.reviewer != reviewer]
            if not self._is_due(connection, piece, others):
                return None
            reviews.withdraw(reviewer, latest)
            self._requeue(connection, piece)
            leases.grant(reviewer, [piece.id])
        return Undone(self.task(piece), latest.answer)

    def task(self, piece: Piece) -> Task:
        """A piece as a person sees it."""
        if piece.decision == "accept" or piece.zip is None:
            return Task(piece, (), ())
        rivals = [each["zip"] for each in _objects(piece, "candidates")]
        zips = list(dict.fromkeys([piece.zip, *rivals]))[:MOST_CANDIDATES]
        candidates = tuple(Candidate(each, self.directory.place(each)) for each in zips)
        return Task(piece, candidates, tuple(each["text"] for each in _objects(piece, "reasons")))

    # --- within a transaction --------------------------------------------------------------

    def _leases(self, connection: sqlite3.Connection) -> Leases:
        return Leases(connection, self.rules, self.store.clock())

    def _reviews(self, connection: sqlite3.Connection) -> Reviews:
        return Reviews(connection, self.store.clock())

    def _open_piece(
        self, connection: sqlite3.Connection, reviewer: str, number: int
    ) -> Piece | None:
        """A piece in the queue that nobody else holds."""
        waiting = connection.execute("SELECT 1 FROM waiting WHERE piece = ?", (number,)).fetchone()
        if not waiting or self._leases(connection).holder(number) not in {None, reviewer}:
            return None
        return self.store.piece(number)

    def _requeue(self, connection: sqlite3.Connection, piece: Piece) -> None:
        """Bring the queue in line with the reviews of a piece."""
        if self._is_due(connection, piece, self._reviews(connection).of(piece.id)):
            connection.execute("INSERT OR IGNORE INTO waiting VALUES (?)", (piece.id,))
        else:
            connection.execute("DELETE FROM waiting WHERE piece = ?", (piece.id,))

    def _is_due(
        self, connection: sqlite3.Connection, piece: Piece, reviews: Sequence[Review]
    ) -> bool:
        """Whether, after these reviews, a person must look at the piece of an unchanged file."""
        current = connection.execute(
            "SELECT 1 FROM pieces JOIN current_files ON current_files.id = pieces.file "
            "WHERE pieces.id = ?",
            (piece.id,),
        ).fetchone()
        return current is not None and needs_person(accepted_answer(piece), reviews)


def checked_name(name: str) -> str:
    """A reviewer's name without blanks around it.

    Raises:
        UsageError: an empty or overlong name, one that cannot be printed, or one that a
            spreadsheet might take for a formula.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise UsageError(f"a reviewer's name has 1 to {LONGEST_NAME} printable characters")
    if not name[0].isalnum():
        raise UsageError("a reviewer's name begins with a letter or a digit")
    return name


def checked_seconds(seconds: float) -> float:
    """A time that somebody looked.

    Raises:
        UsageError: not a number, below 0, or endless.
    """
    if not (math.isfinite(seconds) and seconds >= 0):
        raise UsageError(f"{seconds} is no number of seconds")
    return seconds


def _objects(piece: Piece, key: str) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", piece.record[key])
