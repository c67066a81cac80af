"""The lower half of an explanation: the tiles, the ZIP, the decision and its reasons.

The colours are those of M. Okabe and K. Ito, which the colour-blind tell apart
too; the widths of the lines say the same again.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from zipreader.elements import (
    Box,
    Decision,
    Digit,
    Image,
    Quad,
    Reading,
    ZipHypothesis,
    transform_points,
)

Colour = tuple[int, int, int]
"""Red, green, blue."""

_PANEL_HEIGHT = 1600
"""Room for the panel; it is cut off where its text ends."""
_MARGIN = 28
_SMALL, _MIDDLE, _LARGE, _HUGE = 18, 24, 40, 76
"""Sizes of letters."""
_WHITE: Colour = (255, 255, 255)
_INK: Colour = (20, 20, 20)
_QUIET: Colour = (90, 90, 90)
_FAINT: Colour = (215, 215, 215)
_ACCEPT: Colour = (0, 114, 178)
_REVIEW: Colour = (213, 94, 0)
_TILE_ZOOM = 4
_TILE_GAP = 16
_MOST_RIVALS = 5
_VIEW_HEIGHT = 84
_VIEW_MARGIN = 0.25
"""Paper shown around the ZIP field, in heights of a digit."""


@dataclass(frozen=True, slots=True)
class Pen:
    """How one kind of place is drawn, and its name in the legend.

    A white ``rim`` sets it off from any ground, at the price of hiding more of it.
    """

    name: str
    colour: Colour
    width: int
    rim: bool = False


LINE = Pen("text line", (86, 180, 233), 1)
BLOCK = Pen("address block", (0, 114, 178), 3, rim=True)
CANDIDATE = Pen("other place that may hold it", (204, 121, 167), 2)
FIELD = Pen("ZIP field", (213, 94, 0), 3, rim=True)
GLYPH = Pen("digit", (0, 158, 115), 2)
PENS = (BLOCK, LINE, CANDIDATE, FIELD, GLYPH)


def outline(image: Image, quad: Quad, pen: Pen) -> None:
    """Draw a quadrilateral, in pixels of the BGR image, into it."""
    corners = [np.rint(quad * 8).astype(np.int32)]
    if pen.rim:
        cv2.polylines(image, corners, True, _WHITE, pen.width + 2, cv2.LINE_AA, shift=3)
    cv2.polylines(image, corners, True, pen.colour[::-1], pen.width, cv2.LINE_AA, shift=3)


def draw_panel(reading: Reading, width: int) -> Image:
    """The decision, the tiles, the reasons and the legend; (H, width, 3) BGR."""
    sheet = _Sheet(width)
    best = reading.guess
    _write_verdict(sheet, reading, best)
    if best:
        _write_digits(sheet, best)
    top = sheet.y
    _write_reasons(sheet, reading.decision, round(0.6 * width))
    bottom, sheet.y = sheet.y, top
    _write_rivals(sheet, reading, best, round(0.6 * width) + _MARGIN)
    sheet.y = max(bottom, sheet.y) + _MARGIN
    _write_legend(sheet)
    _write_origin(sheet, reading)
    return sheet.image()


class _Sheet:
    """White paper to be filled from the top; ``y`` is where the next row begins."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.y = _MARGIN
        self.picture = Pillow.new("RGB", (width, _PANEL_HEIGHT), _WHITE)
        self.draw = ImageDraw.Draw(self.picture)

    def write(
        self,
        x: float,
        text: str,
        size: int = _SMALL,
        colour: Colour = _INK,
        *,
        below: float = 0,
        anchor: str = "la",
    ) -> float:
        """Write a line ``below`` the top of the row; returns where it ends."""
        shown = _writable(text)
        place = (x, self.y + below)
        self.draw.text(place, shown, fill=colour, font=_font(size), anchor=anchor)
        return x + _font(size).getlength(shown)

    def write_wrapped(self, x: float, end: float, text: str, colour: Colour = _INK) -> None:
        """Write small text between two edges and move below it."""
        line = ""
        for word in text.split():
            longer = f"{line} {word}".strip()
            if line and _font(_SMALL).getlength(_writable(longer)) > end - x:
                self.write(x, line, colour=colour)
                self.y += _SMALL + 8
                longer = word
            line = longer
        self.write(x, line, colour=colour)
        self.y += _SMALL + 8

    def image(self) -> Image:
        """What has been filled, as BGR."""
        pixels = np.asarray(self.picture)[: min(self.y + _MARGIN // 2, _PANEL_HEIGHT)]
        return pixels[:, :, ::-1]


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _writable(text: str) -> str:
    """The text in letters that Pillow's own font has."""
    plain = unicodedata.normalize("NFKD", text)
    kept = "".join(c for c in plain if not unicodedata.combining(c))
    return kept.encode("ascii", "replace").decode("ascii")


def _write_verdict(sheet: _Sheet, reading: Reading, best: ZipHypothesis | None) -> None:
    """The ZIP and its place on the left, the decision on the right."""
    decision, end = reading.decision, sheet.width - _MARGIN
    badge = end - 210
    if best:
        left = sheet.write(_MARGIN, _spelled(best), _HUGE) + _MARGIN
        sheet.write(_MARGIN, _place_of(best), _MIDDLE, below=88)
        view = _field_view(best, badge - _MARGIN - left)
        sheet.picture.paste(Pillow.fromarray(view[:, :, ::-1]), (round(left), sheet.y))
    else:
        sheet.write(_MARGIN, "no ZIP", _HUGE, _QUIET)
    colour = _ACCEPT if decision.accepted else _REVIEW
    sheet.draw.rounded_rectangle((badge, sheet.y, end, sheet.y + 62), radius=10, fill=colour)
    status = decision.status.value.upper()
    sheet.write((badge + end) / 2, status, _LARGE, _WHITE, below=31, anchor="mm")
    certainty = f"confidence {decision.confidence:.4f}, needed {decision.threshold:.4f}"
    sheet.write(end, certainty, below=90, anchor="ra")
    sheet.y += 88 + _MIDDLE + _MARGIN


def _field_view(best: ZipHypothesis, room: float) -> Image:
    """The ZIP field, cut from the original image and set upright, its digits outlined."""
    field = best.field
    margin = _VIEW_MARGIN * field.digit_height
    box = field.box.grown(margin, margin)
    scale = min(room / box.width, _VIEW_HEIGHT / box.height)
    size = max(1, round(box.width * scale)), max(1, round(box.height * scale))
    quad = field.page.original_quad(box).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(quad, Box(0, 0, *size).quad().astype(np.float32))
    image = field.page.page.image
    view: Image = cv2.warpPerspective(image, matrix, size, borderMode=cv2.BORDER_REPLICATE)
    if view.ndim == 2:
        view = cv2.cvtColor(view, cv2.COLOR_GRAY2BGR)
    for digit in best.digits:
        outline(view, transform_points(matrix, digit.quad), GLYPH)
    return view


def _spelled(hypothesis: ZipHypothesis) -> str:
    return f"{hypothesis.zip}-{hypothesis.plus4}" if hypothesis.plus4 else hypothesis.zip


def _place_of(hypothesis: ZipHypothesis) -> str:
    place = hypothesis.place
    return f"{place.city}, {place.state}" if place else "not an assigned ZIP"


def _write_digits(sheet: _Sheet, best: ZipHypothesis) -> None:
    """What the network saw: each tile with its digit, its confidence and the next best digit."""
    room = (sheet.width - 3 * _MARGIN) // len(best.digits) - _TILE_GAP
    side = 28 * min(_TILE_ZOOM, room // 28)
    x = _MARGIN
    for place, digit in enumerate(best.digits):
        if place == len(best.zip):
            sheet.write(x, "-", _LARGE, below=side / 2, anchor="lm")
            x += _MARGIN
        tile = Pillow.fromarray(digit.glyph.tile)
        tile = tile.resize((side, side), Pillow.Resampling.NEAREST)
        sheet.picture.paste(tile, (x, sheet.y))
        _write_digit(sheet, digit, x, side)
        x += side + _TILE_GAP
    sheet.y += side + 84 + _MARGIN // 2


def _write_digit(sheet: _Sheet, digit: Digit, x: int, side: int) -> None:
    bar = sheet.y + side + 4
    filled = round(x + side * digit.confidence)
    sheet.draw.rectangle((x, bar, x + side - 1, bar + 5), fill=_FAINT)
    sheet.draw.rectangle((x, bar, filled, bar + 5), fill=GLYPH.colour)
    sheet.write(x, digit.value, _LARGE, below=side + 50, anchor="ls")
    sheet.write(x + side, f"{digit.confidence:.3f}", below=side + 50, anchor="rs")
    if digit.runner_up:
        sheet.write(x, f"else {digit.runner_up}", colour=_QUIET, below=side + 60)


def _write_reasons(sheet: _Sheet, decision: Decision, end: int) -> None:
    heading = "Accepted because" if decision.accepted else "A person should look because"
    sheet.write(_MARGIN, heading, _MIDDLE)
    sheet.y += _MIDDLE + 12
    sentences = [str(objection) for objection in decision.objections]
    for sentence in sentences or ["It is certain enough, and nothing speaks against it."]:
        sheet.write(_MARGIN, "-")
        sheet.write_wrapped(_MARGIN + 16, end, sentence)


def _write_rivals(sheet: _Sheet, reading: Reading, best: ZipHypothesis | None, x: int) -> None:
    """The other hypotheses, or all of them where none deserves to be called a ZIP."""
    rivals = [h for h in reading.hypotheses if best is None or h.zip != best.zip]
    sheet.write(x, "Other possible ZIPs" if best else "Possible ZIPs", _MIDDLE)
    sheet.y += _MIDDLE + 12
    if not rivals:
        sheet.write_wrapped(x, sheet.width - _MARGIN, "none", _QUIET)
    for rival in rivals[:_MOST_RIVALS]:
        sheet.write(x, rival.zip)
        sheet.write(x + 72, f"{rival.probability:.4f}")
        sheet.write_wrapped(x + 150, sheet.width - _MARGIN, _place_of(rival), _QUIET)


def _write_legend(sheet: _Sheet) -> None:
    x: float = _MARGIN
    for pen in PENS:
        sheet.draw.rectangle(
            (x, sheet.y, x + 26, sheet.y + 16), outline=pen.colour, width=pen.width
        )
        x = sheet.write(x + 34, pen.name, below=-1) + _MARGIN
    sheet.y += _SMALL + 14


def _write_origin(sheet: _Sheet, reading: Reading) -> None:
    """Which page this is, how it lay and what read it."""
    parts = [f"{Path(reading.page.path).name}, page {reading.page.index + 1}"]
    if reading.upright and reading.upright.orientation:
        parts.append(f"turned by {reading.upright.orientation} degrees clockwise to be read")
    parts += [f"model {reading.model}", f"{sum(reading.seconds.values()):.2f} s"]
    sheet.write_wrapped(_MARGIN, sheet.width - _MARGIN, "  |  ".join(parts), _QUIET)
