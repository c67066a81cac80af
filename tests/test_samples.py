from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from zipreader import Reader
from zipreader.reading.images import open_pages
from zipreader.reading.record import zip_quad

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


@pytest.mark.parametrize("name", ["handwritten.jpg", "printed.jpg", "blue-ink.jpg"])
@pytest.mark.parametrize("shape", ["ring", "box"])
def test_a_zip_that_a_clerk_drew_around_is_read_as_before(
    name: str, shape: str, reader: Reader
) -> None:
    (page,) = open_pages(SAMPLES / name)
    before = reader.read_page(page)
    assert before.best is not None
    quad = zip_quad(before.best)
    width, height = np.hypot(*(quad[1] - quad[0])), np.hypot(*(quad[3] - quad[0]))
    turn = np.degrees(np.arctan2(*(quad[1] - quad[0])[::-1]))
    sides = (width + 1.1 * height, 1.7 * height)
    around = (quad.mean(axis=0).tolist(), sides, float(turn))
    image, thick = page.image.copy(), round(height / 12)
    if shape == "ring":
        cv2.ellipse(image, around, (50, 40, 150), thick, cv2.LINE_AA)
    else:
        corners = np.rint(cv2.boxPoints(around)).astype(np.int32)
        cv2.polylines(image, [corners], True, (50, 40, 150), thick, cv2.LINE_AA)
    after = reader.read_page(replace(page, image=image))
    assert after.decision.accepted
    assert after.zip == before.zip


def test_the_turned_sample_says_how_it_was_turned(reader: Reader) -> None:
    (reading,) = reader.read(SAMPLES / "upside-down.jpg")
    assert reading.upright is not None
    assert reading.upright.orientation == 180
