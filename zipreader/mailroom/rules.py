"""The rules of review: what people may answer, and when a piece is settled.

Pure values and functions; nothing here knows of a database, a clock or a screen.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from zipreader.errors import UsageError

_ZIP = re.compile(r"[0-9]{5}")


class Verdict(StrEnum):
    """What a person may find on a piece."""

    ZIP = "zip"
    NO_ZIP = "no_zip"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person, or the machine, says about a piece.

    Raises:
        UsageError: a ZIP that has not five digits, or one where none can be.
    """

    verdict: Verdict
    zip: str | None = None

    def __post_init__(self) -> None:
        if self.verdict is not Verdict.ZIP and self.zip is not None:
            raise UsageError(f"{self.verdict.value} comes without a ZIP")
        if self.verdict is Verdict.ZIP and not _ZIP.fullmatch(self.zip or ""):
            raise UsageError(f"{self.zip!r} is no ZIP: five digits are")

    @classmethod
    def of(cls, zip_code: str) -> Answer:
        """The answer that is a ZIP."""
        return cls(Verdict.ZIP, zip_code)


@dataclass(frozen=True, slots=True)
class Review:
    """An answer that stands; ``voices`` had to agree when it was given."""

    reviewer: str
    at: float
    seconds: float
    answer: Answer
    voices: int


@dataclass(frozen=True, slots=True)
class Final:
    """The last word on a piece; without reviewers it is the machine's."""

    answer: Answer
    reviewers: tuple[str, ...] = ()
    at: float | None = None

    @property
    def by_person(self) -> bool:
        return bool(self.reviewers)


@dataclass(frozen=True, slots=True)
class Rules:
    """How a mailroom reviews.

    Args:
        double: flagged mail needs two people who agree; a third is asked where they differ.
        audit: share of the accepted mail that is asked about.
        lease: seconds after which an abandoned piece returns to the queue.
        undo: seconds for which an answer can be taken back.
    """

    double: bool = False
    audit: float = 0.0
    lease: float = 120.0
    undo: float = 12 * 3600.0

    def __post_init__(self) -> None:
        if not 0 <= self.audit <= 1:
            raise UsageError(f"the audit's share must be between 0 and 1, not {self.audit:g}")
        if self.lease <= 0:
            raise UsageError(f"a lease must last, not {self.lease:g} seconds")

    def voices(self, accepted: bool) -> int:
        """How many must agree; of accepted mail, the machine is one."""
        return 2 if accepted or self.double else 1


def settle(machine: Answer | None, reviews: Sequence[Review]) -> Final | None:
    """The last word, or ``None`` while a person is needed.

    An answer stands as soon as as many voices gave it as were asked for when it
    was last given, so that a change of the rules reopens nothing.  One person
    cannot overrule accepted mail: it takes two who agree.

    Args:
        machine: what the machine accepted; ``None`` for flagged mail.
        reviews: the standing answers in order, one a person.
    """
    if not reviews:
        return Final(machine) if machine else None
    for latest in reversed(reviews):
        voices = [review for review in reviews if review.answer == latest.answer]
        if len(voices) + (latest.answer == machine) >= latest.voices:
            return Final(latest.answer, tuple(v.reviewer for v in voices), latest.at)
    return None


def needs_person(machine: Answer | None, reviews: Sequence[Review]) -> bool:
    """Whether a piece in the queue stays there; an audited one at least until one answered."""
    return not reviews or settle(machine, reviews) is None
