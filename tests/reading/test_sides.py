from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from tests.drawing import draw_envelope, on_desk
from zipreader.elements import GreyImage, Quad
from zipreader.reading.sides import _distinct_sides, _evidence, four_sides

LETTER = cv2.resize(draw_envelope().grey, (380, 165), interpolation=cv2.INTER_AREA)
SIZE = (500, 320)
PLACE = np.array([(60, 80), (440, 80), (440, 245), (60, 245)], np.float64)
WITHIN = 6.0


def brushed(level: float, depth: float, seed: int) -> GreyImage:
    """A table of brushed metal or wood: streaks along the image."""
    random = np.random.default_rng(seed)
    streaks = cv2.GaussianBlur(random.normal(0, 1, SIZE[::-1]), (0, 0), sigmaX=25, sigmaY=1.2)
    table = level + depth * streaks / streaks.std()
    return np.clip(table, 0, 255).astype(np.uint8)


def on_table(corners: Quad, table: GreyImage, paper: float = 235.0) -> GreyImage:
    image, _ = on_desk(LETTER, corners, SIZE, 0)
    inside = np.zeros(SIZE[::-1], np.uint8)
    cv2.fillConvexPoly(inside, np.rint(corners).astype(np.int32), 1)
    dimmed = np.rint(image * (paper / 255)).astype(np.uint8)
    return np.where(inside > 0, dimmed, table)


def farthest(found: Quad | None, truth: Quad) -> float:
    """The largest distance of a true corner from the nearest that was found."""
    assert found is not None
    assert found.shape == (4, 2)
    distances = np.linalg.norm(found[:, np.newaxis] - truth, axis=2)
    return float(distances.min(axis=0).max())


def first_sides(image: npt.NDArray[np.uint8]) -> Quad | None:
    return next(iter(four_sides(image)), None)


def test_corners_are_found_on_most_streaky_tables_and_nothing_else_is() -> None:
    random = np.random.default_rng(0)
    found = 0
    for seed in range(24):
        corners = PLACE + random.integers(-25, 26, (4, 2))
        table = brushed(random.choice([90, 150, 180]), random.uniform(8, 16), seed)
        sides = first_sides(on_table(corners, table))
        if sides is not None:
            found += 1
            assert farthest(sides, corners) < WITHIN
    assert found >= 19


def test_a_shadow_across_the_envelope_is_no_side() -> None:
    image = on_table(PLACE, brushed(120, 12, 1)).astype(float)
    shade = np.clip((np.arange(SIZE[0]) - 300) / 30, 0, 1) * 0.45
    assert farthest(first_sides(np.rint(image * (1 - shade)).astype(np.uint8)), PLACE) < WITHIN


def test_a_thin_shadow_parts_white_from_white() -> None:
    """As on the lid of a scanner."""
    image = on_table(PLACE, np.full(SIZE[::-1], 246, np.uint8), paper=246)
    cv2.polylines(image, [PLACE.astype(np.int32)], True, 205, 1, cv2.LINE_AA)
    assert farthest(first_sides(image), PLACE) < WITHIN


@pytest.mark.parametrize("seed", range(4))
def test_a_table_alone_has_none(seed: int) -> None:
    assert first_sides(brushed(140, 20, seed)) is None


def test_a_fold_across_the_sheet_is_no_side() -> None:
    image = cv2.resize(draw_envelope().grey, SIZE, interpolation=cv2.INTER_AREA)
    cv2.line(image, (0, 120), (499, 130), 190, 2, cv2.LINE_AA)
    cv2.line(image, (170, 0), (160, 319), 190, 2, cv2.LINE_AA)
    assert first_sides(image) is None


@pytest.mark.parametrize("shape", [(1, 1), (1, 200), (200, 1), (8, 8), (40, 40, 3)])
def test_what_is_tiny_or_blank_has_none(shape: tuple[int, ...]) -> None:
    assert first_sides(np.full(shape, 128, np.uint8)) is None


def test_sides_that_quadrilaterals_share_are_judged_once_and_alike() -> None:
    image = on_table(PLACE, brushed(120, 12, 3))
    x, y = np.array([20.0, 60, 250, 440]), np.array([30.0, 80, 245])
    quads = np.array(
        [
            [(x[a], y[c]), (x[b], y[c]), (x[b], y[d]), (x[a], y[d])]
            for a, b in ((0, 1), (0, 2), (1, 3), (2, 3))
            for c, d in ((0, 1), (1, 2))
        ]
    )
    sides, of_quads = _distinct_sides(quads)
    assert len(sides) < 4 * len(quads)
    for quad, numbers in zip(quads, of_quads, strict=True):
        ends = zip(quad, np.roll(quad, -1, axis=0), strict=True)
        expected = {frozenset({tuple(start), tuple(end)}) for start, end in ends}
        assert {frozenset(map(tuple, sides[number])) for number in numbers} == expected
    together = _evidence(quads, image)
    alone = np.concatenate([_evidence(quad[np.newaxis], image) for quad in quads])
    np.testing.assert_allclose(together, alone)
    assert len(np.unique(together, axis=0)) == len(quads)


def test_a_label_that_is_whiter_than_its_envelope_is_not_taken_for_an_end_of_it() -> None:
    """The paper differs more at the label than at the sides of the envelope."""
    image = np.full(SIZE[::-1], 165, np.uint8)
    cv2.fillConvexPoly(image, PLACE.astype(np.int32), 190)
    image[80:246, 200:438] = 250
    image = cv2.GaussianBlur(image, (0, 0), 0.8)
    assert farthest(first_sides(image), PLACE) < WITHIN
