"""``zipreader evaluate digits``: the digit network alone, measured on this machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from zipreader.cli.console import emit, stderr, stdout

if TYPE_CHECKING:
    from rich.console import RenderableType

    from zipreader.reading.runtime import Runtime
    from zipreader.training.figures import Figures
    from zipreader.training.sources import Sources

WORD = "digits"
"""In the place of the folder; a folder of that name is ./digits."""
OPTIONS = frozenset(
    {"folder", "model", "runtime", "workers", "as_json", "mnist", "strokes", "letters", "words"}
)
"""What may be said besides the word."""


def evaluate_digits(
    sources: Sources, model: Path | None, runtime: Runtime, workers: int, as_json: bool
) -> None:
    """Measure the network and print its figures."""
    from zipreader.reading.classifier import Classifier
    from zipreader.reading.modelfolder import DIGITS, model_name
    from zipreader.training.digits import figures_to_dict, measure_digits

    classifier, name = Classifier(model, runtime), model_name(model, [DIGITS])
    with stderr().status("making and reading tiles"):
        figures = measure_digits(classifier, sources, workers)
    if as_json:
        emit(json.dumps({"model": name, **figures_to_dict(figures)}, indent=2))
        return
    stdout().print(*_tables(figures))
    stdout().print(
        f"network {name}; {figures.milliseconds:.2f} ms a tile in batches of 40 on one "
        f"thread ({runtime})" + _calibrated(figures)
    )


def _calibrated(figures: Figures) -> str:
    error = figures.calibration_error
    return "" if error is None else f"; calibration error on unseen writers {error:.4f}"


def _tables(figures: Figures) -> list[RenderableType]:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from zipreader.training.figures import SURE

    digits = Table("digits", "items", "eleven classes", "forced to ten", box=box.SIMPLE_HEAD)
    for digit in figures.digits:
        shares = (_share(share, digit.items) for share in (digit.eleven, digit.forced))
        digits.add_row(Text(digit.name), f"{digit.items:,}", *shares)
    others = Table("no digits", "items", f"called a digit above {SURE}", box=box.SIMPLE_HEAD)
    for other in figures.others:
        others.add_row(Text(other.name), f"{other.items:,}", _share(other.taken, other.items))
    note = "In brackets 95% intervals (Clopper-Pearson). Forced: not-a-digit was forbidden."
    return [digits, others, note]


def _share(share: float, items: int) -> str:
    from zipreader.training.figures import interval

    low, high = interval(share, items)
    return f"{share:.2%} ({100 * low:.2f} to {100 * high:.2f})"
