from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from zipreader.elements import (
    AddressBlock,
    Box,
    Decision,
    Digit,
    Glyph,
    Matrix,
    Objection,
    Page,
    Place,
    Reading,
    Reason,
    TextLine,
    UprightPage,
    ZipField,
    ZipHypothesis,
)
from zipreader.reading.record import SCHEMA, error_record, to_record, zip_quad

CONTRACT = {
    "schema": int,
    "path": str,
    "page": int,
    "zip": str,
    "plus4": str,
    "decision": str,
    "confidence": float,
    "threshold": float,
    "reasons": list,
    "digits": list,
    "zip_box": list,
    "block_box": list,
    "orientation": int,
    "place": dict,
    "candidates": list,
    "model": str,
    "seconds": dict,
    "error": str,
}
"""The documented keys in their order, each with the type of its value if not null."""

WIDTH, HEIGHT = 400, 200
HALF_TURN = np.array([[-1, 0, WIDTH], [0, -1, HEIGHT], [0, 0, 1]], np.float64)
BLOCK = Box(200, 80, 380, 150)


def hypothesis(page: UprightPage, text: str, probability: float) -> ZipHypothesis:
    """Digits 10 pixels wide and 20 high from (250, 120) on, as on the upright page."""
    line = TextLine((Box(200, 120, 380, 140),), 0.0, 20.0)
    block = AddressBlock(page, BLOCK, (line,), 0.9)
    field = ZipField(page, Box(240, 115, 385, 145), 0.0, 20.0, 0.9, block)
    code, _, plus4 = text.partition("-")
    digits = []
    for place, value in enumerate(code + plus4):
        box = Box(250 + 12 * place, 120, 260 + 12 * place, 140)
        glyph = Glyph((place, place + 1), box, np.zeros((28, 28), np.uint8))
        digits.append(Digit(value, 0.987654, "", glyph, page.original_quad(box)))
    return ZipHypothesis(
        code, plus4 or None, field, tuple(digits), 0.9, {}, probability, Place("Memphis", "TN")
    )


def reading(
    *texts: str,
    objections: tuple[Objection, ...] = (),
    turn: int = 0,
    matrix: Matrix | None = None,
) -> Reading:
    page = Page(np.full((HEIGHT, WIDTH), 255, np.uint8), "mail.tif", 2)
    upright = UprightPage(page, page.image, np.eye(3) if matrix is None else matrix, turn, 200.0)
    hypotheses = tuple(hypothesis(upright, text, 0.98765 / 2**i) for i, text in enumerate(texts))
    return Reading(
        page,
        hypotheses,
        Decision(hypotheses[0].probability if texts else 0.0, 0.95, objections),
        "model-1",
        upright,
        tuple(h.field.block for h in hypotheses if h.field.block),
        tuple(h.field for h in hypotheses),
        {"page": 0.01234567, "decode": np.float64(0.02)},
    )


def through_json(record: dict[str, object]) -> dict[str, object]:
    """What a program that listens receives; NaN is no JSON."""
    received: dict[str, object] = json.loads(json.dumps(record, allow_nan=False))
    assert received == record
    return received


@pytest.mark.parametrize(
    "record",
    [
        to_record(reading("38117-4521", "38177", turn=180, matrix=HALF_TURN)),
        to_record(reading("01002")),
        to_record(reading(objections=(Objection(Reason.NO_ADDRESS),))),
        error_record("mail.tif", "mail.tif: the file is empty"),
    ],
)
def test_every_record_has_the_documented_keys_and_types(record: dict[str, object]) -> None:
    received = through_json(record)
    assert list(received) == list(CONTRACT)
    assert received["schema"] == SCHEMA == 1
    for key, value in received.items():
        assert value is None or isinstance(value, CONTRACT[key]), key


def test_every_key_is_documented() -> None:
    assert all(f"``{key}``" in str(to_record.__doc__) for key in CONTRACT)


def test_an_accepted_zip_plus_4() -> None:
    record = through_json(to_record(reading("38117-4521", "38177")))
    assert (record["path"], record["page"]) == ("mail.tif", 3)
    assert (record["zip"], record["plus4"]) == ("38117", "4521")
    assert (record["decision"], record["reasons"]) == ("accept", [])
    assert (record["confidence"], record["threshold"]) == (0.9877, 0.95)
    assert record["place"] == {"city": "Memphis", "state": "TN"}
    assert record["candidates"] == [
        {"zip": "38117", "probability": 0.9877},
        {"zip": "38177", "probability": 0.4938},
    ]
    assert record["seconds"] == {"total": 0.0323, "page": 0.0123, "decode": 0.02}
    assert record["orientation"] == 0


