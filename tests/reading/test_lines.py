from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from tests.drawing import DPI, blank, draw_envelope, draw_imb, print_text, rotated, upright
from zipreader.config import LinesConfig
from zipreader.elements import Box, GreyImage, TextLine
from zipreader.reading.lines import find_lines

CONFIG = LinesConfig()


def lines_of(grey: GreyImage, dpi: float = DPI) -> tuple[TextLine, ...]:
    return find_lines(upright(grey, dpi), CONFIG).lines


def typed(*texts: str, height: int = 24, pitch: int = 60) -> tuple[GreyImage, list[Box]]:
    """Lines of printing below one another, and the boxes of their ink."""
    grey = blank(900, 80 + pitch * len(texts))
    return grey, [
        print_text(grey, text, 60, 70 + pitch * i, height) for i, text in enumerate(texts)
    ]


def close(first: Box, second: Box, by: float) -> bool:
    return bool(np.abs(first.quad() - second.quad()).max() <= by)


def test_every_line_is_found_where_it_is() -> None:
    grey, truth = typed("MARIA LOPEZ", "4820 WALNUT RD", "MEMPHIS TN 38117")
    found = lines_of(grey)
    assert len(found) == 3
    for line, box in zip(found, truth, strict=True):
        assert close(line.box, box, 6)
        assert line.slope == pytest.approx(0, abs=0.02)
        assert line.text_height == pytest.approx(24, rel=0.25)


@pytest.mark.parametrize("dpi", [100, 200, 400])
def test_the_resolution_does_not_matter(dpi: int) -> None:
    grey, truth = typed("4820 WALNUT RD", "MEMPHIS TN 38117")
    factor = dpi / 200
    size = (round(grey.shape[1] * factor), round(grey.shape[0] * factor))
    scaled = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
    found = lines_of(scaled, dpi)
    assert len(found) == 2
    for line, box in zip(found, truth, strict=True):
        scaled_box = Box.of_quad(box.quad() * factor)
        assert close(line.box, scaled_box, 4 + 4 * factor)


def test_parts_go_from_left_to_right() -> None:
    grey, _ = typed("MEMPHIS TN 38117")
    (line,) = lines_of(grey)
    starts = [part.x0 for part in line.parts]
    assert starts == sorted(starts)
    assert len(starts) >= 12
    assert line.box == Box.around(line.parts)


@pytest.mark.parametrize("degrees", [-4.0, 3.0])
def test_the_slope_of_a_line(degrees: float) -> None:
    grey, _ = typed("4820 WALNUT GROVE ROAD")
    (line,) = lines_of(rotated(grey, degrees))
    assert line.slope == pytest.approx(math.tan(math.radians(degrees)), abs=0.015)


def test_the_zip_far_right_of_the_state_belongs_to_its_line() -> None:
    grey = blank(900, 160)
    town = print_text(grey, "MEMPHIS TN", 60, 90, 24)
    code = print_text(grey, "38117", town.x1 + 70, 90, 24)
    (line,) = lines_of(grey)
    assert close(line.box, town.union(code), 6)


def test_a_column_beside_is_another_line() -> None:
    grey = blank(1200, 160)
    left = print_text(grey, "MEMPHIS", 60, 90, 24)
    right = print_text(grey, "ATLANTA", 700, 90, 24)
    found = sorted(lines_of(grey), key=lambda line: line.box.x0)
    assert len(found) == 2
    assert close(found[0].box, left, 6) and close(found[1].box, right, 6)


def on_a_form(gap: float) -> tuple[GreyImage, Box, Box]:
    """A city, and state and ZIP in places of their own, so many text heights apart."""
    grey = blank(1900, 140)
    city = print_text(grey, "MEMPHIS", 60, 70, 24)
    entry = print_text(grey, "TN  38117", round(city.x1 + gap * 24), 70, 24)
    return grey, city, entry


def test_state_and_zip_of_a_form_belong_to_the_city_far_left_of_them() -> None:
    grey, city, entry = on_a_form(11)
    (line,) = lines_of(grey)
    assert close(line.box, city.union(entry), 6)
    assert len(lines_of(on_a_form(17)[0])) == 2


def test_specks_that_a_rule_leaves_keep_no_zip_of_a_form_from_its_city() -> None:
    grey, city, entry = on_a_form(11)
    for share in (0.3, 0.7):
        x = round(city.x1 + share * (entry.x0 - city.x1))
        grey[city.y1 - 4 : city.y1 - 1, x : x + 10] = 0
    assert len(lines_of(grey)) == 1


def test_a_city_that_is_written_uphill_has_its_zip_far_right_of_it() -> None:
    grey = blank(1200, 160)
    x = 60
    for n, letter in enumerate("MEMPHIS"):
        x = print_text(grey, letter, x, 90 - 3 * n, 24).x1 + 5
    print_text(grey, "38117", x + 11 * 24, 80, 24)
    assert len(lines_of(grey)) == 1


