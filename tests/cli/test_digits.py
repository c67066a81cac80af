from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Command
from zipreader.errors import ExitCode
from zipreader.reading.classifier import Classifier
from zipreader.reading.modelfolder import model_name
from zipreader.training.figures import DigitFigure, Figures, OtherFigure
from zipreader.training.sources import Sources

FIGURES = Figures(
    (DigitFigure("digits of [somebody]", 5000, 0.99, 0.995),),
    (OtherFigure("letters", 3000, 0.01),),
    0.0123,
    0.25,
)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Sources, int]]:
    """Measure nothing; remember what was asked for."""
    asked: list[tuple[Sources, int]] = []

    def measure(classifier: Classifier, sources: Sources, workers: int) -> Figures:
        asked.append((sources, workers))
        return FIGURES

    monkeypatch.setattr("zipreader.training.digits.measure_digits", measure)
    return asked


def test_figures_are_tables(zipreader: Command, asked: list[tuple[Sources, int]]) -> None:
    done = zipreader("evaluate", "digits", "--workers", 2)
    assert (done.code, done.err) == (ExitCode.OK, "")
    for words in ("99.00%", "99.50%", "(98.", "[somebody]", "1.00%", "0.25 ms", "0.0123"):
        assert words in done.out
    assert asked == [(Sources(), 2)]


def test_figures_as_json(zipreader: Command, asked: list[tuple[Sources, int]]) -> None:
    values = json.loads(zipreader("evaluate", "digits", "--json", "--mnist", "m.npz").out)
    assert values["model"] == model_name(stems=["model"])
    assert values["digits"][0]["items"] == 5000
    assert asked[0][0] == Sources(mnist=Path("m.npz"))


def test_a_folder_of_that_name_is_a_folder(
    zipreader: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "digits").mkdir()
    done = zipreader("evaluate", "./digits")
    assert done.code == ExitCode.INPUT
    assert "columns file and zip" in done.complaint


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("digits", "--count", 3), "--count does not go with 'evaluate digits'"),
        (("digits", "--max-error", "1%"), "--max-error does not go"),
        (("--mnist", "m.npz"), "--mnist goes with 'evaluate digits' only"),
        (("mail", "--kind", "printed"), "--kind is for mail that is made, not for a folder"),
        (("mail", "--seed", 3, "--count", 5), "--count is for mail that is made"),
    ],
)
def test_options_of_the_other_use_are_refused(
    zipreader: Command, arguments: tuple[object, ...], words: str
) -> None:
    done = zipreader("evaluate", *arguments)
    assert done.code == ExitCode.USAGE
    assert words in done.complaint