def test_a_leading_zero_stays() -> None:
    assert to_record(reading("01002"))["zip"] == "01002"


def test_digits_and_boxes_lie_on_the_original_page() -> None:
    record = to_record(reading("38117", turn=180, matrix=HALF_TURN))
    assert record["orientation"] == 180
    digits = record["digits"]
    assert isinstance(digits, list)
    assert [digit["value"] for digit in digits] == list("38117")
    assert digits[0] == {
        "value": "3",
        "confidence": 0.9877,
        "box": [[150.0, 80.0], [140.0, 80.0], [140.0, 60.0], [150.0, 60.0]],
    }
    assert record["zip_box"] == [[150.0, 80.0], [92.0, 80.0], [92.0, 60.0], [150.0, 60.0]]
    assert record["block_box"] == [[200.0, 120.0], [20.0, 120.0], [20.0, 50.0], [200.0, 50.0]]


def test_boxes_are_rounded_to_a_tenth_of_a_pixel() -> None:
    matrix = np.array([[1 / 3, 0, 0], [0, 1 / 3, 0], [0, 0, 1]])
    assert to_record(reading("38117", matrix=matrix))["block_box"] == [
        [66.7, 26.7],
        [126.7, 26.7],
        [126.7, 50.0],
        [66.7, 50.0],
    ]


def test_the_zip_box_follows_a_slanting_line() -> None:
    cos, sin = np.cos(0.3), np.sin(0.3)
    slant = np.array([[cos, -sin, 50], [sin, cos, 20], [0, 0, 1]])
    best = reading("38117", matrix=slant).hypotheses[0]
    expected = best.field.page.original_quad(Box(250, 120, 308, 140))
    assert zip_quad(best) == pytest.approx(expected)


def test_the_best_guess_is_told_for_review_too() -> None:
    objection = Objection(Reason.UNCLEAR_DIGIT, "the third, 1 or 7")
    record = to_record(reading("38117", objections=(objection,)))
    assert (record["decision"], record["zip"]) == ("review", "38117")
    assert record["reasons"] == [
        {"code": "unclear_digit", "text": "A digit is unclear: the third, 1 or 7."}
    ]


@pytest.mark.parametrize("reason", [Reason.NO_ZIP, Reason.NO_ADDRESS])
def test_what_is_no_zip_is_not_told_as_one(reason: Reason) -> None:
    denied = reading("38117", objections=(Objection(reason),))
    record = to_record(denied)
    assert denied.zip is None
    assert denied.guess is None
    assert denied.best is not None
    assert record["zip"] is record["plus4"] is record["place"] is record["zip_box"] is None
    assert record["digits"] == []
    assert record["candidates"] == [{"zip": "38117", "probability": 0.9877}]
    assert record["block_box"] is not None


def test_a_page_on_which_nothing_was_found() -> None:
    nothing = replace(reading(objections=(Objection(Reason.NO_ADDRESS),)), upright=None)
    record = to_record(nothing)
    for key in ("zip", "zip_box", "block_box", "orientation", "error"):
        assert record[key] is None, key
    assert (record["decision"], record["confidence"]) == ("review", 0.0)


def test_a_zip_field_given_alone_has_no_block() -> None:
    whole = reading("38117")
    best = whole.hypotheses[0]
    alone = replace(best, field=replace(best.field, block=None), place=None)
    record = to_record(replace(whole, hypotheses=(alone,), blocks=()))
    assert record["block_box"] is None
    assert record["place"] is None
    assert record["zip_box"] is not None


def test_candidates_are_limited() -> None:
    candidates = to_record(reading(*(f"381{n:02}" for n in range(30))))["candidates"]
    assert isinstance(candidates, list)
    assert [candidate["zip"] for candidate in candidates] == [f"381{n:02}" for n in range(10)]


def test_the_record_of_a_file_that_could_not_be_read() -> None:
    record = through_json(error_record("a.jpg", "a.jpg: no such file"))
    told = {key: value for key, value in record.items() if value}
    assert told == {"schema": SCHEMA, "path": "a.jpg", "error": "a.jpg: no such file"}
    assert record["decision"] is None
