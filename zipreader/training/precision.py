"""What layers compute in while a network is trained; its weights are float32 whatever it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import keras


@contextmanager
def computing_in(policy: str) -> Iterator[None]:
    """Layers that are made meanwhile compute so; ``policy`` is the name of one of Keras."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
