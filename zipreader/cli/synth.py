"""``zipreader synth``: make synthetic mail with truth, to measure on or to try things with."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zipreader.cli.console import counting, emit, stdout
from zipreader.cli.options import cores

if TYPE_CHECKING:
    from zipreader.synth import Truth

_FEWEST_A_PROCESS = 10


def synth(
    out: Annotated[
        Path,
        typer.Argument(
            metavar="OUT", help="A new or empty folder for images and truth.", readable=False
        ),
    ],
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="How many pieces.")] = 100,
    seed: Annotated[
        int, typer.Option("--seed", min=0, help="The same seed makes the same mail.")
    ] = 0,
    kind: Annotated[
        str,
        typer.Option(
            "--kind",
            metavar="KIND",
            help="printed, handwritten, touching, dirty, turned, photo, must-flag, "
            "or mixed for all of them.",
        ),
    ] = "mixed",
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Processes; by default one a core.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="The truth of each piece as JSON lines, for programs.")
    ] = False,
) -> None:
    """Make envelopes whose ZIP is known: scans, photos, truth.csv and truth.jsonl.

    The digits are real handwriting and the places are real; everything else is
    invented. truth.csv holds the ZIP of each file, empty where a piece shows
    none; truth.jsonl also says where the address, the ZIP and each digit stand.
    Needs the extra 'synth'.

    [bold]Example:[/bold]  zipreader synth mail --count 200 --kind handwritten --seed 7
    """
    from zipreader.synth.plan import check_kind

    check_kind(kind)
    truths = _write(out, count, seed, kind, workers or _enough(count))
    if as_json:
        for truth in truths:
            emit(truth.to_json())
    else:
        kinds = Counter(truth.kind for truth in truths)
        mix = ", ".join(f"{number} {name}" for name, number in kinds.most_common())
        line = f"{out}: {mix}; truth in truth.csv and truth.jsonl"
        stdout().print(line, markup=False, soft_wrap=True)


def _write(out: Path, count: int, seed: int, kind: str, workers: int) -> list[Truth]:
    """Make the mail, with a progress bar on stderr."""
    from zipreader.synth import open_sources, write_mail

    sources = open_sources()
    with counting("making mail") as progress:
        task = progress.add_task("making mail", total=count)

        def advance(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        return write_mail(out, count, seed, kind, sources, advance, workers)


def _enough(count: int) -> int:
    """A process a core, but none for so few pieces that starting it takes longer."""
    return max(1, min(cores(), count // _FEWEST_A_PROCESS))
