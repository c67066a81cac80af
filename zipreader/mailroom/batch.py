"""The way of a batch: source -> what is missing -> engine -> sink."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from typing import Protocol

from zipreader.mailroom.identity import FileIdentity, Recorded
from zipreader.mailroom.sinks import Sink
from zipreader.mailroom.work import MailFile, Outcome

_DIGEST_BYTES = 16


class Engine(Protocol):
    """Reads files, here or elsewhere."""

    def run(self, files: Iterable[MailFile | None]) -> Generator[Outcome, None, None]:
        """Yield the outcome of each file, in any order, asking for more files as it can read them.

        ``None`` among the files says that there is nothing yet.
        """


class Ledger:
    """Which files need not be read again: those recorded, and those on their way.

    A digest a file is kept, so that a million of them fit into memory.
    """

    def __init__(self, recorded: Iterable[Recorded] = ()) -> None:
        self._known: set[bytes] = set()
        self._failed: set[bytes] = set()
        self.skipped = 0
        """Files that were met and not read, because they had been recorded before."""
        self.skipped_failed = 0
        """Those of them that had failed."""
        for each in recorded:
            digest = _digest(each.identity)
            self._known.add(digest)
            if each.failed:
                self._failed.add(digest)

    def knows(self, identity: FileIdentity) -> bool:
        """Whether the file is recorded or on its way."""
        return _digest(identity) in self._known

    def missing(self, files: Iterable[MailFile | None]) -> Iterator[MailFile | None]:
        """The files that are not known yet, each once; they are known from then on."""
        for file in files:
            if file is None:
                yield None
                continue
            digest = _digest(file.identity)
            if digest not in self._known:
                self._known.add(digest)
                yield file
            else:
                self.skipped += 1
                self.skipped_failed += digest in self._failed


def run_batch(
    files: Iterable[MailFile | None],
    engine: Engine,
    sink: Sink,
    ledger: Ledger,
    before: Callable[[Outcome], None] | None = None,
) -> Iterator[Outcome]:
    """Read the missing files and record them; yields each outcome once it is recorded.

    Args:
        files: what there is to read.
        engine: who reads.
        sink: where the records go.
        ledger: what is recorded already.
        before: called with each outcome before it is recorded, such as to copy flagged files.
    """
    with closing(engine.run(ledger.missing(files))) as outcomes:
        for outcome in outcomes:
            if before is not None:
                before(outcome)
            sink.add(outcome)
            yield outcome


def _digest(identity: FileIdentity) -> bytes:
    text = f"{identity.size} {identity.mtime_ns} {identity.path}"
    data = text.encode("utf-8", "surrogateescape")
    return hashlib.blake2b(data, digest_size=_DIGEST_BYTES).digest()
