from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.drawing import blank, draw_envelope, inverse, on_desk, rotated
from zipreader.config import PageConfig
from zipreader.elements import Box, GreyImage, Image, Matrix, Page, UprightPage, transform_points
from zipreader.reading.light import even_part, flat_part, flatten, lit
from zipreader.reading.page import upright_pages

CONFIG = PageConfig()
ENVELOPE = draw_envelope()
GREY = ENVELOPE.grey
FINER = 2
FINE: GreyImage = cv2.resize(GREY, None, fx=FINER, fy=FINER, interpolation=cv2.INTER_CUBIC)
"""The envelope of 200 dpi, scanned with 400."""
_BOX = ENVELOPE.zip_box
ZIP = Box(FINER * _BOX.x0, FINER * _BOX.y0, FINER * _BOX.x1, FINER * _BOX.y1)


def upright(image: Image, dpi: float | None = 400.0) -> UprightPage:
    return next(upright_pages(Page(image, "drawn.png", 0, dpi), CONFIG))


def part(page: UprightPage, box: Box) -> GreyImage:
    shift: Matrix = np.array([[1, 0, box.x0], [0, 1, box.y0], [0, 0, 1]], np.float64)
    return flat_part(page, shift, (box.width, box.height))


Levels = npt.NDArray[np.float64] | npt.NDArray[np.int_]


def inked(share: npt.NDArray[np.float64], ink: Levels, paper: Levels) -> npt.NDArray[np.uint8]:
    return np.rint(share * ink + (1 - share) * paper).astype(np.uint8)


def taken(grey: GreyImage) -> npt.NDArray[np.float64]:
    """The share of the light that the writing takes, for one channel or for three."""
    return (255 - grey.astype(float)) / 255


# --- a fine scan -----------------------------------------------------------------------------


@pytest.mark.parametrize(("dpi", "scale"), [(200, 1.0), (300, 0.5), (400, 0.5), (600, 0.25)])
def test_the_page_is_reduced_and_its_pixels_are_not(dpi: int, scale: float) -> None:
    scan = cv2.resize(GREY, None, fx=dpi / 200, fy=dpi / 200, interpolation=cv2.INTER_LINEAR)
    page = upright(scan, float(dpi))
    assert page.scale == scale
    assert page.dpi == dpi
    assert page.grey.shape == (int(scan.shape[0] * scale), int(scan.shape[1] * scale))
    assert np.abs(np.subtract(page.size, scan.shape[::-1])).max() <= 1 / scale
    assert page.to_original == pytest.approx(np.eye(3))


def test_a_part_has_the_detail_of_the_original() -> None:
    """Lines a pixel wide, two pixels apart, are one grey on the reduced page."""
    image = FINE.copy()
    image[200:300, 400:600:2] = 0
    image[200:300, 401:600:2] = 255
    page = upright(image)
    box = Box(420, 220, 580, 280)
    assert np.ptp(page.grey[110:140, 210:290]) < 40
    assert np.abs(part(page, box).astype(int) - image[220:280, 420:580]).mean() < 10


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([0, 1, 2, 3]), st.floats(-8, 8))
def test_a_part_lies_where_the_page_says(quarters: int, degrees: float) -> None:
    image = np.ascontiguousarray(np.rot90(rotated(FINE, degrees), quarters))
    page = upright(image)
    x, y = 900, 700
    box = Box(x, y, x + 900, y + 360)
    quad = page.original_quad(box).astype(np.float32)
    corners = np.array([(0, 0), (box.width, 0), (box.width, box.height), (0, box.height)])
    matrix = cv2.getPerspectiveTransform(quad, corners.astype(np.float32))
    seen = cv2.warpPerspective(image, matrix, (box.width, box.height), borderValue=255)
    shown = part(page, box)
    assert np.abs(shown.astype(int) - seen).mean() < 4
    half = cv2.resize(shown, None, fx=page.scale, fy=page.scale, interpolation=cv2.INTER_AREA)
    reduced = page.grey[
        round(box.y0 * page.scale) : round(box.y1 * page.scale),
        round(box.x0 * page.scale) : round(box.x1 * page.scale),
    ]
    assert np.abs(half.astype(int) - reduced).mean() < 6


# --- what is around --------------------------------------------------------------------------

LEVEL = np.array([(300, 240), (2720, 240), (2720, 1290), (300, 1290)], np.float64)
LEANING = np.array([(300, 440), (2620, 180), (2740, 1200), (420, 1460)], np.float64)


@pytest.mark.parametrize("corners", [LEVEL, LEANING], ids=["cropped", "rectified"])
@pytest.mark.parametrize("desk", [10, 60])
def test_around_a_part_there_is_white_paper(corners: npt.NDArray[np.float64], desk: int) -> None:
    scene, _ = on_desk(blank(1900, 825, 235), corners, (3000, 1640), desk)
    page = upright(scene, None)
    width, height = page.size
    assert part(page, Box(-60, -60, 200, 200)).min() > 225
    assert part(page, Box(width - 200, height - 200, width + 60, height + 60)).min() > 225


@pytest.mark.parametrize("corners", [LEVEL, LEANING], ids=["cropped", "rectified"])
def test_the_zip_is_shown_on_a_desk(corners: npt.NDArray[np.float64]) -> None:
    scene, placing = on_desk(GREY, corners, (3000, 1640), 60)
    page = upright(scene, None)
    words = transform_points(placing, ENVELOPE.zip_box.quad())
    box = Box.of_quad(transform_points(inverse(page.to_original), words)).grown(6, 6)
    shown = part(page, box)
    assert np.median(shown) > 240
    assert 0.1 < (shown < 128).mean() < 0.5
    assert min(shown[:2].min(), shown[-2:].min()) > 200


