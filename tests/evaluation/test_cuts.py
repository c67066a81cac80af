from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.drawing import digit_boxes, lattice_of
from zipreader.elements import Box, Lattice
from zipreader.evaluation.cuts import true_path


def path_through(lattice: Lattice, boxes: list[Box]) -> list[tuple[int, int] | None]:
    path = true_path(lattice, [box.quad() for box in boxes], np.eye(3))
    return [glyph.span if glyph else None for glyph in path]


def test_single_digits_are_found_among_their_runs() -> None:
    boxes = digit_boxes(5)
    spans = [(i, j) for i in range(5) for j in range(i + 1, 6)]
    found = path_through(lattice_of(boxes, spans), boxes)
    assert found == [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)]


def test_a_digit_without_a_fitting_glyph_is_missing_and_the_others_stay() -> None:
    boxes = digit_boxes(5)
    lattice = lattice_of(boxes, [(0, 1), (1, 2), (2, 4), (4, 5)])
    assert path_through(lattice, boxes) == [(0, 1), (1, 2), None, None, (4, 5)]


def test_no_primitive_serves_two_digits() -> None:
    boxes = digit_boxes(2)
    twice = [boxes[0], boxes[0], boxes[1]]
    found = path_through(lattice_of(boxes), twice)
    assert sorted(map(str, found)) == ["(0, 1)", "(1, 2)", "None"]


def test_a_glyph_far_too_high_does_not_fit() -> None:
    boxes = digit_boxes(2)
    higher = [boxes[0], Box(boxes[1].x0, boxes[1].y0 + 28, boxes[1].x1, boxes[1].y1)]
    assert path_through(lattice_of(boxes), higher) == [(0, 1), None]


def test_all_ink_of_a_digit_fits_better_than_most_of_it() -> None:
    whole = digit_boxes(1)[0]
    inner = Box(whole.x0 + 8, whole.y0 + 8, whole.x1 - 8, whole.y1 - 8)
    lattice = lattice_of([whole, inner], [(0, 1), (0, 2)])
    ink = np.zeros_like(lattice.source.ink)
    ink[whole.y0 : whole.y1, whole.x0 : whole.x1] = 1
    areas = (float(whole.area - inner.area), float(inner.area))
    lattice = replace(lattice, source=replace(lattice.source, ink=ink), primitive_ink=areas)
    assert path_through(lattice, [whole]) == [(0, 2)]


def test_no_glyphs_give_no_path() -> None:
    assert path_through(lattice_of([]), digit_boxes(5)) == [None] * 5
