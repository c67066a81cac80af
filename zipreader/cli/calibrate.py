"""``zipreader calibrate``: certify thresholds, on the user's own mail or on synthetic mail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zipreader.cli.console import complain, emit, stderr, stdout
from zipreader.cli.keyed import open_own_mail
from zipreader.cli.model import spared
from zipreader.cli.options import (
    CalibrationOption,
    LettersOption,
    MnistOption,
    ModelOption,
    StrokesOption,
)
from zipreader.errors import ExitCode, ModelError, OutputError, UsageError
from zipreader.files import is_file, is_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.table import Table

    from zipreader.training.promise import Promise

_SYNTHETIC = frozenset({"mnist", "strokes", "letters", "tuning", "pieces", "seed"})
_OWN = frozenset({"refit", "calibration"})


def calibrate(
    context: typer.Context,
    out: Annotated[
        Path,
        typer.Option(
            "--out", metavar="FILE.json", help="The calibration to write.", readable=False
        ),
    ],
    mail: Annotated[
        Path | None,
        typer.Argument(
            metavar="MAIL",
            help="Your own mail: a folder with truth.csv (file,zip) or truth.jsonl, or a database "
            "of reviews, with an audit of accepted mail. Without it, synthetic mail is made.",
            readable=False,
        ),
    ] = None,
    refit: Annotated[
        bool,
        typer.Option(
            "--refit",
            help="Fit the confidence, too, on half of your mail: from 1,000 pieces on.",
        ),
    ] = False,
    calibration: CalibrationOption = None,
    mnist: MnistOption = None,
    strokes: StrokesOption = None,
    letters: LettersOption = None,
    tuning: Annotated[
        int, typer.Option(min=200, help="Synthetic pieces to fit the confidence on.")
    ] = 2000,
    pieces: Annotated[
        int, typer.Option(min=200, help="Synthetic pieces to certify thresholds on.")
    ] = 3000,
    seed: Annotated[int, typer.Option(help="Seed of the synthetic mail.")] = 1,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
    model: ModelOption = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="What was certified as JSON instead of tables.")
    ] = False,
) -> None:
    """Certify thresholds: with 95% confidence, so much of the accepted mail is wrong at most.

    The promise holds for mail like that on which it was certified. On your own
    mail, your thresholds: key all pieces of a fair sample into truth.csv, or
    review with an audit. 1% needs 299 accepted pieces without a wrong ZIP. The
    file is for [bold]--calibration[/bold]; the network stays as it is.

    Without MAIL, the confidence is fitted on synthetic mail and certified on
    other such mail, which share no writer, digit, face or seed: do so after each
    change of the network or of the reading stages (extras 'synth', 'faces', 'fit').
    Stopped, the same command goes on: until then what was read lies in OUT.json.run.

    [bold]Example:[/bold]  zipreader calibrate keyed-mail/ --out our-mail.json

    [bold]Example:[/bold]  zipreader calibrate --mnist mnist.npz --out my-model/calibration.json
    """
    target = _target(out)
    run = target.with_name(f"{target.name}.run")
    _check_options(context, mail)
    if mail is not None:
        promise, unread = _on_own_mail(mail, model, calibration, refit, workers)
    else:
        promise, unread = _on_synthetic_mail(
            (mnist, strokes, letters), (tuning, pieces, seed), model, workers, run
        )
    from zipreader.training.kept import forget
    from zipreader.training.promise import save_calibration

    save_calibration(promise.calibration, target)
    forget(run)
    if as_json:
        emit(json.dumps(_to_dict(promise, target), indent=2))
    else:
        _show(promise, target)
    if unread:
        raise typer.Exit(ExitCode.INPUT)


def _target(out: Path) -> Path:
    """Refuse before the work what could not be written after it."""
    if is_folder(out) or not is_folder(out.parent):
        raise OutputError(f"{out}: --out must be a file in a folder that exists")
    if is_file(out) and out.stat().st_size:
        from zipreader.reading.probability import load_calibration

        try:
            load_calibration(out)
        except ModelError as error:
            cause = "there is such a file, and it is no calibration; name another"
            raise OutputError(f"{out}: {cause}") from error
    return out


def _check_options(context: typer.Context, mail: Path | None) -> None:
    """Refuse options of the other kind of mail."""
    given = {
        name
        for name in context.params
        if (source := context.get_parameter_source(name)) and source.name == "COMMANDLINE"
    }
    if wrong := given & (_OWN if mail is None else _SYNTHETIC):
        whose = "your own mail" if mail is None else "synthetic mail"
        raise UsageError(f"--{min(wrong)} goes with {whose} only")
    if mail is None and not given & {"mnist", "strokes"}:
        raise UsageError(
            "on which mail? name a folder with truth.csv or a database of reviews, "
            "or give --mnist FILE for synthetic mail"
        )


def _on_own_mail(
    mail: Path, model: Path | None, calibration: Path | None, refit: bool, workers: int
) -> tuple[Promise, bool]:
    """Certify on a folder or a database; whether there were pieces that could not be read."""
    from zipreader.training.ownpromise import OwnConfig, certify_own_mail

    own, missing = open_own_mail(mail, model, calibration)
    with _stages() as stage:
        made = certify_own_mail(own, model, calibration, OwnConfig(refit), workers, stage)
    for message in made.unread:
        complain(message)
    return made.promise, bool(missing or made.unread)


def _on_synthetic_mail(
    files: tuple[Path | None, Path | None, Path | None],
    sizes: tuple[int, int, int],
    model: Path | None,
    workers: int,
    run: Path,
) -> tuple[Promise, bool]:
    from zipreader.training.promise import PromiseConfig, make_promise
    from zipreader.training.sources import Sources

    (mnist, strokes, letters), (tuning, pieces, seed) = files, sizes
    sources = Sources(mnist=mnist, strokes=strokes, letters=letters)
    config = PromiseConfig(tuning=tuning, calibration=pieces, seed=seed)
    with _stages() as stage:
        return make_promise(sources, model, config, workers, stage, run), False


@contextmanager
def _stages() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on stderr that tells stages."""
    from rich.progress import Progress

    console = stderr()
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("mail")

        def stage(name: str, done: int, planned: int) -> None:
            progress.update(task, description=name, completed=done, total=planned)

        yield stage


