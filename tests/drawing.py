"""Digits, fields and envelopes, drawn for tests: small, quick and always the same."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from zipreader.elements import (
    Box,
    FieldInk,
    Frames,
    Glyph,
    GreyImage,
    InkMap,
    Lattice,
    Matrix,
    Page,
    Scores,
    UprightPage,
    ZipField,
)
from zipreader.reading.letters import BLANK, SIGNS, signs_of

PAPER = 255
INK = 30
DPI = 200.0


# --- writing ---------------------------------------------------------------------------------


@lru_cache
def _font(height: int) -> ImageFont.FreeTypeFont:
    """Pillow's own sans-serif face with digits ``height`` pixels high."""
    font = ImageFont.load_default(height / 0.73)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font


def print_text(
    canvas: GreyImage, text: str, x: int, baseline: int, height: int, level: int = INK
) -> Box:
    """Print on the canvas, digits ``height`` pixels high; the box of the ink."""
    layer = Pillow.new("L", (canvas.shape[1], canvas.shape[0]), 0)
    ImageDraw.Draw(layer).text((x, baseline), text, fill=255, font=_font(height), anchor="ls")
    taken = np.asarray(layer)
    canvas[:] = np.minimum(canvas, 255 - taken * ((255 - level) / 255)).astype(np.uint8)
    ys, xs = np.nonzero(taken > 127)
    return Box(int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)


def printed(text: str, height: int = 40, margin: int = 20, level: int = INK) -> GreyImage:
    """A line of printing alone on white paper."""
    canvas = blank(2 * margin + height * len(text), height + 2 * margin)
    box = print_text(canvas, text, margin, margin + height, height, level)
    return canvas[:, : box.x1 + margin].copy()


def blank(width: int, height: int, level: int = PAPER) -> GreyImage:
    return np.full((height, width), level, np.uint8)


Stroke = Sequence[tuple[float, float]]

# Digits as a pen writes them, in a box of width 0.6 and height 1.
PEN: dict[str, list[Stroke]] = {
    "0": [[(0.3 + 0.28 * math.sin(a), 0.5 - 0.5 * math.cos(a)) for a in np.linspace(0, 6.28, 24)]],
    "1": [[(0.3, 0.0), (0.3, 1.0)]],
    "2": [[(0.02, 0.22), (0.12, 0.03), (0.4, 0.0), (0.55, 0.2), (0.45, 0.5), (0.0, 1.0), (0.6, 1)]],
    "4": [[(0.15, 0.0), (0.02, 0.6), (0.6, 0.6)], [(0.45, 0.25), (0.45, 1.0)]],
    "5": [[(0.55, 0.0), (0.1, 0.0), (0.05, 0.4), (0.4, 0.38), (0.55, 0.7), (0.35, 1.0), (0, 0.92)]],
    "7": [[(0.0, 0.0), (0.6, 0.0), (0.2, 1.0)]],
}


def pen(
    canvas: InkMap, text: str, x: float, top: float, height: float, gap: float, width: int
) -> list[Box]:
    """Write digits of ``PEN`` as ink on an ink map; their boxes, without the pen's width."""
    boxes = []
    for character in text:
        strokes = [np.array(stroke) * height + (x, top) for stroke in PEN[character]]
        points = np.concatenate(strokes)
        shift = x - float(points[:, 0].min())
        for stroke in strokes:
            line = np.rint((stroke + (shift, 0)) * 16).astype(np.int32)
            cv2.polylines(canvas, [line], False, 1.0, width, cv2.LINE_8, 4)
        right = float(points[:, 0].max()) + shift
        boxes.append(Box(round(x), round(top), round(right) + 1, round(top + height) + 1))
        x = right + gap
    return boxes


def to_grey(ink: InkMap, level: int = INK, paper: int = PAPER) -> GreyImage:
    """Ink on paper, slightly blurred as by a scanner."""
    soft = cv2.GaussianBlur(ink, (0, 0), 0.7)
    return np.asarray(np.rint(paper - soft * (paper - level)), np.uint8)


# --- pages and fields ------------------------------------------------------------------------


def upright(grey: GreyImage, dpi: float = DPI) -> UprightPage:
    """A page that was upright as it came."""
    return UprightPage(Page(grey, "drawn.png"), grey, np.eye(3), 0, dpi)


def field_of(
    grey: GreyImage, digit_height: float, box: Box | None = None, slope: float = 0.0
) -> ZipField:
    """The whole image, or the box, as a ZIP field."""
    whole = Box(0, 0, grey.shape[1], grey.shape[0])
    return ZipField(upright(grey), box or whole, slope, digit_height, 1.0)


def field_ink(ink: InkMap, digit_height: float, stroke: float) -> FieldInk:
    """Ink as it is, as the ink of a field in its own pixels."""
    grey = to_grey(ink)
    return FieldInk(field_of(grey, digit_height), ink, np.eye(3), digit_height, stroke)


def draw_field(text: str, gap: float, height: int = 56, width: int = 7) -> ZipField:
    """Digits of ``PEN`` with a gap (negative: overlapping) between the middles of their strokes."""
    canvas = np.zeros((height + 40, 60 + len(text) * (height + round(max(gap, 0)))), np.float32)
    pen(canvas, text, 30, 20, height - width, gap, width)
    columns = np.flatnonzero(canvas.max(axis=0))
    return field_of(to_grey(canvas[:, : columns[-1] + 30]), height)


# --- lattices made by hand -------------------------------------------------------------------


