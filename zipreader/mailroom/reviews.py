"""Reviews as rows: what stands, and what is added.  Nothing is ever changed or removed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from zipreader.mailroom.rules import Answer, Review, Verdict
from zipreader.mailroom.store import Piece, Store

_LONGEST_LOOK = 600.0
"""Seconds on one piece beyond which somebody was away."""
_STANDING = (
    "SELECT reviewer, at, seconds, verdict, zip, voices FROM standing_reviews "
    "WHERE verdict <> 'skip' AND piece = ? ORDER BY id"
)


def reviews_of(store: Store, piece: int) -> list[Review]:
    """The standing answers about a piece, in order.

    Raises:
        StoreError: the database cannot be read.
    """
    return _reviews(store.rows(_STANDING, piece))


def _reviews(rows: Iterable[Any]) -> list[Review]:
    return [
        Review(reviewer, at, seconds, Answer(Verdict(verdict), zip_code), voices)
        for reviewer, at, seconds, verdict, zip_code, voices in rows
    ]


def accepted_answer(piece: Piece) -> Answer | None:
    """What the machine accepted; ``None`` for flagged mail."""
    return Answer.of(piece.zip) if piece.decision == "accept" and piece.zip else None


@dataclass(frozen=True, slots=True)
class Latest:
    """A person's latest entry that stands; ``answer`` is ``None`` for a skip."""

    id: int
    piece: int
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class Reviews:
    """The reviews, read from and added to within one transaction."""

    connection: sqlite3.Connection
    now: float

    def of(self, piece: int) -> list[Review]:
        """The standing answers about a piece, in order."""
        return _reviews(self.connection.execute(_STANDING, (piece,)))

    def latest(self, reviewer: str, since: float) -> Latest | None:
        """What a person said or skipped last, not before ``since``."""
        row = self.connection.execute(
            "SELECT id, piece, verdict, zip FROM standing_reviews "
            "WHERE reviewer = ? AND at >= ? ORDER BY id DESC LIMIT 1",
            (reviewer, since),
        ).fetchone()
        if row is None:
            return None
        number, piece, verdict, zip_code = row
        return Latest(
            number, piece, None if verdict == "skip" else Answer(Verdict(verdict), zip_code)
        )

    def add(
        self, piece: int, reviewer: str, seconds: float, answer: Answer | None, voices: int
    ) -> None:
        """Add an answer, or, without one, a skip."""
        verdict, zip_code = (answer.verdict.value, answer.zip) if answer else ("skip", None)
        seconds = min(max(seconds, 0.0), _LONGEST_LOOK)
        self.connection.execute(
            "INSERT INTO reviews (piece, reviewer, at, seconds, verdict, zip, voices) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (piece, reviewer, self.now, seconds, verdict, zip_code, voices),
        )

    def withdraw(self, reviewer: str, latest: Latest) -> None:
        """Add that an earlier entry stands no longer."""
        self.connection.execute(
            "INSERT INTO reviews (piece, reviewer, at, seconds, verdict, voices, withdraws) "
            "VALUES (?, ?, ?, 0, 'undo', 0, ?)",
            (latest.piece, reviewer, self.now, latest.id),
        )
