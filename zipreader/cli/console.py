"""Where results and messages go: stdout for results, stderr for everything else."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from rich.progress import Progress


def stdout() -> Console:
    """For results; plain where stdout is no terminal or ``NO_COLOR`` is set."""
    return Console(highlight=False)


def stderr() -> Console:
    """For progress and messages."""
    return Console(stderr=True, highlight=False)


def counting(what: str) -> Progress:
    """A bar on stderr that counts pieces; nothing where that is no terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (what, BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = stderr()
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def complain(message: str) -> None:
    """One line about something that went wrong but does not end the run."""
    from zipreader.mailroom.work import one_line

    print(f"zipreader: {one_line(message)}", file=sys.stderr, flush=True)  # noqa: T201


def emit(line: str) -> None:
    """One line for a program that listens; written at once."""
    print(line, flush=True)  # noqa: T201
