"""What passes through a batch: a file to read, and what became of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from zipreader.mailroom.identity import FileIdentity

Record = dict[str, object]
"""What :mod:`zipreader.reading.record` makes of one page."""

ReadFile = Callable[[str], Iterable[Record]]
"""Reads page after page of a file; what cannot be read gives a record that says so."""

OpenReader = Callable[[], ReadFile]
"""Makes the function that reads, in the process that is to read; it must be picklable."""


def one_line(text: str) -> str:
    """The text without line breaks, other control characters and what is no Unicode."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


@dataclass(frozen=True, slots=True)
class MailFile:
    """A file to read: ``path`` as the user gave it, or joined to the folder that was given.

    ``problem`` says why it cannot even be opened; otherwise it is empty.
    """

    path: str
    identity: FileIdentity
    problem: str = ""

    @classmethod
    def at(cls, path: str, problem: str = "") -> MailFile:
        """The file as it is now; one that is not there has no size and no time."""
        try:
            identity = FileIdentity.of(path)
        except (OSError, ValueError):
            identity = FileIdentity(os.path.abspath(path), 0, 0)  # noqa: PTH100 - as identities do
        return cls(path, identity, problem)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The records of one file, in the order of its pages."""

    file: MailFile
    records: tuple[Record, ...]

    @classmethod
    def failure(cls, file: MailFile, cause: str, read: Sequence[Record] = ()) -> Outcome:
        """A file that could not be read past the pages ``read``, and the line that says why."""
        from zipreader.reading.record import error_record  # see worker: it loads NumPy

        return cls(file, (*read, error_record(file.path, one_line(f"{file.path}: {cause}"))))

    @property
    def error(self) -> str | None:
        """Why the file, or the rest of it, could not be read."""
        errors = (record["error"] for record in self.records)
        return next((str(error) for error in errors if error is not None), None)

    @property
    def failed(self) -> bool:
        return self.error is not None

    @property
    def pages(self) -> int:
        """How many pages were read."""
        return sum(record["error"] is None for record in self.records)

    @property
    def flagged(self) -> int:
        """How many of the pages a person must look at."""
        return sum(record["decision"] == "review" for record in self.records)


@dataclass(frozen=True, slots=True)
class Tally:
    """How far a run has come, in files unless it says pages."""

    files: int = 0
    failed: int = 0
    pages: int = 0
    flagged: int = 0
    """Pages that a person must look at."""

    def plus(self, outcome: Outcome) -> Tally:
        """The tally with one more file."""
        return Tally(
            self.files + 1,
            self.failed + outcome.failed,
            self.pages + outcome.pages,
            self.flagged + outcome.flagged,
        )
