"""A file that grows by the records of whole files, and its journal.

Beside ``out.jsonl`` lies ``out.jsonl.journal`` with a line for each file that
is recorded: its identity, whether it failed, where its records end, and their
checksum.  The records are written first and the line after them.  Whoever is
killed between the two, or in the middle of either, leaves bytes that no line
vouches for; the next run cuts them off and reads that one file again.  So
nothing that is recorded is lost, and nothing is recorded twice.  An output whose
end is another than was vouched for was edited, and is left as it is.
"""

from __future__ import annotations

import json
import os
import sys
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from zipreader.errors import OutputError
from zipreader.files import is_file
from zipreader.mailroom.identity import FileIdentity, Recorded
from zipreader.mailroom.work import Outcome, one_line

if sys.platform != "win32":
    import fcntl

_TITLE = b'{"journal": 2}\n'
_FURTHEST = 10_000
"""Of so many files the records may be lost with the machine's power, and are read again."""

Encode = Callable[[Outcome], bytes]
"""The records of one file as they stand in the output."""


def to_jsonl(outcome: Outcome) -> bytes:
    """A line a record; names that are no Unicode are escaped (PEP 383)."""
    return b"".join(json.dumps(record).encode() + b"\n" for record in outcome.records)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line of the journal: ``end`` is where the records end, ``position`` where the line does."""

    recorded: Recorded
    end: int
    checksum: int
    position: int


class JournaledFile:
    """The output and its journal, open to be appended to; only one run may have them.

    Args:
        path: the output; a journal of its name is made beside it.
        encode: how the records of a file are written.
        header: the first bytes of the output.

    Raises:
        OutputError: it cannot be written, another run has it, or it is not the work of a batch.
    """

    def __init__(self, path: Path, encode: Encode, header: bytes = b"") -> None:
        self.path = path
        self._encode = encode
        self._header = header
        self._journal_path = path.with_name(f"{path.name}.journal")
        with ExitStack() as stack:
            try:
                self._refuse_what_is_none_of_ours()
                self._journal = stack.enter_context(_open(self._journal_path))
                _lock(self._journal, path)
                self._output = stack.enter_context(_open(path))
                self._end, self._journal_end = self._repair()
            except OSError as error:
                raise _failure(path, error) from error
            stack.pop_all()

    def recorded(self) -> Iterator[Recorded]:
        """The files whose records are in the output, in the order in which they came."""
        return (entry.recorded for entry in _entries(self._journal_path))

    def add(self, outcome: Outcome) -> None:
        """Write the records of a file, then vouch for them.

        Raises:
            OutputError: they cannot be written, or somebody has removed or changed the output.
        """
        self.check()
        content = self._encode(outcome)
        recorded = Recorded(outcome.file.identity, outcome.failed)
        line = _line(recorded, self._end + len(content), zlib.crc32(content))
        try:
            _write(self._output, content)
            _write(self._journal, line)
        except OSError as error:
            raise _failure(self.path, error) from error
        self._end += len(content)
        self._journal_end += len(line)

    def check(self) -> None:
        """See that output and journal lie where they lay, as long as they were left.

        Otherwise what is written next would be lost with a removed file, or stand where the
        journal does not say.

        Raises:
            OutputError: somebody has removed or changed one of them.
        """
        for path, end in ((self.path, self._end), (self._journal_path, self._journal_end)):
            try:
                size = _size(path)
            except OSError as error:
                raise _failure(path, error) from error
            if size != end:
                cause = "was removed or changed by somebody else while it was written"
                raise OutputError(one_line(f"{path}: {cause}; run the same command again"))

    def trim(self) -> None:
        """Cut off what was not vouched for, such as half a record when the disk was full."""
        for file, end in ((self._output, self._end), (self._journal, self._journal_end)):
            if os.fstat(file.fileno()).st_size > end:
                file.truncate(end)

    def close(self) -> None:
        """See everything onto the disk.

        Raises:
            OutputError: that cannot be done, or somebody has removed or changed the output.
        """
        try:
            self.trim()
            os.fsync(self._output.fileno())
            os.fsync(self._journal.fileno())
            self.check()
        except OSError as error:
            raise _failure(self.path, error) from error
        finally:
            self._output.close()
            self._journal.close()

    def _refuse_what_is_none_of_ours(self) -> None:
        if _size(self.path) and not _size(self._journal_path):
            cause = (
                f"there is such a file, and {self._journal_path.name}, which says how to go on "
                "with it, is missing: name another, or remove it if it is not needed"
            )
            raise OutputError(one_line(f"{self.path}: {cause}"))

    def _last_whole(self, last: deque[tuple[int, _Entry]]) -> _Entry | None:
        """The last file whose records are there, before those that a lost power left as zeros.

        Raises:
            OutputError: they are others, as somebody has changed the output.
        """
        if not last:
            return None
        with self.path.open("rb") as file:
            begins = file.read(len(self._header)) == self._header
            while begins and last:
                start, entry = last.pop()
                file.seek(start)
                records = file.read(entry.end - start)
                if zlib.crc32(records) == entry.checksum:
                    return entry
                if records.strip(b"\0"):
                    break
        cause = "was changed by somebody else since it was written: name another output"
        raise OutputError(one_line(f"{self.path}: {cause}"))

    def _repair(self) -> tuple[int, int]:
        """Cut both files back to the last file that is whole; where they end then."""
        size, end, position = _size(self.path), 0, 0
        if not _begins_as_ours(self._journal_path, size):
            cause = "is no journal of this version of zipreader: name another output"
            raise OutputError(one_line(f"{self._journal_path}: {cause}"))
        last: deque[tuple[int, _Entry]] = deque(maxlen=_FURTHEST)
        start = len(self._header)
        for entry in _entries(self._journal_path):
            if not start <= entry.end <= size:  # output deleted, or lost with the machine's power
                break
            last.append((start, entry))
            start = entry.end
        if (whole := self._last_whole(last)) is not None:
            end, position = whole.end, whole.position
        self._output.truncate(end)
        self._journal.truncate(position)
        if position == 0:
            _write(self._journal, _TITLE)
            _write(self._output, self._header)
            end, position = len(self._header), len(_TITLE)
        return end, position


def _size(path: Path) -> int:
    """0 for one that is not there."""
    return path.stat().st_size if is_file(path) else 0


def _begins_as_ours(journal: Path, output_size: int) -> bool:
    """Whether a journal has our title, or only a part of it from a run that was killed then."""
    with journal.open("rb") as file:
        first = file.readline(len(_TITLE) + 1)
    return first == _TITLE or _TITLE.startswith(first) and output_size == 0


def _open(path: Path) -> BinaryIO:
    return path.open("ab", buffering=0)


def _lock(file: BinaryIO, output: Path) -> None:
    """Keep other runs away, where the system and the drive can."""
    if sys.platform == "win32":
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise OutputError(f"{output}: another run is writing it") from error
    except OSError:  # some network drives have no locks
        return


def _write(file: BinaryIO, content: bytes) -> None:
    """Write all of it; unbuffered files may take less at a time."""
    while content:
        content = content[file.write(content) :]


def _line(recorded: Recorded, end: int, checksum: int) -> bytes:
    identity = recorded.identity
    line = {
        "path": identity.path,
        "size": identity.size,
        "mtime_ns": identity.mtime_ns,
        "failed": recorded.failed,
        "end": end,
        "crc32": checksum,
    }
    return json.dumps(line).encode() + b"\n"


def _entries(journal_path: Path) -> Iterator[_Entry]:
    """The entries of a journal, up to the first that is not whole."""
    with journal_path.open("rb") as journal:
        position = len(journal.readline())
        for line in journal:
            position += len(line)
            try:
                values = json.loads(line) if line.endswith(b"\n") else None
            except (ValueError, RecursionError):
                return
            match values:
                case {
                    "path": str(path),
                    "size": int(size),
                    "mtime_ns": int(mtime_ns),
                    "failed": bool(failed),
                    "end": int(end),
                    "crc32": int(checksum),
                }:
                    identity = FileIdentity(path, size, mtime_ns)
                    yield _Entry(Recorded(identity, failed), end, checksum, position)
                case _:
                    return


def _failure(path: Path, error: OSError) -> OutputError:
    return OutputError(one_line(f"{path}: cannot be written ({error.strerror or error})"))
