from __future__ import annotations

import csv
from pathlib import Path

import pytest

from zipreader import Reader

SAMPLES = Path(__file__).parents[1] / "samples"
with (SAMPLES / "truth.csv").open(encoding="utf-8", newline="") as _file:
    ROWS = list(csv.DictReader(_file))


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@pytest.mark.parametrize("row", ROWS, ids=[row["file"] for row in ROWS])
def test_a_sample_gives_its_truth_or_is_flagged(row: dict[str, str], reader: Reader) -> None:
    (reading,) = reader.read(SAMPLES / row["file"])
    if row["must_flag"] == "yes":
        assert not reading.decision.accepted
    elif reading.decision.accepted:
        assert reading.zip == row["zip"]


@pytest.mark.parametrize("name", ["handwritten.jpg", "printed.jpg", "photo.jpg", "upside-down.jpg"])
def test_plain_samples_are_accepted(name: str, reader: Reader) -> None:
    (reading,) = reader.read(SAMPLES / name)
    truth = {row["file"]: row["zip"] for row in ROWS}
    assert reading.decision.accepted
    assert reading.zip == truth[name]
    assert reading.best is not None
    assert reading.best.place is not None


def test_the_turned_sample_says_how_it_was_turned(reader: Reader) -> None:
    (reading,) = reader.read(SAMPLES / "upside-down.jpg")
    assert reading.upright is not None
    assert reading.upright.orientation == 180
