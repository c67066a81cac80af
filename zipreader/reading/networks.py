"""The networks of a model folder under one name, for which alone thresholds hold."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from zipreader.reading.classifier import default_model_dir, read_card
from zipreader.reading.runtime import digest

STEMS = ("model", "strip", "letters")
"""The files of the networks, without their endings."""


def model_name(model_dir: Path | None = None, stems: Sequence[str] = STEMS) -> str:
    """The name of the model with a few digits of each of its networks, or of some of them.

    Raises:
        ModelError: a file is missing or damaged.
    """
    folder = model_dir or default_model_dir()
    name = read_card(folder / "model.json").get("name", "model")
    digests = (digest(folder / f"{stem}.tflite")[:6] for stem in stems)
    return "-".join([name, *digests])
