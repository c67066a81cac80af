"""How fast a batch is, and how much memory its workers take: python tests/benchmarks/batch.py.

Makes synthetic mail (extra 'synth'), reads all of it with one worker and with
two, and prints a table.  ``--images`` says how many images are read,
``--distinct`` how many are made; the others are copies.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import shutil
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from zipreader.mailroom.batch import Ledger, run_batch
from zipreader.mailroom.pool import Pool
from zipreader.mailroom.sinks import open_sink
from zipreader.mailroom.sources import Folder
from zipreader.mailroom.worker import FileReaderSpec
from zipreader.synth import open_sources, write_mail

_SEED = 8
_EARLY = 200
"""Images after which memory is looked at for the first time."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one run showed; memory is the peak of the largest worker, in MiB."""

    workers: int
    images: int
    failed: int
    seconds: float
    """From the first result to the last: starting the processes is left out."""
    early: float | None
    """Memory after the first 200 images."""
    memory: float

    @property
    def per_second(self) -> float:
        return (self.images - 1) / self.seconds


def main() -> None:
    """Make the mail, read it, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=2000, help="images to read")
    parser.add_argument("--distinct", type=int, default=200, help="images to make")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--kind", default="mixed", help="as of 'zipreader synth'")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zipreader-benchmark-") as folder:
        mail = Path(folder) / "mail"
        _make(mail, options.images, min(options.distinct, options.images), options.kind)
        runs = [_run(mail, Path(folder), workers) for workers in options.workers]
    load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    Console().print(_table(runs, f"{options.images} images, {load}"))


def _make(mail: Path, images: int, distinct: int, kind: str) -> None:
    write_mail(mail, distinct, _SEED, kind, open_sources(), workers=2)
    made = list(Folder(str(mail)))
    for number in range(distinct, images):
        source = Path(made[number % distinct].path)
        shutil.copy(source, source.with_stem(f"copy-{number:06d}"))


def _run(mail: Path, folder: Path, workers: int) -> Figures:
    out = folder / f"{workers}.jsonl"
    images = failed = 0
    early, first = None, 0.0
    with closing(open_sink(out)) as sink, Pool(FileReaderSpec(), workers) as pool:
        for outcome in run_batch(Folder(str(mail)), pool, sink, Ledger()):
            first = first or time.perf_counter()
            images += 1
            failed += outcome.failed
            if images == _EARLY:
                early = _memory()
        seconds = time.perf_counter() - first
        return Figures(workers, images, failed, seconds, early, _memory())


def _memory() -> float:
    """The peak of the resident memory of the largest worker so far, in MiB."""
    peaks = []
    for worker in multiprocessing.active_children():
        status = Path(f"/proc/{worker.pid}/status").read_text(encoding="ascii")
        peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        peaks.append(int(peak.split()[1]) / 1024)
    return max(peaks)


def _table(runs: list[Figures], title: str) -> Table:
    table = Table(title=title)
    columns = ("workers", "images", "failed", "a second", "times", f"MiB at {_EARLY}", "MiB at end")
    for column in columns:
        table.add_column(column, justify="right")
    for run in runs:
        table.add_row(
            str(run.workers),
            str(run.images),
            str(run.failed),
            f"{run.per_second:.1f}",
            f"{run.per_second / runs[0].per_second:.2f}",
            "" if run.early is None else f"{run.early:.0f}",
            f"{run.memory:.0f}",
        )
    return table


if __name__ == "__main__":
    main()
