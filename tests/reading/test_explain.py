from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import ImageDraw

from zipreader.elements import (
    AddressBlock,
    Box,
    Decision,
    Digit,
    Glyph,
    Image,
    Matrix,
    Objection,
    Page,
    Place,
    Reading,
    Reason,
    TextLine,
    UprightPage,
    ZipField,
    ZipHypothesis,
)
from zipreader.reading.explain import explain
from zipreader.reading.panel import BLOCK, CANDIDATE, FIELD, GLYPH, LINE, PENS, Pen

WIDTH, HEIGHT = 1600, 800
LINE_BOX = Box(520, 420, 1080, 480)
BLOCK_BOX = Box(500, 400, 1100, 600)
FIELD_BOX = Box(700, 500, 1060, 570)
OTHER_BOX = Box(100, 100, 300, 160)


def turn(degrees: int) -> Matrix:
    """From a page turned upright, WIDTH x HEIGHT, to the original pixels."""
    rows = {
        0: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        90: [[0, 1, 0], [-1, 0, WIDTH], [0, 0, 1]],
        180: [[-1, 0, WIDTH], [0, -1, HEIGHT], [0, 0, 1]],
        270: [[0, -1, HEIGHT], [1, 0, 0], [0, 0, 1]],
    }
    return np.array(rows[degrees], np.float64)


def tile(place: int) -> npt.NDArray[np.uint8]:
    """A tile unlike any other part of the picture."""
    return np.random.default_rng(place).integers(0, 256, (28, 28), np.uint8)


def reading(
    text: str = "38117",
    *,
    degrees: int = 0,
    colour: bool = True,
    objections: tuple[Objection, ...] = (),
) -> Reading:
    size = (HEIGHT, WIDTH) if degrees in (0, 180) else (WIDTH, HEIGHT)
    image = np.full((*size, 3) if colour else size, 200, np.uint8)
    page = Page(image, "mail.tif", 1)
    upright = UprightPage(
        page, np.full((HEIGHT, WIDTH), 200, np.uint8), turn(degrees), degrees, 200
    )
    block = AddressBlock(upright, BLOCK_BOX, (TextLine((LINE_BOX,), 0.0, 40.0),), 0.9)
    field = ZipField(upright, FIELD_BOX, 0.0, 40.0, 0.9, block)
    other = ZipField(upright, OTHER_BOX, 0.0, 40.0, 0.1)
    digits = []
    for place, value in enumerate(text.replace("-", "")):
        box = Box(710 + 36 * place, 515, 738 + 36 * place, 555)
        glyph = Glyph((place, place + 1), box, tile(place))
        digits.append(Digit(value, 0.9 - 0.01 * place, "7", glyph, upright.original_quad(box)))
    code, _, plus4 = text.partition("-")
    best = ZipHypothesis(
        code, plus4 or None, field, tuple(digits), 0.9, {}, 0.97, Place("Memphis", "TN")
    )
    rival = ZipHypothesis("38177", None, field, tuple(digits[:5]), 0.1, {}, 0.02)
    return Reading(
        page,
        (best, rival),
        Decision(0.97, 0.95, objections),
        "model-1",
        upright,
        (block,),
        (field, other),
        {"page": 0.25},
    )


def empty(image: Image) -> Reading:
    decision = Decision(0.0, 0.95, (Objection(Reason.NO_ADDRESS),))
    return Reading(Page(image, "mail.tif"), (), decision, "model-1")


