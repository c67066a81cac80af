"""Tiles -> scores for 0..9 and not-a-digit; loads the model and owns the runtime.

``models/model.tflite`` is the export that reading runs with LiteRT;
``models/model.keras`` is the reference that ``runtime="keras"`` runs.  Both
give logits; ``models/model.json`` carries the temperature that calibrates them.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from zipreader.elements import NOT_A_DIGIT, Scores, Tiles
from zipreader.errors import MissingExtraError, ModelError

Runtime = Literal["litert", "keras"]
Logits = npt.NDArray[np.float32]
_CLASSES = NOT_A_DIGIT + 1


def default_model_dir() -> Path:
    """The folder of the shipped model, in a wheel or in a checkout."""
    packaged = Path(str(files("zipreader"))) / "models"
    return packaged if packaged.is_dir() else Path(str(files("zipreader"))).parent / "models"


class Classifier:
    """The digit network with its runtime, one thread.

    Raises:
        ModelError: a file is missing, damaged or not of this shape.
        MissingExtraError: ``runtime="keras"`` without TensorFlow.
    """

    def __init__(self, model_dir: Path | None = None, runtime: Runtime = "litert") -> None:
        self.model_dir = model_dir or default_model_dir()
        card = _read_card(self.model_dir / "model.json")
        self.temperature = _temperature(card, self.model_dir / "model.json")
        export = self.model_dir / "model.tflite"
        self.name = f"{card.get('name', 'model')}-{_digest(export)}"
        load = _load_litert if runtime == "litert" else _load_keras
        self._logits = load(export if runtime == "litert" else self.model_dir / "model.keras")

    def scores(self, tiles: Tiles) -> Scores:
        """(N, 28, 28) uint8 tiles -> (N, 11) float32 posteriors; N may be 0."""
        return softmax(self.logits(tiles) / np.float32(self.temperature))

    def logits(self, tiles: Tiles) -> Logits:
        """(N, 28, 28) uint8 tiles -> (N, 11) float32 logits, pixels scaled to 0..1."""
        if len(tiles) == 0:
            return np.zeros((0, _CLASSES), np.float32)
        return self._logits(tiles.astype(np.float32)[..., np.newaxis] / np.float32(255))


def softmax(logits: Logits) -> Scores:
    """Row-wise softmax, stable."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True, initial=-np.inf))
    scores: Scores = (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)
    return scores


def _read_card(path: Path) -> dict[str, Any]:
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(f"{path}: no model here ({error.strerror})") from error
    except ValueError as error:
        raise ModelError(f"{path}: damaged model description ({error})") from error
    if not isinstance(card, dict) or card.get("classes") != _CLASSES:
        raise ModelError(f"{path}: not a zipreader model with {_CLASSES} classes")
    return card


def _temperature(card: dict[str, Any], path: Path) -> float:
    value = card.get("temperature", 1.0)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ModelError(f"{path}: the temperature {value!r} is no number")
    if not (math.isfinite(value) and value > 0):
        raise ModelError(f"{path}: the temperature {value!r} is not above 0")
    return float(value)


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:8]
    except OSError as error:
        raise ModelError(f"{path}: no model here ({error.strerror})") from error


def _load_litert(path: Path) -> Callable[[npt.NDArray[np.float32]], Logits]:
    from ai_edge_litert.interpreter import Interpreter

    try:
        with _quiet_stderr():
            interpreter = Interpreter(model_path=str(path), num_threads=1)
            interpreter.allocate_tensors()
        source, sink = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    except (ValueError, RuntimeError) as error:
        raise ModelError(f"{path}: damaged model ({_one_line(error)})") from error
    shapes = (tuple(source["shape_signature"][1:]), tuple(sink["shape_signature"][1:]))
    if shapes != ((28, 28, 1), (_CLASSES,)):
        raise ModelError(f"{path}: expected 28x28 tiles and {_CLASSES} classes, found {shapes}")
    batch = -1

    def logits(tiles: npt.NDArray[np.float32]) -> Logits:
        nonlocal batch
        if len(tiles) != batch:
            interpreter.resize_tensor_input(source["index"], tiles.shape)
            interpreter.allocate_tensors()
            batch = len(tiles)
        interpreter.set_tensor(source["index"], tiles)
        interpreter.invoke()
        result: Logits = interpreter.get_tensor(sink["index"])
        return result

    return logits


@contextmanager
def _quiet_stderr() -> Iterator[None]:
    """LiteRT greets on the process's stderr when it first allocates; nobody asked."""
    kept = os.dup(2)
    sink = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(sink, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(sink)
        os.close(kept)


def _load_keras(path: Path) -> Callable[[npt.NDArray[np.float32]], Logits]:
    try:
        import keras
    except ImportError as error:
        raise MissingExtraError("The Keras runtime", "train") from error
    try:
        model = keras.saving.load_model(path, compile=False, safe_mode=True)
    except (ValueError, OSError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: damaged model ({_one_line(error)})") from error

    def logits(tiles: npt.NDArray[np.float32]) -> Logits:
        return np.asarray(model(tiles, training=False), np.float32)

    return logits


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
