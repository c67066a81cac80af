from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.drawing import PEN, field_ink, pen
from zipreader.elements import Box, FieldInk, InkMap
from zipreader.reading.blots import ink_girths, struck, thickest, whole_ink

H = 56
PLACES = st.integers(0, 4)


def written(width: int = 6) -> tuple[InkMap, list[Box]]:
    ink = np.zeros((H + 40, 420), np.float32)
    boxes = pen(ink, "24571", 30, 20, H - width, 24, width)
    return ink, [box.grown(width, width) for box in boxes]


def told_struck(source: FieldInk, boxes: Sequence[Box]) -> float:
    return struck(source.rules, whole_ink(source), boxes)


def erased(rules: InkMap | None) -> FieldInk:
    """A field whose digits are as ``written``, and whose lines were erased."""
    ink, _ = written()
    return replace(field_ink(ink, H, 6), rules=rules)


def told(source: FieldInk, boxes: Sequence[Box]) -> float:
    return thickest(ink_girths(source), boxes)


@settings(max_examples=20, deadline=None)
@given(st.integers(4, 12))
def test_the_digits_of_one_pen_are_about_as_thick(width: int) -> None:
    ink, boxes = written(width)
    assert 1 <= told(field_ink(ink, H, width), boxes) < 1.6


@settings(max_examples=20, deadline=None)
@given(PLACES)
def test_a_digit_under_a_blot_is_thick_though_it_shines_through(place: int) -> None:
    """The ink map keeps the digit alone, as it is darker than the blot around it."""
    ink, boxes = written()
    shown = ink.copy()
    box = boxes[place]
    centre = round(box.center[0]), round(box.center[1])
    blot = cv2.ellipse(np.zeros_like(ink), centre, (25, 36), 0, 0, 360, 1.0, cv2.FILLED)
    shown = np.maximum(0.9 * blot, shown)
    assert told(with_ink(shown, ink), boxes) > 2.5


@settings(max_examples=20, deadline=None)
@given(PLACES)
def test_a_digit_scribbled_over_is_thick(place: int) -> None:
    ink, boxes = written()
    box = boxes[place]
    for x in range(box.x0 - 6, box.x1 + 6, 7):
        cv2.line(ink, (x, box.y0), (x + 3, box.y1), 1.0, 8)
    assert told(field_ink(ink, H, 6.0), boxes) > 2.5


def test_fainter_strokes_are_no_ink() -> None:
    ink, boxes = written()
    ghost = ink.copy()
    cv2.line(ghost, (0, 48), (419, 48), 0.4, 30)
    assert told(with_ink(np.maximum(ghost, ink), ink), boxes) < 1.6


def test_nothing_is_as_thick_as_nothing() -> None:
    empty = np.zeros((60, 200), np.float32)
    assert not ink_girths(field_ink(empty, H, 0.0)).any()
    assert thickest(empty, [Box(0, 0, 20, 40)] * 5) == 0


@pytest.mark.parametrize("count", [1, 4, 5])
def test_any_number_of_digits_is_compared(count: int) -> None:
    ink, boxes = written()
    assert told(field_ink(ink, H, 6.0), boxes[:count]) >= 1


@settings(max_examples=20, deadline=None)
@given(st.floats(0.35, 0.65), st.floats(0.4, 1.0))
def test_a_line_through_the_digits_is_told_by_how_much_it_crosses(
    level: float, kept: float
) -> None:
    """Erased but where strokes cross it."""
    _, boxes = written()
    rules = np.zeros((H + 40, 420), np.float32)
    for box in boxes:
        y, end = box.y0 + round(level * box.height), box.x0 + round(kept * box.width)
        rules[y : y + 3, box.x0 : end] = 1.0
    assert told_struck(erased(rules), boxes) == pytest.approx(kept, abs=0.05)


