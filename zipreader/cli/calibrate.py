"""``zipreader calibrate``: make the confidence honest and certify its thresholds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zipreader.cli.console import stderr, stdout
from zipreader.cli.options import ModelOption

if TYPE_CHECKING:
    from rich.table import Table

    from zipreader.training.promise import Promise


def calibrate(
    out: Annotated[Path, typer.Argument(metavar="OUT.json", help="The calibration to write.")],
    mnist: Annotated[
        Path | None, typer.Option(help="MNIST as keras.datasets keeps it: a file mnist.npz.")
    ] = None,
    strokes: Annotated[Path | None, typer.Option(help="Digits as pen strokes (.npz).")] = None,
    letters: Annotated[Path | None, typer.Option(help="Letters as pen strokes (.npz).")] = None,
    tuning: Annotated[int, typer.Option(min=200, help="Pieces to fit the confidence on.")] = 2000,
    pieces: Annotated[int, typer.Option(min=200, help="Pieces to certify thresholds on.")] = 3000,
    seed: Annotated[int, typer.Option(help="Seed of all the mail.")] = 1,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
    model: ModelOption = None,
) -> None:
    """Fit the confidence on synthetic mail and certify its thresholds on other mail.

    Run it after each change of the network or of the reading stages.  The two
    kinds of mail share no writer, digit, face or seed.  Needs the extra 'train'.

    [bold]Example:[/bold]  zipreader calibrate models/calibration.json --mnist mnist.npz
    """
    from rich.progress import Progress

    from zipreader.training.promise import PromiseConfig, make_promise, save_calibration
    from zipreader.training.sources import Sources

    sources = Sources(mnist=mnist, strokes=strokes, letters=letters)
    config = PromiseConfig(tuning=tuning, calibration=pieces, seed=seed)
    with Progress(console=stderr()) as progress:
        task = progress.add_task("mail")

        def stage(name: str, done: int, planned: int) -> None:
            progress.update(task, description=name, completed=done, total=planned)

        promise = make_promise(sources, model, config, workers, stage)
    save_calibration(promise.calibration, out)
    stdout().print(_certificates(promise), _kinds(promise))
    stdout().print(f"calibration error {promise.calibration_error:.2%}; written to {out}")


def _certificates(promise: Promise) -> Table:
    from rich.table import Table

    table = Table("wrong at most", "threshold", "accepted", "wrong", title="Certified")
    for c in promise.calibration.certificates:
        share = f"{c.accepted} of {c.pieces}"
        table.add_row(f"{c.alpha:.1%}", f"{c.threshold:.4f}", share, str(c.wrong))
    return table


def _kinds(promise: Promise) -> Table:
    from rich.table import Table

    table = Table("kind", "pieces", "accepted", "wrong", title="At the default bound")
    for kind, (count, accepted, wrong) in sorted(promise.by_kind.items()):
        table.add_row(kind, str(count), f"{accepted} ({accepted / count:.1%})", str(wrong))
    return table
