"""Network -> model folder: Keras file, LiteRT export, description; checked, then put in place."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from zipreader.elements import Tiles
from zipreader.errors import ModelError, OutputError
from zipreader.reading.classifier import Classifier
from zipreader.training.convert import convert
from zipreader.training.network import CLASSES

KERAS_FILE = "model.keras"
EXPORT_FILE = "model.tflite"
DESCRIPTION_FILE = "model.json"


@dataclass(frozen=True, slots=True)
class ExportConfig:
    """Limits of the export."""

    seconds: float = 300.0
    """A conversion that takes longer is stopped."""
    tolerance: float = 1e-4
    """Largest difference between the probabilities of the exact export and of the network."""
    rounded: tuple[float, float] = (0.2, 0.01)
    """As large a difference, and such a share of other answers, tell that rounding went wrong."""


@dataclass(frozen=True, slots=True)
class Parity:
    """How well a converted network matches its original, on ``tiles`` real tiles."""

    tiles: int
    largest_difference: float
    other_answers: int

    def __str__(self) -> str:
        return f"difference {self.largest_difference:.1e}, {self.other_answers} other answers"


@dataclass(frozen=True, slots=True)
class Export:
    """How well both conversions match the network; the rounded one is written."""

    exact: Parity
    rounded: Parity


Extra = Callable[[Path, Export], Mapping[str, bytes]]
"""From the folder of the checked files and how they match to further files by name."""


def export_model(
    model: keras.Model,
    out: Path,
    description: Mapping[str, Any],
    tiles: Tiles,
    config: ExportConfig | None = None,
    extra: Extra | None = None,
) -> Export:
    """Write the model folder; nothing appears in ``out`` before the export is checked.

    What is written is rounded to eight bits: see ``convert``.  The exact conversion is
    made to show that it computes what the network does.

    Args:
        model: (N, 28, 28, 1) in 0..1 to (N, 11) logits.
        out: the model folder; files of an earlier model are replaced.
        description: what ``model.json`` says besides classes, parameters and parity.
        tiles: real tiles on which export and network are compared.
        config: limits.
        extra: given the checked files, what else belongs into the folder.

    Raises:
        ModelError: the conversion failed, hung or does not match the network.
        OutputError: the folder cannot be written.
    """
    config = config or ExportConfig()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as error:
        raise OutputError(f"{out}: cannot be written ({error.strerror})") from error
    try:
        model.save(aside / KERAS_FILE)
        rounded_file = aside / "rounded.tflite"
        convert(aside / KERAS_FILE, aside / EXPORT_FILE, rounded_file, config.seconds)
        _write(aside, description, model)
        exact = compare(aside, tiles)
        if exact.largest_difference >= config.tolerance or exact.other_answers:
            raise ModelError(f"{out}: the export does not match the network ({exact})")
        rounded_file.replace(aside / EXPORT_FILE)
        rounded = compare(aside, tiles)
        difference, share = config.rounded
        if rounded.largest_difference >= difference or rounded.other_answers > share * len(tiles):
            raise ModelError(f"{out}: rounded to eight bits it is another network ({rounded})")
        export = Export(exact, rounded)
        _write(aside, description, model, export)
        for name, content in (extra(aside, export) if extra else {}).items():
            (aside / name).write_bytes(content)
        out.mkdir(parents=True, exist_ok=True)
        for path in sorted(aside.iterdir()):
            path.replace(out / path.name)
    except OSError as error:
        raise OutputError(f"{out}: cannot be written ({error.strerror})") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return export


def compare(folder: Path, tiles: Tiles) -> Parity:
    """Run both files of a model folder on the same tiles."""
    ours, reference = Classifier(folder, "litert"), Classifier(folder, "keras")
    largest, others = 0.0, 0
    for at in range(0, len(tiles), 512):
        one, other = (c.scores(tiles[at : at + 512]) for c in (ours, reference))
        largest = max(largest, float(np.abs(one - other).max()))
        others += int((one.argmax(axis=1) != other.argmax(axis=1)).sum())
    return Parity(len(tiles), largest, others)


def _write(
    folder: Path, description: Mapping[str, Any], model: keras.Model, export: Export | None = None
) -> None:
    card: dict[str, Any] = {
        **description,
        "classes": CLASSES,
        "parameters": int(model.count_params()),
    }
    if export is not None:
        card["parity"] = asdict(export)
    text = json.dumps(card, indent=2, sort_keys=True) + "\n"
    (folder / DESCRIPTION_FILE).write_text(text, encoding="utf-8")
