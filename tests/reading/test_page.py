from __future__ import annotations

import math
from itertools import islice

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.drawing import blank, draw_envelope, inverse, on_desk, print_text, printed, rotated
from zipreader.config import PageConfig
from zipreader.elements import Box, GreyImage, Page, UprightPage, transform_points
from zipreader.reading.page import upright_pages, whole_page

CONFIG = PageConfig()
ENVELOPE = draw_envelope()
GREY = ENVELOPE.grey


def page(image: npt.NDArray[np.uint8], dpi: float | None = 200.0) -> Page:
    return Page(image, "drawn.png", 0, dpi)


def first(image: npt.NDArray[np.uint8], dpi: float | None = 200.0) -> UprightPage:
    return next(upright_pages(page(image, dpi), CONFIG))


def angle(upright: UprightPage) -> float:
    """Direction of the upright page's lines in the original, in degrees."""
    (x0, y0), (x1, y1) = transform_points(upright.to_original, [(0, 0), (100, 0)])
    return math.degrees(math.atan2(y1 - y0, x1 - x0))


def crop(upright: UprightPage, original: Box) -> GreyImage:
    """The part of the upright page that shows a box of the original."""
    quad = transform_points(inverse(upright.to_original), original.quad())
    box = Box.of_quad(quad).clipped(upright.grey.shape[1], upright.grey.shape[0])
    return upright.grey[box.y0 : box.y1, box.x0 : box.x1]


# --- skew ------------------------------------------------------------------------------------


@pytest.mark.parametrize("degrees", [-12.0, -5.3, -1.2, 0.0, 0.8, 3.7, 9.0, 15.0])
def test_skew_is_found_within_half_a_degree(degrees: float) -> None:
    assert angle(first(rotated(GREY, degrees))) == pytest.approx(degrees, abs=0.5)


@pytest.mark.parametrize("degrees", [-8.0, 6.0])
def test_lines_of_a_levelled_page_are_level(degrees: float) -> None:
    upright = first(rotated(GREY, degrees))
    rows = np.flatnonzero((upright.grey < 128).sum(axis=1) > 0)
    blank_rows = np.diff(rows)
    assert (blank_rows > 8).sum() >= 4  # white between the address lines again


def test_a_page_without_ink_stays_as_it_is() -> None:
    upright = first(blank(600, 300, 230))
    assert (upright.to_original == np.eye(3)).all()
    assert upright.grey.min() > 240


# --- turns -----------------------------------------------------------------------------------


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_turned_page_is_among_the_first_two(quarters: int) -> None:
    """Up and down cannot be told from the lines; along and across can."""
    turned = np.ascontiguousarray(np.rot90(GREY, quarters))
    uprights = list(upright_pages(page(turned), CONFIG))
    turns = [upright.orientation for upright in uprights]
    assert len(set(turns)) == len(turns)
    assert set(turns) <= {0, 90, 180, 270}
    assert turns[:2] in ([0, 180], [90, 270])
    right = next(u for u in uprights[:2] if u.orientation == 90 * quarters)
    assert right.grey.shape == GREY.shape
    assert np.abs(right.grey.astype(int) - GREY).mean() < 2


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_turned_page_maps_back_to_the_original(quarters: int) -> None:
    turned = np.ascontiguousarray(np.rot90(GREY, quarters))
    for upright in upright_pages(page(turned), CONFIG):
        if upright.orientation == 90 * quarters:
            quad = upright.original_quad(ENVELOPE.zip_box)
            box = Box.of_quad(quad)
            inside = turned[box.y0 : box.y1, box.x0 : box.x1]
            whole = int((GREY < 128).sum())
            around = Box.of_quad(quad).grown(4, 4)
            assert inside.shape in {
                (ENVELOPE.zip_box.height, ENVELOPE.zip_box.width),
                (ENVELOPE.zip_box.width, ENVELOPE.zip_box.height),
            }
            ink = (inside < 128).sum()
            assert ink == (turned[around.y0 : around.y1, around.x0 : around.x1] < 128).sum()
            assert 0 < ink < whole


