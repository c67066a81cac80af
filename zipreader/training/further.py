"""Training a network of a model folder further: its weights, and what had made them."""

from __future__ import annotations

import json
from pathlib import Path

import keras

from zipreader.errors import ModelError, UsageError


def network_of(out: Path, stem: str, name: str) -> keras.Model:
    """The network ``stem`` of a model folder; ``name`` is what the command line calls it.

    Raises:
        UsageError: there is none.
        ModelError: it is damaged.
    """
    path = out / f"{stem}.keras"
    if not path.is_file():
        raise UsageError(f"{path}: missing; train --network {name} first")
    try:
        return keras.saving.load_model(path, compile=False, safe_mode=True)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: damaged model") from error


def commands_of(out: Path, stem: str) -> str:
    """The command, and those before it, that made the network ``stem`` of a folder.

    Raises:
        ModelError: its description is missing or damaged.
    """
    path = out / f"{stem}.json"
    try:
        said = json.loads(path.read_text("utf-8"))
        return "; ".join(filter(None, (said.get("before"), said["command"])))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{path}: missing or damaged description of the network") from error
