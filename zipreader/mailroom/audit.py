"""The audit: a random, blind sample of accepted mail tells how often the machine misreads.

Every piece carries a draw, uniform in 0..1, from the moment it is stored; those
below the share are the sample, whatever they show.  A larger share later only
adds pieces.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from zipreader.intervals import clopper_pearson


def enrol(connection: sqlite3.Connection, share: float) -> None:
    """Queue the accepted pieces of the sample that arrived since the last time."""
    if not share:
        return
    row = connection.execute("SELECT upto FROM audits WHERE share = ?", (share,)).fetchone()
    after = row[0] if row else 0
    (last,) = connection.execute("SELECT ifnull(max(id), 0) FROM pieces").fetchone()
    if last == after:
        return
    connection.execute(
        "INSERT OR IGNORE INTO waiting SELECT pieces.id FROM pieces "
        "JOIN current_files ON current_files.id = pieces.file "
        "WHERE decision = 'accept' AND draw < ? AND pieces.id > ? AND NOT EXISTS "
        "(SELECT 1 FROM standing_reviews AS review "
        "WHERE review.piece = pieces.id AND review.verdict <> 'skip')",
        (share, after),
    )
    connection.execute("INSERT OR REPLACE INTO audits VALUES (?, ?)", (share, last))


@dataclass(frozen=True, slots=True)
class Estimate:
    """Misread pieces among the audited: ``wrong`` for certain, ``disputed`` or only skipped so far.

    A disputed piece counts as misread until a second person has spoken, and a skipped one until
    somebody has, so that the rate is never flattered.
    """

    audited: int = 0
    wrong: int = 0
    disputed: int = 0

    def __add__(self, other: Estimate) -> Estimate:
        return Estimate(
            self.audited + other.audited,
            self.wrong + other.wrong,
            self.disputed + other.disputed,
        )

    @property
    def rate(self) -> float | None:
        """The share of misread mail; ``None`` before anything was audited."""
        return (self.wrong + self.disputed) / self.audited if self.audited else None

    @property
    def interval(self) -> tuple[float, float]:
        """The exact 95% interval of the rate."""
        return clopper_pearson(self.wrong + self.disputed, self.audited)
