from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from zipreader.config import ReaderConfig
from zipreader.elements import Decision, Objection, Page, Place, Reading, Reason, ZipHypothesis
from zipreader.reading.record import error_record
from zipreader.training.certify import Scored
from zipreader.training.mail import FIRST_GUESS
from zipreader.training.ownmail import (
    Labelled,
    ReaderPlan,
    read_labelled,
    scored_by_record,
)

SAMPLES = Path(__file__).parents[2] / "samples"
ZIP = "97358"


@dataclass(frozen=True, slots=True)
class Told:
    """Opens a reader that reads the same ZIP on every page, and objects to it if told so."""

    objections: tuple[Objection, ...] = ()

    def open(self) -> Told:
        return self

    @property
    def config(self) -> ReaderConfig:
        return ReaderConfig()

    def read_page(self, page: Page) -> Reading:
        place = Place("Lyons", "OR")
        best = ZipHypothesis(ZIP, None, cast(Any, None), (), 0.9, {}, 0.8, place)
        return Reading(page, (best,), Decision(0.8, 0.0, self.objections), "told")


def read(piece: Labelled, *objections: Objection) -> tuple[Scored, str | None]:
    (found,) = read_labelled([piece], cast(ReaderPlan, Told(objections)))
    return found.read.scored, found.error


@pytest.fixture
def image(tmp_path: Path) -> Path:
    return Path(shutil.copy(SAMPLES / "printed.jpg", tmp_path / "a.jpg"))


@pytest.mark.parametrize(("truth", "right"), [(ZIP, True), ("38117", False), (None, False)])
def test_a_reading_is_compared_with_the_truth(image: Path, truth: str | None, right: bool) -> None:
    assert read(Labelled("a", truth, image)) == (Scored(0.8, right, truth is not None), None)


def test_what_no_threshold_can_accept_has_no_probability(image: Path) -> None:
    unassigned = Objection(Reason.UNASSIGNED, ZIP)
    assert read(Labelled("a", ZIP, image), unassigned) == (Scored(0.0, True), None)


def test_another_addressee_is_told_with_the_piece(image: Path) -> None:
    told = Told((Objection(Reason.SEVERAL_MAILPIECES),))
    (found,) = read_labelled([Labelled("a", ZIP, image)], cast(ReaderPlan, told))
    assert found.read.hopeless and found.read.scored == Scored(0.0, True)


def test_what_cannot_be_read_is_named_and_counts_as_flagged(tmp_path: Path, image: Path) -> None:
    scored, error = read(Labelled("a", ZIP, tmp_path / "gone.jpg"))
    assert scored == Scored(0.0, False)
    assert error is not None and "gone.jpg" in error
    scored, error = read(Labelled("a", ZIP, image, page=1))
    assert scored == Scored(0.0, False)
    assert error is not None and "no page 2" in error


@pytest.mark.parametrize("fault", [IndexError("no seam"), MemoryError("no room"), OSError("gone")])
def test_a_fault_of_the_reader_costs_its_piece_and_not_the_run(
    image: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def read_page(self: Told, page: Page) -> Reading:
        raise fault

    monkeypatch.setattr(Told, "read_page", read_page)
    scored, error = read(Labelled("a", ZIP, image, otherwise=Scored(0.9, right=False)))
    assert scored == Scored(0.9, right=False)
    assert error is not None
    assert error.startswith(f"{image}: fault of the reader: {type(fault).__name__}: {fault}")


def test_what_is_gone_counts_as_it_is_told() -> None:
    otherwise = Scored(0.9, True)
    assert read(Labelled("a", ZIP, None, otherwise=otherwise)) == (otherwise, None)


def test_progress_is_told(image: Path) -> None:
    told: list[tuple[int, int]] = []
    pieces = [Labelled(str(number), ZIP, image) for number in range(3)]
    read_labelled(pieces, cast(ReaderPlan, Told()), 1, lambda *at: told.append(at))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_the_samples_are_read_with_the_shipped_model() -> None:
    pieces = [Labelled("printed", "00000", SAMPLES / "printed.jpg")]
    (piece,) = read_labelled(pieces, ReaderPlan(None, FIRST_GUESS))
    assert piece.read.scored.probability > 0
    assert not piece.read.scored.right
    assert piece.read.judged[0].best


# --- images that are gone --------------------------------------------------------------------


def record(**changes: object) -> dict[str, object]:
    told = {"zip": ZIP, "confidence": 0.9, "threshold": 0.8765, "model": "m"}
    return error_record("a.png", None) | told | changes


def test_a_record_of_the_same_calibration_stands() -> None:
    thresholds = [0.5, 0.87654321]
    right = scored_by_record(record(), ZIP, "m", thresholds)
    assert right.right
    assert right.probability == pytest.approx(0.9 - 0.00005)
    wrong = scored_by_record(record(), "38117", "m", thresholds)
    assert not wrong.right
    assert wrong.probability == pytest.approx(0.9 + 0.00005)
    assert scored_by_record(record(confidence=1.0), None, "m", thresholds) == Scored(1.0, False)


FINAL = ("unassigned", "crossed_out", "several_mailpieces")


def test_a_record_without_a_zip_to_accept_is_flagged() -> None:
    final = [record(reasons=[{"code": code, "text": ""}]) for code in FINAL]
    for nothing in (record(zip=None), *final):
        assert scored_by_record(nothing, ZIP, "m", [0.8765]).probability == 0


@pytest.mark.parametrize("changes", [{"model": "n"}, {"threshold": 0.9}])
def test_a_record_of_another_network_or_calibration_counts_as_wrong(
    changes: dict[str, object],
) -> None:
    assert scored_by_record(record(**changes), ZIP, "m", [0.8765]) == Scored(1.0, False)
