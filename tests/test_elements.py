from __future__ import annotations

import dataclasses
from functools import reduce

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.drawing import blank, field_ink, field_of, inverse, lattice_of, upright
from zipreader.elements import (
    Box,
    Decision,
    Lattice,
    Matrix,
    Objection,
    Page,
    Reading,
    Reason,
    Status,
    UprightPage,
    ZipHypothesis,
    transform_points,
)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    """Boxes with at least one pixel."""
    x0, y0 = draw(st.integers(-500, 500)), draw(st.integers(-500, 500))
    return Box(x0, y0, x0 + draw(st.integers(1, 400)), y0 + draw(st.integers(1, 400)))


def pixels(box: Box) -> set[tuple[int, int]]:
    return {(x, y) for x in range(box.x0, box.x1) for y in range(box.y0, box.y1)}


small_boxes = st.builds(
    lambda x, y, w, h: Box(x, y, x + w, y + h),
    st.integers(-4, 4),
    st.integers(-4, 4),
    st.integers(1, 5),
    st.integers(1, 5),
)


# --- Box -------------------------------------------------------------------------------------


def test_a_box_is_half_open() -> None:
    box = Box(2, 3, 7, 5)
    assert (box.width, box.height, box.area, box.center) == (5, 2, 10, (4.5, 4.0))


@given(small_boxes)
def test_area_counts_pixels(box: Box) -> None:
    assert box.area == len(pixels(box))


@given(small_boxes, small_boxes)
def test_intersection_holds_the_common_pixels(first: Box, second: Box) -> None:
    common = first.intersection(second)
    assert pixels(common) == pixels(first) & pixels(second)
    assert common.area == len(pixels(first) & pixels(second))
    assert common == second.intersection(first)


@given(small_boxes, small_boxes)
def test_union_is_the_smallest_box_around_both(first: Box, second: Box) -> None:
    union = first.union(second)
    assert pixels(first) | pixels(second) <= pixels(union)
    xs, ys = zip(*(pixels(first) | pixels(second)), strict=True)
    assert union == Box(min(xs), min(ys), max(xs) + 1, max(ys) + 1)


@given(st.lists(boxes(), min_size=1, max_size=6))
def test_around_is_the_union_of_all(many: list[Box]) -> None:
    assert Box.around(many) == reduce(Box.union, many)
    assert Box.around(iter(many)) == Box.around(many)


@given(boxes(), st.integers(0, 50), st.integers(0, 50))
def test_grown_can_be_undone(box: Box, dx: int, dy: int) -> None:
    grown = box.grown(dx, dy)
    assert (grown.width, grown.height) == (box.width + 2 * dx, box.height + 2 * dy)
    assert grown.center == box.center
    assert grown.grown(-dx, -dy) == box


@given(boxes(), st.integers(1, 300), st.integers(1, 300))
def test_clipped_stays_inside_and_is_never_inverted(box: Box, width: int, height: int) -> None:
    clipped = box.clipped(width, height)
    assert 0 <= clipped.x0 <= clipped.x1 <= width
    assert 0 <= clipped.y0 <= clipped.y1 <= height
    assert clipped.area == box.intersection(Box(0, 0, width, height)).area
    assert clipped.clipped(width, height) == clipped


@given(boxes())
def test_the_box_of_its_own_corners_is_the_box(box: Box) -> None:
    assert Box.of_quad(box.quad()) == box


@given(boxes(), st.floats(-0.4, 0.4))
def test_the_box_of_corners_holds_them(box: Box, shift: float) -> None:
    quad = box.quad() + shift
    around = Box.of_quad(quad)
    assert (quad[:, 0] >= around.x0 - 1e-5).all()
    assert (quad[:, 0] <= around.x1 + 1e-5).all()
    assert (quad[:, 1] >= around.y0 - 1e-5).all()
    assert (quad[:, 1] <= around.y1 + 1e-5).all()


def test_corners_go_clockwise_from_the_top_left() -> None:
    assert Box(1, 2, 5, 9).quad().tolist() == [[1, 2], [5, 2], [5, 9], [1, 9]]


# --- transform_points ------------------------------------------------------------------------


@st.composite
def homographies(draw: st.DrawFn) -> Matrix:
    """Invertible maps as pages go through: turned, scaled, moved, a little perspective."""
    angle = draw(st.floats(-3.2, 3.2))
    scale = draw(st.floats(0.2, 5))
    cos, sin = scale * np.cos(angle), scale * np.sin(angle)
    x, y = draw(st.floats(-500, 500)), draw(st.floats(-500, 500))
    p, q = draw(st.floats(-2e-4, 2e-4)), draw(st.floats(-2e-4, 2e-4))
    return np.array([[cos, -sin, x], [sin, cos, y], [0, 0, 1]]) @ np.array(
        [[1, 0, 0], [0, 1, 0], [p, q, 1]]
    )


