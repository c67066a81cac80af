"""``zipreader batch``: folders of scans, read by all cores, to be gone on with at any time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Annotated

import typer

from zipreader.cli.console import complain
from zipreader.cli.mailroom import (
    Board,
    CopyFlaggedOption,
    JsonOption,
    Stop,
    TimeoutOption,
    WorkersOption,
    copier,
    file_reader,
    is_free,
    open_output,
    say_how_to_go_on,
)
from zipreader.cli.options import (
    CalibrationOption,
    MaxErrorOption,
    MinConfidenceOption,
    ModelOption,
    RuntimeName,
    RuntimeOption,
    cores,
)
from zipreader.errors import UsageError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from zipreader.mailroom.batch import Engine
    from zipreader.mailroom.sources import Places
    from zipreader.mailroom.work import MailFile
    from zipreader.mailroom.worker import FileReaderSpec

_STDIN = "-"


class EngineName(StrEnum):
    """Who does the work."""

    LOCAL = "local"
    RAY = "ray"


def batch(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT",
            help="Folders (with those in them), files, globs such as 'mail/**/*.tif'; "
            "'-' reads a list of files from stdin, a name a line.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="OUT",
            help="Where records go: .jsonl, .csv, .parquet, or .db for review; "
            "lines of JSON on stdout without it. The same command again goes on.",
            readable=False,
        ),
    ] = None,
    workers: WorkersOption = None,
    timeout: TimeoutOption = 300.0,
    copy_flagged: CopyFlaggedOption = None,
    null: Annotated[
        bool, typer.Option("--null", "-0", help="Names on stdin end with NUL, as from -print0.")
    ] = False,
    engine: Annotated[
        EngineName,
        typer.Option("--engine", help="local, or ray for a cluster (extra 'ray')."),
    ] = EngineName.LOCAL,
    as_json: JsonOption = False,
    max_error: MaxErrorOption = None,
    min_confidence: MinConfidenceOption = None,
    calibration: CalibrationOption = None,
    model: ModelOption = None,
    runtime: RuntimeOption = RuntimeName.LITERT,
) -> None:
    """Read all the mail in folders, and record each page as it is read.

    Stopped or killed at any moment, the same command goes on: a file is read
    once, until it changes. A file that fails is recorded and the rest is read.
    Ends with 0 if no file failed, 3 if one did, 130 after Ctrl-C; flagged mail
    is no failure.

    [bold]Example:[/bold]  zipreader batch scans -o scans.db --copy-flagged to-review
    """
    from zipreader.mailroom.batch import Ledger, run_batch
    from zipreader.mailroom.sources import listed

    spec = file_reader(model, calibration, max_error, min_confidence, runtime)
    places, separator = _places(inputs, null), b"\0" if null else b"\n"
    before = copier(copy_flagged, inputs)
    files: Iterable[MailFile] = places or listed(sys.stdin.buffer, separator)
    with (
        closing(open_output(out)) as sink,
        _engine(engine, spec, workers, timeout or None) as working,
        Stop() as stop,
    ):
        ledger = Ledger(sink.recorded())
        total = _counted(inputs) if places else (lambda: None)
        with Board.make(ledger, as_json, out is not None or is_free(), total) as board:
            for outcome in run_batch(stop.until(files), working, sink, ledger, before):
                board.show(outcome)
                if stop.wanted and engine is EngineName.RAY:  # it has thousands of files in hand
                    break
    if stop.wanted and not as_json:
        say_how_to_go_on(out)
    if not (as_json or stop.wanted or board.tally.files or ledger.skipped):
        complain(f"{' '.join(inputs)}: no image to read")
    board.summary(places.left_out if places else 0, stop.wanted)
    raise typer.Exit(board.exit_code(stop.wanted))


def _places(inputs: list[str], null: bool) -> Places | None:
    """What the arguments name; ``None`` where the names are on stdin."""
    from zipreader.mailroom.sources import Places

    if inputs == [_STDIN]:
        return None
    if _STDIN in inputs:
        raise UsageError("'-' reads all names from stdin and stands alone")
    if null:
        raise UsageError("--null is about names on stdin: give '-' as INPUT")
    return Places(inputs)


def _engine(
    name: EngineName, spec: FileReaderSpec, workers: int | None, timeout: float | None
) -> AbstractContextManager[Engine]:
    if name is EngineName.RAY:
        from zipreader.mailroom.cluster import Cluster

        return Cluster(spec, workers, timeout)
    from zipreader.mailroom.pool import Pool

    return Pool(spec, workers or cores(), timeout)


def _counted(inputs: list[str]) -> Callable[[], int | None]:
    """Count the files aside, where a terminal will show how much is left."""
    from zipreader.mailroom.sources import Places

    counts: list[int] = []

    def count() -> None:
        counts.append(sum(1 for _ in Places(inputs)))

    if sys.stderr.isatty():
        Thread(target=count, daemon=True).start()
    return lambda: counts[0] if counts else None
