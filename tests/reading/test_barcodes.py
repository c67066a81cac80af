from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw

from tests.drawing import blank, print_text
from zipreader.elements import Box
from zipreader.reading import imageops
from zipreader.reading.barcodes import barcodes
from zipreader.synth.fonts import Population, Style, find_faces, load

DPI = 120
Ink = npt.NDArray[np.uint8]


def found(mask: Ink) -> list[Box]:
    return barcodes(mask, imageops.components(mask)[1][1:], DPI)


def bars(module: int, height: int, seed: int = 0, lean: float = 0.0) -> Ink:
    """Bars and spaces of one to four modules in the middle of a page."""
    edges = np.cumsum(np.random.default_rng(seed).integers(1, 5, 60)) * module
    mask = np.zeros((400, int(edges[-1]) + 200), np.uint8)
    for start, end in zip(edges[0::2], edges[1::2], strict=True):
        mask[150 : 150 + height, 100 + start : 100 + end] = 1
    turn = np.array([[1, lean, -lean * 200], [0, 1, 0]])
    return cv2.warpAffine(mask, turn, mask.shape[::-1], flags=cv2.INTER_NEAREST)


def cells(side: int, count: int, seed: int = 0) -> Ink:
    """A square of cells of which half are inked, as in a Data Matrix, below some writing."""
    pattern = np.random.default_rng(seed).integers(0, 2, (count, count)).astype(np.uint8)
    pattern[:, 0] = pattern[-1] = 1
    mask = text(("VICTOR LOPEZ AND", "OSCAR QUIGLEY OR", "OCCUPANT OF NO 7"), 12, 20)
    size = count * side
    cell = np.ones((side, side), np.uint8)
    mask[150 : 150 + size, 300 : 300 + size] = np.kron(pattern, cell)
    return mask


def text(words: tuple[str, ...], height: int, pitch: int) -> Ink:
    grey = blank(600, 400)
    for number, line in enumerate(words):
        print_text(grey, line, 30, 60 + pitch * number, height)
    return (grey < 128).astype(np.uint8)


@pytest.mark.parametrize("module", [2, 3])
@pytest.mark.parametrize("lean", [0.0, 0.03])
def test_bars_are_found_as_one_barcode(module: int, lean: float) -> None:
    mask = bars(module, 80, lean=lean)
    (box,) = found(mask)
    ys, xs = np.nonzero(mask)
    assert box.y0 <= ys.min() and box.y1 > ys.max()
    assert box.x0 <= xs.min() and box.x1 > xs.max()


def test_bars_of_a_label_that_lies_sideways_are_found() -> None:
    turned = np.ascontiguousarray(np.rot90(bars(3, 80)))
    (box,) = found(turned)
    assert box.height > box.width


def test_bars_that_run_into_one_another_are_found() -> None:
    """As at a low resolution."""
    blurred = cv2.dilate(bars(3, 80), np.ones((1, 3), np.uint8))
    assert len(found(blurred)) == 1


@pytest.mark.parametrize(("side", "count"), [(4, 22), (5, 24), (3, 30)])
def test_a_matrix_code_is_found(side: int, count: int) -> None:
    (box,) = found(cells(side, count))
    size = side * count
    assert box.x0 == pytest.approx(300, abs=4)
    assert box.y1 == pytest.approx(150 + size, abs=4)


@pytest.mark.parametrize(
    ("height", "pitch"),
    [(12, 20), (14, 19), (20, 32), (50, 80)],
    ids=["10pt", "tight", "16pt", "large"],
)
def test_writing_is_no_barcode(height: int, pitch: int) -> None:
    words = ("ILLINOIS MILL", "1111 HILL LN", "LITTLETON IL", "61111-1111", "BOX 6985")
    assert found(text(words, height, pitch)) == []


@pytest.mark.parametrize("style", [Style.SANS, Style.SERIF, Style.NARROW, Style.MONO])
@pytest.mark.parametrize("size", [34, 44, 60])
def test_tall_capitals_are_no_barcode(style: Style, size: int) -> None:
    faces = [face for face in find_faces(Population.EVALUATION) if face.style is style]
    for face in faces:
        sheet = Image.new("L", (900, 200), 255)
        text = "WILLIAM HILL MN"
        ImageDraw.Draw(sheet).text((20, 40), text, font=load(face, size), fill=0)
        assert found((np.asarray(sheet) < 128).astype(np.uint8)) == []


def test_strokes_of_a_thick_pen_are_no_barcode() -> None:
    mask = np.zeros((300, 500), np.uint8)
    for number in range(6):  # as in "1111"
        x = 60 + 40 * number
        cv2.line(mask, (x, 100), (x - 14, 180), 1, 9)
    cv2.ellipse(mask, (350, 140), (40, 45), 0, 0, 360, 1, 14)
    assert found(mask) == []


def test_a_blank_page_has_none() -> None:
    assert found(np.zeros((50, 80), np.uint8)) == []
