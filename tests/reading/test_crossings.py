from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from tests.drawing import INK, blank, print_text, upright
from zipreader.config import LinesConfig
from zipreader.elements import AddressBlock, Box, GreyImage, TextLine, transform_points
from zipreader.reading.crossings import is_crossed_out

TEXT = ("Amelia Watkins", "118 Meadow Lane", "Harrisburg PA 17104")
LEFT, TOP, PITCH, HEIGHT = 120, 140, 52, 28
BOTTOM = TOP + 2 * PITCH
Pen = Callable[[GreyImage, list[Box]], None]


def line(grey: GreyImage, start: tuple[float, float], end: tuple[float, float]) -> None:
    ends = [(round(x), round(y)) for x, y in (start, end)]
    cv2.line(grey, ends[0], ends[1], INK, 4, cv2.LINE_AA)


def is_crossed(
    draw: Pen, height: int = HEIGHT, text: tuple[str, ...] = TEXT, askew: float = 0.0
) -> bool:
    """Whether a typed address is crossed out, by what is drawn on it; turned by some degrees."""
    grey = blank(700, 400)
    boxes = [
        print_text(grey, each, LEFT, TOP + PITCH * number, height)
        for number, each in enumerate(text)
    ]
    draw(grey, boxes)
    turn = cv2.getRotationMatrix2D(Box.around(boxes).center, -askew, 1)
    grey = cv2.warpAffine(grey, turn, (700, 400), borderValue=255)
    turned = (transform_points(np.vstack([turn, (0, 0, 1)]), box.quad()) for box in boxes)
    slope = np.tan(np.radians(askew))
    lines = tuple(TextLine((Box.of_quad(quad),), slope, float(height)) for quad in turned)
    block = AddressBlock(upright(grey), Box.around(each.box for each in lines), lines, 0.9)
    return is_crossed_out(block, float(height), LinesConfig())


def diagonal(grey: GreyImage, boxes: list[Box]) -> None:
    around = Box.around(boxes)
    line(grey, (around.x0 - 20, around.y1 + 10), (around.x1 + 20, around.y0 - 10))


def zigzag(grey: GreyImage, boxes: list[Box]) -> None:
    around = Box.around(boxes)
    step = around.width / 6
    for turn in range(6):
        ends = (around.y0, around.y1) if turn % 2 else (around.y1, around.y0)
        start, end = (around.x0 + step * (turn + k) for k in (0, 1))
        line(grey, (start, ends[0]), (end, ends[1]))


def through_each(grey: GreyImage, boxes: list[Box]) -> None:
    for box in boxes:
        middle = box.center[1]
        line(grey, (box.x0 - 12, middle + 2), (box.x1 + 15, middle - 2))


@pytest.mark.parametrize("draw", [diagonal, zigzag, through_each])
@pytest.mark.parametrize("height", [18, 28])
def test_an_address_is_crossed_out(draw: Pen, height: int) -> None:
    assert is_crossed(draw, height)


def nothing(grey: GreyImage, boxes: list[Box]) -> None:
    """The address as it was written."""


def ruled(grey: GreyImage, boxes: list[Box]) -> None:
    for number in range(3):
        line(grey, (60, TOP + PITCH * number + 5), (640, TOP + PITCH * number + 5))


def underlined(grey: GreyImage, boxes: list[Box]) -> None:
    """With a flourish, as people underline a town."""
    x0, x1 = boxes[-1].x0, boxes[-1].x1
    line(grey, (x0, BOTTOM + 14), (x1 + 30, BOTTOM + 8))


def framed(grey: GreyImage, boxes: list[Box]) -> None:
    around = Box.around(boxes).grown(8, 8)
    cv2.rectangle(grey, (around.x0, around.y0), (around.x1, around.y1), INK, 3)


def one_struck(grey: GreyImage, boxes: list[Box]) -> None:
    """A name that somebody struck out: the address still holds."""
    through_each(grey, boxes[:1])


def creased(grey: GreyImage, boxes: list[Box]) -> None:
    around = Box.around(boxes)
    crease = blank(grey.shape[1], grey.shape[0])
    ends = (around.x0 - 20, around.y1 + 10), (around.x1 + 20, around.y0 - 10)
    cv2.line(crease, *ends, 160, 4, cv2.LINE_AA)
    grey[:] = cv2.min(grey, crease)


def slashed(grey: GreyImage, boxes: list[Box]) -> None:
    """As in c/o: no longer than a letter and a half."""
    line(grey, (LEFT + 70, TOP + 8), (LEFT + 90, TOP - 34))


def beside(grey: GreyImage, boxes: list[Box]) -> None:
    """A drawn line that the address stands beside."""
    line(grey, (20, 380), (LEFT - 40, 20))


@pytest.mark.parametrize(
    "draw", [nothing, ruled, underlined, framed, one_struck, creased, slashed, beside]
)
def test_an_address_stands_as_it_was_written(draw: Pen) -> None:
    assert not is_crossed(draw)


@pytest.mark.parametrize("askew", [-12, -8, 8, 12])
def test_the_edges_of_a_label_that_is_put_on_askew_cross_nothing_out(askew: float) -> None:
    assert not is_crossed(framed, askew=askew)
    assert is_crossed(diagonal, askew=askew)


def test_dense_print_is_not_crossed_out() -> None:
    dense = ("WWMMWWMMWWMM", "NNMMWWMMNNMM", "MMWWNNMM 17104")
    assert not is_crossed(nothing, 40, dense)


def test_a_line_lower_than_a_pixel_is_not_struck_out() -> None:
    """Beside digits a hundred times as tall."""
    grey = blank(700, 400)
    boxes = [Box(100, 60, 600, 61), print_text(grey, "17104", 100, 300, 200)]
    lines = tuple(TextLine((box,), 0.0, float(box.height)) for box in boxes)
    block = AddressBlock(upright(grey), Box.around(boxes), lines, 0.9)
    assert not is_crossed_out(block, 200.0, LinesConfig())
