from __future__ import annotations

from typing import cast

import numpy as np
import pytest

from zipreader.elements import NOT_A_DIGIT, Tiles
from zipreader.reading.classifier import Classifier
from zipreader.training.figures import digit_figure, interval, measure, other_figure
from zipreader.training.sources import Sources


def _scores(*rows: tuple[int, int]) -> np.ndarray:
    """Rows whose best class and second best class are given."""
    scores = np.full((len(rows), 11), 0.01, np.float32)
    for row, (best, second) in zip(scores, rows, strict=True):
        row[best], row[second] = 0.95, 0.04
    return scores


def test_forcing_forbids_not_a_digit() -> None:
    scores = _scores((3, 5), (NOT_A_DIGIT, 4), (NOT_A_DIGIT, 8), (2, 1))
    figure = digit_figure("some", scores, np.array([3, 4, 7, 1], np.uint8))
    assert (figure.eleven, figure.forced, figure.items) == (0.25, 0.5, 4)


def test_only_sure_mistakes_count_as_taken() -> None:
    scores = _scores((3, 5), (NOT_A_DIGIT, 4))
    scores[0, 3] = 0.89
    assert other_figure("some", scores).taken == 0
    scores[0, 3] = 0.91
    assert other_figure("some", scores).taken == 0.5


@pytest.mark.parametrize(
    ("share", "items", "expected"),
    [(0.5, 100, (0.3983, 0.6017)), (1.0, 100, (0.9638, 1.0)), (0.0, 20, (0.0, 0.1684))],
)
def test_intervals_are_exact(share: float, items: int, expected: tuple[float, float]) -> None:
    assert interval(share, items) == pytest.approx(expected, abs=1e-4)


class _Constant:
    """Answers 7 to everything."""

    temperature = 1.0

    def logits(self, tiles: Tiles) -> np.ndarray:
        logits = np.zeros((len(tiles), 11), np.float32)
        logits[:, 7] = 9
        return logits

    def scores(self, tiles: Tiles) -> np.ndarray:
        logits = self.logits(tiles)
        return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


def test_everything_that_there_is_gets_measured(sources: Sources) -> None:
    figures = measure(cast(Classifier, _Constant()), sources, workers=1, divisor=100)
    assert len(figures.digits) == 5
    assert len(figures.others) == 6
    assert all(figure.taken == 1 for figure in figures.others)
    assert figures.calibration_error is not None
    assert figures.calibration_error > 0.5
