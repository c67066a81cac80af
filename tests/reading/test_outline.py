from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.drawing import blank, draw_envelope, on_desk
from zipreader.config import PageConfig
from zipreader.elements import GreyImage, Quad
from zipreader.reading.outline import find_outlines

CONFIG = PageConfig()
LETTER = cv2.resize(draw_envelope().grey, (760, 330), interpolation=cv2.INTER_AREA)
SIZE = (1000, 640)
WITHIN = 20.0
"""Pixels; the outline is moved inwards by 1.2% of the way to the middle, here 5."""
PLACE = np.array([(120, 160), (880, 160), (880, 490), (120, 490)], np.float64)


def first_outline(image: npt.NDArray[np.uint8], config: PageConfig) -> Quad | None:
    return next(iter(find_outlines(image, config)), None)


def scene(corners: Quad, desk: int = 50) -> GreyImage:
    return on_desk(LETTER, corners, SIZE, desk)[0]


def farthest(found: Quad | None, truth: Quad) -> float:
    """The largest distance of a corner from its true place."""
    assert found is not None
    assert found.shape == (4, 2)
    return float(np.linalg.norm(found - truth, axis=1).max())


@settings(max_examples=25)
@given(st.lists(st.integers(-55, 55), min_size=8, max_size=8), st.sampled_from([30, 80, 120]))
def test_corners_are_found_in_perspective(shifts: list[int], desk: int) -> None:
    corners = PLACE + np.array(shifts, np.float64).reshape(4, 2)
    assert farthest(first_outline(scene(corners, desk), CONFIG), corners) < WITHIN


@pytest.mark.parametrize("degrees", [-25, -10, 10, 25])
def test_corners_are_found_when_turned(degrees: float) -> None:
    turn = cv2.getRotationMatrix2D((500, 325), degrees, 1.0)
    corners = PLACE @ turn[:, :2].T + turn[:, 2]
    found = first_outline(scene(corners), CONFIG)
    assert found is not None
    distances = np.linalg.norm(found[:, np.newaxis] - corners, axis=2)
    assert distances.min(axis=0).max() < WITHIN
    area = cv2.contourArea(found.astype(np.float32), oriented=True)
    assert area > 0  # clockwise as seen


def test_the_outline_lies_within_the_envelope() -> None:
    found = first_outline(scene(PLACE), CONFIG)
    assert found is not None
    assert (found.min(axis=0) >= PLACE.min(axis=0) - 1).all()
    assert (found.max(axis=0) <= PLACE.max(axis=0) + 1).all()


def test_large_images_are_measured_like_small_ones() -> None:
    large = cv2.resize(scene(PLACE), None, fx=3, fy=3, interpolation=cv2.INTER_LINEAR)
    assert farthest(first_outline(large, CONFIG), 3 * PLACE) < 3 * WITHIN


def test_colour_alone_shows_an_envelope() -> None:
    """Kraft on a green table of the same lightness."""
    image = np.full((640, 1000, 3), (90, 160, 60), np.uint8)
    kraft = np.array([[[90, 140, 190]]], np.uint8)
    grey = int(cv2.cvtColor(image[:1, :1], cv2.COLOR_BGR2GRAY)[0, 0])
    level = int(cv2.cvtColor(kraft, cv2.COLOR_BGR2GRAY)[0, 0])
    image[160:490, 120:880] = np.rint(kraft[0, 0] * (grey / level)).astype(np.uint8)
    assert farthest(first_outline(image, CONFIG), PLACE) < WITHIN


@pytest.mark.parametrize(
    "image",
    [
        LETTER,
        blank(1000, 640, 240),
        blank(1000, 640, 20),
        np.full((640, 1000, 3), (200, 220, 240), np.uint8),
        draw_envelope().grey,
    ],
    ids=["letter", "white", "black", "cream", "scan"],
)
def test_a_scan_without_surroundings_has_no_outline(image: npt.NDArray[np.uint8]) -> None:
    assert first_outline(image, CONFIG) is None


