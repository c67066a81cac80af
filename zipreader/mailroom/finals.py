"""The last word on every piece, with its provenance: machine or person, who and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from zipreader.mailroom.reviews import accepted_answer, reviews_of
from zipreader.mailroom.rules import Answer, Final, Review, settle
from zipreader.mailroom.store import Piece, Store
from zipreader.reading.directory import Directory

_NOT_SUPERSEDED = "files.id IN (SELECT id FROM current_files)"


class State(StrEnum):
    """How far a piece is."""

    FINAL = "final"
    OPEN = "open"
    """A person must look, or a second one."""
    FAILED = "failed"
    """Its file could not be read."""


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """A piece, the reviews that stand, and the last word, if it has been said."""

    piece: Piece
    reviews: tuple[Review, ...]
    final: Final | None

    @property
    def state(self) -> State:
        if self.piece.decision is None:
            return State.FAILED
        return State.FINAL if self.final else State.OPEN

    @property
    def by_person(self) -> bool:
        """Whether people have said the last word."""
        return self.final is not None and self.final.by_person


def settled(store: Store) -> Iterator[Settled]:
    """Every piece of every file as it is now, in order of arrival."""
    for piece in store.pieces(_NOT_SUPERSEDED):
        reviews = reviews_of(store, piece.id)
        yield Settled(piece, tuple(reviews), settle(accepted_answer(piece), reviews))


COLUMNS = (
    "path", "page", "state", "zip", "plus4", "city", "state_code", "verdict", "source",
    "reviewers", "reviewed_at", "review_seconds", "audited", "machine_zip", "machine_decision",
    "confidence", "threshold", "model", "error",
)  # fmt: skip
"""The columns of an export, in their order."""


def row_of(item: Settled, directory: Directory) -> dict[str, object]:
    """One piece as it is exported.

    * ``path``, ``page``: as in the record; the path is absolute.
    * ``state``: "final"; "open" while a person must look; "failed" where it could not be read.
    * ``zip``, ``city``, ``state_code``: the final ZIP and its place; ``plus4`` where the machine
      read it along with the same ZIP.
    * ``verdict``: "zip", "no_zip" or "unreadable".
    * ``source``: "machine" or "person"; ``reviewers`` who agreed, ``reviewed_at`` when the last of
      them did, ``review_seconds`` how long all looked.
    * ``audited``: whether people looked at it although the machine accepted it.
    * ``machine_zip``, ``machine_decision``, ``confidence``, ``threshold``, ``model``, ``error``:
      what the machine said, as in the record.
    """
    piece, final = item.piece, item.final
    answer: Answer | None = final.answer if final else None
    zip_code = answer.zip if answer else None
    place = directory.place(zip_code) if zip_code else None
    record = piece.record
    source = None if final is None else "person" if final.by_person else "machine"
    return {
        "path": piece.file.path,
        "page": piece.page,
        "state": item.state.value,
        "zip": zip_code,
        "plus4": record["plus4"] if zip_code and zip_code == piece.zip else None,
        "city": place.city if place else None,
        "state_code": place.state if place else None,
        "verdict": answer.verdict.value if answer else None,
        "source": source,
        "reviewers": list(final.reviewers) if final else [],
        "reviewed_at": _time(final.at) if final and final.at is not None else None,
        "review_seconds": round(sum(review.seconds for review in item.reviews), 1),
        "audited": piece.decision == "accept" and bool(item.reviews),
        "machine_zip": piece.zip,
        "machine_decision": piece.decision,
        "confidence": record["confidence"],
        "threshold": record["threshold"],
        "model": record["model"],
        "error": record["error"],
    }


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
