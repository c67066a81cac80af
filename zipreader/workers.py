"""Jobs spread over processes: their results in the order of the jobs."""

from __future__ import annotations

import math
import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

from zipreader.errors import ZipReaderError

Job = TypeVar("Job")
Result = TypeVar("Result")


def spread(
    open_worker: Callable[[], Callable[[Job], Result]],
    jobs: Sequence[Job],
    workers: int,
    chunk: int = 1,
) -> Iterator[Result]:
    """Yield the result of each job, in the order of the jobs, whatever the number of workers.

    Where one worker is enough it is this process.  When the caller stops, what has not begun
    is given up.

    Args:
        open_worker: called once in each process, for what then does one job after the other;
            it must be picklable.  OpenCV has one thread there.
        jobs: what is to be done.
        workers: processes at most.
        chunk: jobs that go to a process at once.

    Raises:
        ZipReaderError: what ``open_worker`` or a job raised.
    """
    workers = min(workers, math.ceil(len(jobs) / chunk))
    if workers <= 1:
        yield from _here(open_worker, jobs)
        return
    # A fresh interpreter each: OpenCV and LiteRT do not survive a fork with their threads.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, context, _begin, (open_worker,))
    try:
        yield from pool.map(_do, jobs, chunksize=chunk)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _here(
    open_worker: Callable[[], Callable[[Job], Result]], jobs: Sequence[Job]
) -> Iterator[Result]:
    import cv2

    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield from map(open_worker(), jobs)
    finally:
        cv2.setNumThreads(threads)


_work: list[Callable[[Any], Any]] = []
"""In a worker process: what does a job."""


def _begin(open_worker: Callable[[], Callable[[Any], Any]]) -> None:
    """Open the worker; a failure is kept for the first job, since here it would break the pool."""
    import cv2

    cv2.setNumThreads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends the pool
    try:
        _work[:] = [open_worker()]
    except ZipReaderError as error:
        _work[:] = [_Failed(error)]


class _Failed:
    def __init__(self, error: ZipReaderError) -> None:
        self._error = error

    def __call__(self, job: object) -> object:
        raise self._error


def _do(job: Any) -> Any:
    return _work[0](job)
