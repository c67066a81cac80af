"""Leases: a piece that somebody has before them is nobody else's until it is returned or expires.

A lease is no promise: whoever lost one to the clock may still answer, as long
as the piece is open and in nobody else's hands.  A lease that begins in the
future is from before the clock was set back, and holds no longer: else nobody
could have its piece until the clock is there again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from zipreader.mailroom.rules import Rules

_SKEW = 60.0
"""Seconds by which a clock may be corrected, or two machines differ, without an effect."""

ASKED = """
    (pieces.decision = 'review' OR pieces.draw < {audit} OR EXISTS (
        SELECT 1 FROM standing_reviews AS said
        WHERE said.piece = pieces.id AND said.verdict <> 'skip'))
"""
"""Of waiting pieces those that people are asked about: flagged ones, the audit's, and accepted ones
that somebody disputed, however small the audit is by now."""
_HELD = "leases.until > :now AND leases.since <= :now + :skew"
_FREE = f"""
    SELECT waiting.piece FROM waiting JOIN pieces ON pieces.id = waiting.piece
    WHERE {ASKED.format(audit=":audit")}
    AND waiting.piece NOT IN (SELECT value FROM json_each(:besides))
    AND NOT EXISTS (
        SELECT 1 FROM leases WHERE leases.piece = waiting.piece AND {_HELD})
"""
_NEVER_SEEN = f"""{_FREE}
    AND NOT EXISTS (
        SELECT 1 FROM standing_reviews AS mine
        WHERE mine.piece = waiting.piece AND mine.reviewer = :reviewer)
    ORDER BY waiting.piece LIMIT :count
"""
_SKIPPED = f"""{_FREE}
    AND waiting.piece IN (
        SELECT piece FROM standing_reviews AS mine
        WHERE mine.reviewer = :reviewer GROUP BY piece
        HAVING sum(mine.verdict <> 'skip') = 0)
    ORDER BY (
        SELECT max(mine.id) FROM reviews AS mine
        WHERE mine.piece = waiting.piece AND mine.reviewer = :reviewer)
    LIMIT :count
"""


@dataclass(frozen=True, slots=True)
class Leases:
    """The leases of one moment, within one transaction."""

    connection: sqlite3.Connection
    rules: Rules
    now: float

    @property
    def _moment(self) -> dict[str, float]:
        return {"now": self.now, "skew": _SKEW}

    def take(self, reviewer: str, count: int, besides: Collection[int] = ()) -> list[int]:
        """Up to ``count`` pieces for a person besides those that they have before them.

        First come those that they hold already, then what they have not seen, in
        order of arrival, then what they skipped.
        """
        taken = [piece for piece in self.held(reviewer) if piece not in besides][:count]
        for query in (_NEVER_SEEN, _SKIPPED):
            if len(taken) < count:
                taken += self._free(query, reviewer, count - len(taken), [*besides, *taken])
        self.grant(reviewer, taken)
        return taken

    def _free(self, query: str, reviewer: str, count: int, besides: list[int]) -> list[int]:
        values = {
            "reviewer": reviewer,
            "count": count,
            "besides": json.dumps(besides),
            "audit": self.rules.audit,
            **self._moment,
        }
        return [piece for (piece,) in self.connection.execute(query, values)]

    def held(self, reviewer: str) -> list[int]:
        """What a person holds and must still look at, in the order in which they took it."""
        rows = self.connection.execute(
            "SELECT piece FROM leases JOIN waiting USING (piece) "
            f"WHERE reviewer = :reviewer AND {_HELD} ORDER BY since, piece",
            {"reviewer": reviewer, **self._moment},
        )
        return [piece for (piece,) in rows]

    def holder(self, piece: int) -> str | None:
        """Who holds a piece."""
        row = self.connection.execute(
            f"SELECT reviewer FROM leases WHERE piece = :piece AND {_HELD}",
            {"piece": piece, **self._moment},
        ).fetchone()
        return row[0] if row else None

    def grant(self, reviewer: str, pieces: Iterable[int]) -> None:
        """Lease pieces that are free, or lengthen the person's own leases."""
        self.connection.executemany(
            "INSERT INTO leases (piece, reviewer, since, until) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (piece) DO UPDATE SET "
            "until = excluded.until, reviewer = excluded.reviewer, "
            "since = iif(leases.reviewer = excluded.reviewer, "
            "min(leases.since, excluded.since), excluded.since)",
            [(piece, reviewer, self.now, self.now + self.rules.lease) for piece in pieces],
        )

    def end(self, reviewer: str, pieces: Iterable[int]) -> None:
        """Give pieces back."""
        self.connection.executemany(
            "DELETE FROM leases WHERE piece = ? AND reviewer = ?",
            [(piece, reviewer) for piece in pieces],
        )
