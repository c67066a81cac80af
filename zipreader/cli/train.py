"""``zipreader train``: a digit network from images, pen strokes, faces and reviewed glyphs."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zipreader.cli.console import stderr, stdout
from zipreader.cli.trainwatch import progress_on, strip_watcher, watcher
from zipreader.errors import MissingExtraError, UsageError
from zipreader.files import is_folder, is_there

if TYPE_CHECKING:
    from rich.table import Table

    from zipreader.training.pipeline import Outcome, Workshop
    from zipreader.training.plan import Plan
    from zipreader.training.sources import Sources
    from zipreader.training.spelling.model import StripPlan

_EXTRA_PACKAGES = ("fontTools", "keras", "matplotlib", "tensorflow")

_LOCAL_OPTIONS = ("--run", "--cache", "--workers")


class Precision(StrEnum):
    """What convolutions compute in while a network is trained."""

    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"


_POLICIES = {Precision.FLOAT32: "float32", Precision.BFLOAT16: "mixed_bfloat16"}


class NetworkName(StrEnum):
    """Sizes of network."""

    SMALL = "small"
    LEAN = "lean"
    MEDIUM = "medium"
    DEEP = "deep"
    STRIP = "strip"
    STRIP2 = "strip2"
    LETTERS = "letters"


_FIELDS = (NetworkName.STRIP, NetworkName.STRIP2)
_OF_STRIPS = (*_FIELDS, NetworkName.LETTERS)


def train(
    out: Annotated[
        Path,
        typer.Option(
            "--out", metavar="FOLDER", help="The model folder to write, at the end.", readable=False
        ),
    ],
    mnist: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="MNIST as keras.datasets keeps it (.npz); else downloaded.",
            readable=False,
        ),
    ] = None,
    strokes: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Digits as pen strokes (.npz).", readable=False),
    ] = None,
    letters: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Letters as pen strokes (.npz).", readable=False),
    ] = None,
    words: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Scanned words without digits (.npz).", readable=False),
    ] = None,
    glyphs: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Your own reviewed glyphs: images in folders 0 to 9 and none.",
            readable=False,
        ),
    ] = None,
    faces: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Typefaces besides the packaged ones: .ttf, .otf, .woff.",
            readable=False,
        ),
    ] = None,
    network: Annotated[
        NetworkName,
        typer.Option(
            help="Size of the digit network; strip or strip2, which read fields; or letters."
        ),
    ] = NetworkName.LEAN,
    epochs: Annotated[int | None, typer.Option(min=1, help="Rounds over all tiles.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of tiles, weights and batches.")] = 1,
    workers: Annotated[int, typer.Option(min=1, help="Processes that make tiles.")] = 2,
    run: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Checkpoints; by default beside the cached tiles.",
            readable=False,
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the last finished epoch in --run.")
    ] = False,
    cache: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Made tiles, kept for the next run.", readable=False),
    ] = None,
    precision: Annotated[
        Precision,
        typer.Option(
            help="What is computed in while training: bfloat16 is faster on processors that "
            "have it."
        ),
    ] = Precision.FLOAT32,
    further: Annotated[
        bool,
        typer.Option("--further", help="Train strip or strip2 of --out further, more slowly."),
    ] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="A run of minutes that only shows that all works.")
    ] = False,
) -> None:
    """Train a network, measure it, and write it to a model folder; certify nothing yet.

    A model has four networks: one reads digits, [bold]--network strip[/bold] reads whole
    fields without cutting them, [bold]--network strip2[/bold] does so once more with mistakes of
    its own, and [bold]--network letters[/bold], which starts from the first of these, reads the
    city and the state. Train them into one folder.

    MNIST alone makes a network that fails on other people's pens: give pen
    strokes and letters where you have them, and the glyphs that you reviewed.
    Early stopping and the temperature use writers that were not trained on.
    Stopped with Ctrl-C, a run goes on with --resume.  The folder appears only
    when everything is checked; afterwards run [bold]zipreader calibrate[/bold],
    because thresholds belong to one network.  Needs the extra 'train'.

    [bold]Example:[/bold]  zipreader train --out my-model --mnist mnist.npz --glyphs reviewed/
    """
    with _extra():
        from zipreader.training.download import standard_mnist
        from zipreader.training.pipeline import Workshop, train_model
    from zipreader.training.pools import default_cache
    from zipreader.training.sources import Sources

    _check(out)
    if further and network not in _FIELDS:
        raise UsageError("--further is for --network strip and strip2")
    if mnist is None and (strokes is None or network in _OF_STRIPS):
        mnist = standard_mnist()
    sources = Sources(mnist, strokes, letters, words, glyphs, faces)
    kept = cache or default_cache()
    workshop = Workshop(run or kept / "run", kept, workers, resume)
    console = stderr()
    if network in _OF_STRIPS:
        strips = replace(_strip_plan(network, epochs, seed, precision, quick), further=further)
        _train_strips(sources, workshop, out, strips)
        return
    with progress_on(console) as progress:
        listener = watcher(progress, console)
        plan = _plan(network.value, epochs, seed, precision, quick)
        outcome = train_model(sources, plan, out, workshop, _command(), listener)
    stdout().print(_table(outcome))
    stdout().print(
        f"{len(outcome.history)} epochs, temperature {outcome.temperature:.3f}, "
        f"{outcome.figures.milliseconds:.2f} ms a tile; written to {out}"
    )


def _strip_plan(
    network: NetworkName, epochs: int | None, seed: int, precision: Precision, quick: bool
) -> StripPlan:
    from zipreader.training.spelling.model import LETTERS, QUICK, QUICK_LETTERS, StripPlan

    letters = network is NetworkName.LETTERS
    plans = (LETTERS, QUICK_LETTERS) if letters else (StripPlan(), QUICK)
    second = network is NetworkName.STRIP2
    plan = replace(plans[quick], seed=seed, precision=_POLICIES[precision], second=second)
    return plan if epochs is None else replace(plan, epochs=epochs)


def _train_strips(sources: Sources, workshop: Workshop, out: Path, plan: StripPlan) -> None:
    """Train a network that reads strips, and put it into the model folder."""
    from zipreader.training.spelling.model import train_strips

    console = stderr()
    with progress_on(console) as progress:
        outcome = train_strips(
            sources, plan, out, workshop, _command(), strip_watcher(progress, console)
        )
    figures = outcome.figures
    rest = (
        f"with five digits {figures.zips_right:.1%} of {figures.zips:,}"
        if figures.zips
        else f"{figures.signs_wrong:.1%} of {figures.signs:,} letters wrong"
    )
    stdout().print(
        f"{len(outcome.history)} epochs; strips of unseen writers: {figures.right:.1%} of "
        f"{figures.strips:,} right, {rest}; written to {out}"
    )


@contextmanager
def _extra() -> Iterator[None]:
    """Import without TensorFlow's chatter; where a package is missing, say which extra has it."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        with _silent_stderr():
            yield
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] not in _EXTRA_PACKAGES:
            raise
        raise MissingExtraError("training", "train") from error


