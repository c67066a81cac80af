"""Temperature: the one number that makes scores of unseen writers honest."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from zipreader.intervals import calibration_error

Logits = npt.NDArray[np.float32]
Labels = npt.NDArray[np.uint8]
_RANGE = (0.2, 5.0)
_ROUNDS = 60
_GOLDEN = (5**0.5 - 1) / 2


def find_temperature(logits: Logits, labels: Labels) -> float:
    """The temperature of least cross-entropy.

    Args:
        logits: (N, 11), of writers that were not trained on.
        labels: (N,) classes.

    Source: C. Guo et al., "On calibration of modern neural networks", ICML
    2017; golden-section search on the logarithm of the temperature.
    """
    low, high = np.log(_RANGE)
    for _ in range(_ROUNDS):
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        if cross_entropy(logits, labels, float(np.exp(left))) < cross_entropy(
            logits, labels, float(np.exp(right))
        ):
            high = right
        else:
            low = left
    return float(np.exp((low + high) / 2))


def cross_entropy(logits: Logits, labels: Labels, temperature: float) -> float:
    """Mean negative log probability of the true class."""
    scaled = logits.astype(np.float64) / temperature
    scaled -= scaled.max(axis=1, keepdims=True)
    logs = scaled[np.arange(len(labels)), labels] - np.log(np.exp(scaled).sum(axis=1))
    return float(-logs.mean())


def error_of(logits: Logits, labels: Labels, temperature: float) -> float:
    """The expected calibration error of the best class."""
    scaled = logits.astype(np.float64) / temperature
    scaled -= scaled.max(axis=1, keepdims=True)
    scores = np.exp(scaled)
    scores /= scores.sum(axis=1, keepdims=True)
    return calibration_error(scores.max(axis=1), scores.argmax(axis=1) == labels)