@pytest.mark.parametrize("level", [-0.1, 0.05, 0.95, 1.1])
def test_a_line_below_or_above_the_digits_strikes_none_out(level: float) -> None:
    _, boxes = written()
    rules = np.zeros((H + 40, 420), np.float32)
    y = boxes[0].y0 + round(level * boxes[0].height)
    rules[max(0, y) : y + 3] = 1.0
    assert told_struck(erased(rules), boxes) == 0


def test_a_line_through_two_digits_and_no_line_strike_no_zip_out() -> None:
    _, boxes = written()
    rules = np.zeros((H + 40, 420), np.float32)
    rules[round(boxes[0].center[1]), : boxes[1].x1] = 1.0
    assert told_struck(erased(rules), boxes) == 0
    assert told_struck(erased(None), boxes) == told_struck(erased(rules), []) == 0


@settings(max_examples=40, deadline=None)
@given(st.floats(-0.15, 0.15), st.floats(0.3, 0.7), st.integers(3, 12), st.booleans())
def test_any_line_through_all_digits_strikes_them_out(
    slope: float, level: float, width: int, whole: bool
) -> None:
    """A steep or a thick one is not erased.  One that leaves two digits out is none."""
    ink, boxes = written()
    middle = boxes[2]
    x0, x1 = boxes[0].x0 - 10, boxes[-1].x1 + 10 if whole else boxes[-2].x0 - 4
    y = middle.y0 + level * middle.height
    start, end = ((x, round(y + slope * (x - middle.center[0]))) for x in (x0, x1))
    cv2.line(ink, start, end, 1.0, width)
    found = told_struck(field_ink(ink, H, 6), boxes)
    assert found > 0.5 if whole else found < 0.25


@settings(max_examples=40, deadline=None)
@given(st.text("".join(PEN), min_size=5, max_size=5), st.integers(4, 12), st.integers(4, 30))
@example("44444", 8, 4)
@example("44444", 12, 4)
@example("55555", 12, 4)
@example("54444", 4, 4)
def test_digits_apart_are_not_struck_out(digits: str, width: int, gap: int) -> None:
    """Whatever they are: the bars of 44444 lie on one line, and their gaps are blank."""
    ink = np.zeros((H + 40, 600), np.float32)
    boxes = pen(ink, digits, 30, 20, H - width, gap + width, width)
    around = [box.grown(width, width) for box in boxes]
    assert told_struck(field_ink(ink, H, width), around) < 0.25


@pytest.mark.parametrize(("digits", "width", "gap"), [("24571", 14, 4), ("55555", 14, 4)])
def test_a_thick_pen_strikes_out_only_what_it_goes_through(
    digits: str, width: int, gap: int
) -> None:
    """Its digits touch one another, and leave hardly a gap on some line through them all."""
    ink = np.zeros((H + 40, 600), np.float32)
    boxes = pen(ink, digits, 30, 20, H - width, gap, width)
    around = [box.grown(width // 2, width // 2) for box in boxes]
    assert told_struck(field_ink(ink, H, width), around) < 0.25
    level = round(boxes[2].center[1])
    cv2.line(ink, (boxes[0].x0 - 10, level - 8), (boxes[-1].x1 + 10, level + 8), 1.0, width)
    assert told_struck(field_ink(ink, H, width), around) > 0.5


@pytest.mark.parametrize("line", [3, 6])
def test_a_thin_line_strikes_bold_digits_out(line: int) -> None:
    ink, boxes = written(12)
    level = round(boxes[2].center[1])
    cv2.line(ink, (boxes[0].x0 - 10, level - 6), (boxes[-1].x1 + 10, level + 6), 1.0, line)
    assert told_struck(field_ink(ink, H, 12), boxes) > 0.5


def with_ink(shown: InkMap, ink: InkMap) -> FieldInk:
    """A field that shows one thing and whose ink map holds another."""
    source = field_ink(shown, H, 6.0)
    return FieldInk(source.field, ink, source.to_upright, H, 6.0)
