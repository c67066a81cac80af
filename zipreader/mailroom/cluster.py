"""The engine for many machines: Ray Data hands out the files, each machine reads as here.

Ray does the scheduling, the retries and the spilling.  Every actor is a pool
of one worker, so that a file that kills or stalls its reader costs what it
costs on one machine, and the records are the same.  Files and output lie on
storage that all machines see under the same name.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Generator, Iterable
from itertools import islice
from types import TracebackType
from typing import Any

from zipreader.errors import MissingExtraError, ZipReaderError
from zipreader.mailroom.pool import Pool
from zipreader.mailroom.work import MailFile, OpenReader, Outcome

try:
    import ray
    import ray.data
    from ray.exceptions import RayError
except ImportError as error:
    raise MissingExtraError("The Ray engine", "ray") from error

_CPUS_AN_ACTOR = 0.5
"""Less than one, or actors on all CPUs starve the tasks that feed them, and everything waits."""

_FILES_A_DATASET = 10_000
"""Files that are handed to Ray at once; it starts its actors anew for each dataset."""

_FILES_A_BLOCK = 8

_Rows = dict[str, Any]


class Cluster:
    """Reads files with actors on a Ray cluster: the one of ``RAY_ADDRESS``, or one made here.

    Args:
        open_reader: opens the reader in each actor's worker.
        workers: the number of actors; by default the cluster's CPUs.
        timeout: seconds a page after which the rest of its file is given up; None: never.

    Raises:
        ZipReaderError: the reader cannot be opened.
    """

    def __init__(
        self, open_reader: OpenReader, workers: int | None = None, timeout: float | None = None
    ) -> None:
        open_reader()  # what is wrong with the model is better said here, once
        self._desk = (open_reader, timeout, os.getcwd())  # noqa: PTH109 - text for another machine
        self._workers = workers
        self._starts = not ray.is_initialized()

    def __enter__(self) -> Cluster:
        if self._starts:
            ray.init(log_to_driver=False, logging_level=logging.ERROR, include_dashboard=False)
        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._starts:
            ray.shutdown()

    def run(self, files: Iterable[MailFile | None]) -> Generator[Outcome, None, None]:
        """Yield the outcome of each file as it comes, in no order.

        Raises:
            ZipReaderError: the cluster gave up; what was recorded need not be read again.
        """
        source = (file for file in files if file is not None)
        while part := list(islice(source, _FILES_A_DATASET)):
            yield from self._read(part)

    def _read(self, files: list[MailFile]) -> Generator[Outcome, None, None]:
        rows = [
            {"number": number, "path": os.fsencode(file.path), "problem": file.problem}
            for number, file in enumerate(files)
        ]
        actors = self._workers or max(1, int(_resources().get("CPU", 1)))
        actors = min(actors, len(files))
        blocks = max(actors, len(files) // _FILES_A_BLOCK)
        data = ray.data.from_items(rows, override_num_blocks=min(blocks, len(files))).map_batches(
            _Desk,
            fn_constructor_args=self._desk,
            batch_size=None,
            concurrency=actors,
            num_cpus=_CPUS_AN_ACTOR,
        )
        try:
            for row in data.iter_rows():
                # As text, because Arrow would make one type of what differs from page to page.
                yield Outcome(files[row["number"]], tuple(json.loads(row["records"])))
        except RayError as error:
            cause = str(error).strip().splitlines()[-1]
            raise ZipReaderError(f"the Ray cluster gave up: {cause}") from error


def _resources() -> dict[str, float]:
    resources: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
    return resources


class _Desk:
    """An actor: a pool of one worker, kept from block to block."""

    def __init__(self, open_reader: OpenReader, timeout: float | None, folder: str) -> None:
        os.chdir(folder)
        self._pool = Pool(open_reader, 1, timeout)

    def __call__(self, rows: _Rows) -> _Rows:
        paths = [os.fsdecode(path) for path in rows["path"]]
        problems = [str(problem) for problem in rows["problem"]]
        files = [MailFile.at(path, problem) for path, problem in zip(paths, problems, strict=True)]
        records = {each.file.path: each.records for each in self._pool.run(files)}
        return {
            "number": rows["number"],
            "records": [json.dumps(records[path]) for path in paths],
        }
