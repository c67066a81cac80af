"""Readers in processes of their own, behind a bounded queue.

The event loop never reads, and a page that takes too long, or kills its reader,
costs nothing but its own answer: the process is replaced.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, Protocol

from zipreader.errors import ImageTooLargeError, InputError, ZipReaderError
from zipreader.mailroom.work import one_line
from zipreader.mailroom.worker import end_with_parent
from zipreader.reading.spec import ReaderSpec
from zipreader.web.config import ApiConfig

if TYPE_CHECKING:
    from zipreader.reading.reader import Reader

UPLOAD = "<upload>"
"""The ``path`` in the record of an image that came without one."""
_START_SECONDS = 120.0
_LOG = logging.getLogger(__name__)


class Busy(Exception):
    """The queue is full, or the reader had to be replaced or cannot start: try again."""


class TooSlow(Exception):
    """The page was not read in time."""


class NoSuchPage(Exception):
    """The file has fewer pages."""


@dataclass(frozen=True, slots=True)
class Read:
    """The record of a page, and whether another follows it."""

    record: dict[str, object]
    more: bool


@dataclass(frozen=True, slots=True)
class Stillborn:
    """Why a reader cannot start, such as a model that was taken away."""

    message: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Why an image cannot be read."""

    message: str
    too_large: bool


class PageReader(Protocol):
    """Reads one page, and blocks meanwhile."""

    def read(self, data: bytes, page: int) -> Read | Refused:
        """Read it.

        Raises:
            Busy: the process died.
            TooSlow: the process was stopped.
            NoSuchPage: the file has fewer pages.
        """

    def close(self) -> None:
        """End."""


class ReaderProcess:
    """One reader in a process of its own, which is begun anew when it fails."""

    def __init__(self, spec: ReaderSpec, seconds: float) -> None:
        self._spec = spec
        self._seconds = seconds
        self._running: tuple[SpawnProcess, Connection] | None = None
        self._begin()

    def _begin(self) -> None:
        """Start the process; where the system has no room for it, the next image tries again."""
        self._ready = False
        context = multiprocessing.get_context("spawn")
        try:
            ours, theirs = context.Pipe()
            with theirs:  # our end goes with the last name of it
                process = context.Process(
                    target=_serve, args=(theirs, self._spec), daemon=True, name="zipreader-reader"
                )
                process.start()
        except OSError as error:  # want of memory, processes or open files
            _LOG.error("the reader of the API cannot start: %s", error.strerror)
            return
        self._running = process, ours

    def read(self, data: bytes, page: int) -> Read | Refused:
        if self._running is None:
            self._begin()
        if self._running is None:
            raise Busy("the reader cannot start")
        _, pipe = self._running
        try:
            if not self._ready:
                self._greet(pipe)
            pipe.send((data, page))
            answer = _answer(pipe, self._seconds)
        except (EOFError, OSError, TooSlow, Busy) as error:
            self.close()
            self._begin()
            if isinstance(error, TooSlow | Busy):
                raise
            raise Busy("the reader had to be replaced") from error
        if answer is None:
            raise NoSuchPage
        assert isinstance(answer, Read | Refused)
        return answer

    def _greet(self, pipe: Connection) -> None:
        """Hear the first word of the process.

        Raises:
            Busy: it cannot open its reader; the log says why, for callers need not know our files.
        """
        first = _answer(pipe, _START_SECONDS)
        if isinstance(first, Stillborn):
            _LOG.error("the reader of the API cannot start: %s", one_line(first.message))
            raise Busy("the reader cannot start")
        self._ready = True

    def close(self) -> None:
        if self._running is None:
            return
        process, pipe = self._running
        self._running = None
        process.kill()
        process.join()
        pipe.close()


def _answer(pipe: Connection, seconds: float) -> object:
    if not pipe.poll(seconds):
        raise TooSlow
    return pipe.recv()


class ReadingQueue:
    """Takes at most ``workers + waiting`` images at a time.

    Args:
        config: the limits.
        open_reader: makes a reader; called in a thread.
    """

    def __init__(self, config: ApiConfig, open_reader: Callable[[], PageReader]) -> None:
        self._config = config
        self._threads = ThreadPoolExecutor(config.workers, "zipreader-api")
        self._free: SimpleQueue[PageReader] = SimpleQueue()
        self._readers: list[PageReader] = []
        self._open_reader = open_reader
        self._taken = 0

    @property
    def taken(self) -> int:
        """Images that are being uploaded, wait, or are read."""
        return self._taken

    def start(self) -> None:
        """Begin all readers, so that the first image does not wait for them."""
        while len(self._readers) < self._config.workers:
            reader = self._open_reader()
            self._readers.append(reader)
            self._free.put(reader)

    async def read(self, data: Callable[[], Awaitable[bytes]], page: int) -> Read | Refused:
        """Take a place in the queue, receive the image, and read it.

        The place is given back when the reading ends, even if the caller has gone.

        Raises:
            Busy: no place is free, or the reader died.
            TooSlow: the page was not read in time.
            NoSuchPage: the file has fewer pages.
        """
        if self._taken >= self._config.workers + self._config.waiting:
            raise Busy("all readers are busy")
        self._taken += 1
        try:
            image = await data()
            reading = asyncio.get_running_loop().run_in_executor(
                self._threads, self._read, image, page
            )
        except BaseException:
            self._taken -= 1
            raise
        reading.add_done_callback(self._give_back)
        return await asyncio.shield(reading)

    def _give_back(self, reading: asyncio.Future[Read | Refused]) -> None:
        self._taken -= 1
        if not reading.cancelled():
            reading.exception()  # has been seen, even if the caller has gone

    def _read(self, image: bytes, page: int) -> Read | Refused:
        reader = self._free.get()
        try:
            return reader.read(image, page)
        finally:
            self._free.put(reader)

    def close(self) -> None:
        """End all readers."""
        for reader in self._readers:
            reader.close()
        self._threads.shutdown(wait=False, cancel_futures=True)


# --- in the other process --------------------------------------------------------------------


def _serve(pipe: Connection, spec: ReaderSpec) -> None:
    """Read the images that arrive until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=end_with_parent, daemon=True).start()
    os.environ.update({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"})
    try:
        reader = spec.open()
    except ZipReaderError as error:
        pipe.send(Stillborn(str(error)))
        return
    answer: Any = "ready"
    while True:
        try:
            pipe.send(answer)
            data, page = pipe.recv()
        except (EOFError, OSError):  # the server is gone
            return
        answer = read_page(reader, data, page)


def read_page(reader: Reader, data: bytes, number: int) -> Read | Refused | None:
    """Read one page of an image in memory; ``None`` where there is no such page."""
    from zipreader.reading.faults import told_of
    from zipreader.reading.images import pages_from_bytes
    from zipreader.reading.record import to_record

    try:
        with told_of(UPLOAD):
            pages = pages_from_bytes(data, UPLOAD, reader.config.images, number - 1)
            for page in pages:
                record = to_record(reader.read_page(page))
                return Read(record, _more(pages))
    except ZipReaderError as error:  # a fault would come again: nobody is told to try again
        return Refused(str(error), isinstance(error, ImageTooLargeError))
    return None


def _more(pages: Any) -> bool:
    """Whether a page follows; a damaged one does not."""
    try:
        return next(pages, None) is not None
    except InputError:
        return False
