"""Tiles -> scores for 0..9 and not-a-digit.

``models/model.tflite`` is the export that reading runs, ``models/model.keras`` the
reference.  Both give logits; ``models/model.json`` carries the temperature that
calibrates them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from zipreader.elements import NOT_A_DIGIT, Scores, Tiles
from zipreader.errors import ModelError
from zipreader.reading.modelfolder import DIGITS, default_model_dir, read_card
from zipreader.reading.normalize import TILE
from zipreader.reading.runtime import Logits, Runtime, load_network, softmax

_CLASSES = NOT_A_DIGIT + 1


class Classifier:
    """The digit network.

    Raises:
        ModelError: a file is missing, damaged or not of this shape.
        MissingExtraError: ``runtime="keras"`` without TensorFlow.
    """

    def __init__(self, model_dir: Path | None = None, runtime: Runtime = "litert") -> None:
        self.model_dir = model_dir or default_model_dir()
        card = read_card(self.model_dir / f"{DIGITS}.json")
        self.temperature = _temperature(card, self.model_dir / f"{DIGITS}.json")
        shapes = (TILE, TILE, 1), (_CLASSES,)
        self._network = load_network(self.model_dir / DIGITS, runtime, shapes)

    def scores(self, tiles: Tiles) -> Scores:
        """(N, 28, 28) uint8 tiles -> (N, 11) float32 posteriors; N may be 0."""
        return softmax(self.logits(tiles) / np.float32(self.temperature))

    def logits(self, tiles: Tiles) -> Logits:
        """(N, 28, 28) uint8 tiles -> (N, 11) float32 logits, pixels scaled to 0..1."""
        if len(tiles) == 0:
            return np.zeros((0, _CLASSES), np.float32)
        return self._network(tiles.astype(np.float32)[..., np.newaxis] / np.float32(255))


def _temperature(card: dict[str, Any], path: Path) -> float:
    value = card.get("temperature", 1.0)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ModelError(f"{path}: the temperature {value!r} is no number")
    if not 0 < value < 1e9:
        raise ModelError(f"{path}: the temperature {value!r} is no sound number above 0")
    return float(value)
