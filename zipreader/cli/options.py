"""Options that several commands share, and the reader that they make."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zipreader.errors import UsageError

if TYPE_CHECKING:
    from zipreader.reading.spec import ReaderSpec


class RuntimeName(StrEnum):
    """What runs the network."""

    LITERT = "litert"
    KERAS = "keras"


def _probability(text: str) -> float:
    """``0.4`` or ``40%`` -> 0.4, both ends included."""
    try:
        value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no probability: write 0.4 or 40%") from error
    if not 0 <= value <= 1:
        raise typer.BadParameter(f"{text!r} is no probability from 0 to 1")
    return value


MaxErrorOption = Annotated[
    str | None,
    typer.Option(
        "--max-error",
        metavar="SHARE",
        help="Certified bound on wrong ZIPs among the accepted, such as 0.5%; "
        "by default that of the calibration.",
    ),
]
MinConfidenceOption = Annotated[
    float | None,
    typer.Option(
        "--min-confidence",
        parser=_probability,
        metavar="P",
        help="Accept from this probability on instead, such as 0.9 or 90%; nothing is certified "
        "then.",
    ),
]
CalibrationOption = Annotated[
    Path | None,
    typer.Option(
        "--calibration", metavar="FILE", help="A calibration of your own mail.", readable=False
    ),
]
ModelOption = Annotated[
    Path | None,
    typer.Option(
        "--model",
        metavar="FOLDER",
        help="A network of your own; else the shipped one.",
        readable=False,
    ),
]
RuntimeOption = Annotated[
    RuntimeName,
    typer.Option(
        "--runtime", help="What runs the network; keras (extra 'train') is the reference."
    ),
]
MnistOption = Annotated[
    Path | None,
    typer.Option(
        "--mnist",
        metavar="FILE",
        help="MNIST as keras.datasets keeps it: a file mnist.npz.",
        readable=False,
    ),
]
StrokesOption = Annotated[
    Path | None,
    typer.Option("--strokes", metavar="FILE", help="Digits as pen strokes (.npz).", readable=False),
]
LettersOption = Annotated[
    Path | None,
    typer.Option(
        "--letters", metavar="FILE", help="Letters as pen strokes (.npz).", readable=False
    ),
]
WordsOption = Annotated[
    Path | None,
    typer.Option(
        "--words", metavar="FILE", help="Scanned words without digits (.npz).", readable=False
    ),
]


def reader_spec(
    model: Path | None,
    calibration: Path | None,
    max_error: str | None,
    min_confidence: float | None,
    runtime: RuntimeName = RuntimeName.LITERT,
) -> ReaderSpec:
    """The reader that the options ask for, not yet opened.

    Raises:
        UsageError: options that contradict each other, or no share.
    """
    if max_error is not None and min_confidence is not None:
        raise UsageError("give --max-error or --min-confidence, not both")
    from zipreader.reading.spec import ReaderSpec

    certified = share(max_error) if max_error is not None else None
    return ReaderSpec(model, certified, min_confidence, calibration, runtime.value)


def share(text: str) -> float:
    """``0.5%`` or ``0.005`` -> 0.005.

    Raises:
        UsageError: not a share between 0 and 1.
    """
    try:
        value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError as error:
        raise UsageError(f"{text!r} is no share: write 0.5% or 0.005") from error
    if 1 < value < 100 and not text.endswith("%"):
        meant = f"write {text}% or {value / 100:g}"
        raise UsageError(f"{text!r} is no share between 0 and 1: {meant}")
    if not 0 < value < 1:
        raise UsageError(f"{text!r} is no share between 0 and 1")
    return value


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
