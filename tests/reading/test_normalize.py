from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.drawing import PEN, pen
from zipreader.elements import InkMap
from zipreader.reading.normalize import BOX, TILE, normalize

Tile = npt.NDArray[np.uint8]


def digit(text: str, height: int = 60, width: int = 7) -> InkMap:
    """One digit as ink, soft at its edges, with a margin."""
    canvas = np.zeros((height + 40, height + 40), np.float32)
    pen(canvas, text, 20, 20, height, 0, width)
    return cv2.GaussianBlur(canvas, (0, 0), 0.6)


@st.composite
def scribbles(draw: st.DrawFn) -> InkMap:
    """Any few strokes on a canvas of any size; the pen is at least a fortieth of it wide."""
    height, width = draw(st.integers(8, 120)), draw(st.integers(8, 120))
    least = max(1, max(height, width) // 40)
    canvas = np.zeros((height, width), np.float32)
    point = st.tuples(st.integers(0, width - 1), st.integers(0, height - 1))
    for line in draw(st.lists(st.lists(point, min_size=2, max_size=5), min_size=1, max_size=3)):
        points = np.array(line, np.int32)
        cv2.polylines(canvas, [points], False, 1.0, draw(st.integers(least, 9)))
    return canvas * np.float32(draw(st.floats(0.5, 1.0)))


def mass_centre(tile: Tile) -> npt.NDArray[np.float64]:
    """(y, x) of the centre of mass, pixel centres at halves."""
    weights = tile.astype(np.float64)
    y = (weights.sum(axis=1) @ (np.arange(TILE) + 0.5)) / weights.sum()
    x = (weights.sum(axis=0) @ (np.arange(TILE) + 0.5)) / weights.sum()
    return np.array([y, x])


def extent(tile: Tile) -> tuple[int, int]:
    """(height, width) of the ink."""
    ys, xs = np.nonzero(tile)
    return int(np.ptp(ys)) + 1, int(np.ptp(xs)) + 1


def likeness(first: Tile, second: Tile) -> float:
    """Correlation of two tiles, at best over shifts of a pixel that rounding may cause."""
    a = first.astype(np.float64).ravel()
    shifted = [
        np.roll(second, (dy, dx), (0, 1)).astype(np.float64).ravel()
        for dy in (-1, 0, 1)
        for dx in (-1, 0, 1)
    ]
    return max(float(np.corrcoef(a, b)[0, 1]) for b in shifted)


# --- the format ------------------------------------------------------------------------------


@given(scribbles())
def test_a_tile_is_28_by_28_bytes_with_full_ink(ink: InkMap) -> None:
    tile = normalize(ink)
    assert tile.shape == (28, 28)
    assert tile.dtype == np.uint8
    assert tile.max() == 255


@given(scribbles())
def test_the_longer_side_is_20(ink: InkMap) -> None:
    longer = max(extent(normalize(ink)))
    assert BOX - 2 <= longer <= BOX


@given(scribbles())
def test_the_mass_is_centred_within_a_pixel(ink: InkMap) -> None:
    """Unless the 20x20 box would leave the tile."""
    tile = normalize(ink)
    ys, xs = np.nonzero(tile)
    for offset, places in zip(mass_centre(tile) - TILE / 2, (ys, xs), strict=True):
        at_rim = places.min() <= 1 or places.max() >= TILE - 2
        assert abs(offset) <= 1 or at_rim


@pytest.mark.parametrize("text", PEN)
def test_the_mass_of_a_digit_is_centred(text: str) -> None:
    assert np.abs(mass_centre(normalize(digit(text))) - TILE / 2).max() <= 0.6


@pytest.mark.parametrize("text", PEN)
def test_the_aspect_ratio_is_kept(text: str) -> None:
    ink = digit(text, 80)
    ys, xs = np.nonzero(ink > 0.02)
    height, width = np.ptp(ys) + 1, np.ptp(xs) + 1
    tile_height, tile_width = extent(normalize(ink))
    assert tile_height == pytest.approx(20, abs=1)
    assert tile_width == pytest.approx(20 * width / height, abs=1.5)


def test_a_bar_lies_as_it_lay() -> None:
    bar = np.zeros((30, 60), np.float32)
    bar[12:18, 5:55] = 1
    height, width = extent(normalize(bar))
    assert (height, width) == (2, 20)


# --- what does not matter --------------------------------------------------------------------


@given(
    scribbles(),
    st.tuples(st.integers(0, 30), st.integers(0, 30)),
    st.tuples(st.integers(0, 30), st.integers(0, 30)),
)
def test_margins_and_place_do_not_matter(
    ink: InkMap, rows: tuple[int, int], columns: tuple[int, int]
) -> None:
    assert (normalize(np.pad(ink, (rows, columns))) == normalize(ink)).all()


@given(scribbles(), st.floats(0.6, 1.0))
def test_the_strength_of_the_pen_does_not_matter(ink: InkMap, strength: float) -> None:
    assert likeness(normalize(ink), normalize(ink * np.float32(strength))) > 0.99


@given(st.sampled_from(sorted(PEN)), st.floats(0.8, 3.0))
def test_scale_hardly_matters(text: str, scale: float) -> None:
    ink = digit(text, 60, 8)
    scaled = cv2.resize(ink, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    assert likeness(normalize(ink), normalize(scaled)) > 0.95


@given(scribbles())
def test_turning_the_glyph_turns_the_tile(ink: InkMap) -> None:
    turned = normalize(np.ascontiguousarray(np.rot90(ink, 2)))
    assert likeness(np.rot90(normalize(ink), 2), turned) > 0.9


# --- little ink ------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(1, 1), (5, 40), (28, 28), (0, 0), (0, 7), (7, 0)])
def test_no_ink_gives_an_empty_tile(shape: tuple[int, int]) -> None:
    tile = normalize(np.zeros(shape, np.float32))
    assert tile.shape == (28, 28)
    assert not tile.any()


@given(st.integers(1, 40), st.integers(1, 40))
def test_a_block_of_any_size_fits(height: int, width: int) -> None:
    assume(max(height, width) < 15 * min(height, width))
    tile = normalize(np.ones((height, width), np.float32))
    assert max(extent(tile)) == 20
    assert np.abs(mass_centre(tile) - TILE / 2).max() <= 0.51


def test_a_trace_of_ink_is_paper() -> None:
    assert not normalize(np.full((10, 10), 0.05, np.float32)).any()


# --- any ink ---------------------------------------------------------------------------------


@st.composite
def inks(draw: st.DrawFn) -> InkMap:
    """Pixels of any strength scattered on any canvas, which no pen would leave."""
    height, width = draw(st.integers(1, 90)), draw(st.integers(1, 90))
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    share = draw(st.sampled_from([0.01, 0.1, 0.5, 1.0]))
    ink = chance.random((height, width), np.float32)
    ink[chance.random((height, width)) > share] = 0
    return ink


@given(inks())
def test_any_ink_gives_a_tile_that_fits(ink: InkMap) -> None:
    tile = normalize(ink)
    assert tile.shape == (TILE, TILE)
    assert tile.dtype == np.uint8
    if tile.any():
        assert tile.max() == 255
        assert max(extent(tile)) <= BOX


@given(inks())
def test_the_mass_of_any_ink_is_centred_unless_its_box_would_leave_the_tile(ink: InkMap) -> None:
    tile = normalize(ink)
    assume(tile.any())
    ys, xs = np.nonzero(ink > 0.02)
    height, width = int(np.ptp(ys)) + 1, int(np.ptp(xs)) + 1
    box = [max(1, round(side * BOX / max(height, width))) for side in (height, width)]
    for offset, side, places in zip(
        mass_centre(tile) - TILE / 2, box, np.nonzero(tile), strict=True
    ):
        if offset > 1:  # heavy below or at the right: the box lies at the near rim
            assert places.max() < side
        if offset < -1:
            assert places.min() >= TILE - side


@given(inks())
def test_the_box_of_any_ink_keeps_its_proportions(ink: InkMap) -> None:
    ink = np.where(ink > 0, np.maximum(ink, np.float32(0.5)), np.float32(0)).astype(np.float32)
    ys, xs = np.nonzero(ink)
    assume(ys.size)
    height, width = int(np.ptp(ys)) + 1, int(np.ptp(xs)) + 1
    assume(max(height, width) <= 2 * BOX)  # else single pixels at the rim fade away
    scale = BOX / max(height, width)
    tile_height, tile_width = extent(normalize(ink))
    assert abs(tile_height - max(1, round(height * scale))) <= 1
    assert abs(tile_width - max(1, round(width * scale))) <= 1


@given(inks())
def test_the_same_ink_gives_the_same_tile_and_stays_as_it_was(ink: InkMap) -> None:
    before = ink.copy()
    assert (normalize(ink) == normalize(ink)).all()
    assert (ink == before).all()