# --- what is wider than strokes --------------------------------------------------------------


@pytest.mark.parametrize("paper", [(235, 235, 235), (130, 180, 210)], ids=["white", "kraft"])
def test_a_blot_is_paper_in_a_flat_part_and_dark_in_an_even_one(
    paper: tuple[int, int, int],
) -> None:
    share = np.repeat(taken(FINE)[..., np.newaxis], 3, axis=2)
    image = inked(share, np.array((40, 30, 30)), np.array(paper))
    x, y = (round(value) for value in ZIP.center)
    cv2.circle(image, (x, y), 45, (35, 25, 25), cv2.FILLED)
    page = upright(image)
    around = ZIP.grown(40, 20)
    matrix: Matrix = np.array([[1, 0, around.x0], [0, 1, around.y0], [0, 0, 1]], np.float64)
    size = around.width, around.height
    blot = np.s_[y - around.y0 - 8 : y - around.y0 + 8, x - around.x0 - 8 : x - around.x0 + 8]
    even, flat = even_part(page, matrix, size), flat_part(page, matrix, size)
    assert flat[blot].min() > 150
    assert even[blot].max() < 70
    assert np.median(even) > 240


def test_paper_that_is_not_there_is_white_in_an_even_part() -> None:
    scene, _ = on_desk(blank(1900, 825, 235), LEVEL, (3000, 1640), 10)
    outside: Matrix = np.array([[1, 0, -90], [0, 1, -90], [0, 0, 1]], np.float64)
    assert even_part(upright(scene, None), outside, (80, 80)).min() > 225


# --- paper and ink ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paper", "ink"),
    [
        ((130, 180, 210), (150, 60, 30)),  # blue on kraft
        ((70, 70, 220), (20, 20, 20)),  # black on red
        ((40, 35, 30), (235, 240, 240)),  # white on black
    ],
)
def test_a_part_is_dark_on_white_as_the_page_is(
    paper: tuple[int, int, int], ink: tuple[int, int, int]
) -> None:
    share = np.repeat(taken(FINE)[..., np.newaxis], 3, axis=2)
    page = upright(inked(share, np.array(ink), np.array(paper)))
    shown = part(page, ZIP.grown(20, 20))
    assert np.median(shown) > 240
    assert 0.05 < (shown < 140).mean() < 0.4


def test_a_part_of_a_light_label_on_dark_paper_is_not_inverted() -> None:
    label = slice(ZIP.y0 - 300, ZIP.y1 + 80), slice(ZIP.x0 - 600, ZIP.x1 + 120)
    image = inked(taken(FINE), np.array(240), np.array(40))
    image[label] = inked(taken(FINE), np.array(30), np.array(235))[label]
    page = upright(image)
    corner = Box(0, 0, 800, 400)
    for box in (ZIP, corner):
        assert np.median(part(page, box)) > 240
        assert np.percentile(part(page, box), 1) < 128


def test_light_writing_is_told_beside_the_dark_bars_of_a_label() -> None:
    """A strip for a barcode, on dark paper, has more contrast than the writing."""
    image = inked(taken(FINE), np.array(150), np.array(40))
    strip = image[-160:-40, 200:1400]
    strip[:] = 250
    for x in range(20, 1180, 24):
        strip[20:100, x : x + 10] = 10
    shown = flatten(image, 48, CONFIG)[ZIP.y0 - 20 : ZIP.y1 + 20, ZIP.x0 - 20 : ZIP.x1 + 20]
    assert np.median(shown) > 240
    assert 0.03 < (shown < 140).mean() < 0.4


@pytest.mark.parametrize("light", [100, 235])
def test_a_label_is_one_up_to_its_rim_under_thick_writing(light: int) -> None:
    image = np.full_like(FINE, 30)
    image[300:600, 500:1300] = light
    cv2.putText(image, "NORTHERN POWER", (60, 160), cv2.FONT_HERSHEY_SIMPLEX, 3, 225, 6)
    cv2.putText(image, "OTO IA 51044", (540, 590), cv2.FONT_HERSHEY_SIMPLEX, 3, 12, 22)
    shown = flatten(image, 48, CONFIG)[480:598, 520:1280]
    assert np.median(shown) > 240
    assert 0.1 < (shown < 140).mean() < 0.5


def test_of_bright_paper_nothing_is_shown_where_light_ink_is_looked_for() -> None:
    image = np.full_like(FINE, 235)
    cv2.putText(image, "NORTHERN POWER", (60, 160), cv2.FONT_HERSHEY_SIMPLEX, 3, 30, 6)
    image[400:600, 300:1500] = 40
    cv2.putText(image, "OTO IA 51044", (340, 540), cv2.FONT_HERSHEY_SIMPLEX, 3, 225, 8)
    shown, _ = lit(image, 24, CONFIG, light_ink=True)
    tape = np.zeros(image.shape, bool)
    tape[380:620, 280:1520] = True
    assert (shown[~tape] > 200).mean() > 0.98
    assert (shown[220:380] > 200).all()
    letters = shown[420:580, 320:1480]
    assert np.median(letters) > 240
    assert 0.05 < (letters < 140).mean() < 0.4


def test_flattening_is_the_same_for_grey_and_for_grey_in_colour() -> None:
    image = inked(taken(GREY), np.array(60), np.linspace(120, 230, GREY.shape[1]))
    flat, coloured = flatten(image, 24, CONFIG), flatten(np.dstack([image] * 3), 24, CONFIG)
    assert np.abs(flat.astype(int) - coloured).mean() < 2
