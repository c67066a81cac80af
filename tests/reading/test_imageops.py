from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.drawing import blank, print_text, printed
from zipreader.elements import GreyImage, Mask
from zipreader.reading import imageops

REACH = 30.0


def writing() -> tuple[GreyImage, Mask]:
    """Black digits on white paper, and where their ink is."""
    grey = printed("27094", 48, level=0)
    return grey, grey < 128


# --- ink -------------------------------------------------------------------------------------


# --- paper, contrast, thresholds -------------------------------------------------------------


def test_paper_shows_no_writing() -> None:
    grey, _ = writing()
    assert imageops.paper(grey, REACH).min() > 240


@pytest.mark.parametrize("reach", [3.0, 9.6, 19.2, 33.6])
def test_paper_is_smoothed_as_by_a_gaussian(reach: float) -> None:
    grey = np.random.default_rng(1).integers(150, 255, (120, 300)).astype(np.uint8)
    side = imageops.odd(reach)
    closed = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    deviation = math.sqrt((((side + 1) / 2) ** 2 - 1) / 6)
    smooth = cv2.GaussianBlur(closed, (0, 0), deviation)
    difference = np.abs(imageops.paper(grey, reach).astype(int) - smooth)
    assert difference.mean() < 1 and difference.max() <= 12


@pytest.mark.parametrize("reach", [11.0, 13.0, 61.0])
def test_paper_does_not_hang_on_the_number_of_threads(reach: float) -> None:
    noise = np.random.default_rng(2).integers(0, 255, (600, 1300)).astype(np.uint8)
    grey = cv2.GaussianBlur(noise, (0, 0), 3)
    threads = cv2.getNumThreads()
    papers = []
    try:
        for number in (1, 2, 3):
            cv2.setNumThreads(number)
            papers.append(imageops.paper(grey, reach))
    finally:
        cv2.setNumThreads(threads)
    assert all((paper == papers[0]).all() for paper in papers)


@given(st.floats(0, 1e5), st.integers(1, 31))
def test_odd_is_odd_and_close(length: float, half: int) -> None:
    least = 2 * half + 1
    result = imageops.odd(length, least)
    assert result % 2 == 1
    assert result >= least
    assert result == least or abs(result - length) <= 1


def test_grey_stays_grey_and_colour_becomes_it() -> None:
    grey = blank(4, 3, 77)
    assert imageops.to_grey(grey) is grey
    assert (imageops.to_grey(np.dstack([grey] * 3)) == grey).all()
    assert imageops.to_grey(np.full((2, 2, 3), (255, 0, 0), np.uint8))[0, 0] == 29  # BGR: blue


# --- stroke width ----------------------------------------------------------------------------


@given(st.integers(3, 12), st.integers(60, 150))
def test_the_width_of_a_bar(width: int, length: int) -> None:
    mask = np.zeros((length + 20, width + 20), bool)
    mask[10 : 10 + length, 10 : 10 + width] = True
    assert imageops.stroke_width(mask) == pytest.approx(width, rel=0.2, abs=0.5)
    assert imageops.stroke_width(mask.T) == imageops.stroke_width(mask)


@pytest.mark.parametrize("pen", [3, 5, 8])
def test_the_width_of_a_ring(pen: int) -> None:
    mask = np.zeros((120, 120), np.uint8)
    cv2.circle(mask, (60, 60), 45, 1, pen)
    assert imageops.stroke_width(mask > 0) == pytest.approx(pen, abs=1)


def test_no_ink_has_no_width() -> None:
    assert imageops.stroke_width(np.zeros((5, 5), bool)) == 0


@pytest.mark.parametrize("width", [1, 3, 8, 20])
def test_the_girth_is_that_of_the_thickest_place(width: int) -> None:
    mask = np.zeros((28, 28), np.bool_)
    mask[4:24, 26] = True
    top = min(4, 24 - width)
    mask[top : top + width, 2 : 2 + width] = True
    girths = imageops.girths(mask)
    assert girths.shape == mask.shape
    assert girths.max() == pytest.approx(width + 1, abs=1.2)
    assert girths[:, 26].max() == pytest.approx(2)
    assert not girths[~mask].any()
    assert not imageops.girths(np.zeros((28, 28), np.bool_)).any()


def test_beyond_the_mask_there_is_no_ink() -> None:
    assert imageops.girths(np.ones((9, 40), np.bool_)).max() == pytest.approx(10, abs=0.5)


# --- warp ------------------------------------------------------------------------------------


def test_the_identity_changes_no_pixel() -> None:
    grey, _ = writing()
    same = imageops.warp(grey, np.eye(3), (grey.shape[1], grey.shape[0]))
    assert np.abs(same.astype(int) - grey).max() <= 1


def test_the_matrix_leads_from_the_result_to_the_source() -> None:
    grey, _ = writing()
    shift = np.array([[1, 0, 15], [0, 1, 10], [0, 0, 1]], np.float64)
    part = imageops.warp(grey, shift, (60, 40))
    assert part.shape == (40, 60)
    assert np.abs(part.astype(int) - grey[10:50, 15:75]).max() <= 1


