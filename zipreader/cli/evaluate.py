"""``zipreader evaluate``: how well mail is read, measured against the truth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zipreader.cli.console import complain, counting, emit, stdout
from zipreader.cli.digits import OPTIONS as DIGITS_OPTIONS
from zipreader.cli.digits import WORD as DIGITS
from zipreader.cli.digits import evaluate_digits
from zipreader.cli.options import (
    CalibrationOption,
    LettersOption,
    MaxErrorOption,
    MinConfidenceOption,
    MnistOption,
    ModelOption,
    RuntimeName,
    RuntimeOption,
    StrokesOption,
    WordsOption,
    cores,
    reader_spec,
)
from zipreader.errors import ExitCode, OutputError, UsageError
from zipreader.files import is_folder

if TYPE_CHECKING:
    from rich.console import RenderableType

    from zipreader.evaluation.compare import Comparison
    from zipreader.evaluation.mail import Folder, Job
    from zipreader.evaluation.outcome import Outcome
    from zipreader.evaluation.report import Provenance, Report
    from zipreader.evaluation.run import Setup
    from zipreader.evaluation.tables import Table
    from zipreader.reading.reader import Reader

_WRITERS = (".html", ".md", ".json")
_DATA = frozenset({"mnist", "strokes", "letters", "words"})
_MADE = frozenset({"count", "kind", "seed"})
"""Of mail that is made on the fly."""


def evaluate(
    context: typer.Context,
    folder: Annotated[
        str | None,
        typer.Argument(
            metavar="FOLDER",
            help="Images with truth.jsonl (as 'zipreader synth' writes) or truth.csv with the "
            "columns file and zip; without a folder, synthetic mail is made and read. The word "
            "'digits' measures the digit network alone.",
        ),
    ] = None,
    count: Annotated[int, typer.Option("--count", min=1, help="Pieces to make of a seed.")] = 500,
    seed: Annotated[
        list[int] | None,
        typer.Option(
            "--seed",
            min=0,
            help="The same seed makes the same mail; may be given several times. By default 1.",
        ),
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(
            "--kind",
            help="Kind of mail to make, such as printed or touching; may be given several times, "
            "the pieces are shared out. By default mixed.",
        ),
    ] = None,
    report: Annotated[
        list[Path] | None,
        typer.Option(
            "--report",
            metavar="OUT.html",
            help="Write a report with plots and pictures of the misses (.html), or .md, or .json "
            "for --compare; may be given several times.",
            readable=False,
        ),
    ] = None,
    compare: Annotated[
        Path | None,
        typer.Option(
            "--compare",
            metavar="OLD.json",
            help="Show what changed since that report.",
            readable=False,
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="All figures and pieces as JSON instead of tables.")
    ] = False,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Processes; by default one a core.")
    ] = None,
    max_error: MaxErrorOption = None,
    min_confidence: MinConfidenceOption = None,
    calibration: CalibrationOption = None,
    model: ModelOption = None,
    runtime: RuntimeOption = RuntimeName.LITERT,
    mnist: MnistOption = None,
    strokes: StrokesOption = None,
    letters: LettersOption = None,
    words: WordsOption = None,
) -> None:
    """Measure how well mail is read: rates, misreads, and the stage that loses mail.

    The mail is made on the fly (extra 'synth'), from digits, faces and seeds that
    neither training nor calibration has seen; or it is a folder of your own.
    Ends with 3 if files were missing or unreadable; they count as flagged.

    [bold]zipreader evaluate digits[/bold] measures the digit network alone, on digits and
    faces that it was not trained on, and on the test part of each data file.

    [bold]Example:[/bold]  zipreader evaluate --count 200 --kind handwritten --report out.html
    """
    _check_options(context, folder == DIGITS)
    processes = workers or cores()
    if folder == DIGITS:
        from zipreader.training.sources import Sources

        sources = Sources(mnist, strokes, letters, words)
        evaluate_digits(sources, model, runtime.value, processes, as_json)
        return
    mail = Path(folder) if folder is not None else None
    targets = report or []
    _check_targets(targets)
    spec = reader_spec(model, calibration, max_error, min_confidence, runtime)
    reader = spec.open()
    from zipreader.evaluation.compare import compare_reports
    from zipreader.evaluation.report import Report, load_report
    from zipreader.evaluation.run import Setup

    old = load_report(compare) if compare else None
    found = _open(mail)
    jobs, provenance = _plan(mail, found, reader, count, seed or [1], kind or ["mixed"])
    pictures = any(target.suffix == ".html" for target in targets)
    outcomes = tuple(_outcomes(jobs, Setup(spec.open, exhibits=pictures), processes))
    missing, extra = (found.missing, found.extra) if found else ((), ())
    result = Report(provenance, outcomes, missing, extra)
    comparison = compare_reports(old, result) if old else None
    for target in targets:
        _write(target, result, comparison)
    if as_json:
        emit(_json(result, comparison).rstrip())
    else:
        _show(result, comparison)
    if missing or any(outcome.error for outcome in outcomes):
        raise typer.Exit(ExitCode.INPUT)


def _check_options(context: typer.Context, digits: bool) -> None:
    """Refuse options that the one use knows and the other does not."""
    given = {
        name
        for name in context.params
        if (source := context.get_parameter_source(name)) and source.name == "COMMANDLINE"
    }
    wrong, why = given & _DATA, "goes with 'evaluate digits' only"
    if digits:
        wrong, why = given - DIGITS_OPTIONS, "does not go with 'evaluate digits'"
    elif "folder" in given and not wrong:
        wrong, why = given & _MADE, "is for mail that is made, not for a folder"
    if wrong:
        raise UsageError(f"--{min(wrong).replace('_', '-')} {why}")


def _check_targets(targets: Sequence[Path]) -> None:
    """Refuse before the work what could not be written after it, or is no report to replace."""
    from zipreader.evaluation.report import refuse_to_replace

    for target in targets:
        if target.suffix not in _WRITERS:
            raise UsageError(f"{target}: --report writes {', '.join(_WRITERS)}")
        if not is_folder(target.parent):
            raise OutputError(f"{target}: the folder {target.parent} does not exist")
        refuse_to_replace(target)


def _open(folder: Path | None) -> Folder | None:
    """The pieces of a folder; files that do not match its truth are named."""
    if folder is None:
        return None
    from zipreader.evaluation.mail import open_folder

    found = open_folder(folder)
    for name in found.missing:
        complain(f"{folder / name}: named by the truth, but missing")
    for name in found.extra:
        complain(f"{folder / name}: not named by the truth, and left out")
    return found


def _plan(
    folder: Path | None,
    found: Folder | None,
    reader: Reader,
    count: int,
    seeds: Sequence[int],
    kinds: Sequence[str],
) -> tuple[tuple[Job, ...], Provenance]:
    """The pieces to read, and what the report says about them.

    Raises:
        MissingExtraError: mail is to be made, and the extra is not installed.
    """
    from zipreader.evaluation.mail import generated
    from zipreader.evaluation.report import Provenance, promises_of, versions
    from zipreader.synth.fonts import Population, find_faces

    if found is None:
        jobs = generated(kinds, count, seeds)
        find_faces(Population.EVALUATION)  # without the extra it ends here, before any worker
        drawn = f"seed{'s' * (len(seeds) > 1)} {', '.join(map(str, seeds))}"
        mail = f"{len(jobs)} synthetic pieces ({', '.join(kinds)}), {drawn}"
        parameters = {"count": count, "seeds": list(seeds), "kinds": list(kinds)}
    else:
        jobs = found.jobs
        mail = f"{len(jobs)} pieces of the folder {folder}"
        parameters = {"folder": str(folder)}
    provenance = Provenance(
        mail,
        parameters,
        reader.model,
        reader.threshold,
        promises_of(reader.calibration),
        versions(),
    )
    return jobs, provenance


def _outcomes(jobs: Sequence[Job], setup: Setup, workers: int) -> Iterator[Outcome]:
    """Read all pieces, with a progress bar on stderr."""
    from zipreader.evaluation.run import run

    with counting("reading") as progress:
        task = progress.add_task("reading", total=len(jobs))
        for outcome in run(jobs, setup, min(workers, len(jobs))):
            if outcome.error:
                complain(outcome.error)
            progress.advance(task)
            yield outcome


def _write(target: Path, result: Report, comparison: Comparison | None) -> None:
    from zipreader.evaluation.html import to_html
    from zipreader.evaluation.tables import to_markdown
    from zipreader.files import write_whole

    match target.suffix:
        case ".json":
            text = _json(result, comparison)
        case ".md":
            text = to_markdown(result, comparison)
        case _:
            text = to_html(result, comparison)
    write_whole(target, text.encode())


def _json(result: Report, comparison: Comparison | None) -> str:
    from zipreader.evaluation.compare import comparison_to_dict
    from zipreader.evaluation.report import to_json

    return to_json(result, comparison_to_dict(comparison) if comparison else None)


def _show(result: Report, comparison: Comparison | None) -> None:
    from zipreader.evaluation.tables import comparison_tables, report_tables

    console = stdout()
    console.print(f"{result.provenance.mail}; model {result.provenance.model}", markup=False)
    for table in report_tables(result):
        console.print(_rich(table))
    for table in comparison_tables(comparison) if comparison else ():
        console.print(_rich(table))


def _rich(table: Table) -> RenderableType:
    from rich import box
    from rich.console import Group
    from rich.table import Table as RichTable
    from rich.text import Text

    shown = RichTable(
        title=table.title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0)
    )
    for number, name in enumerate(table.head):
        words = " ".join([name, *(row[number] for row in table.rows)]).split()
        # Narrow terminals break between a figure and its interval, and cut neither.
        shown.add_column(name, overflow="fold", min_width=max(map(len, words)))
    for row in table.rows:
        shown.add_row(*map(Text, row))
    return Group(shown, Text(table.note, style="dim"), "")
