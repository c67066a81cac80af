"""Keras file -> LiteRT file, in a process of its own, because a conversion may hang."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from zipreader.errors import ModelError


def convert(source: Path, target: Path, seconds: float) -> None:
    """Convert ``source`` (.keras) to ``target`` (.tflite) within a time limit.

    Raises:
        ModelError: the conversion failed or took too long.
    """
    command = [sys.executable, "-m", "zipreader.training.convert", str(source), str(target)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as error:
        raise ModelError(f"{target}: the conversion took more than {seconds:g} s") from error
    if done.returncode != 0 or not target.is_file():
        cause = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise ModelError(f"{target}: the network could not be converted ({cause[:160]})")


def _main(source: str, target: str) -> None:
    import keras

    model = keras.saving.load_model(source, compile=False, safe_mode=True)
    model.export(target, format="litert", verbose=False)


if __name__ == "__main__":
    _main(*sys.argv[1:3])