@pytest.mark.parametrize("level", [255, 140, 40])
def test_outside_the_image_is_paper(level: int) -> None:
    grey = blank(60, 40, level)
    print_text(grey, "7", 20, 30, 20, level=10)
    away = np.array([[1, 0, -100], [0, 1, -100], [0, 0, 1]], np.float64)
    assert np.unique(imageops.warp(grey, away, (30, 20))).tolist() == [level]
    colour = np.dstack([grey, grey // 2, grey // 3])
    outside = imageops.warp(colour, away, (30, 20))
    assert outside.shape == (20, 30, 3)
    assert (outside == (level, level // 2, level // 3)).all()


def test_thin_strokes_survive_when_the_image_shrinks() -> None:
    grey = blank(400, 400)
    grey[:, 201] = 0
    small = imageops.warp(grey, np.diag([4.0, 4.0, 1.0]), (100, 100))
    assert (small.min(axis=1) < 240).all()


# --- quantiles -------------------------------------------------------------------------------


@given(
    st.lists(st.floats(-1e3, 1e3, allow_nan=False), min_size=1, max_size=40),
    st.floats(0, 1),
)
def test_quantiles_are_those_of_numpy(values: list[float], share: float) -> None:
    found = imageops.quantile(np.array(values), share)
    assert found == pytest.approx(float(np.quantile(values, share)), abs=1e-6)


@given(st.integers(0, 2**32 - 1), st.integers(101, 9000), st.integers(1, 256), st.floats(0, 1))
def test_quantiles_of_many_grey_levels_are_those_of_numpy(
    seed: int, size: int, levels: int, share: float
) -> None:
    values = np.random.default_rng(seed).integers(0, levels, (size, 2)).astype(np.uint8)
    expected = float(np.quantile(values.astype(float), share))
    assert imageops.quantile(values, share) == pytest.approx(expected, abs=1e-6)
    assert imageops.quantile(values[::2, 1], share) == pytest.approx(
        float(np.quantile(values[::2, 1].astype(float), share)), abs=1e-6
    )


@given(st.lists(st.integers(0, 255), min_size=1, max_size=40))
def test_the_median_of_grey_levels_does_not_overflow(levels: list[int]) -> None:
    assert imageops.median(np.array(levels, np.uint8)) == float(np.median(levels))


@pytest.mark.parametrize("scale", [1.5, 1.0, 0.7, 0.5, 0.4, 0.11, 0.003])
@pytest.mark.parametrize("shape", [(1, 1), (40, 200), (301, 415), (64, 64, 3)])
def test_a_reduced_image_has_its_size_and_mean(scale: float, shape: tuple[int, ...]) -> None:
    image = np.linspace(40, 200, int(np.prod(shape))).reshape(shape).astype(np.uint8)
    small = imageops.shrink(image, scale)
    if scale < 1:
        assert small.shape[:2] == tuple(max(1, round(side * scale)) for side in shape[:2])
    assert abs(float(small.mean()) - float(image.mean())) <= 3


@pytest.mark.parametrize("scale", [0.45, 0.3, 0.11])
@pytest.mark.parametrize("side", [997, 1000, 1023])
def test_what_is_reduced_stays_in_its_place(scale: float, side: int) -> None:
    image = np.zeros((side, side), np.uint8)
    spot = side - 40
    image[spot - 9 : spot + 10, spot - 9 : spot + 10] = 255
    ys, xs = np.nonzero(imageops.shrink(image, scale) > 64)
    for axis in (ys, xs):
        assert abs((float(axis.mean()) + 0.5) / scale - (spot + 0.5)) < 1 / scale


@pytest.mark.parametrize("dots", [0, 3, 40_000])
def test_parts_are_labelled_alike_with_short_labels_and_long(dots: int) -> None:
    """With more dots than there are short labels, and with fewer."""
    mask = np.zeros((600, 600), np.uint8)
    rows, columns = np.divmod(np.arange(dots), 300)
    mask[2 * rows, 2 * columns] = 1
    mask[560:, 100:] = 1
    labels, stats = imageops.components(mask)
    count, expected, table, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    assert len(stats) == count == dots + 2
    assert np.array_equal(np.sort(stats, axis=0), np.sort(table, axis=0))
    assert np.array_equal(labels == 0, expected == 0)
    assert len(np.unique(labels)) == count


@given(st.integers(1, 12), st.data())
def test_groups_hold_all_that_is_linked_and_nothing_twice(count: int, data: st.DataObject) -> None:
    numbers = st.integers(0, count - 1)
    links = data.draw(st.lists(st.tuples(numbers, numbers), max_size=15))
    found = [group.tolist() for group in imageops.groups(count, links)]
    assert sorted(number for group in found for number in group) == list(range(count))
    group_of = {number: place for place, group in enumerate(found) for number in group}
    assert all(group_of[one] == group_of[other] for one, other in links)
    assert len(found) >= count - len(links)
