from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from zipreader.training.temperature import cross_entropy, error_of, find_temperature


def _drawn(temperature: float) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8]]:
    """Logits whose classes are drawn from their own softmax at a temperature."""
    rng = np.random.default_rng(5)
    logits = rng.normal(0, 3, (20_000, 11)).astype(np.float32)
    noise = rng.gumbel(size=logits.shape)
    return logits, (logits / temperature + noise).argmax(axis=1).astype(np.uint8)


@pytest.mark.parametrize("temperature", [0.6, 1.0, 2.2])
def test_the_known_temperature_is_found(temperature: float) -> None:
    logits, labels = _drawn(temperature)
    assert find_temperature(logits, labels) == pytest.approx(temperature, rel=0.04)


def test_the_right_temperature_has_the_least_error() -> None:
    logits, labels = _drawn(2.0)
    assert error_of(logits, labels, 2.0) < 0.02 < error_of(logits, labels, 1.0)
    assert cross_entropy(logits, labels, 2.0) < cross_entropy(logits, labels, 1.0)