@pytest.mark.parametrize("seed", range(3))
def test_the_bars_of_a_label_do_not_turn_it(seed: int) -> None:
    """Bars of a tracking code run across the text, and hold more ink."""
    rng = np.random.default_rng(seed)
    label = blank(800, 1200)
    for row, text in enumerate(["MARIA LOPEZ", "12 WALNUT GROVE", "MEMPHIS TN 38117"]):
        print_text(label, text, 90, 420 + 45 * row, 22)
    x = 90.0
    while x < 700:
        width = rng.integers(1, 5) * 3
        label[820:980, round(x) : round(x) + width] = 20
        x += width + rng.integers(1, 5) * 3
    assert first(label).orientation == 0


@pytest.mark.parametrize("share", [0.7, 0.5, 0.4, 0.3])
def test_a_faint_page_is_offered_upright(share: float) -> None:
    faint = np.rint(255 - (255 - GREY.astype(float)) * share).astype(np.uint8)
    assert 0 in [upright.orientation for upright in upright_pages(page(faint), CONFIG)]


def test_where_lines_do_not_tell_every_turn_is_offered() -> None:
    square = blank(700, 700)
    square[300:340, 300:340] = 0
    turns = {upright.orientation for upright in upright_pages(page(square), CONFIG)}
    assert turns == {0, 90, 180, 270}


# --- an envelope on a desk -------------------------------------------------------------------

CORNERS = {
    "straight": np.array([(160, 120), (1360, 120), (1360, 640), (160, 640)], np.float64),
    "turned": np.array([(150, 220), (1310, 90), (1370, 600), (210, 730)], np.float64),
    "in perspective": np.array([(230, 130), (1290, 160), (1380, 690), (140, 640)], np.float64),
}


@pytest.mark.parametrize("corners", CORNERS.values(), ids=CORNERS)
@pytest.mark.parametrize("desk", [40, 110])
def test_an_envelope_on_a_dark_desk_is_cut_out_and_rectified(
    corners: npt.NDArray[np.float64], desk: int
) -> None:
    scene, placing = on_desk(GREY, corners, (1500, 820), desk)
    upright = first(scene, None)
    height, width = upright.grey.shape
    seen = upright.original_quad(Box(0, 0, width, height))
    for mine, theirs in zip(seen, corners, strict=True):
        assert (
            np.linalg.norm(mine - theirs) < 24
        )  # 2% of its length; the rim is left out on purpose
    words = transform_points(placing, ENVELOPE.zip_box.quad())
    shown = transform_points(inverse(upright.to_original), words)
    sides = np.roll(shown, -1, axis=0) - shown
    slopes = np.degrees(np.arctan2(sides[[0, 2], 1], sides[[0, 2], 0]))
    assert np.abs(np.mod(slopes + 90, 180) - 90).max() < 1.5
    ink = upright.grey[Box.of_quad(shown).y0 : Box.of_quad(shown).y1]
    assert (ink[:, Box.of_quad(shown).x0 : Box.of_quad(shown).x1] < 128).mean() > 0.1


def test_nothing_of_the_desk_is_left() -> None:
    scene, _ = on_desk(blank(1900, 825, 240), CORNERS["in perspective"], (1500, 820))
    assert (first(scene, None).grey > 200).mean() > 0.99


# --- light and colour ------------------------------------------------------------------------


def test_uneven_light_becomes_white_paper() -> None:
    light = np.linspace(0.5, 1.0, GREY.shape[1])
    dim = np.rint(GREY * light).astype(np.uint8)
    upright = first(dim)
    assert np.percentile(upright.grey, 20) > 245
    ink = crop(upright, ENVELOPE.zip_box)
    assert ink.min() < 90


