from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.drawing import (
    INK,
    blank,
    draw_field,
    field_ink,
    field_of,
    overlap,
    pen,
    printed,
    rotated,
    to_grey,
)
from zipreader.config import SegmentConfig
from zipreader.elements import Box, InkMap, Lattice, ZipField, transform_points
from zipreader.reading.rectify import rectify
from zipreader.reading.segment import lattice, segment

CONFIG = SegmentConfig()
H = CONFIG.digit_height


def spans(field: ZipField) -> set[tuple[int, int]]:
    return {glyph.span for glyph in segment(field, CONFIG).glyphs}


def two_strokes(apart: int) -> ZipField:
    """Two upright strokes whose middles are so far apart, touching by a hair line if not close."""
    canvas = np.zeros((H + 40, 140), np.float32)
    canvas[20 : 20 + H, 50:58] = 1
    canvas[20 : 20 + H, 50 + apart : 58 + apart] = 1
    canvas[44:47, 50 : 50 + apart] = 1
    return field_of(to_grey(canvas), H)


# --- cuts ------------------------------------------------------------------------------------


@pytest.mark.parametrize("apart", [20, 26, 34])
def test_two_touching_strokes_are_offered_apart_and_together(apart: int) -> None:
    offered = segment(two_strokes(apart), CONFIG)
    last = len(offered.primitives)
    places = {glyph.span: _upright(glyph.box, offered) for glyph in offered.glyphs}
    assert (0, last) in places
    cuts = [cut for cut in range(1, last) if (0, cut) in places and (cut, last) in places]
    middle = 54 + apart / 2
    assert any(
        places[0, cut].x1 <= middle + apart / 2 - 3
        and places[cut, last].x0 >= middle - apart / 2 + 3
        for cut in cuts
    )


@pytest.mark.parametrize("text", ["00", "25", "72", "50"])
@pytest.mark.parametrize("gap", [5, 3])
def test_touching_digits_can_be_told_apart(text: str, gap: int) -> None:
    """Some two neighbouring glyphs each show one digit, whatever else is offered."""
    canvas = np.zeros((H + 40, 140), np.float32)
    boxes = pen(canvas, text, 30, 24, H - 8, gap, 7)
    assert cv2.connectedComponents((canvas > 0).astype(np.uint8))[0] == 2
    offered = segment(field_of(to_grey(canvas), H), CONFIG)
    found = [
        [g for g in offered.glyphs if _like(_upright(g.box, offered), box.grown(4, 4))]
        for box in boxes
    ]
    assert any(a.span[1] == b.span[0] for a in found[0] for b in found[1])


def _upright(box: Box, offered: Lattice) -> Box:
    return Box.of_quad(transform_points(offered.source.to_upright, box.quad()))


def _like(first: Box, second: Box) -> bool:
    return first.intersection(second).area >= 0.75 * first.union(second).area


def test_digits_apart_are_one_primitive_each() -> None:
    offered = segment(draw_field("17414", gap=26, width=5), CONFIG)
    found = [(_upright(g.box, offered), g.span) for g in offered.glyphs]
    assert len([span for box, span in found if box.height > 0.8 * H]) >= 5
    assert not any(box.width > CONFIG.widest * H for box, _ in found)


def test_the_parts_of_a_broken_digit_are_offered_together() -> None:
    """The bar of a 5 that does not reach its bowl."""
    canvas = np.zeros((H + 40, 140), np.float32)
    pen(canvas, "5", 50, 24, H - 8, 0, 6)
    canvas[:, 58:62] = 0
    offered = segment(field_of(to_grey(canvas), H), CONFIG)
    assert len(offered.primitives) >= 2
    assert (0, len(offered.primitives)) in {glyph.span for glyph in offered.glyphs}


# --- the lattice -----------------------------------------------------------------------------


