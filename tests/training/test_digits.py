from __future__ import annotations

import subprocess
import sys
from typing import cast

import numpy as np
import pytest

from tests.training.conftest import digit_images
from zipreader.elements import Scores, Tiles
from zipreader.reading.classifier import Classifier
from zipreader.training.digits import PACKAGED, figures_to_dict, measure_digits
from zipreader.training.figures import DigitFigure, Figures, OtherFigure
from zipreader.training.sources import Sources


class Sevens:
    """Answers 7 to everything."""

    temperature = 1.0

    def logits(self, tiles: Tiles) -> np.ndarray:
        logits = np.zeros((len(tiles), 11), np.float32)
        logits[:, 7] = 9
        return logits

    def scores(self, tiles: Tiles) -> Scores:
        logits = self.logits(tiles)
        scores: Scores = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        return scores


@pytest.fixture(autouse=True)
def packaged(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few digits instead of the 5,000."""
    monkeypatch.setattr("zipreader.training.digits.packaged_digits", lambda: digit_images(200))


def test_without_any_file_there_are_digits_and_faces() -> None:
    figures = measure_digits(cast(Classifier, Sevens()), Sources(), divisor=100)
    packaged, printed = figures.digits
    assert (packaged.name, packaged.items) == (PACKAGED, 2)
    assert "faces" in printed.name
    assert [other.taken for other in figures.others] == [1.0]
    assert figures.calibration_error is None
    assert figures.milliseconds >= 0


def test_files_that_are_given_join(sources: Sources) -> None:
    figures = measure_digits(cast(Classifier, Sevens()), sources, divisor=100)
    names = [digit.name for digit in figures.digits]
    assert names[0] == PACKAGED
    assert any("MNIST test" in name for name in names)
    assert any("unseen writers" in name for name in names)


def test_figures_become_json_with_intervals() -> None:
    figures = Figures(
        (DigitFigure("some", 100, 0.5, 1.0),), (OtherFigure("letters", 20, 0.0),), None, 0.25
    )
    values = figures_to_dict(figures)
    (digit,), (other,) = values["digits"], values["no_digits"]
    assert digit["eleven_classes"] == pytest.approx(
        {"share": 0.5, "low": 0.3983, "high": 0.6017}, abs=1e-4
    )
    assert digit["forced_to_ten"]["high"] == 1.0
    assert other["called_a_digit"]["share"] == 0.0
    assert (values["calibration_error"], values["milliseconds_a_tile"]) == (None, 0.25)


def test_nothing_needs_tensorflow() -> None:
    code = (
        "import sys, zipreader.training.digits, zipreader.training.ownpromise; "
        "sys.exit(any(n in sys.modules for n in ('keras', 'tensorflow', 'matplotlib')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