@pytest.mark.parametrize(
    ("paper", "ink"),
    [
        ((130, 180, 210), (150, 60, 30)),  # blue on kraft
        ((70, 70, 220), (20, 20, 20)),  # black on red
        ((235, 235, 235), (60, 60, 190)),  # red on white
    ],
)
def test_coloured_ink_on_coloured_paper_becomes_dark_on_white(
    paper: tuple[int, int, int], ink: tuple[int, int, int]
) -> None:
    share = (255 - GREY.astype(float))[..., np.newaxis] / 255
    colour = np.rint(share * ink + (1 - share) * paper).astype(np.uint8)
    upright = first(colour)
    assert np.percentile(upright.grey, 20) > 240
    assert crop(upright, ENVELOPE.zip_box).min() < 140


@pytest.mark.parametrize("barcode", [True, False])
@pytest.mark.parametrize(
    ("paper", "ink"), [(40, 240), (70, 230), (160, 252), (100, 20), (120, 40), (170, 40)]
)
def test_writing_on_dark_paper_becomes_dark_on_white(paper: int, ink: int, barcode: bool) -> None:
    """White ink is inverted, black ink is not; no stamp, whose colours are its own."""
    letter = GREY.copy()
    letter[40:220, 1690:1850] = 255
    if not barcode:
        letter[590:640] = 255
    share = (255 - letter.astype(float)) / 255
    upright = first(np.rint(share * ink + (1 - share) * paper).astype(np.uint8))
    words = crop(upright, ENVELOPE.zip_box)
    assert np.median(upright.grey) > 240
    assert np.percentile(words, 2) < 128
    assert (words < 128).mean() < 0.5


def test_a_light_label_on_dark_paper_is_not_inverted() -> None:
    """The writing on the envelope is light, that on the label dark."""
    box = ENVELOPE.zip_box
    label = slice(box.y0 - 150, box.y1 + 40), slice(box.x0 - 300, box.x1 + 60)
    share = (255 - GREY.astype(float)) / 255
    image = np.rint(share * 240 + (1 - share) * 40)
    image[label] = np.rint(share * 30 + (1 - share) * 235)[label]
    upright = first(image.astype(np.uint8))
    for words in (crop(upright, box), upright.grey[:200, :400]):
        assert np.median(words) > 240
        assert np.percentile(words, 1) < 128


# --- outline ---------------------------------------------------------------------------------


@pytest.mark.parametrize("degrees", [0.0, 1.5])
def test_a_nearly_level_envelope_is_cropped_without_resampling(degrees: float) -> None:
    """Its pixels are those of the image; what is around it is paper."""
    corners = np.array([(60, 50), (1960, 50), (1960, 890), (60, 890)], np.float64)
    turn = cv2.getRotationMatrix2D((1000, 480), degrees, 1.0)
    image, _ = on_desk(GREY, corners @ turn[:, :2].T + turn[:, 2], (2040, 960), 70)
    upright = first(image)
    x, y = upright.to_original[:2, 2]
    if degrees == 0:
        assert (upright.to_original == [[1, 0, x], [0, 1, y], [0, 0, 1]]).all()
        assert x == round(x)
        assert y == round(y)
    assert angle(upright) == pytest.approx(-degrees, abs=0.5)
    assert np.percentile(upright.grey, 10) > 235


# --- resolution ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "expected"), [(200.0, 200.0), (72.0, 1900 / 9), (1200.0, 1900 / 9), (None, 1900 / 9)]
)
def test_an_impossible_resolution_is_estimated(stated: float | None, expected: float) -> None:
    assert first(GREY, stated).dpi == pytest.approx(expected)


# --- a field alone ---------------------------------------------------------------------------


def test_an_image_of_a_field_is_taken_as_it_is() -> None:
    grey = printed("38117", 60)
    upright = whole_page(page(grey, None), CONFIG)
    assert upright.grey.shape == grey.shape
    assert upright.orientation == 0
    assert (upright.to_original == np.eye(3)).all()
    assert np.abs(upright.grey.astype(int) - grey).mean() < 10
    assert whole_page(page(grey, 300.0), CONFIG).dpi == 300


