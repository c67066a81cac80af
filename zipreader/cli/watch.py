"""``zipreader watch``: a hot folder for scanners."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from itertools import chain
from pathlib import Path
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
    open_output,
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
from zipreader.errors import InputError, OutputError, UsageError
from zipreader.files import is_folder

if TYPE_CHECKING:
    from zipreader.mailroom.work import MailFile


def watch(
    folder: Annotated[
        Path,
        typer.Argument(metavar="FOLDER", help="Where scanners put their files.", readable=False),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            "-o",
            metavar="OUT",
            help="Where records go: .jsonl, .csv, .parquet or .db.",
            readable=False,
        ),
    ],
    settle: Annotated[
        float,
        typer.Option(
            min=0.0, metavar="SECONDS", help="A file is taken when it stood still so long."
        ),
    ] = 5.0,
    poll: Annotated[
        float, typer.Option(min=0.1, metavar="SECONDS", help="Time between two looks.")
    ] = 2.0,
    move_to: Annotated[
        Path | None,
        typer.Option(
            "--move-to",
            metavar="DIR",
            help="Move each file here before it is read, and record it here; nothing is moved "
            "without this.",
            readable=False,
        ),
    ] = None,
    workers: WorkersOption = None,
    timeout: TimeoutOption = 300.0,
    copy_flagged: CopyFlaggedOption = None,
    as_json: JsonOption = False,
    max_error: MaxErrorOption = None,
    min_confidence: MinConfidenceOption = None,
    calibration: CalibrationOption = None,
    model: ModelOption = None,
    runtime: RuntimeOption = RuntimeName.LITERT,
) -> None:
    """Read what arrives in a folder, until Ctrl-C.

    The folder, and those in it, are looked at again and again, so that network
    drives will do. A file is taken once its size and time have stood still.
    Started again, it goes on: what OUT records is not read again. Ends with 0,
    or 3 if a file failed.

    [bold]Example:[/bold]  zipreader watch /scans/in -o mail.db --move-to /scans/read
    """
    from zipreader.mailroom.batch import Ledger, run_batch
    from zipreader.mailroom.pool import Pool
    from zipreader.mailroom.sources import Folder
    from zipreader.mailroom.watch import HotFolder, Patience
    from zipreader.mailroom.work import one_line

    if not is_folder(folder):
        raise InputError(f"{folder}: no such folder")
    spec = file_reader(model, calibration, max_error, min_confidence, runtime)
    before = copier(copy_flagged, [str(folder), *([str(move_to)] if move_to else [])])
    _check_move(folder, move_to)
    pool = Pool(spec, workers or cores(), timeout or None)
    with closing(open_output(out)) as sink, pool, Stop() as stop:
        ledger = Ledger(sink.recorded())
        hot = HotFolder(
            str(folder),
            ledger.knows,
            lambda file: _take(file, folder, move_to),
            complain,
            Patience(poll, settle),
        )
        # What was moved and not yet recorded when an earlier watch was killed.
        taken: Iterable[MailFile] = Folder(str(move_to)) if move_to else ()
        moved = (file for file in taken if not ledger.knows(file.identity))
        files: Iterable[MailFile | None] = chain(moved, hot)
        waiting = f"waiting for files in {one_line(str(folder))}"
        with Board.make(ledger, as_json, True, lambda: None, waiting) as board:
            if board.console is None and not as_json:
                complain(f"{waiting}, until Ctrl-C")
            for outcome in run_batch(stop.until(files), pool, sink, ledger, before):
                board.show(outcome)
    board.summary(left_out=None, stopped=stop.wanted)
    raise typer.Exit(board.exit_code(stopped=False))


def _check_move(folder: Path, move_to: Path | None) -> None:
    if move_to is None:
        return
    if move_to.resolve().is_relative_to(folder.resolve()):
        raise UsageError(f"{move_to}: lies within {folder}, which is watched")
    if folder.resolve().is_relative_to(move_to.resolve()):  # read there, settled or not
        raise UsageError(f"{folder}: lies within {move_to}, to which files are moved")
    try:
        move_to.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{move_to}: cannot be made ({error.strerror})") from error


def _take(file: MailFile, folder: Path, move_to: Path | None) -> MailFile:
    """The file where it is to be read.

    Raises:
        OutputError: it cannot be moved for now.
    """
    from zipreader.mailroom.filing import move_into
    from zipreader.mailroom.work import MailFile

    if move_to is None:
        return file
    return MailFile.at(str(move_into(move_to, file.path, str(folder))))
