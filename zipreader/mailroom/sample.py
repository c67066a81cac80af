"""The fair sample: reviewed pieces of a store from which one may conclude about all its mail.

Reviews of flagged mail alone certify nothing, because the wrong ZIPs that were
accepted are not among them.  But every piece, accepted or flagged, carries a
draw that is uniform in 0..1 and was made before anybody looked.  The pieces
below the share of an audit are therefore a random sample of all mail: the
accepted ones among them were audited blindly, the flagged ones went to review
like all others.  The rest of the reviewed mail is left out, since it holds
flagged pieces only.

Mail that nobody has touched yet would hide errors, so the sample ends before
the first of its pieces that was neither answered nor skipped nor taken.  The
queue goes by arrival, whatever the pieces show, so that this end is fair too.
What was touched but is not settled stays in the sample, without an answer:
whoever concludes from it must assume the worst.
"""

from __future__ import annotations

from dataclasses import dataclass

from zipreader.errors import InputError
from zipreader.mailroom.reviews import accepted_answer, reviews_of
from zipreader.mailroom.rules import Answer, Verdict, settle
from zipreader.mailroom.store import Piece, Store

_PIECES = "pieces.file IN (SELECT id FROM current_files) AND decision IS NOT NULL"
_UNTOUCHED = (
    "NOT EXISTS (SELECT 1 FROM reviews WHERE reviews.piece = pieces.id) "
    "AND NOT EXISTS (SELECT 1 FROM leases WHERE leases.piece = pieces.id)"
)


@dataclass(frozen=True, slots=True, eq=False)
class Sampled:
    """A piece of the sample; ``answer`` is ``None`` while people have not settled it."""

    piece: Piece
    answer: Answer | None

    @property
    def truth(self) -> str | None:
        """The ZIP that may be accepted; ``None`` where none may."""
        return self.answer.zip if self.answer and self.answer.verdict is Verdict.ZIP else None


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """A random ``share`` of the mail up to some piece.

    ``others`` are the machine's confidences in the mail outside of the sample,
    of which nothing but these may be used.
    """

    share: float
    pieces: tuple[Sampled, ...]
    others: tuple[float, ...]

    @property
    def audited(self) -> int:
        """Accepted pieces that people settled."""
        settled = (each for each in self.pieces if each.answer is not None)
        return sum(each.piece.decision == "accept" for each in settled)

    @property
    def unsettled(self) -> int:
        return sum(each.answer is None for each in self.pieces)


def fair_sample(store: Store) -> Sample:
    """The largest fair sample of a store.

    Where the machine accepted nothing, all mail was for review, and the sample
    is all of it.

    Raises:
        InputError: accepted mail was never audited, or nothing was reviewed at all.
        StoreError: the database cannot be read.
    """
    ends = {share: _end(store, share, upto) for share, upto in _audits(store)}
    counts = {share: _count(store, share, end) for share, end in ends.items()}
    share = max(counts, key=lambda each: (counts[each], each), default=0.0)
    pieces = tuple(
        Sampled(piece, _answer(store, piece))
        for piece in list(
            store.pieces(f"{_PIECES} AND draw < ? AND pieces.id < ?", share, ends.get(share, 0))
        )
    )
    sample = Sample(share, pieces, _others(store, share))
    if share < 1 and not sample.audited:
        raise InputError(
            f"{store.path}: no accepted mail was audited, and reviews of flagged mail alone say "
            "nothing about accepted mail: review with --audit 5%, or more"
        )
    if not pieces:
        raise InputError(f"{store.path}: nothing was reviewed yet")
    return sample


def _audits(store: Store) -> list[tuple[float, int]]:
    """Shares, and up to which piece the accepted mail was sampled by them."""
    (accepted, last) = next(
        store.rows("SELECT ifnull(sum(decision = 'accept'), 0), ifnull(max(id), 0) FROM pieces")
    )
    if not accepted:
        return [(1.0, last)]
    return [(float(share), int(upto)) for share, upto in store.rows("SELECT * FROM audits")]


def _end(store: Store, share: float, upto: int) -> int:
    """The first piece that the sample does not reach."""
    (first,) = next(
        store.rows(
            f"SELECT min(pieces.id) FROM pieces WHERE {_PIECES} AND draw < ? AND {_UNTOUCHED}",
            share,
        )
    )
    return upto + 1 if first is None else min(int(first), upto + 1)


def _count(store: Store, share: float, end: int) -> int:
    query = f"SELECT count(*) FROM pieces WHERE {_PIECES} AND draw < ? AND pieces.id < ?"
    (count,) = next(store.rows(query, share, end))
    return int(count)


def _answer(store: Store, piece: Piece) -> Answer | None:
    """What people settled; an accepted piece needs at least one of them."""
    reviews = reviews_of(store, piece.id)
    final = settle(accepted_answer(piece), reviews) if reviews else None
    return final.answer if final else None


def _others(store: Store, share: float) -> tuple[float, ...]:
    rows = store.rows(
        "SELECT json_extract(record, '$.confidence') FROM pieces "
        f"WHERE {_PIECES} AND draw >= ? AND zip IS NOT NULL",
        share,
    )
    return tuple(float(confidence) for (confidence,) in rows if confidence is not None)
