"""The local engine: worker processes that cost no more than one file when they die.

Every worker has a pipe of its own and holds one file at a time.  Nothing is
shared, so one that is killed while it writes leaves no lock behind and garbles
no one's results; its pipe ends, the file it held has failed but for the pages
that it had sent, and another worker takes its place.  (The pools of
``concurrent.futures`` give up as a whole when a process dies; pebble's share one
pipe and its lock.)
"""

from __future__ import annotations

import atexit
import multiprocessing
import signal
import sys
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from multiprocessing.resource_tracker import ensure_running
from types import TracebackType

from zipreader.errors import ExitCode, UsageError, ZipReaderError
from zipreader.mailroom.work import MailFile, OpenReader, Outcome, Record
from zipreader.mailroom.worker import Done, Message, Ready, Refusal, serve

_PAUSE = 0.2
"""Seconds after which a source that had nothing is asked again, and the time limit is checked."""

_MOST_FALSE_STARTS = 3
"""Workers in a row that may die while they open their reader."""


class WorkerError(ZipReaderError):
    """No worker can be started; ``exit_code`` is that of the cause."""

    def __init__(self, message: str, exit_code: ExitCode = ExitCode.INTERNAL) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@dataclass(slots=True, eq=False)
class _Worker:
    process: SpawnProcess
    pipe: Connection
    file: MailFile | None = None
    ready: bool = False
    records: list[Record] = field(default_factory=list)
    """Of the pages of its file that it has read."""
    since: float = 0.0
    """When it began with the page it reads."""

    def give(self, file: MailFile) -> bool:
        """Whether the worker could still take the file."""
        try:
            self.pipe.send(file.path)
        except OSError:
            return False
        self.file, self.since = file, time.monotonic()
        return True

    def add(self, record: Record) -> None:
        """Keep the record of a page; the next one has begun."""
        self.records.append(record)
        self.since = time.monotonic()

    def outcome(self) -> Outcome:
        """That of its file, which it has read; it is free for another."""
        assert self.file is not None
        outcome = Outcome(self.file, tuple(self.records))
        self.file, self.records = None, []
        return outcome

    def end(self) -> None:
        self.pipe.close()
        self.process.kill()
        self.process.join()
        self.process.close()


class Pool:
    """Worker processes, started as they are needed and replaced when they die.

    A script that uses it needs the usual guard of its ``__main__``.

    Args:
        open_reader: opens the reader in each worker.
        workers: the most processes at a time.
        timeout: seconds a page after which the rest of its file is given up and its worker
            replaced; None: never.

    Raises:
        UsageError: less than one worker, or no time at all.
    """

    def __init__(
        self, open_reader: OpenReader, workers: int = 1, timeout: float | None = None
    ) -> None:
        if workers < 1 or (timeout is not None and timeout <= 0):
            raise UsageError(f"{workers} workers with {timeout} seconds a page cannot work")
        self._open_reader = open_reader
        self._most = workers
        self._timeout = timeout
        self._workers: list[_Worker] = []
        self._false_starts = 0
        atexit.register(self.close)  # before multiprocessing waits for workers that wait for us

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the workers at once; what they were reading is not recorded."""
        atexit.unregister(self.close)
        while self._workers:
            self._workers.pop().end()

    def run(self, files: Iterable[MailFile | None]) -> Generator[Outcome, None, None]:
        """Yield the outcome of each file as it comes, in no order.

        The next file is asked for only when a worker is free.  ``None`` among
        the files says that there is nothing yet: the pool comes back later.

        Raises:
            WorkerError: the reader cannot be opened.
        """
        source = iter(files)
        again: deque[MailFile] = deque()
        more = True
        while True:
            while more and self._has_room():
                file = again.popleft() if again else next(source, _END)
                if isinstance(file, _End):
                    more = False
                elif file is None:
                    break
                elif file.problem:
                    yield Outcome.failure(file, file.problem)
                elif not self._free_worker().give(file):
                    again.append(file)
                    break
            if not more and not again and not any(worker.file for worker in self._workers):
                return
            yield from self._arrivals(again)
            more = more or bool(again)

    def _has_room(self) -> bool:
        return len(self._workers) < self._most or any(not each.file for each in self._workers)

    def _free_worker(self) -> _Worker:
        for worker in self._workers:
            if worker.file is None:
                return worker
        # A fresh interpreter: OpenCV and LiteRT do not survive a fork with their threads.
        context = multiprocessing.get_context("spawn")
        try:
            ours, theirs = context.Pipe()
            process = context.Process(
                target=serve, args=(theirs, self._open_reader), name="zipreader-worker", daemon=True
            )
            with _signals_held_back():
                process.start()
        except OSError as error:  # want of memory, processes or open files
            raise WorkerError(f"a worker process cannot start ({error.strerror})") from error
        theirs.close()  # so that the pipe ends with the worker
        self._workers.append(_Worker(process, ours))
        return self._workers[-1]

    def _arrivals(self, again: deque[MailFile]) -> Iterator[Outcome]:
        """Wait a moment for results, deaths and files that take too long."""
        if not self._workers:  # where nothing is waited for, Windows does not wait
            time.sleep(_PAUSE)
            return
        arrived = wait([worker.pipe for worker in self._workers], _PAUSE)
        for worker in [each for each in self._workers if each.pipe in arrived]:
            try:
                message: Message = worker.pipe.recv()
            except (EOFError, OSError):
                yield from self._bury(worker, again)
                continue
            match message:
                case Ready():
                    worker.ready, worker.since = True, time.monotonic()
                    self._false_starts = 0
                case Refusal():
                    raise WorkerError(message.message, message.exit_code)
                case Done():
                    yield worker.outcome()
                case record:
                    worker.add(record)
        yield from self._overdue()

    def _bury(self, worker: _Worker, again: deque[MailFile]) -> Iterator[Outcome]:
        """Replace a dead worker; the rest of its file has failed, unless it never began with it."""
        worker.process.join()
        cause = _cause_of_death(worker.process.exitcode)
        self._workers.remove(worker)
        worker.end()
        if worker.ready:
            if worker.file is not None:
                cause = f"the process that read it {cause}"
                yield Outcome.failure(worker.file, cause, worker.records)
            return
        self._false_starts += 1
        if self._false_starts >= _MOST_FALSE_STARTS:
            raise WorkerError(f"the worker processes cannot start: the last {cause}")
        if worker.file is not None:
            again.append(worker.file)

    def _overdue(self) -> Iterator[Outcome]:
        if self._timeout is None:
            return
        limit = time.monotonic() - self._timeout
        for worker in [each for each in self._workers if each.ready and each.since < limit]:
            if worker.file is not None and not worker.pipe.poll():
                self._workers.remove(worker)
                worker.end()
                cause = f"stopped after {self._timeout:g} seconds"
                yield Outcome.failure(worker.file, cause, worker.records)


class _End:
    """The source has no more files."""


_END = _End()


@contextmanager
def _signals_held_back() -> Iterator[None]:
    """A Ctrl-C reaches all processes: one that is just starting would die of it.

    It inherits the mask and never sees the signal; this process gets it afterwards.
    """
    if sys.platform == "win32":
        yield
        return
    ensure_running()  # or it would lift the mask as it starts
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


def _cause_of_death(exitcode: int | None) -> str:
    if exitcode is None or exitcode >= 0:
        return f"ended by itself with exit code {exitcode}"
    number = -exitcode
    name = signal.Signals(number).name if number in signal.valid_signals() else f"signal {number}"
    hint = ", perhaps for want of memory" if name == "SIGKILL" else ""
    return f"was ended by {name}{hint}"
