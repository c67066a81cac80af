"""Options that the faces of the review share, and the rules that they make."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zipreader.cli.options import share

if TYPE_CHECKING:
    from zipreader.mailroom.rules import Rules

DatabaseOption = Annotated[
    Path,
    typer.Option(
        "--db", metavar="MAIL.db", help="The database that a batch wrote.", readable=False
    ),
]
DoubleOption = Annotated[
    bool,
    typer.Option("--double", help="Ask two people about each piece, a third where they differ."),
]
AuditOption = Annotated[
    str,
    typer.Option(
        "--audit",
        metavar="SHARE",
        help="Mix in so much of the accepted mail, blindly and at random, such as 2%.",
    ),
]
LeaseOption = Annotated[
    float,
    typer.Option(
        "--lease", min=1.0, metavar="SECONDS", help="An abandoned piece returns after this time."
    ),
]

_ENDS = {"0": 0.0, "0%": 0.0, "100%": 1.0}


def make_rules(double: bool, audit: str, lease: float) -> Rules:
    """The rules that the options ask for.

    Raises:
        UsageError: the audit's share is none.
    """
    from zipreader.mailroom.rules import Rules

    sampled = _ENDS[audit] if audit in _ENDS else share(audit)
    return Rules(double, sampled, lease)