def has_colour(picture: Image, pen: Pen, x: float, y: float) -> bool:
    """Whether the pen went through the point or a neighbour of it."""
    column, row = round(x), round(y)
    window = picture[max(0, row - 2) : row + 3, max(0, column - 2) : column + 3].astype(int)
    distance = np.abs(window - np.array(pen.colour[::-1])).max(axis=2)
    return bool((distance < 60).any())


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are drawn, in order."""
    texts: list[str] = []
    draw = ImageDraw.ImageDraw.text

    def record(self: ImageDraw.ImageDraw, place: object, text: str, **options: object) -> None:
        texts.append(text)
        draw(self, place, text, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(ImageDraw.ImageDraw, "text", record)
    return texts


@pytest.mark.parametrize("colour", [True, False])
@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_the_places_are_outlined_on_the_page_as_it_lay(degrees: int, colour: bool) -> None:
    it = reading(degrees=degrees, colour=colour)
    picture = explain(it)
    assert it.upright is not None
    left = (picture.shape[1] - it.page.size[0]) // 2
    for pen, box in [
        (LINE, LINE_BOX.grown(4, 4)),
        (BLOCK, BLOCK_BOX.grown(16, 16)),
        (FIELD, FIELD_BOX.grown(8, 8)),
        (CANDIDATE, OTHER_BOX.grown(8, 8)),
        (GLYPH, Box(710, 515, 738, 555)),
    ]:
        for x, y in it.upright.original_quad(box):
            assert has_colour(picture, pen, left + x, y), (pen, x, y)
    assert has_colour(picture, Pen("paper", (200, 200, 200), 1), left + 20, 20)


def test_the_users_image_is_left_alone() -> None:
    it = reading()
    explain(it)
    assert (it.page.image == 200).all()


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ((3000, 4000), (1200, 1600)),
        ((60, 130), (120, 260)),
        ((1000, 1000), (1600, 1600)),
        ((1, 1), (2, 2)),
        ((3, 30_000), (1, 1600)),
        ((30_000, 3), (1600, 1)),
    ],
)
@pytest.mark.parametrize("channels", [(), (3,)])
def test_pages_of_any_size(
    size: tuple[int, int], shown: tuple[int, int], channels: tuple[int, ...]
) -> None:
    picture = explain(empty(np.full((*size, *channels), 77, np.uint8)))
    height, width = shown
    assert picture.dtype == np.uint8
    assert picture.shape[1:] == (max(width, 1000), 3)
    assert picture.shape[0] > height + 200
    left = (picture.shape[1] - width) // 2
    assert (picture[:height, left : left + width] == 77).all()
    assert (picture[height + 1 : height + 9] == 255).all()


@pytest.mark.parametrize(
    ("text", "degrees", "zoom"),
    [("38117", 0, 4), ("38117-4521", 0, 4), ("38117", 90, 4), ("38117-4521", 90, 3)],
)
def test_the_tiles_are_shown_enlarged_pixel_by_pixel(text: str, degrees: int, zoom: int) -> None:
    it = reading(text, degrees=degrees)
    picture = explain(it)
    panel = np.ascontiguousarray(picture[it.page.size[1] :, :, 0])
    columns = []
    for place in range(len(text.replace("-", ""))):
        enlarged = np.kron(tile(place), np.ones((zoom, zoom), np.uint8))
        difference = cv2.matchTemplate(panel, enlarged, cv2.TM_SQDIFF)
        least, _, (x, _), _ = cv2.minMaxLoc(difference)
        assert least < 1e-6 * float((enlarged.astype(float) ** 2).sum())
        columns.append(x)
    assert columns == sorted(columns)
    assert columns[-1] + 28 * zoom <= picture.shape[1]


def test_an_accepted_reading_in_words(written: list[str]) -> None:
    explain(reading("38117-4521"))
    for text in [
        "38117-4521",
        "Memphis, TN",
        "ACCEPT",
        "confidence 0.9700, needed 0.9500",
        "0.900",
        "0.820",
        "else 7",
        "Accepted because",
        "38177",
        "0.0200",
        "not an assigned ZIP",
        *(pen.name for pen in PENS),
    ]:
        assert text in written
    assert [text for text in written if len(text) == 1 and text.isdigit()] == list("381174521")
    assert written[-1] == "mail.tif, page 2 | model model-1 | 0.25 s"


def test_a_flagged_reading_in_words(written: list[str]) -> None:
    objections = (Objection(Reason.UNASSIGNED, "38117"), Objection(Reason.LOW_CONFIDENCE))
    explain(reading(objections=objections, degrees=180))
    assert "REVIEW" in written
    assert "A person should look because" in written
    assert "This ZIP is not assigned to any place: 38117." in written
    assert "The reading is not certain enough." in written
    assert "turned by 180 degrees clockwise to be read" in written[-1]


def test_what_is_no_zip_is_not_drawn_as_one(written: list[str]) -> None:
    picture = explain(reading(objections=(Objection(Reason.NO_ZIP),)))
    assert "no ZIP" in written
    assert "Possible ZIPs" in written
    assert not has_colour(picture, GLYPH, 710, 515)
    assert has_colour(picture, CANDIDATE, FIELD_BOX.x0 - 8, FIELD_BOX.y0 - 8)


def test_long_reasons_are_wrapped(written: list[str]) -> None:
    explain(reading(objections=(Objection(Reason.UNCLEAR_DIGIT, "one and " * 60 + "all"),)))
    assert sum("one and" in text for text in written) > 3
    assert max(map(len, written)) < 150


def test_endless_reasons_are_cut_off() -> None:
    endless = Objection(Reason.UNCLEAR_DIGIT, "one and " * 700)
    assert explain(reading(objections=(endless,))).shape[0] == HEIGHT + 1600


def test_letters_that_the_font_lacks_are_replaced(written: list[str]) -> None:
    it = reading()
    explain(replace(it, page=replace(it.page, path="/scans/März \u90f5\u4fbf.jpg")))
    assert written[-1].startswith("Marz ??.jpg, page 2")


def test_the_zip_field_is_shown_upright_beside_the_zip() -> None:
    it = reading(degrees=180, colour=False)
    corner = it.hypotheses[0].digits[0].quad.mean(axis=0).astype(int)
    it.page.image[corner[1] - 8 : corner[1] + 8, corner[0] - 8 : corner[0] + 8] = 0
    head = explain(it)[HEIGHT : HEIGHT + 112]
    y, x = (np.mean(found) for found in np.nonzero((head == 200).all(axis=2)))
    blots = (head[:, 260:1200] < 5).all(axis=2)
    assert 260 < x < 1200
    assert np.nonzero(blots)[1].mean() + 260 < x, "the first digit is on the left"


@pytest.mark.parametrize("pen", PENS)
def test_the_legend_shows_each_pen(pen: Pen) -> None:
    picture = explain(empty(np.full((60, 130), 77, np.uint8)))[120:]
    assert (picture == np.array(pen.colour[::-1])).all(axis=2).any()
