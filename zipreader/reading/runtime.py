"""Runs a network file, by LiteRT or by Keras, on one thread; knows nothing of what it means."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from zipreader.elements import Scores
from zipreader.errors import MissingExtraError, ModelError
from zipreader.files import is_file

Runtime = Literal["litert", "keras"]
Logits = npt.NDArray[np.float32]
Network = Callable[[npt.NDArray[np.float32]], Logits]
"""From a batch (N, ...) float32 to its logits (N, ...)."""
Shape = tuple[int, ...]
"""Of one item; -1 where any length goes."""


def load_network(stem: Path, runtime: Runtime, shapes: tuple[Shape, Shape]) -> Network:
    """The network ``stem.tflite`` (LiteRT) or ``stem.keras`` (Keras, the reference).

    Raises:
        ModelError: a file is missing, damaged or not of these shapes (of input and output).
        MissingExtraError: ``runtime="keras"`` without TensorFlow.
    """
    path = stem.with_suffix(".keras" if runtime == "keras" else ".tflite")
    if not is_file(path):
        raise ModelError(f"{path}: no model here")
    return _load_keras(path) if runtime == "keras" else _load_litert(path, shapes)


def softmax(logits: Logits) -> Scores:
    """Softmax over the last axis, stable.

    Raises:
        ModelError: a logit is no number.
    """
    if not np.isfinite(logits).all():
        raise ModelError("the network gives what is no number: its file is damaged")
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True, initial=-np.inf))
    scores: Scores = (powers / powers.sum(axis=-1, keepdims=True)).astype(np.float32)
    return scores


def digest(path: Path) -> str:
    """Eight hexadecimal digits that tell one network file from another.

    Raises:
        ModelError: the file is missing.
    """
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:8]
    except OSError as error:
        raise ModelError(f"{path}: no model here ({error.strerror})") from error


def _load_litert(path: Path, shapes: tuple[Shape, Shape]) -> Network:
    from ai_edge_litert.interpreter import Interpreter

    try:
        with _quiet_stderr():
            interpreter = Interpreter(model_path=str(path), num_threads=1)
            interpreter.allocate_tensors()
        source, sink = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    except (ValueError, RuntimeError) as error:
        raise ModelError(f"{path}: damaged model ({_one_line(error)})") from error
    found = (tuple(source["shape_signature"][1:]), tuple(sink["shape_signature"][1:]))
    if found != shapes:
        raise ModelError(f"{path}: expected the shapes {shapes}, found {found}")
    allocated: tuple[int, ...] = ()

    def logits(batch: npt.NDArray[np.float32]) -> Logits:
        nonlocal allocated
        if batch.shape != allocated:
            interpreter.resize_tensor_input(source["index"], batch.shape)
            interpreter.allocate_tensors()
            allocated = batch.shape
        interpreter.set_tensor(source["index"], batch)
        interpreter.invoke()
        result: Logits = interpreter.get_tensor(sink["index"])
        return result

    return logits


def _load_keras(path: Path) -> Network:
    try:
        import keras
    except ImportError as error:
        raise MissingExtraError("The Keras runtime", "train") from error
    try:
        model = keras.saving.load_model(path, compile=False, safe_mode=True)
    except (ValueError, OSError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: damaged model ({_one_line(error)})") from error

    def logits(batch: npt.NDArray[np.float32]) -> Logits:
        return np.asarray(model(batch, training=False), np.float32)

    return logits


@contextmanager
def _quiet_stderr() -> Iterator[None]:
    """LiteRT greets on the process's stderr when it first allocates; nobody asked."""
    try:
        kept = os.dup(2)
    except OSError:  # it is closed, and nobody hears the greeting
        yield
        return
    sink = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(sink, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(sink)
        os.close(kept)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
