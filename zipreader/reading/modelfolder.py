"""The model folder: four networks, what they say of themselves, and their common name."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from zipreader.elements import NOT_A_DIGIT
from zipreader.errors import ModelError
from zipreader.reading.runtime import digest

DIGITS, STRIP, STRIP2, LETTERS = "model", "strip", "strip2", "letters"
"""The files of the networks, without their endings."""
STEMS = (DIGITS, STRIP, STRIP2, LETTERS)
_CLASSES = NOT_A_DIGIT + 1


def default_model_dir() -> Path:
    """The folder of the shipped model, in a wheel or in a checkout."""
    packaged = Path(str(files("zipreader"))) / "models"
    return packaged if packaged.is_dir() else Path(str(files("zipreader"))).parent / "models"


def read_card(path: Path) -> dict[str, Any]:
    """What ``model.json`` says.

    Raises:
        ModelError: it is missing, damaged or of another kind.
    """
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(f"{path}: no model here ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path}: damaged model description ({error})") from error
    if not isinstance(card, dict) or card.get("classes") != _CLASSES:
        raise ModelError(f"{path}: not a zipreader model with {_CLASSES} classes")
    return card


def model_name(model_dir: Path | None = None, stems: Sequence[str] = STEMS) -> str:
    """The name of the model with a few digits of each of its networks, or of some of them.

    Raises:
        ModelError: a file is missing or damaged.
    """
    folder = model_dir or default_model_dir()
    name = read_card(folder / f"{DIGITS}.json").get("name", "model")
    digests = (digest(folder / f"{stem}.tflite")[:6] for stem in stems)
    return "-".join([name, *digests])