def test_what_stands_near_a_line_that_climbs_is_joined_along_its_slope_alone() -> None:
    grey = blank(1200, 200)
    x = 60
    for n, letter in enumerate("MEMPHIS TENNESSEE"):
        if letter != " ":
            x = print_text(grey, letter, x, 150 - 3 * n, 24).x1
        x += 5
    print_text(grey, "WALNUT STREET", x + 4 * 24, 126, 24)
    assert len(lines_of(grey)) == 2


def test_what_is_far_right_and_long_or_behind_something_else_is_another_line() -> None:
    grey, city, _ = on_a_form(11)
    print_text(grey, "FORWARDING SERVICE", round(city.x1 + 11 * 24), 70, 24)
    assert len(lines_of(grey)) == 2
    grey, city, entry = on_a_form(11)
    print_text(grey, "or", (city.x1 + entry.x0) // 2, 54, 12)
    assert len([line for line in lines_of(grey) if line.text_height > 18]) == 2


def test_a_barcode_is_no_line() -> None:
    grey = blank(1000, 200)
    draw_imb(grey, 100, 80)
    assert lines_of(grey) == ()


def test_a_barcode_is_no_part_of_a_line_with_what_stands_beside_it() -> None:
    grey = blank(1100, 200)
    city = print_text(grey, "MEMPHIS TN 38117", 60, 70, 24)
    bars = draw_imb(grey, 60, 110)
    words = print_text(grey, "DECLARATION OF VOTER", bars.x1 + 30, 134, 14)
    found = lines_of(grey)
    assert len(found) == 2
    assert close(found[0].box, city, 6)
    assert close(found[1].box, words, 6)


def test_a_barcode_below_the_address_is_left_out() -> None:
    envelope = draw_envelope()
    for line in lines_of(envelope.grey):
        assert line.box.intersection(envelope.barcode).area == 0


def test_rules_and_pictures_are_no_lines() -> None:
    grey = blank(1000, 500)
    grey[100:104, 50:950] = 0
    grey[200:480, 100:700] = 90
    assert lines_of(grey) == ()


@pytest.mark.parametrize("level", [255, 200])
def test_a_blank_page_has_no_lines(level: int) -> None:
    assert lines_of(blank(800, 400, level)) == ()


def test_grain_and_specks_are_no_lines() -> None:
    random = np.random.default_rng(3)
    grey = np.clip(random.normal(245, 4, (400, 800)), 0, 255).astype(np.uint8)
    for x, y in random.integers((0, 0), (790, 390), (60, 2)):
        grey[y : y + 3, x : x + 3] = 60
    assert lines_of(grey) == ()


def test_faint_writing_is_found() -> None:
    grey, truth = typed("4820 WALNUT RD")
    faint = np.rint(255 - (255 - grey.astype(float)) * 0.3).astype(np.uint8)
    (line,) = lines_of(faint)
    assert close(line.box, truth[0], 6)


def test_faint_print_on_a_clean_label_is_found_on_a_grainy_envelope() -> None:
    """The grain of dark paper, made white, is stronger than the print of the label."""
    label, truth = typed("4820 WALNUT RD", "MEMPHIS TN 38117")
    faint = 255 - 0.25 * (255 - label.astype(float))
    envelope = np.random.default_rng(5).normal(225, 16, (900, 1900))
    envelope[300 : 300 + label.shape[0], 500 : 500 + label.shape[1]] = faint
    found = lines_of(np.clip(envelope, 0, 255).astype(np.uint8))
    for box in truth:
        placed = Box(box.x0 + 500, box.y0 + 300, box.x1 + 500, box.y1 + 300)
        assert any(close(line.box, placed, 8) for line in found)


@pytest.mark.parametrize("grain", [8, 16])
def test_grainy_paper_does_not_hide_the_lines(grain: int) -> None:
    grey, truth = typed("MARIA LOPEZ", "4820 WALNUT RD", "MEMPHIS TN 38117")
    noise = np.random.default_rng(grain).normal(0, grain, grey.shape)
    level = 255 - 2.5 * grain - (255 - grey.astype(float)) * 0.6
    found = lines_of(np.clip(level + noise, 0, 255).astype(np.uint8), dpi=120)
    for box in truth:
        assert any(close(line.box, box, 6) for line in found)


@pytest.mark.parametrize("slope", [0.0, 0.02, -0.05])
@pytest.mark.parametrize("thickness", [1, 3])
def test_a_rule_through_the_writing_does_not_swallow_it(slope: float, thickness: int) -> None:
    grey, (_, box) = typed("4820 WALNUT RD", "MEMPHIS TN 38117")
    level = box.y1 - 3
    ends = (20, round(level - 400 * slope)), (860, round(level + 440 * slope))
    cv2.line(grey, *ends, 60, thickness, cv2.LINE_AA)
    found = [line for line in lines_of(grey) if line.box.intersection(box).area > 0.8 * box.area]
    assert len(found) == 1
    assert len(found[0].parts) >= 10
    assert found[0].text_height == pytest.approx(24, rel=0.25)


def boxed(grey: GreyImage, box: Box) -> Box:
    frame = Box(box.x0 - 10, box.y0 - 10, box.x1 + 10, box.y1 + 10)
    cv2.rectangle(grey, (frame.x0, frame.y0), (frame.x1, frame.y1), 60, 2)
    return frame


def test_a_box_around_joined_digits_is_left_to_the_field() -> None:
    grey, (box,) = typed("38117 4207")
    cv2.line(grey, (box.x0 + 4, round(box.center[1])), (box.x1 - 4, round(box.center[1])), 0, 2)
    frame = boxed(grey, box)
    (line,) = lines_of(grey)
    assert close(line.box, frame, 4)
    assert not line.circles


def test_what_is_drawn_around_a_line_is_no_part_of_it_and_is_remembered() -> None:
    grey, (box,) = typed("38117 4207")
    frame = boxed(grey, box)
    (line,) = lines_of(grey)
    assert close(line.box, box, 4)
    (circle,) = line.circles
    assert close(Box.of_quad(circle), frame, 4)


def test_where_a_ring_lies_is_told_to_half_a_pixel() -> None:
    grey = blank(2000, 500)
    box = print_text(grey, "38117", 600, 280, 60)
    middle = round(box.center[0]), round(box.center[1])
    cv2.ellipse(grey, middle, (round(0.8 * box.width), round(box.height)), 0, 0, 360, 0, 9)
    (line,) = lines_of(grey, dpi=500)
    (circle,) = line.circles
    told = (circle.min(axis=0) + circle.max(axis=0)) / 2
    assert np.abs(told - middle).max() < 1.2


def test_long_waves_whose_crests_are_level_chain_no_lines() -> None:
    grey, truth = typed("MARIA LOPEZ", "4820 WALNUT RD", "MEMPHIS TN 38117")
    columns = np.arange(200, 880)
    for n in range(6):
        rows = 100 + 20 * n + 22 * np.sin(columns / 80)
        points = np.column_stack([columns, np.rint(rows)]).astype(np.int32)
        cv2.polylines(grey, [points], False, 60, 3)
    found = [line for line in lines_of(grey) if len(line.parts) > 4]
    assert len(found) == 3
    for line, box in zip(found, truth, strict=True):
        assert close(line.box, box, 10)


def test_barcodes_are_told_where_they_are_and_are_no_lines() -> None:
    grey, _ = typed("MARIA LOPEZ", "4820 WALNUT RD", "MEMPHIS TN 38117")
    page = np.vstack([grey, blank(900, 300)])
    edges = 100 + np.cumsum(np.random.default_rng(3).integers(1, 5, 80)) * 3
    top = grey.shape[0] + 60
    for start, end in zip(edges[0::2], edges[1::2], strict=True):
        page[top : top + 160, start:end] = 20
    text = find_lines(upright(page, DPI), CONFIG)
    assert len(text.lines) == 3
    (code,) = text.barcodes
    assert close(code, Box(int(edges[0]), top, int(edges[-1]), top + 160), 6)


@pytest.mark.parametrize("gap", [300, 700, 1100])
def test_a_zip_far_to_the_right_is_of_the_last_line(gap: int) -> None:
    grey = blank(1700, 320)
    for number, text in enumerate(("MARIA LOPEZ", "4820 WALNUT RD", "MEMPHIS TN")):
        print_text(grey, text, 60, 70 + 60 * number, 24)
    corner = print_text(grey, "38117", 260 + gap, 192, 24)
    last = lines_of(grey)[-1]
    assert last.box.x0 == pytest.approx(60, abs=6)
    assert last.box.x1 == pytest.approx(corner.x1, abs=6)


@pytest.mark.parametrize(
    ("text", "others", "baseline"),
    [
        ("38117", ["MAY 4"], 190),  # a date above it
        ("SAINT LOUIS MO 63101", [], 190),  # as long as an address
        ("38117", [], 240),  # on another level
    ],
)
def test_what_is_no_lone_zip_on_the_same_level_stays_a_line_of_its_own(
    text: str, others: list[str], baseline: int
) -> None:
    grey = blank(1700, 320)
    for number, line in enumerate(("MARIA LOPEZ", "4820 WALNUT RD", "MEMPHIS TN")):
        print_text(grey, line, 60, 70 + 60 * number, 24)
    print_text(grey, text, 1200, baseline, 24)
    for other in others:
        print_text(grey, other, 1200, baseline - 40, 24)
    assert max(line.box.x1 for line in lines_of(grey) if line.box.x0 < 100) < 1000
