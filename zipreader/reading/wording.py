"""Frames of letters <-> words: how well a line says a name, and what it spells.

The letter network turns a line into frames; a name is held against these by the forward
recursion of connectionist temporal classification (A. Graves et al., ICML 2006).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from enum import Enum, auto
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from zipreader.elements import Frames
from zipreader.reading.ctc import brief
from zipreader.reading.letters import BLANK, LETTERS, OTHER, SIGNS

SAYS = -0.7
"""A line that agrees so well with a name, a letter, says it."""
ANYTHING = SIGNS
"""Before a name at the end of a line: whatever signs are likeliest there."""
_SIGN = re.compile(
    "SIGNATUREO[A-Z]?(THE)?"
    "(VOTER|WITN|APPLIC|ASSIST|DECLAR|ELECTOR|PERSON|NOTARY|CLAIM|PARENT|GUARD)"
    "|(VOTER|WITNESS|APPLICANT|DECLARANT|CLAIMANT|PARENT|GUARDIAN)S?SIGNATURE"
    "|SIGNATUREDATE|SIGNHERE$|PRINTNAME|^DATESIGNED$"
    "|ADDRESSO[A-Z]?(THE)?(VOTER|WITNESS|APPLICANT)"
)
"""What stands by the lines of a form that are signed and dated, the end of "of" as small print is
read; streets, buildings and companies go on otherwise, and a parcel may ask for a signature too."""
_POSTAGE = re.compile(
    "USPOSTAGE|POSTAGEPAID|POSTAGEREQUIRED|POSTAGEWILLBE|PERMITNO|PRESORT|PRSRT|NONPROFITORG"
    "|FIRSTCLASSMAIL|FIRSTCLASSPKG|MARKETINGMAIL|PRIORITYMAIL|BUSINESSREPLYMAIL|ELECTIONMAIL"
    "|NOPOSTAGE|PLACESTAMP"
)
"""What stands where the postage does, with the place and often the ZIP of an office (DMM 604.5)."""
_SENDER = {"FROM", "SHIPFROM", "SHIPPER", "SENDER", "RETURNTO", "RETURNADDRESS"}
_ADDRESSEE = {"TO", "SHIPTO", "DELIVERTO", "MAILTO", "ADDRESSEE", "RECIPIENT", "CONSIGNEE"}
"""Captions of the two addresses on a label, alone on their lines."""
_TINY = 1e-30

Array = npt.NDArray[np.float64]


class Party(Enum):
    """Whose an address is."""

    SENDER = auto()
    ADDRESSEE = auto()


def party_of(names: Iterable[str]) -> Party | None:
    """Whose address the captions among the letters of some lines tell; ``None`` if none does.

    The sender's counts before the other, which may stand over both columns of a label.
    """
    found = set(names)
    if found & _SENDER:
        return Party.SENDER
    return Party.ADDRESSEE if found & _ADDRESSEE else None


def name_in(frames: Frames) -> str:
    """The letters that the frames spell, the likeliest of each, without what is none."""
    signs = frames.argmax(axis=1)
    first = np.concatenate([[True], signs[1:] != signs[:-1]])
    return "".join(chr(ord("A") + int(sign)) for sign in signs[first] if sign < LETTERS)


def asks_to_sign(name: str) -> bool:
    """Whether the letters of a line ask for a signature, or for who and where it is that signs."""
    return _SIGN.search(name) is not None


def tells_postage(name: str) -> bool:
    """Whether the letters of a line are those of a permit imprint, a meter's or a stamp's place."""
    return _POSTAGE.search(name) is not None


def sign_at_end(frames: Frames) -> float:
    """Probability that the last sign of a line is no letter; 0 where the line is empty."""
    likeliest = frames.argmax(axis=1)
    shown = np.flatnonzero(likeliest != BLANK)
    if not shown.size:
        return 0.0
    others = np.flatnonzero(likeliest[: shown[-1] + 1] != likeliest[shown[-1]])
    last = frames[others[-1] + 1 if others.size else 0 : shown[-1] + 1]
    return float((last[:, OTHER] / (1 - last[:, BLANK] + _TINY)).mean())


def legibility(frames: Frames) -> float:
    """Mean probability of the likeliest sign where that is a letter; 0 where there is none."""
    letters = frames[frames.argmax(axis=1) < LETTERS]
    return float(letters.max(axis=1).mean()) if len(letters) else 0.0


def fits(frames: Frames, names: Sequence[tuple[int, ...]], before: int = OTHER) -> list[float]:
    """Of each name: log of its probability over that of the likeliest signs, a letter.

    ``before`` is what may stand before it: ``OTHER``, or ``ANYTHING`` for names that end a line.
    """
    if not names:
        return []
    rows = brief(frames, BLANK)
    best = np.maximum(rows.max(axis=1), _TINY)
    likeliest = float(np.log(best).sum())
    totals = _forward(np.column_stack([rows, best]), names, before)
    lengths = [len(name) for name in names]
    return [
        min(0.0, (float(total) - likeliest) / length)
        for total, length in zip(totals, lengths, strict=True)
    ]


def _forward(rows: Array, names: Sequence[tuple[int, ...]], before: int = OTHER) -> Array:
    """(N,) logarithms of the probabilities of N names in (T, SIGNS + 1) rows.

    Something else may stand before and behind a name.  State 2 k is the blank before sign
    k, state 2 k + 1 the sign; shorter names are filled up with states that are never reached.
    """
    signs, leap, alive, first, last = _states(tuple(names), before)
    reached = first * alive
    totals = np.zeros(len(names))
    for number, row in enumerate(rows):
        if number:
            moved = reached.copy()
            moved[:, 1:] += reached[:, :-1]
            moved[:, 2:] += reached[:, :-2] * leap[:, 2:]
            reached = moved * alive
        reached = reached * row[signs]
        sums = np.maximum(reached.sum(axis=1), _TINY)
        totals += np.log(sums)
        reached /= sums[:, np.newaxis]
    totals += np.log(np.maximum((reached * last).sum(axis=1), _TINY))
    found: Array = np.maximum(totals, len(rows) * math.log(_TINY))
    return found


@lru_cache(maxsize=8)
def _states(
    names: tuple[tuple[int, ...], ...],
    before: int,
) -> tuple[npt.NDArray[np.int64], Array, Array, Array, Array]:
    """Of each state of each name: its sign, and whether one may leap there, be, begin and end."""
    most = max(len(name) for name in names) + 2
    signs = np.full((len(names), 2 * most + 1), BLANK)
    leap = np.zeros(signs.shape)
    alive = np.zeros(signs.shape)
    first = np.zeros(signs.shape)
    last = np.zeros(signs.shape)
    for row, name in enumerate(names):
        all_ = (before, *name, OTHER)
        end = 2 * len(all_)
        signs[row, 1:end:2] = all_
        leap[row, 3:end:2] = [one != other for one, other in zip(all_, all_[1:], strict=False)]
        alive[row, : end + 1] = 1
        first[row, :4] = 1
        last[row, end - 3 : end + 1] = 1
    return signs, leap, alive, first, last