def check(found: Lattice) -> None:
    """What holds for every lattice."""
    count = len(found.primitives)
    assert count == len(found.primitive_ink)
    assert len(found.glyphs) <= CONFIG.most_glyphs
    assert len({glyph.span for glyph in found.glyphs}) == len(found.glyphs)
    centres = [box.x0 + box.x1 for box in found.primitives]
    assert centres == sorted(centres)
    height, width = found.source.ink.shape
    for box, area in zip(found.primitives, found.primitive_ink, strict=True):
        assert box.area > 0
        assert box == box.clipped(width, height)
        assert 0 < area <= box.area
    for glyph in found.glyphs:
        first, last = glyph.span
        assert 0 <= first < last <= min(count, first + 2 * CONFIG.run)
        assert glyph.severed >= 0
        assert glyph.box == Box.around(found.primitives[first:last])
        assert glyph.tile.shape == (28, 28)
        assert glyph.tile.max() == 255


@pytest.mark.parametrize("text", ["20475", "00000", "11111", "5", "2207", "7410052"])
@pytest.mark.parametrize("gap", [18, 6, 0])
def test_a_lattice_is_consistent(text: str, gap: int) -> None:
    found = segment(draw_field(text, gap), CONFIG)
    check(found)
    assert len(found.glyphs) >= (len(text) if gap > 7 else 1)


@given(st.integers(0, 2**32 - 1), st.integers(0, 40))
def test_any_scribble_gives_a_bounded_lattice(seed: int, strokes: int) -> None:
    random = np.random.default_rng(seed)
    ink = np.zeros((90, 320), np.float32)
    for _ in range(strokes):
        points = random.integers((0, 0), (320, 90), (3, 2)).astype(np.int32)
        cv2.polylines(ink, [points], False, 1.0, int(random.integers(1, 9)))
    check(lattice(field_ink(ink, H, 5.0), CONFIG))


def test_noise_is_bounded() -> None:
    noise = np.random.default_rng(2).random((96, 400)).astype(np.float32)
    check(lattice(field_ink(noise, H, 3.0), CONFIG))
    few = replace(CONFIG, most_glyphs=7)
    assert len(lattice(field_ink(noise, H, 3.0), few).glyphs) <= 7


@pytest.mark.parametrize("grey", [blank(300, 80), blank(300, 80, 120), blank(40, 12)])
def test_a_blank_field_gives_an_empty_lattice(grey: InkMap) -> None:
    found = segment(field_of(np.asarray(grey, np.uint8), 50), CONFIG)
    assert found.primitives == ()
    assert found.glyphs == ()
    assert found.tiles.shape == (0, 28, 28)


def test_specks_are_no_primitives() -> None:
    clean = draw_field("17", gap=30)
    grey = clean.page.grey.copy()
    for x in (6, 60, 100):
        grey[8:10, x : x + 2] = INK
    dirty = field_of(grey, H)
    assert len(segment(dirty, CONFIG).primitives) == len(segment(clean, CONFIG).primitives)


def test_the_rest_of_a_rule_below_the_digits_is_no_primitive() -> None:
    clean = draw_field("2047", gap=30)
    grey = clean.page.grey.copy()
    grey[-6:-3, 20:60] = INK
    dirty = field_of(grey, H)
    assert len(segment(dirty, CONFIG).primitives) == len(segment(clean, CONFIG).primitives)


def test_what_is_whole_severs_no_ink_and_what_is_cut_does() -> None:
    found = segment(two_strokes(34), CONFIG)
    severed = {glyph.span: glyph.severed for glyph in found.glyphs}
    last = len(found.primitives)
    assert severed.pop((0, last)) == 0
    assert severed
    assert min(severed.values()) > 0


def test_glyphs_that_sever_little_are_kept_first() -> None:
    few = replace(CONFIG, most_glyphs=5)
    kept = segment(draw_field("20475", gap=18), few).glyphs
    assert [glyph.severed for glyph in kept] == [0.0] * 5


def test_dots_do_not_use_up_a_run() -> None:
    """A digit broken into dots by a poor printer is still offered whole."""
    ink = np.zeros((H + 40, 120), np.float32)
    for row in range(10):
        cv2.circle(ink, (60 + row % 3, 22 + 6 * row), 2, 1.0, -1)
    offered = lattice(field_ink(ink, H, 7.0), CONFIG)
    assert len(offered.primitives) > CONFIG.run
    assert (0, len(offered.primitives)) in {glyph.span for glyph in offered.glyphs}


