"""Keras file -> LiteRT files, in a process of its own, because a conversion may hang."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from zipreader.errors import ModelError


def convert(source: Path, exact: Path, rounded: Path, seconds: float) -> None:
    """Convert ``source`` (.keras) to two .tflite files within a time limit.

    ``exact`` computes what the network does.  ``rounded`` keeps its kernels in eight bits
    and rounds what goes into each convolution likewise, a scale an item: a quarter of the
    size and of the time (B. Jacob et al., CVPR 2018; *dynamic range* in LiteRT's words).

    Raises:
        ModelError: the conversion failed or took too long.
    """
    command = [sys.executable, "-m", "zipreader.training.convert", *map(str, (source, exact))]
    command.append(str(rounded))
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as error:
        raise ModelError(f"{exact}: the conversion took more than {seconds:g} s") from error
    if done.returncode != 0 or not (exact.is_file() and rounded.is_file()):
        cause = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise ModelError(f"{exact}: the network could not be converted ({cause[:160]})")


def _main(source: str, exact: str, rounded: str) -> None:
    import keras
    import tensorflow as tf

    model = keras.saving.load_model(source, compile=False, safe_mode=True)
    model.export(exact, format="litert", verbose=False)
    smaller = [tf.lite.Optimize.DEFAULT]
    model.export(rounded, format="litert", verbose=False, optimizations=smaller)


if __name__ == "__main__":
    _main(*sys.argv[1:4])