@pytest.mark.parametrize("darkest", [0.55, 0.75, 0.9])
@pytest.mark.parametrize("sideways", [True, False])
def test_light_from_one_side_is_no_outline(darkest: float, sideways: bool) -> None:
    height, width = LETTER.shape
    light = np.linspace(darkest, 1.0, width if sideways else height)
    lit = LETTER * (light[np.newaxis, :] if sideways else light[:, np.newaxis])
    assert first_outline(np.rint(lit).astype(np.uint8), CONFIG) is None


def test_something_small_on_a_desk_is_no_envelope() -> None:
    image = blank(*SIZE, 50)
    image[300:340, 450:520] = 240
    assert first_outline(image, CONFIG) is None


def test_a_strip_is_no_envelope() -> None:
    """As two labels side by side are, on paper of another colour."""
    pink = np.full((640, 1000, 3), (200, 205, 240), np.uint8)
    pink[260:440, 60:480] = pink[260:440, 520:940] = 252
    assert first_outline(pink, CONFIG) is None
    pink[160:440, 60:940] = 252
    assert first_outline(pink, CONFIG) is not None


def test_something_round_is_no_envelope() -> None:
    image = blank(*SIZE, 50)
    cv2.circle(image, (500, 320), 240, 240, cv2.FILLED)
    assert first_outline(image, CONFIG) is None


@pytest.mark.parametrize("shape", [(1, 1), (1, 200), (200, 1), (8, 8)])
def test_tiny_images_have_none(shape: tuple[int, int]) -> None:
    assert first_outline(np.full(shape, 128, np.uint8), CONFIG) is None


# --- several envelopes -----------------------------------------------------------------------


def two_letters(below: float, size: float = 1.0) -> GreyImage:
    """Two letters on a desk, the second ``below`` the first and ``size`` times as large."""
    small = np.array([(60, 30), (560, 30), (560, 280), (60, 280)], np.float64)
    upper, _ = on_desk(LETTER, small, SIZE, 40)
    place = (small - small[0]) * size + small[0] + (90, below)
    lower, _ = on_desk(LETTER, place, SIZE, 40)
    image: GreyImage = np.maximum(upper, lower)
    return image


def test_two_envelopes_side_by_side_are_both_found() -> None:
    outlines = find_outlines(two_letters(310), CONFIG)
    assert len(outlines) == 2
    tops = sorted(float(corners[:, 1].min()) for corners in outlines)
    assert tops == pytest.approx([30, 340], abs=WITHIN)


def two_in_line(across: bool) -> GreyImage:
    """Two letters whose outer sides lie in two lines, one below the other or ``across`` of it."""
    small = np.array([(80, 60), (480, 60), (480, 260), (80, 260)], np.float64)
    places = (small, small + ((430, 0) if across else (0, 230)))
    size = (990, 340) if across else (560, 560)
    image: GreyImage = np.maximum(*(on_desk(LETTER, place, size, 40)[0] for place in places))
    return image


@pytest.mark.parametrize("across", [False, True])
def test_two_envelopes_in_line_are_both_found(across: bool) -> None:
    outlines = find_outlines(two_in_line(across), CONFIG)
    assert len(outlines) == 2
    starts = sorted(float(corners[:, 0 if across else 1].min()) for corners in outlines)
    first = 80 if across else 60
    assert starts == pytest.approx([first, first + (430 if across else 230)], abs=WITHIN)


@pytest.mark.parametrize("level", [90, 120, 180])
def test_a_band_across_an_envelope_parts_it_into_no_two(level: int) -> None:
    image = two_in_line(across=False)
    image[262:288, 80:480] = level
    assert len(find_outlines(image, CONFIG)) == 1


def test_of_an_envelope_in_two_parts_none_is_left_out() -> None:
    """One part is too long for an envelope, so that there is a band across one."""
    image = two_in_line(across=False)[:, :490]
    image[370:, 80:480] = 40
    outlines = find_outlines(image, CONFIG)
    assert len(outlines) == 1
    assert outlines[0][:, 1].max() > 350


FIRST = np.array([(80, 75), (480, 75), (480, 275), (80, 275)], np.float64)
SECOND = FIRST + (0, 225)
NARROW = (FIRST - FIRST[0]) * (0.75, 1.0) + SECOND[0]