# --- rectification ---------------------------------------------------------------------------


@pytest.mark.parametrize("height", [20, 56, 120])
def test_digits_become_of_one_height(height: int) -> None:
    source = rectify(field_of(printed("80808", height), height), CONFIG)
    rows = np.flatnonzero((source.ink >= 0.5).any(axis=1))
    assert source.digit_height == H
    assert np.ptp(rows) + 1 == pytest.approx(H, rel=0.08)


@pytest.mark.parametrize("degrees", [-6.0, 4.0, 8.0])
def test_a_sloping_field_becomes_level(degrees: float) -> None:
    level = printed("8888888", 40)
    grey = rotated(level, degrees)
    source = rectify(field_of(grey, 40, slope=math.tan(math.radians(degrees))), CONFIG)
    rows = np.flatnonzero((source.ink >= 0.5).any(axis=1))
    assert np.ptp(rows) + 1 == pytest.approx(H, rel=0.1)


def test_field_pixels_map_back_to_the_page() -> None:
    grey = blank(500, 300)
    field = printed("4", 60)
    grey[150 : 150 + field.shape[0], 220 : 220 + field.shape[1]] = field
    ys, xs = np.nonzero(grey < 128)
    truth = Box(int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)
    found = segment(field_of(grey, 60, truth.grown(5, 5)), CONFIG)
    whole = _upright(Box.around(found.primitives), found)
    for mine, theirs in zip(whole.quad().ravel(), truth.quad().ravel(), strict=True):
        assert mine == pytest.approx(theirs, abs=3)


def test_the_width_of_the_pen_is_measured() -> None:
    assert rectify(draw_field("2047", 20, width=8), CONFIG).stroke_width == pytest.approx(8, abs=2)


# --- ruled lines and frames ------------------------------------------------------------------


def ruled(at: int, thickness: int) -> tuple[InkMap, InkMap]:
    """Digits alone, and the same on a ruled line."""
    digits = np.zeros((H + 40, 330), np.float32)
    pen(digits, "20475", 40, 24, H - 8, 18, 8)
    with_line = digits.copy()
    with_line[at : at + thickness] = 1
    return digits, with_line


@pytest.mark.parametrize("at", [24 + H - 12, 24 + H - 2, 50, 10])
@pytest.mark.parametrize("thickness", [2, 4])
def test_a_ruled_line_goes_and_the_digits_stay(at: int, thickness: int) -> None:
    digits, with_line = ruled(at, thickness)
    clean = rectify(field_of(to_grey(digits), H), CONFIG).ink >= 0.5
    left = rectify(field_of(to_grey(with_line), H), CONFIG).ink >= 0.5
    strange = left & ~cv2.dilate(clean.astype(np.uint8), np.ones((9, 9), np.uint8)).astype(bool)
    assert strange.sum() < 0.1 * thickness * 150  # about half of the line lies between digits
    assert (left & clean).sum() > 0.85 * clean.sum()
    assert overlap(left, clean) > 0.75


def test_lines_above_and_below_are_both_removed() -> None:
    digits, with_line = ruled(8, 3)
    with_line[86:89] = 1
    left = rectify(field_of(to_grey(with_line), H), CONFIG).ink >= 0.5
    clean = rectify(field_of(to_grey(digits), H), CONFIG).ink >= 0.5
    assert overlap(left, clean) > 0.85


def test_a_printed_box_around_the_digits_goes() -> None:
    digits = np.zeros((120, 340), np.float32)
    pen(digits, "20475", 50, 36, H - 8, 18, 8)
    framed = digits.copy()
    cv2.rectangle(framed, (14, 6), (326, 113), 1.0, 3)
    clean = rectify(field_of(to_grey(digits), H), CONFIG).ink >= 0.5
    left = rectify(field_of(to_grey(framed), H), CONFIG).ink >= 0.5
    assert overlap(left, clean) > 0.85


def test_bars_of_digits_are_no_ruled_lines() -> None:
    clean = draw_field("7777777", 12)
    ink = rectify(clean, CONFIG).ink >= 0.5
    raw = clean.page.grey < 140
    assert ink.sum() == pytest.approx(raw.sum(), rel=0.15)