@contextmanager
def _silent_stderr() -> Iterator[None]:
    """Silence the file descriptor, because C++ libraries write to it past ``sys.stderr``."""
    sys.stderr.flush()
    saved = os.dup(2)
    try:
        with Path(os.devnull).open("wb") as sink:
            os.dup2(sink.fileno(), 2)
            yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)


def _check(out: Path) -> None:
    if is_there(out) and not is_folder(out):
        raise UsageError(f"{out}: --out must be a folder, this is a file")


def _plan(network: str, epochs: int | None, seed: int, precision: Precision, quick: bool) -> Plan:
    from dataclasses import replace

    from zipreader.training.plan import Plan, quick_plan

    plan = quick_plan(network, seed) if quick else Plan(network, seed=seed)
    plan = replace(plan, precision=_POLICIES[precision])
    return plan if epochs is None else replace(plan, epochs=epochs)


def _command() -> str:
    """The command line without what matters on this machine only."""
    words: list[str] = []
    arguments = iter(sys.argv[1:])
    for word in arguments:
        name, _, value = word.partition("=")
        if name in _LOCAL_OPTIONS and not value:
            next(arguments, None)
        elif name not in _LOCAL_OPTIONS and name != "--resume":
            words.append(word)
    return shlex.join(["zipreader", *words])


def _table(outcome: Outcome) -> Table:
    from rich.table import Table

    table = Table("measured on", "items", "eleven classes", "forced to ten", "taken for a digit")
    for digit in outcome.figures.digits:
        shares = f"{digit.eleven:.2%}", f"{digit.forced:.2%}"
        table.add_row(digit.name, f"{digit.items:,}", *shares, "")
    for other in outcome.figures.others:
        table.add_row(other.name, f"{other.items:,}", "", "", f"{other.taken:.2%}")
    return table
