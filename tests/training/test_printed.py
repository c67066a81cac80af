from __future__ import annotations

import numpy as np
import pytest

from zipreader.synth.fonts import Face
from zipreader.training import printed
from zipreader.training.printed import (
    PrintConfig,
    print_character,
    printed_digits,
    printed_letters,
)
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


def test_a_face_without_a_letter_does_not_print_it(monkeypatch: pytest.MonkeyPatch) -> None:
    families = faces_of(Part.TRAIN)[:2]
    draw = printed._drawn.__wrapped__

    def drawn(text: str, face: Face) -> np.ndarray:
        blank = face in families[0]
        return np.zeros((60, 60), np.uint8) if blank else draw(text, face)

    monkeypatch.setattr(printed, "_drawn", drawn)
    monkeypatch.setattr(printed, "faces_of", lambda part, folder: families)
    tiles, _ = printed_letters(Sources(), Part.TRAIN, np.random.default_rng(0), 0, 8)
    assert tiles.any(axis=(1, 2)).all()


def test_each_digit_is_printed_equally_often() -> None:
    _, labels = printed_digits(Sources(), Part.TRAIN, np.random.default_rng(0), 5, 30)
    assert np.bincount(labels).tolist() == [3] * 10