def lattice_of(
    boxes: Sequence[Box], spans: Iterable[tuple[int, int]] | None = None, height: float = 56.0
) -> Lattice:
    """A lattice over the boxes as primitives; each alone a glyph, unless spans are given."""
    spans = [(i, i + 1) for i in range(len(boxes))] if spans is None else list(spans)
    width = max((box.x1 for box in boxes), default=0) + 20
    ink = np.zeros((round(2 * height), width), np.float32)
    tile = np.zeros((28, 28), np.uint8)
    glyphs = tuple(Glyph(span, Box.around(boxes[span[0] : span[1]]), tile) for span in spans)
    areas = tuple(0.3 * box.area for box in boxes)
    return Lattice(field_ink(ink, height, 6.0), tuple(boxes), areas, glyphs)


def digit_boxes(count: int, x: int = 10, height: int = 56, gap: int = 10) -> list[Box]:
    """Boxes of evenly written digits."""
    width = round(0.6 * height)
    return [
        Box(x + i * (width + gap), 20, x + i * (width + gap) + width, 20 + height)
        for i in range(count)
    ]


def certain(classes: Iterable[int], share: float = 0.999) -> Scores:
    """Rows of scores that give ``share`` to one class and spread the rest."""
    rows = []
    for value in classes:
        row = np.full(11, (1 - share) / 10, np.float32)
        row[value] = share
        rows.append(row)
    return np.array(rows, np.float32).reshape(-1, 11)


# --- envelopes -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Envelope:
    """A drawn envelope and where its parts are, in pixels."""

    grey: GreyImage
    zip_box: Box
    address: Box
    return_address: Box
    barcode: Box


def draw_envelope(
    zip_code: str = "38117",
    *,
    name: str = "MARIA LOPEZ",
    street: str = "4820 WALNUT GROVE RD",
    town: str = "MEMPHIS TN",
    height: int = 22,
) -> Envelope:
    """A No. 10 envelope at 200 dpi: return address, stamp, delivery address and IMb barcode."""
    grey = blank(1900, 825)
    back = [
        print_text(grey, text, 60, 70 + 30 * i, 16)
        for i, text in enumerate(["J BAKER", "17 ELM ST", "SALEM OR 97301"])
    ]
    stamp = grey[50:210, 1700:1840]
    stamp[:] = 130
    stamp[15:-15, 15:-15] = 200
    cv2.circle(stamp, (70, 80), 40, 90, 6)
    lines = [
        print_text(grey, text, 820, 420 + 45 * i, height) for i, text in enumerate([name, street])
    ]
    last = print_text(grey, town, 820, 510, height)
    digits = print_text(grey, zip_code, last.x1 + height, 510, height)
    barcode = draw_imb(grey, 820, 600)
    return Envelope(grey, digits, Box.around([*lines, last, digits]), Box.around(back), barcode)


def draw_imb(grey: GreyImage, x: int, top: int) -> Box:
    """The 65 bars of an Intelligent Mail barcode at 200 dpi: 22 bars an inch, 0.145 in high."""
    states = np.random.default_rng(5).integers(0, 4, 65)
    pitch, bar, full = 9, 4, 30
    for index, state in enumerate(states):
        low = 0 if state in (1, 3) else full // 3
        high = full if state in (2, 3) else 2 * full // 3
        grey[top + low : top + high, x + index * pitch : x + index * pitch + bar] = INK
    return Box(x, top, x + 64 * pitch + bar, top + full)


# --- turning and placing ---------------------------------------------------------------------


def rotated(grey: GreyImage, degrees: float, paper: int = PAPER) -> GreyImage:
    """Turned about its middle (clockwise as seen), on a canvas that holds it all."""
    height, width = grey.shape
    angle = math.radians(degrees)
    cos, sin = math.cos(angle), math.sin(angle)
    new_width = round(width * abs(cos) + height * abs(sin))
    new_height = round(width * abs(sin) + height * abs(cos))
    matrix = np.array(
        [
            [cos, -sin, new_width / 2 - cos * width / 2 + sin * height / 2],
            [sin, cos, new_height / 2 - sin * width / 2 - cos * height / 2],
        ]
    )
    turned = cv2.warpAffine(
        grey, matrix, (new_width, new_height), flags=cv2.INTER_AREA, borderValue=(paper,)
    )
    return np.asarray(turned, np.uint8)


def on_desk(
    grey: GreyImage, corners: npt.NDArray[np.float64], size: tuple[int, int], desk: int = 50
) -> tuple[GreyImage, Matrix]:
    """The envelope on a dark desk, its corners (clockwise from its top left) in perspective."""
    height, width = grey.shape
    own = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix: Matrix = cv2.getPerspectiveTransform(own, corners.astype(np.float32))
    placed = cv2.warpPerspective(grey, matrix, size, flags=cv2.INTER_AREA, borderValue=(desk,))
    return np.asarray(placed, np.uint8), matrix


def inverse(matrix: Matrix) -> Matrix:
    """The map that leads back."""
    result: Matrix = np.linalg.inv(matrix).astype(np.float64)
    return result


def overlap(first: Any, second: Any) -> float:
    """Intersection over union of two masks."""
    return float((first & second).sum()) / max(1, int((first | second).sum()))


def frames_of(text: str, sure: float = 0.97) -> Frames:
    """Frames that spell a text, two frames a sign and a blank behind each."""
    rows = []
    for sign in signs_of(text):
        for likely in (sign, sign, BLANK):
            row = np.full(SIGNS, (1 - sure) / (SIGNS - 1))
            row[likely] = sure
            rows.append(row)
    return np.array(rows, np.float32)