def test_small_images_do_not_fail() -> None:
    tiny = blank(12, 7)
    print_text(tiny, "1", 4, 6, 5)
    for image in (tiny, blank(1, 1), blank(300, 1), blank(1, 3000), np.dstack([tiny] * 3)):
        for upright in upright_pages(page(image, None), CONFIG):
            assert upright.grey.dtype == np.uint8
            assert upright.grey.ndim == 2
        assert whole_page(page(image, None), CONFIG).grey.shape == image.shape[:2]


# --- the way back ----------------------------------------------------------------------------

SCENE = (1500, 1000)
REACH = 8


@st.composite
def placements(draw: st.DrawFn) -> npt.NDArray[np.float64]:
    """Corners of an envelope on a desk: turned by any quarter, leaning, in perspective."""
    width, height = draw(st.integers(900, 1150)), draw(st.integers(400, 500))
    if draw(st.booleans()):
        width, height = round(height * 1.6), round(height * 1.9)
    shift = st.integers(-45, 45)
    x, y = (SCENE[0] - width) // 2, (SCENE[1] - height) // 2
    straight = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    corners = [(cx + draw(shift), cy + draw(shift)) for cx, cy in straight]
    return np.roll(np.array(corners, np.float64), draw(st.integers(0, 3)), axis=0)


def shift_of(upright: UprightPage, image: GreyImage, box: Box) -> float:
    """By how many pixels the ink in a box lies beside where the original has it."""
    quad = upright.original_quad(box)
    again = transform_points(inverse(upright.to_original), quad)
    assert np.abs(again - box.quad()).max() < 1e-3
    size = box.width, box.height
    target = np.array([(0, 0), (size[0], 0), size, (0, size[1])], np.float32)
    matrix = cv2.getPerspectiveTransform(quad.astype(np.float32), target)
    seen = cv2.blur(cv2.warpPerspective(image, matrix, size, flags=cv2.INTER_LINEAR), (3, 3))
    here = cv2.blur(upright.grey[box.y0 : box.y1, box.x0 : box.x1], (3, 3))
    likeness = cv2.matchTemplate(seen, here[REACH:-REACH, REACH:-REACH], cv2.TM_CCOEFF_NORMED)
    assert likeness.max() > 0.8
    y, x = np.unravel_index(int(likeness.argmax()), likeness.shape)
    return math.hypot(y - REACH, x - REACH)


def words_on(upright: UprightPage) -> list[Box]:
    """Parts of the upright page that hold writing."""
    height, width = upright.grey.shape
    steps = [(x, y) for y in range(0, height - 120, 60) for x in range(0, width - 240, 120)]
    boxes = [Box(x, y, x + 240, y + 120) for x, y in steps]
    dark = upright.grey < 128
    ink = {box: int(dark[box.y0 : box.y1, box.x0 : box.x1].sum()) for box in boxes}
    return sorted(boxes, key=lambda box: -ink[box])[:3]


@settings(max_examples=30)
@given(placements())
def test_boxes_map_back_from_every_perspective(corners: npt.NDArray[np.float64]) -> None:
    scene, placing = on_desk(GREY, corners, SCENE)
    words = transform_points(placing, ENVELOPE.zip_box.quad())
    for upright in islice(upright_pages(page(scene, None), CONFIG), 2):
        found = Box.of_quad(transform_points(inverse(upright.to_original), words))
        height, width = upright.grey.shape
        assert found == found.clipped(width, height), "the ZIP is on the upright page"
        assert shift_of(upright, scene, found.grown(REACH, REACH).clipped(width, height)) < 2


@settings(max_examples=20)
@given(st.sampled_from([0, 1, 2, 3]), st.floats(-8, 8))
def test_boxes_map_back_from_every_turn_and_skew(quarters: int, degrees: float) -> None:
    turned = np.ascontiguousarray(np.rot90(rotated(GREY, degrees), quarters))
    for upright in islice(upright_pages(page(turned), CONFIG), 2):
        for box in words_on(upright):
            assert shift_of(upright, turned, box) < 2
