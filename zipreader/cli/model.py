"""``zipreader model``: what the network is, how good it is, and what is promised with it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from zipreader.cli.console import emit, stdout
from zipreader.cli.options import CalibrationOption, ModelOption

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from zipreader.evaluation.description import Description, StripDescription
    from zipreader.reading.probability import Spared


def model(
    folder: ModelOption = None,
    calibration: CalibrationOption = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="The same as JSON, for programs.")
    ] = False,
) -> None:
    """Say briefly what the networks are: their data and licences, figures and promises.

    The certified bounds hold for mail like that on which they were certified;
    [bold]zipreader calibrate[/bold] certifies them on your own, and
    [bold]zipreader evaluate digits[/bold] measures the network on your machine.

    [bold]Example:[/bold]  zipreader model
    """
    from zipreader.evaluation.description import describe
    from zipreader.reading.modelfolder import default_model_dir

    found = describe(folder or default_model_dir(), calibration)
    if as_json:
        emit(json.dumps(found.to_dict(), indent=2))
        return
    console = stdout()
    console.print(_facts(found), *_figures(found), *_strips(found), *_promises(found))


def _facts(found: Description) -> Table:
    from rich.table import Table
    from rich.text import Text

    facts = {
        "network": found.name,
        "parameters": f"{found.parameters:,}" if found.parameters is not None else "not stated",
        "size": ", ".join(f"{name} {size / 1e6:.2f} MB" for name, size in found.sizes.items()),
        "made": _made(found),
        "by": found.command or "not stated",
        "data": "\n".join(found.data) or "not stated: there is no model card",
    }
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for name, value in facts.items():
        table.add_row(Text(name, style="bold"), Text(value))
    return table


def _made(found: Description) -> str:
    known = {"": found.date, "seed ": found.seed, "epochs ": found.epochs}
    return ", ".join(f"{name}{value}" for name, value in known.items() if value is not None)


def _figures(found: Description) -> Sequence[RenderableType]:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    tables = []
    for number, figures in enumerate(found.figures):
        title = "Measured when it was made (95% intervals)" if number == 0 else None
        table = Table(*figures.head, title=title, title_justify="left", box=box.SIMPLE_HEAD)
        for row in figures.rows:
            table.add_row(*map(Text, row))
        tables.append(table)
    return tables


def _strips(found: Description) -> Sequence[RenderableType]:
    """The networks that read strips: their size, and how much they spell right alone."""
    named = {
        "Strip network, which spells whole fields": found.strip,
        "Second strip network, beside the first": found.strip2,
        "Letter network, which reads city and state": found.letters,
    }
    return [_strip(name, strip) for name, strip in named.items() if strip is not None]


def _strip(name: str, strip: StripDescription) -> RenderableType:
    from rich.text import Text

    size = f"{strip.parameters:,} parameters" if strip.parameters else "parameters not stated"
    lines = [f"{name}: {size}{_dated(strip.date)}"]
    for kind, share, count in (
        ("strips", strip.right, strip.strips),
        ("of them with five digits", strip.zips_right, strip.zips),
    ):
        if share is not None and count:
            lines.append(f"  {count:,} {kind}, all signs right: {share:.1%}")
    if strip.signs_wrong is not None and strip.signs:
        lines.append(f"  {strip.signs:,} signs, wrong: {strip.signs_wrong:.1%}")
    if len(lines) > 1:
        lines[0] += "; alone, on strips of unseen writers:"
    return Text("\n".join([*lines, ""]))


def _dated(date: str | None) -> str:
    return f", {date}" if date else ""


def _promises(found: Description) -> Sequence[RenderableType]:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    calibration = found.calibration
    if calibration is None or not found.certified:
        return [Text(f"No bound on wrong ZIPs is certified: {_why(found)}.")]
    sure = f"{1 - calibration.certificates[0].delta:.0%}"
    title = f"Wrong ZIPs among the accepted, certified with {sure} confidence"
    table = Table(
        "at most", "threshold", "accepted", "wrong", "of mail without a ZIP", "",
        title=title, title_justify="left", box=box.SIMPLE_HEAD,
    )  # fmt: skip
    for each in calibration.certificates:
        table.add_row(
            f"{each.alpha:.1%}",
            f"{each.threshold:.4f}",
            f"{each.accepted:,} of {each.pieces:,}",
            f"{each.wrong}",
            spared(each.unreadable),
            "default" if each.alpha == calibration.default_alpha else "",
        )
    dated = _dated(calibration.date)
    return [table, Text(f"For mail like this{dated}: {calibration.mail}.")]


def spared(promise: Spared | None) -> str:
    """The second promise: of the mail without a readable ZIP, how much is accepted."""
    if promise is None:
        return "not certified"
    return f"{promise.accepted:,} of {promise.pieces:,}, at most {promise.share:.0%}"


def _why(found: Description) -> str:
    calibration = found.calibration
    if calibration is None:
        return "there is no calibration; zipreader calibrate makes one"
    if calibration.model not in (None, found.name):
        return f"the calibration is of the network {calibration.model}"
    return "the calibration has none"
