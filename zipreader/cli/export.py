"""``zipreader export``: final ZIPs, and what the machine can learn from people."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from zipreader.cli.console import complain, stderr
from zipreader.cli.desk import DatabaseOption
from zipreader.errors import UsageError


def export(
    db: DatabaseOption,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="OUT",
            help="Final ZIPs as .csv, .jsonl or .parquet.",
            readable=False,
        ),
    ] = None,
    glyphs: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Reviewed digits, for 'zipreader train --glyphs'.",
            readable=False,
        ),
    ] = None,
    mail: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Reviewed mail with its truth, for 'zipreader evaluate'.",
            readable=False,
        ),
    ] = None,
) -> None:
    """Write the final ZIP of every piece, whether machine or person said it, and who.

    Folders must be new or empty.  Pieces that still wait are in the table with
    the state 'open'.

    [bold]Example:[/bold]  zipreader export --db mail.db -o final.csv
    """
    from zipreader.mailroom.store import Store

    if out is None and glyphs is None and mail is None:
        raise UsageError("say what to export: -o, --glyphs or --mail")
    told = partial(stderr().print, markup=False, soft_wrap=True)
    with Store.open(db, create=False) as store:
        if out is not None:
            from zipreader.mailroom.export import export_table

            states = export_table(store, out)
            shares = ", ".join(f"{states[name]} {name}" for name in ("final", "open", "failed"))
            told(f"{out}: {states.total()} pieces ({shares})")
        if glyphs is not None:
            from zipreader.mailroom.learning import export_glyphs

            counts = export_glyphs(store, glyphs, complain)
            told(f"{glyphs}: {counts.total()} glyphs of {len(counts)} digits")
        if mail is not None:
            from zipreader.mailroom.learning import export_mail

            told(f"{mail}: {export_mail(store, mail, complain)} pieces")
