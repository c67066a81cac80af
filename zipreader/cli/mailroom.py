"""What ``batch`` and ``watch`` share: options, stopping, progress and the summary."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from zipreader.cli.console import complain, emit, stderr, stdout
from zipreader.cli.options import RuntimeName, reader_spec
from zipreader.errors import ExitCode, OutputError, UsageError
from zipreader.files import is_file

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from zipreader.mailroom.batch import Ledger
    from zipreader.mailroom.sinks import Sink
    from zipreader.mailroom.work import Outcome, Tally
    from zipreader.mailroom.worker import FileReaderSpec

_T = TypeVar("_T")

WorkersOption = Annotated[
    int | None,
    typer.Option("--workers", "-w", min=1, help="Processes; by default one a core."),
]
TimeoutOption = Annotated[
    float,
    typer.Option(
        "--timeout",
        min=0.0,
        metavar="SECONDS",
        help="A page that takes longer is stopped: the rest of its file has failed; 0: none is.",
    ),
]
CopyFlaggedOption = Annotated[
    Path | None,
    typer.Option(
        "--copy-flagged",
        metavar="DIR",
        help="Copy the files that a person must look at, flagged or failed, into this folder, "
        "as far as they can be read.",
        readable=False,
    ),
]
JsonOption = Annotated[
    bool,
    typer.Option(
        "--json",
        help="On stderr the summary alone, as JSON. Where that is no terminal, the summary is JSON "
        "anyhow, after a line for each file that failed.",
    ),
]


def file_reader(
    model: Path | None,
    calibration: Path | None,
    max_error: str | None,
    min_confidence: float | None,
    runtime: RuntimeName,
) -> FileReaderSpec:
    """The reader that the options ask for, to be opened by each worker; raises as they do."""
    from zipreader.mailroom.worker import FileReaderSpec

    return FileReaderSpec(reader_spec(model, calibration, max_error, min_confidence, runtime))


def open_output(out: Path | None) -> Sink:
    """The sink of ``-o``; lines of JSON on stdout without it."""
    from zipreader.mailroom.sinks import Lines, open_sink

    return Lines(emit) if out is None else open_sink(out)


def copier(folder: Path | None, inputs: Iterable[str]) -> Callable[[Outcome], None] | None:
    """Copies each file that a person must look at.

    Raises:
        UsageError: the copies would lie in an input folder, and be read in their turn.
    """
    if folder is None:
        return None
    from zipreader.mailroom.filing import can_be_read, copy_into
    from zipreader.mailroom.sources import takes_in

    for place in inputs:
        if takes_in(place, folder):
            raise UsageError(f"{folder}: lies within {place}, which is read")

    def copy(outcome: Outcome) -> None:
        path = outcome.file.path
        if (outcome.flagged or outcome.failed) and can_be_read(path):
            try:
                copy_into(folder, path)
            except OutputError:
                if is_file(path):  # otherwise it was taken away meanwhile
                    raise

    return copy


@dataclass(slots=True)
class Stop:
    """Turns the first Ctrl-C, or SIGTERM, into a wish to stop; a second one ends at once."""

    wanted: bool = False
    _before: dict[int, Any] = field(default_factory=dict)

    def __enter__(self) -> Stop:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._wish)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def until(self, items: Iterable[_T]) -> Iterator[_T]:
        """The items, up to the wish to stop."""
        for item in items:
            if self.wanted:
                return
            yield item

    def _wish(self, number: int, frame: FrameType | None) -> None:
        if self.wanted:
            raise KeyboardInterrupt
        self.wanted = True


@dataclass(slots=True)
class Board:
    """Shows how a run goes on a terminal; elsewhere it names what failed, and keeps the tally."""

    console: Console | None
    ledger: Ledger
    tally: Tally
    total: Callable[[], int | None] = lambda: None
    """How many files there are, once that is known."""
    progress: Progress | None = None
    quiet: bool = False
    """Whether nothing but the summary is to be written."""
    waiting: str = "starting"
    """What is said before the first file."""
    started: float = field(default_factory=time.monotonic)

    @classmethod
    def make(
        cls,
        ledger: Ledger,
        as_json: bool,
        bar: bool,
        total: Callable[[], int | None],
        waiting: str = "starting",
    ) -> Board:
        """A board for stderr; ``bar`` where nothing else is written to the same terminal."""
        from zipreader.mailroom.work import Tally

        console = stderr()
        if as_json or not console.is_terminal:
            return cls(None, ledger, Tally(), quiet=as_json, waiting=waiting)
        progress = _bar(console) if bar else None
        return cls(console, ledger, Tally(), total, progress, waiting=waiting)

    def __enter__(self) -> Board:
        if self.progress is not None:
            self.progress.start()
            self.progress.add_task(self.waiting, total=None, figures="")
        return self

    def __exit__(self, *_: object) -> None:
        if self.progress is not None:
            self.progress.stop()

    def show(self, outcome: Outcome) -> None:
        """Count a file, and show it."""
        self.tally = self.tally.plus(outcome)
        if self.console is None:
            if outcome.error is not None and not self.quiet:
                complain(outcome.error)
            return
        if outcome.error is not None:
            self.console.print(outcome.error, style="red", markup=False, soft_wrap=True)
        if self.progress is not None:
            total, task = self.total(), self.progress.task_ids[0]
            figures = (
                f"read {self.tally.pages - self.tally.flagged}, flagged {self.tally.flagged}, "
                f"failed {self.tally.failed}, {self._speed():.1f}/s"
            )
            files = self.tally.files
            left = None if total is None else max(total - self.ledger.skipped, files)
            done = f"{files:,} files" if left is None else f"{files:,} of {left:,} files"
            self.progress.update(
                task, description=done, completed=files, total=left, figures=figures
            )

    def _speed(self) -> float:
        return self.tally.files / max(time.monotonic() - self.started, 1e-3)

    def summary(self, left_out: int | None, stopped: bool) -> None:
        """Sum up, as a table or as one line of JSON; ``None`` where nothing can be left out."""
        values: dict[str, int | float | bool] = {
            "files": self.tally.files,
            "pages": self.tally.pages,
            "accepted": self.tally.pages - self.tally.flagged,
            "flagged": self.tally.flagged,
            "failed": self.tally.failed,
            "recorded_before": self.ledger.skipped,
            "failed_before": self.ledger.skipped_failed,
            **({} if left_out is None else {"left_out": left_out}),
            "seconds": round(time.monotonic() - self.started, 2),
            "files_per_second": round(self._speed(), 2),
            "stopped": stopped,
        }
        if self.console is None:
            stderr().print(json.dumps(values), markup=False, soft_wrap=True)
        else:
            self.console.print(_table(values))

    def exit_code(self, stopped: bool) -> ExitCode:
        """Interrupted, or failed if any file did, in this run or in those before."""
        if stopped:
            return ExitCode.INTERRUPTED
        failed = self.tally.failed + self.ledger.skipped_failed
        return ExitCode.INPUT if failed else ExitCode.OK


def say_how_to_go_on(out: Path | None) -> None:
    """After a Ctrl-C."""
    if out is None:
        complain("stopped; without -o nothing is kept, and the next run begins anew")
    else:
        complain(f"stopped; run the same command again to go on ({out} is whole)")


def is_free() -> bool:
    """Whether stdout is no terminal, so that progress on stderr does not mix with records."""
    return not stdout().is_terminal


def _bar(console: Console) -> Progress:
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[figures]}"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )


_LABELS = {
    "files": "files",
    "pages": "pages",
    "accepted": "accepted",
    "flagged": "flagged for a person",
    "failed": "files that failed",
    "recorded_before": "files recorded before",
    "failed_before": "of them failed",
    "left_out": "other files left out",
    "seconds": "seconds",
    "files_per_second": "files a second",
}
_ALWAYS = {"files", "pages", "accepted", "flagged", "failed", "seconds", "files_per_second"}


def _table(values: dict[str, int | float | bool]) -> object:
    from rich.table import Table

    table = Table(show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for key, label in _LABELS.items():
        if key in _ALWAYS or values.get(key):
            table.add_row(label, f"{values[key]:,}")
    return table