points = st.lists(st.tuples(st.floats(0, 1000), st.floats(0, 1000)), min_size=1, max_size=8)


@given(homographies(), points)
def test_the_inverse_brings_points_back(matrix: Matrix, xy: list[tuple[float, float]]) -> None:
    there = transform_points(matrix, xy)
    back = transform_points(inverse(matrix), there)
    assert there.shape == (len(xy), 2)
    assert np.abs(back - np.array(xy)).max() < 1e-4


@given(homographies(), homographies(), points)
def test_maps_compose(first: Matrix, second: Matrix, xy: list[tuple[float, float]]) -> None:
    between = transform_points(first, xy)
    assume(float(np.abs(1 + between @ second[2, :2]).min()) > 0.2)
    assert np.allclose(
        transform_points(second @ first, xy), transform_points(second, between), atol=1e-4
    )


def test_the_identity_changes_nothing() -> None:
    assert transform_points(np.eye(3), [(3, 4), (0, -1)]).tolist() == [[3, 4], [0, -1]]


# --- pages, lattices -------------------------------------------------------------------------


def test_a_page_states_width_before_height() -> None:
    assert Page(blank(30, 20), "x.png").size == (30, 20)
    assert Page(np.zeros((20, 30, 3), np.uint8), "x.png").size == (30, 20)


def test_an_upright_box_is_shown_on_the_original() -> None:
    quarter_turn = np.array([[0, 1, 0], [-1, 0, 100], [0, 0, 1]], np.float64)
    page = Page(blank(40, 100), "x.png")
    turned = UprightPage(page, blank(100, 40), quarter_turn, 90, 200.0)
    quad = turned.original_quad(Box(10, 5, 30, 15))
    assert quad.tolist() == [[5, 90], [5, 70], [15, 70], [15, 90]]


def test_a_lattice_without_glyphs_has_no_tiles() -> None:
    empty = Lattice(field_ink(np.zeros((60, 60), np.float32), 40, 0), (), (), ())
    assert empty.tiles.shape == (0, 28, 28)
    assert empty.tiles.dtype == np.uint8


def test_the_tiles_of_a_lattice_are_those_of_its_glyphs() -> None:
    assert lattice_of([Box(0, 0, 20, 56), Box(30, 0, 50, 56)]).tiles.shape == (2, 28, 28)


# --- decisions and readings ------------------------------------------------------------------


def test_accepted_means_that_nothing_objects() -> None:
    accepted = Decision(0.99, 0.9, ())
    assert accepted.accepted
    assert accepted.status is Status.ACCEPT
    flagged = Decision(0.99, 0.9, (Objection(Reason.UNASSIGNED),))
    assert not flagged.accepted
    assert flagged.status is Status.REVIEW


def test_a_final_reason_holds_however_certain_the_reading_is() -> None:
    final = {reason for reason in Reason if reason.is_final}
    assert final == {Reason.UNASSIGNED, Reason.CROSSED_OUT, Reason.SEVERAL_MAILPIECES}


@pytest.mark.parametrize("reason", Reason)
def test_a_reason_is_a_sentence(reason: Reason) -> None:
    assert reason.value[0].isupper()
    assert reason.value.endswith(".")
    assert str(Objection(reason)) == reason.value


def test_particulars_go_into_the_sentence() -> None:
    objection = Objection(Reason.UNCLEAR_DIGIT, "the third, 4 or 9")
    assert str(objection) == "A digit is unclear: the third, 4 or 9."


def test_a_reading_without_hypotheses_has_no_zip() -> None:
    page = Page(blank(9, 9), "x.png")
    reading = Reading(page, (), Decision(0.0, 0.9, (Objection(Reason.NO_ADDRESS),)), "model")
    assert reading.best is None
    assert reading.zip is None


def test_the_first_hypothesis_is_the_zip_and_it_is_text() -> None:
    field = field_of(blank(90, 40), 20)
    first, second = (ZipHypothesis(z, None, field, (), 0.5) for z in ("01002", "01005"))
    reading = Reading(field.page.page, (first, second), Decision(0.9, 0.5, ()), "model")
    assert reading.best is first
    assert reading.zip == "01002"


@pytest.mark.parametrize(
    ("value", "name"),
    [(Box(0, 0, 1, 1), "x0"), (upright(blank(9, 9)), "dpi"), (Decision(0, 0, ()), "confidence")],
)
def test_values_are_frozen_and_slotted(value: object, name: str) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, name, 1)
    assert not hasattr(value, "__dict__")
