from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.drawing import blank
from zipreader.elements import GreyImage, Quad
from zipreader.reading.ground import lying_on_dark

PLACE = np.array([(60, 60), (300, 60), (300, 180), (60, 180)], np.float64)


def sheet(paper: int = 230, ground: int = 40, size: tuple[int, int] = (480, 300)) -> GreyImage:
    image = blank(*size, ground)
    cv2.fillConvexPoly(image, PLACE.astype(np.int32), paper)
    return image


def lies_on_dark(image: GreyImage, corners: Quad = PLACE) -> bool:
    return bool(lying_on_dark([corners], image))


@pytest.mark.parametrize(("paper", "ground"), [(230, 40), (230, 100), (100, 40)])
@pytest.mark.parametrize("colour", [False, True])
def test_paper_lies_on_what_is_far_darker(paper: int, ground: int, colour: bool) -> None:
    grey = sheet(paper, ground)
    assert lies_on_dark(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR) if colour else grey)


@pytest.mark.parametrize(("paper", "ground"), [(230, 150), (60, 40), (40, 230), (120, 120)])
def test_a_tint_is_no_dark_ground(paper: int, ground: int) -> None:
    assert not lies_on_dark(sheet(paper, ground))


def test_ground_of_another_colour_on_one_side_is_none() -> None:
    """As a band across an envelope, between its parts."""
    image = sheet()
    image[181:200, 60:301] = 90
    assert not lies_on_dark(image)


def test_paper_on_one_side_is_no_ground() -> None:
    image = sheet()
    image[60:181, 301:] = 230
    assert not lies_on_dark(image)


def test_what_lies_around_the_ground_does_not_matter() -> None:
    image = sheet()
    image[:48] = image[192:] = image[:, :48] = image[:, 312:] = 250
    assert lies_on_dark(image)


@pytest.mark.parametrize(("across", "down", "lies"), [(62, 0, True), (62, 62, False)])
def test_one_side_may_lie_at_the_end_of_the_image(across: int, down: int, lies: bool) -> None:
    image = np.ascontiguousarray(sheet()[down:, across:])
    assert lies_on_dark(image, PLACE - (across, down)) == lies


def test_a_stamp_beside_a_side_does_no_harm() -> None:
    image = sheet()
    image[60:100, 250:300] = 60
    assert lies_on_dark(image)


def test_they_are_told_one_by_one() -> None:
    image = sheet()
    within = (PLACE - PLACE.mean(axis=0)) * 0.5 + PLACE.mean(axis=0)
    assert [id(each) for each in lying_on_dark([within, PLACE, within], image)] == [id(PLACE)]
    assert lying_on_dark([], image) == ()
