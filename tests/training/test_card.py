from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("keras")

# ruff: noqa: E402 - what needs Keras comes after the question whether it is there
from zipreader.training.card import Provenance, model_card
from zipreader.training.curves import draw_curves
from zipreader.training.export import Export, Parity
from zipreader.training.figures import DigitFigure, Figures, OtherFigure
from zipreader.training.plan import Plan
from zipreader.training.pools import Pool
from zipreader.training.sources import Kind
from zipreader.training.train import Epoch, TrainConfig

HISTORY = (Epoch(1, 0.9, 0.8, 0.5, 0.9, 60.0), Epoch(2, 0.4, 0.95, 0.3, 0.96, 61.0))


def test_the_card_says_where_it_comes_from_and_how_good_it_is() -> None:
    made = Provenance(
        "zipreader train --out m",
        {"mnist": Path("mnist.npz"), "words": Path("words.npz")},
        Plan(),
        TrainConfig(),
        HISTORY,
        1.25,
        12345,
        {"keras": "3"},
    )
    kinds = np.array([Kind.MNIST, Kind.MNIST, Kind.WORDS], np.uint8)
    pool = Pool(np.zeros((3, 28, 28), np.uint8), np.array([1, 2, 10], np.uint8), kinds)
    figures = Figures(
        (DigitFigure("MNIST test images", 10_000, 0.995, 0.997),),
        (OtherFigure("letters", 4000, 0.01),),
        0.0123,
        0.3,
    )
    export = Export(Parity(10_000, 2e-6, 0), Parity(10_000, 0.031, 4))
    text = model_card(made, pool, figures, export).decode()
    for words in (
        "zipreader train --out m",
        "CC BY-SA 3.0",
        "DHSD",
        "mnist 2, words 1",
        "| MNIST test images | 10,000 | 99.50% (99.34 to 99.63) | 99.70% (99.57 to 99.80) |",
        "| letters | 4,000 | 1.00% (0.72 to 1.36) |",
        "0.0123",
        "12,345 parameters",
        "2.0e-06, 0 other answers",
        "0.031, 4 other answers",
        "## Limits",
    ):
        assert words in text
    assert "UNIPEN" not in text  # it was not given


def test_curves_are_a_picture() -> None:
    assert draw_curves(HISTORY, "tiny").startswith(b"\x89PNG")
