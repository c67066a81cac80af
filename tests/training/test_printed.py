from __future__ import annotations

import numpy as np

from zipreader.training.printed import PrintConfig, print_character, printed_digits
from zipreader.training.sources import Sources
from zipreader.training.splits import Part
from zipreader.training.typefaces import faces_of


def test_print_has_the_asked_height() -> None:
    face = faces_of(Part.TRAIN)[0][0]
    config = PrintConfig(height=(40.0, 40.0), worn=0.0, rotation=0.0, shear=0.0)
    for seed in range(5):
        ink = print_character("8", face, np.random.default_rng(seed), config)
        assert ink.dtype == np.float32
        assert abs(ink.shape[0] - 40) <= 1
        assert 0.9 < ink.max() <= 1.0


def test_each_digit_is_printed_equally_often() -> None:
    _, labels = printed_digits(Sources(), Part.TRAIN, np.random.default_rng(0), 5, 30)
    assert np.bincount(labels).tolist() == [3] * 10
