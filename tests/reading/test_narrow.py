from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.drawing import upright
from zipreader.config import ReaderConfig
from zipreader.elements import Box, Frames, Spelling, ZipField
from zipreader.reading.ctc import BLANK, OTHER, SIGNS
from zipreader.reading.narrow import narrowed
from zipreader.reading.strip import STRIDE, strip

CONFIG = ReaderConfig().strip
LETTERS = 4


def written(text: str, step: int = 40, slope: float = 0.0) -> tuple[ZipField, list[float]]:
    """A field with signs ``step`` pixels apart, 30 pixels tall, and their middles."""
    width = 60 + step * len(text)
    grey = np.full((160, width + 60), 255, np.uint8)
    middles = []
    for number, sign in enumerate(text):
        x = 60 + step * number
        y = round(100 + slope * x)
        cv2.putText(grey, sign, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 0, 4, cv2.LINE_AA)
        middles.append(x + 14.0)
    box = Box(50, round(60 + min(0, slope * width)), width + 10, round(110 + max(0, slope * width)))
    return ZipField(upright(grey, 200.0), box, slope, 30.0, 0.5, before=9.0), middles


def spelled(field: ZipField, text: str, middles: list[float], shown: str = "") -> Spelling:
    """A spelling whose frames show each sign at its middle; letters are something else."""
    image = strip(field, CONFIG)
    frames = np.full(((image.shape[1] + 8) // STRIDE, SIGNS), 0.001, np.float32)
    frames[:, BLANK] = 0.99
    box = field.box
    margin = CONFIG.margin * field.digit_height
    scale = image.shape[1] / (box.width + 2 * margin)
    for sign, middle in zip(text, middles, strict=True):
        if sign != " ":
            frame = round((middle - box.x0 + margin) * scale / STRIDE)
            frames[frame] = 0.001
            frames[frame, int(sign) if sign.isdigit() else OTHER] = 0.99
    digits = shown or "".join(sign for sign in text if sign.isdigit())
    return Spelling(image, (frames,), (digits,), 0.9)


@pytest.mark.parametrize("slope", [0.0, 0.03, -0.03])
@pytest.mark.parametrize("text", ["MAYFIELD60614", "TX60614", "OFTEN 10027"])
def test_letters_before_the_digits_are_left_out(text: str, slope: float) -> None:
    field, middles = written(text, slope=slope)
    found = narrowed(field, spelled(field, text, middles), CONFIG)
    first, before = middles[-5], middles[-6] if text[-6] != " " else middles[-7]
    assert before + 6 < found.box.x0 < first - 6
    assert found.box.x1 == field.box.x1
    assert (found.box.y0, found.box.y1) == (field.box.y0, field.box.y1)
    wide = 2.0 if " " in text else 1.0
    assert 0.1 * wide < found.before < 1.2 * wide


def test_letters_behind_the_digits_are_left_out() -> None:
    text = "60614USA"
    field, middles = written(text)
    found = narrowed(field, spelled(field, text, middles), CONFIG)
    assert found.box.x0 == field.box.x0
    assert middles[4] + 6 < found.box.x1 < middles[5] - 6
    assert found.before == field.before


def test_a_field_of_digits_alone_stays_as_it_is() -> None:
    field, middles = written("60614")
    assert narrowed(field, spelled(field, "60614", middles), CONFIG) is field


def test_no_cut_is_made_where_no_paper_parts_letters_and_digits() -> None:
    text = "MAY60614"
    field, middles = written(text, step=22)
    x0, x1 = field.box.x0, field.box.x1
    for x in range(x0, x1, 8):
        cv2.line(field.page.grey, (x, 98), (x + 12, 76), 0, 4)
    assert narrowed(field, spelled(field, text, middles), CONFIG) is field


@pytest.mark.parametrize("shown", ["60615", "60614-1138", "0614"])
def test_frames_that_show_something_else_cut_nothing(shown: str) -> None:
    text = "MAY60614"
    field, middles = written(text)
    assert narrowed(field, spelled(field, text, middles, shown), CONFIG) is field


def test_what_spells_nothing_stays_as_it_is() -> None:
    field, _ = written("MAYFIELD")
    nothing = Spelling(strip(field, CONFIG), (np.zeros((4, SIGNS), np.float32),), (), 0.0)
    assert narrowed(field, nothing, CONFIG) is field


def test_a_digit_is_never_cut_off() -> None:
    """Where what stands beside the ZIP may be a sixth digit, it may be no ZIP at all."""
    text = "MAYFIELD60614"
    field, middles = written(text)
    spelling = spelled(field, text, middles)
    (frames,) = spelling.views
    assert narrowed(field, spelling, CONFIG) is not field
    other = int(np.flatnonzero(frames[:, OTHER] > 0.5)[-1])
    frames[other, [OTHER, 8]] = 0.8, 0.19
    assert narrowed(field, spelling, CONFIG) is field


def test_nothing_is_cut_where_one_side_is_not_clear() -> None:
    text = "MAYFIELD60614USA"
    field, middles = written(text)
    cut = narrowed(field, spelled(field, text, middles), CONFIG)
    assert cut.box.x0 > field.box.x0 and cut.box.x1 < field.box.x1
    x = round(middles[12])
    cv2.line(field.page.grey, (x, 98), (x + 44, 76), 0, 4)
    assert narrowed(field, spelled(field, text, middles), CONFIG) is field


def test_nothing_of_a_letter_comes_along() -> None:
    """The margin of the field that is left lies in the gap."""
    text = "MAYFIELD60614"
    field, middles = written(text)
    cut = narrowed(field, spelled(field, text, middles), CONFIG)
    margin = CONFIG.margin * field.digit_height
    columns = field.page.grey[70:104, round(cut.box.x0 - margin) + 2 : cut.box.x0 - 1]
    assert columns.size and columns.min() > 200


def test_the_gap_is_told_in_digits_where_the_strip_is_squeezed() -> None:
    text = "MEMPHISANDMEMPHISTN 60614"
    field, middles = written(text)
    assert strip(field, CONFIG).shape[1] == 448
    cut = narrowed(field, spelled(field, text, middles), CONFIG)
    gap = middles[-5] - middles[-7] - 28
    assert cut.before == pytest.approx(gap / field.digit_height, abs=0.45)


def test_a_sign_may_be_told_behind_the_last_column() -> None:
    text = "60614USA"
    field, middles = written(text)
    spelling = spelled(field, text, middles)
    (frames,) = spelling.views
    more = np.zeros((4, SIGNS), np.float32)
    more[:, BLANK] = 1.0
    more[-1] = 0.0
    more[-1, OTHER] = 1.0
    found = Spelling(spelling.strip, (np.concatenate([frames, more]),), spelling.texts, 0.9)
    assert narrowed(field, found, CONFIG).box.x1 < middles[5] - 6


def test_another_view_of_the_strip_tells_the_digits_where_the_first_misreads_one() -> None:
    text = "MAYFIELD60614"
    field, middles = written(text)
    spelling = spelled(field, text, middles)
    (right,) = spelling.views
    wrong, larger = right.copy(), np.repeat(right, 2, axis=0)
    place = int(np.flatnonzero(right.argmax(axis=1) == int(text[-1]))[-1])
    wrong[place] = np.roll(right[place], 1)

    def cut(*views: Frames) -> Box:
        return narrowed(field, Spelling(spelling.strip, views, spelling.texts, 0.9), CONFIG).box

    assert cut(right).width < field.box.width
    assert cut(wrong, right) == cut(right)
    assert cut(wrong) == cut(wrong, larger) == field.box
    doubtful = right.copy()
    doubtful[1, 0] = 0.2
    assert cut(right, doubtful) == field.box
