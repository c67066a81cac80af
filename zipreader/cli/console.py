"""Where results and messages go: stdout for results, stderr for everything else."""

from __future__ import annotations

import sys

from rich.console import Console


def stdout() -> Console:
    """For results; plain where stdout is no terminal or ``NO_COLOR`` is set."""
    return Console(highlight=False)


def stderr() -> Console:
    """For progress and messages."""
    return Console(stderr=True, highlight=False)


def complain(message: str) -> None:
    """One line about something that went wrong but does not end the run."""
    from zipreader.mailroom.work import one_line

    print(f"zipreader: {one_line(message)}", file=sys.stderr, flush=True)  # noqa: T201


def emit(line: str) -> None:
    """One line for a program that listens; written at once."""
    print(line, flush=True)  # noqa: T201
