"""Runs a network that turns strips into frames of scores: digits or letters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from zipreader.elements import Frames, Strip
from zipreader.reading.modelfolder import default_model_dir
from zipreader.reading.runtime import Runtime, load_network, softmax
from zipreader.reading.strip import ROWS, STRIDE

_BEHIND = 8
"""Columns of paper behind a strip, in which its last sign may still be told."""
_STEP = 32
"""Strips are filled up with paper to a multiple of so many columns: few sizes to set up."""


class StripNetwork:
    """The network ``stem`` of a model folder, whose frames have ``signs`` probabilities.

    Raises:
        ModelError: a file is missing, damaged or not of this shape.
        MissingExtraError: ``runtime="keras"`` without TensorFlow.
    """

    def __init__(
        self, stem: str, signs: int, model_dir: Path | None = None, runtime: Runtime = "litert"
    ) -> None:
        folder = model_dir or default_model_dir()
        self._network = load_network(folder / stem, runtime, ((ROWS, -1, 1), (-1, signs)))

    def frames(self, strips: Sequence[Strip]) -> list[Frames]:
        """The frames of each strip, (about W / STRIDE, signs); one call of the network."""
        if not strips:
            return []
        widest = max(strip.shape[1] for strip in strips)
        batch = np.zeros(
            (len(strips), ROWS, math.ceil((widest + _BEHIND) / _STEP) * _STEP, 1), np.float32
        )
        for image, strip in zip(batch, strips, strict=True):
            image[:, : strip.shape[1], 0] = strip
        scores = softmax(self._network((batch / 255).astype(np.float32)))
        lengths = [math.ceil((strip.shape[1] + _BEHIND) / STRIDE) for strip in strips]
        return [rows[:length] for rows, length in zip(scores, lengths, strict=True)]