def on_a_mat(*letters: Quad, ground: int = 40, rim: int = 250, slope: float = 2.0) -> GreyImage:
    """Letters on a mat that ends within the image."""
    image = blank(580, 580, rim)
    turn = cv2.getRotationMatrix2D((280, 290), slope, 1.0)
    mat = np.array([(45, 40), (515, 40), (515, 540), (45, 540)], np.float64)
    mat = mat @ turn[:, :2].T + turn[:, 2]
    cv2.fillConvexPoly(image, np.rint(mat).astype(np.int32), ground)
    for corners in letters:
        placed, _ = on_desk(LETTER, corners @ turn[:, :2].T + turn[:, 2], (580, 580), 0)
        image = np.maximum(image, placed)
    return image


@pytest.mark.parametrize(("ground", "rim"), [(15, 250), (60, 128), (100, 30)])
@pytest.mark.parametrize("second", [SECOND, NARROW], ids=["like", "narrower"])
def test_two_envelopes_on_a_mat_that_ends_within_the_image_are_both_found(
    ground: int, rim: int, second: Quad
) -> None:
    """What is at the rim of the image is not what lies between them."""
    outlines = find_outlines(on_a_mat(FIRST, second, ground=ground, rim=rim), CONFIG)
    assert len(outlines) == 2
    areas = sorted(cv2.contourArea(corners.astype(np.float32)) for corners in outlines)
    smaller, larger = sorted(cv2.contourArea(c.astype(np.float32)) for c in (FIRST, second))
    assert areas == pytest.approx([smaller, larger], rel=0.1)


def test_two_envelopes_on_a_wide_mat_are_found() -> None:
    """What surrounds both lies on dark ground too, far from the end of the mat."""
    middle = np.array([280, 290])
    letters = [(corners - middle) * 0.88 + middle for corners in (FIRST, SECOND)]
    assert len(find_outlines(on_a_mat(*letters), CONFIG)) == 2


def test_two_envelopes_on_a_mat_are_found_when_turned_by_a_quarter() -> None:
    assert len(find_outlines(np.rot90(on_a_mat(FIRST, SECOND)).copy(), CONFIG)) == 2


@pytest.mark.parametrize("level", [85, 120, 180])
def test_a_band_across_an_envelope_on_a_mat_parts_it_into_no_two(level: int) -> None:
    whole = np.array([FIRST[0], FIRST[1], SECOND[2], SECOND[3]])
    image = on_a_mat(whole, slope=0)
    image[277:300, 80:480] = level
    assert len(find_outlines(image, CONFIG)) < 2


@pytest.mark.parametrize("ground", [150, 200])
def test_panels_of_an_envelope_are_no_two(ground: int) -> None:
    """The tint between them, and around, is no ground: it is not so dark."""
    image = on_a_mat(FIRST, SECOND, ground=ground, rim=30)
    assert len(find_outlines(image, CONFIG)) < 2


def test_two_labels_on_a_dark_envelope_are_no_two() -> None:
    labels = [(corners - corners[0]) * (0.75, 0.86) + corners[0] for corners in (FIRST, SECOND)]
    assert len(find_outlines(on_a_mat(*labels), CONFIG)) < 2


@pytest.mark.parametrize("size", [0.3, 0.5])
def test_something_far_smaller_beside_an_envelope_is_no_other(size: float) -> None:
    assert len(find_outlines(two_letters(330, size), CONFIG)) == 1


def test_an_envelope_within_another_is_no_other() -> None:
    """As a label or a window: its own outline has nothing of the envelope on its outside."""
    image = scene(PLACE)
    cv2.rectangle(image, (300, 220), (760, 440), 120, 3)
    assert len(find_outlines(image, CONFIG)) == 1


def test_the_end_of_a_shadow_is_no_side() -> None:
    """It crosses the image, so that the rest would be an envelope with a single side."""
    image = cv2.resize(draw_envelope().grey, SIZE, interpolation=cv2.INTER_AREA)
    shade = np.zeros(SIZE[::-1], np.uint8)
    cv2.fillConvexPoly(shade, np.array([(0, 0), (420, 0), (480, 640), (0, 640)]), 1)
    dark = np.where(shade > 0, image * 0.6, image).astype(np.uint8)
    assert first_outline(dark, CONFIG) is None
