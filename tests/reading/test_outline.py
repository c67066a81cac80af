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
from zipreader.reading.outline import find_outline

CONFIG = PageConfig()
LETTER = cv2.resize(draw_envelope().grey, (760, 330), interpolation=cv2.INTER_AREA)
SIZE = (1000, 640)
WITHIN = 20.0
"""Pixels; the outline is moved inwards by 1.2% of the way to the middle, here 5."""
PLACE = np.array([(120, 160), (880, 160), (880, 490), (120, 490)], np.float64)


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
    assert farthest(find_outline(scene(corners, desk), CONFIG), corners) < WITHIN


@pytest.mark.parametrize("degrees", [-25, -10, 10, 25])
def test_corners_are_found_when_turned(degrees: float) -> None:
    turn = cv2.getRotationMatrix2D((500, 325), degrees, 1.0)
    corners = PLACE @ turn[:, :2].T + turn[:, 2]
    found = find_outline(scene(corners), CONFIG)
    assert found is not None
    distances = np.linalg.norm(found[:, np.newaxis] - corners, axis=2)
    assert distances.min(axis=0).max() < WITHIN
    area = cv2.contourArea(found.astype(np.float32), oriented=True)
    assert area > 0  # clockwise as seen


def test_the_outline_lies_within_the_envelope() -> None:
    found = find_outline(scene(PLACE), CONFIG)
    assert found is not None
    assert (found.min(axis=0) >= PLACE.min(axis=0) - 1).all()
    assert (found.max(axis=0) <= PLACE.max(axis=0) + 1).all()


def test_large_images_are_measured_like_small_ones() -> None:
    large = cv2.resize(scene(PLACE), None, fx=3, fy=3, interpolation=cv2.INTER_LINEAR)
    assert farthest(find_outline(large, CONFIG), 3 * PLACE) < 3 * WITHIN


def test_colour_alone_shows_an_envelope() -> None:
    """Kraft on a green table of the same lightness."""
    image = np.full((640, 1000, 3), (90, 160, 60), np.uint8)
    kraft = np.array([[[90, 140, 190]]], np.uint8)
    grey = int(cv2.cvtColor(image[:1, :1], cv2.COLOR_BGR2GRAY)[0, 0])
    level = int(cv2.cvtColor(kraft, cv2.COLOR_BGR2GRAY)[0, 0])
    image[160:490, 120:880] = np.rint(kraft[0, 0] * (grey / level)).astype(np.uint8)
    assert farthest(find_outline(image, CONFIG), PLACE) < WITHIN


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
    assert find_outline(image, CONFIG) is None


@pytest.mark.parametrize("darkest", [0.55, 0.75, 0.9])
@pytest.mark.parametrize("sideways", [True, False])
def test_light_from_one_side_is_no_outline(darkest: float, sideways: bool) -> None:
    height, width = LETTER.shape
    light = np.linspace(darkest, 1.0, width if sideways else height)
    lit = LETTER * (light[np.newaxis, :] if sideways else light[:, np.newaxis])
    assert find_outline(np.rint(lit).astype(np.uint8), CONFIG) is None


def test_something_small_on_a_desk_is_no_envelope() -> None:
    image = blank(*SIZE, 50)
    image[300:340, 450:520] = 240
    assert find_outline(image, CONFIG) is None


def test_something_round_is_no_envelope() -> None:
    image = blank(*SIZE, 50)
    cv2.circle(image, (500, 320), 240, 240, cv2.FILLED)
    assert find_outline(image, CONFIG) is None


@pytest.mark.parametrize("shape", [(1, 1), (1, 200), (200, 1), (8, 8)])
def test_tiny_images_have_none(shape: tuple[int, int]) -> None:
    assert find_outline(np.full(shape, 128, np.uint8), CONFIG) is None