def _show(promise: Promise, target: Path) -> None:
    from zipreader.training.certify import ALPHAS, needs

    calibration = promise.calibration
    certified = {certificate.alpha for certificate in calibration.certificates}
    console = stdout()
    console.print(_certificates(promise), _kinds(promise))
    if missing := [alpha for alpha in ALPHAS if alpha not in certified]:
        console.print(f"Not certified; {needs(missing)}.")
    console.print(
        f"By default at most {calibration.default_alpha:.1%} of the accepted mail is wrong, "
        f"with 95% confidence. Calibration error {promise.calibration_error:.2%}."
    )
    console.print(f"Mail: {calibration.mail}.", markup=False)
    console.print(f"Written to {target}", markup=False, soft_wrap=True)


def _to_dict(promise: Promise, target: Path) -> dict[str, object]:
    calibration = promise.calibration
    return {
        "file": str(target),
        "mail": calibration.mail,
        "date": calibration.date,
        "model": calibration.model,
        "default_alpha": calibration.default_alpha,
        "certificates": [asdict(certificate) for certificate in calibration.certificates],
        "calibration_error": promise.calibration_error,
        "kinds": {
            kind: {"pieces": count, "accepted": accepted, "wrong": wrong}
            for kind, (count, accepted, wrong) in sorted(promise.by_kind.items())
        },
    }


def _certificates(promise: Promise) -> Table:
    from rich.table import Table

    heads = "wrong at most", "threshold", "accepted", "wrong", "of mail without a ZIP"
    table = Table(*heads, title="Certified")
    for c in promise.calibration.certificates:
        share = f"{c.accepted} of {c.pieces}"
        second = spared(c.unreadable)
        table.add_row(f"{c.alpha:.1%}", f"{c.threshold:.4f}", share, str(c.wrong), second)
    return table


def _kinds(promise: Promise) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table("kind", "pieces", "accepted", "wrong", title="At the default bound")
    for kind, (count, accepted, wrong) in sorted(promise.by_kind.items()):
        table.add_row(Text(kind), str(count), f"{accepted} ({accepted / count:.1%})", str(wrong))
    return table
