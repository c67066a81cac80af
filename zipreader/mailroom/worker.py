"""What a worker does: open a reader once, then read one file after the other.

Whatever loads NumPy or OpenCV is imported late: first a worker says that it
wants one thread, and the process that hands out the files needs neither.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from threading import Thread
from typing import TYPE_CHECKING

from zipreader.errors import ExitCode, UnreadableImageError, ZipReaderError
from zipreader.mailroom.work import OpenReader, Record, one_line
from zipreader.reading.spec import ReaderSpec

if TYPE_CHECKING:
    from zipreader.elements import Page
    from zipreader.reading.reader import Reader

_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)

_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class FileReaderSpec:
    """How to open a reader of files; can go to another process."""

    reader: ReaderSpec = ReaderSpec()

    def __call__(self) -> FileReader:
        """Open it, with one thread."""
        return FileReader(self.reader.open())


class FileReader:
    """Reads every page of a file; the one function that all engines run."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def __call__(self, path: str) -> Iterator[Record]:
        """The record of each page as it is read; where the file is damaged, one that says so."""
        from zipreader.reading.faults import told_of
        from zipreader.reading.images import open_pages
        from zipreader.reading.record import error_record

        empty = True
        try:
            with told_of(path):
                for page in open_pages(path, self._reader.config.images):
                    empty = False
                    yield self._record(page)
            if empty:
                raise UnreadableImageError(one_line(f"{path}: there is no page in it"))
        except ZipReaderError as error:
            yield error_record(path, str(error))

    def _record(self, page: Page) -> Record:
        """The record of a page; a fault of the reader costs it, and no other."""
        from zipreader.reading.faults import told_of
        from zipreader.reading.record import error_record, to_record

        try:
            with told_of(page.path):
                return to_record(self._reader.read_page(page))
        except ZipReaderError as error:
            return error_record(page.path, str(error), page.index + 1)


@dataclass(frozen=True, slots=True)
class Ready:
    """A worker's first word: its reader is open."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A worker's only word: no reader can be opened, in this process or another."""

    message: str
    exit_code: ExitCode


@dataclass(frozen=True, slots=True)
class Done:
    """A worker has sent all records of the file it held."""


Message = Ready | Refusal | Record | Done
"""What a worker sends: whether it can work, then of each file the record of each page, and its end.

So the pages that were read outlive a worker that dies on the next one.
"""


def serve(pipe: Connection, open_reader: OpenReader) -> None:
    """Read the files whose paths arrive, until the other end is closed."""
    for number in (signal.SIGINT, signal.SIGTERM):  # the parent decides what they end
        signal.signal(number, signal.SIG_IGN)
    Thread(target=end_with_parent, daemon=True).start()
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    try:
        read = open_reader()
    except ZipReaderError as error:
        pipe.send(Refusal(str(error), error.exit_code))
        return
    message: Message = Ready()
    while True:
        try:
            pipe.send(message)
            path = pipe.recv()
        except (EOFError, OSError):  # the parent is gone
            return
        for record in read(path):
            if not _sent(pipe, record):
                return
        message = Done()


def _sent(pipe: Connection, record: Record) -> bool:
    """Whether there was still somebody to send it to."""
    try:
        pipe.send(record)
    except OSError:  # the parent is gone
        return False
    return True


def end_with_parent() -> None:
    """End even in the middle of an endless file, if the parent was killed."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), _KILL)
