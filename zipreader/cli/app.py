"""All commands."""

from __future__ import annotations

from typing import Annotated

import typer

from zipreader import __version__
from zipreader.cli.batch import batch
from zipreader.cli.calibrate import calibrate
from zipreader.cli.evaluate import evaluate
from zipreader.cli.export import export
from zipreader.cli.model import model
from zipreader.cli.read import read
from zipreader.cli.review import review
from zipreader.cli.serve import serve
from zipreader.cli.synth import synth
from zipreader.cli.train import train
from zipreader.cli.watch import watch

app = typer.Typer(
    name="zipreader",
    help="Read the ZIP code on scanned envelopes, and flag what is not certain.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"zipreader {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Read the ZIP code on scanned envelopes, and flag what is not certain."""


_READING = (read, batch, watch, serve, review, export)
_MAKING = (synth, evaluate, train, calibrate, model)
for command in (*_READING, *_MAKING):
    app.command()(command)
