"""Mail that must be flagged: faulty addresses or none, and digits struck out or covered."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from zipreader.synth.address import (
    USUAL_NUMBERS,
    Address,
    invent,
    invent_foreign,
    invent_note,
    with_code,
)
from zipreader.synth.compose import Alpha, Block, Canvas, Colour, Rng, Strip, cloud
from zipreader.synth.penlines import Points, another_pen, bent_by_hand, draw_lines
from zipreader.synth.plan import CROSSED_OUT, FADED, NO_ADDRESS, OVERWRITTEN, TWO_ADDRESSEES
from zipreader.synth.sources import Sources
from zipreader.synth.truth import Bounds

_MARGIN = 0.15
"""By how much a cover reaches beyond a digit, in its heights."""
_MANY_NUMBERS = 0.6
"""Chance of other numbers where the ZIP is missing: none may pass for it."""
_SPOILT = ("struck-out", "covered")
_WHOLE = (*_SPOILT, TWO_ADDRESSEES, CROSSED_OUT, OVERWRITTEN, FADED)
"""Nothing is wrong with the address itself."""
_ALL_STRUCK = 0.3
"""Chance of lines through the whole ZIP, rather than of a scribble over a digit."""


def choose_address(
    variant: str, sources: Sources, rng: Rng, boxed: bool = False
) -> tuple[Address | None, str | None]:
    """An address with the fault ``variant``, and the one ZIP that its ink will show complete.

    ``boxed`` leaves out what does not go with printed boxes: ZIP+4 and text after the ZIP.
    """
    if variant in NO_ADDRESS:
        return None, None
    if variant == "foreign":
        return invent_foreign(rng), None
    if variant == "note":
        return invent_note(rng), None
    numbers = _MANY_NUMBERS if variant == "no-zip" else USUAL_NUMBERS
    address = invent(sources, rng, plus4=0.0 if variant or boxed else 0.2, numbers=numbers)
    if not variant:
        return address, address.zip
    code = address.zip or ""
    if variant == "unassigned":
        code = _unassigned(code, sources.assigned, rng)
        return with_code(address, code), code
    if variant in _WHOLE:
        return address, None
    return with_code(address, _miscounted(variant, code, rng)), None


def _miscounted(variant: str, code: str, rng: Rng) -> str:
    if variant == "no-zip":
        return ""
    place = int(rng.integers(5))
    if variant == "four-digits":
        return code[:place] + code[place + 1 :]
    return code[:place] + str(rng.integers(10)) + code[place:]


def _unassigned(code: str, assigned: frozenset[str], rng: Rng) -> str:
    """A ZIP near ``code`` that no place ever had."""
    keep = 3
    while code in assigned:
        code = code[:keep] + "".join(str(d) for d in rng.integers(0, 10, 5 - keep))
        keep = keep if rng.random() < 0.95 else 1
    return code


def spoil(
    variant: str, canvas: Canvas, digits: list[Bounds], ink: Colour, radius: float, rng: Rng
) -> list[int]:
    """Strike out or cover some of ``digits`` where ``variant`` asks for it; which ones."""
    if variant not in _SPOILT or not digits:
        return []
    place = int(rng.integers(len(digits)))
    if variant == "covered":
        _cover(canvas, digits[place], rng)
    elif rng.random() < _ALL_STRUCK:
        _strike_through(canvas, digits, ink, radius, rng)
        return list(range(len(digits)))
    else:
        _strike_out(canvas, digits[place], ink, radius, rng)
    return [place]


def cross_out(
    canvas: Canvas, rows: Sequence[Bounds], colour: Colour, radius: float, rng: Rng
) -> None:
    """Cross a whole address out, in its own ink or another.

    Lines run through each of its ``rows``, from corner to corner, or to and fro.
    """
    x0, y0 = min(row[0] for row in rows), min(row[1] for row in rows)
    x1, y1 = max(row[2] for row in rows), max(row[3] for row in rows)
    unit = max(row[3] - row[1] for row in rows)
    reach = unit * rng.uniform(-0.3, 0.8)
    left, right, top, bottom = x0 - reach, x1 + reach, y0 - reach, y1 + reach
    match int(rng.integers(4)):
        case 0:
            ends = [_through(row, unit, rng) for row in rows]
        case 1:
            up = bool(rng.random() < 0.5)
            ends = [np.array([(left, bottom if up else top), (right, top if up else bottom)])]
        case 2:
            ends = [np.array([(left, y), (right, top + bottom - y)]) for y in (top, bottom)]
        case _:
            turns = int(rng.integers(4, 9))
            xs = np.linspace(left, right, turns)
            ends = [np.column_stack([xs, np.where(np.arange(turns) % 2, top, bottom)])]
    lines = [
        bent_by_hand(line + rng.normal(0, 0.15 * unit, line.shape), unit, rng) for line in ends
    ]
    about = (left - 2 * unit, top - 2 * unit, right + 2 * unit, bottom + 2 * unit)
    ink = another_pen(colour, 0.4, rng)
    draw_lines(canvas, lines, about, max(2, round(rng.uniform(1.5, 2.6) * radius)), ink)


def fade(block: Block, rng: Rng) -> Block:
    """The block as it pales in the sun, its ZIP wiped so that nobody can read it."""
    left = float(rng.uniform(0.15, 0.3))
    blur = float(rng.uniform(0.16, 0.24))
    lines = []
    for strip, x, y in block.lines:
        alpha = left * strip.alpha
        for mark in strip.marks:
            x0, y0, x1, y1 = mark.bounds
            margin = 0.3 * (y1 - y0)
            rows = slice(max(0, int(y0 - margin)), int(y1 + margin) + 1)
            columns = slice(max(0, int(x0 - margin)), int(x1 + margin) + 1)
            wiped = cv2.GaussianBlur(strip.alpha[rows, columns], (0, 0), blur * (y1 - y0))
            alpha[rows, columns] = left * wiped
        lines.append((Strip(alpha, strip.baseline), x, y))
    return Block(tuple(lines), block.field, ())


def _through(row: Bounds, unit: float, rng: Rng) -> Points:
    """A line through a row of writing, from about its beginning to about its end."""
    middle = (row[1] + row[3]) / 2
    before, behind = unit * rng.uniform(-0.2, 0.8, 2)
    return np.array([(row[0] - before, middle), (row[2] + behind, middle)])


def _strike_through(
    canvas: Canvas, digits: list[Bounds], colour: Colour, radius: float, rng: Rng
) -> None:
    """One line or two through all digits, or a cross over them, as drawn by hand."""
    x0, y0 = min(digit[0] for digit in digits), min(digit[1] for digit in digits)
    x1, y1 = max(digit[2] for digit in digits), max(digit[3] for digit in digits)
    height = y1 - y0
    left, right = x0 - height * rng.uniform(0.05, 0.5), x1 + height * rng.uniform(0.05, 0.5)
    style = int(rng.integers(4))
    if style == 3:
        ends = [(y0, y1), (y1, y0)]
    else:
        levels = (0.5,) if style else (0.35, 0.65)
        middles = [y0 + height * (level + rng.normal(0, 0.05)) for level in levels]
        tilt = height * rng.normal(0, 0.12)
        ends = [(middle - tilt, middle + tilt) for middle in middles]
    xs = np.linspace(left, right, 24)
    lines = []
    for start, end in ends:
        sway = 0.03 * height * np.sin(np.linspace(0, rng.uniform(2, 7), 24) + rng.uniform(0, 6))
        lines.append(np.column_stack([xs, np.linspace(start, end, 24) + sway]))
    reach = 0.5 * height
    thickness = max(2, round(rng.uniform(1.5, 2.4) * radius))
    draw_lines(
        canvas, lines, (left - reach, y0 - reach, right + reach, y1 + reach), thickness, colour
    )


def _strike_out(canvas: Canvas, digit: Bounds, colour: Colour, radius: float, rng: Rng) -> None:
    """Scribble over a digit so that nobody could swear to it."""
    x0, y0, x1, y1 = digit
    width, height = max(x1 - x0, 0.35 * (y1 - y0)), y1 - y0
    turns = int(rng.integers(6, 11))
    t = np.linspace(0, 1, turns)
    x = x0 + width * (t * 1.1 - 0.05)
    y = np.where(np.arange(turns) % 2, y0 + 0.05 * height, y1 - 0.05 * height)
    path = np.column_stack([x, y + rng.normal(0, 0.08 * height, turns)])
    bars = [
        np.array([(x0 - 0.1 * width, y), (x0 + 1.1 * width, y + 0.1 * height * rng.normal())])
        for y in (y0 + height * rng.uniform(0.25, 0.4), y0 + height * rng.uniform(0.55, 0.75))
    ]
    left, top = x0 - 0.5 * width, y0 - 0.5 * height
    about = left, top, left + int(2 * width), top + int(2 * height)
    draw_lines(canvas, [path, *bars], about, max(2, round(2.2 * radius)), colour)


def _cover(canvas: Canvas, digit: Bounds, rng: Rng) -> None:
    """Hide a digit under a blot of ink or a scrap of paper."""
    x0, y0, x1, y1 = digit
    margin = _MARGIN * (y1 - y0)
    width, height = int(x1 - x0 + 2 * margin) + 1, int(y1 - y0 + 2 * margin) + 1
    if rng.random() < 0.5:
        colour: Colour = (35, 25, 25) if rng.random() < 0.6 else (90, 40, 25)
        size = (int(1.5 * height), int(width + 0.5 * height))
        left, top = x0 - margin - 0.25 * height, y0 - margin - 0.25 * height
        canvas.lay(_blot(size, (width, height), rng), left, top, colour)
    else:
        tone: Colour = (245, 250, 250) if rng.random() < 0.5 else (110, 200, 245)
        scrap = np.ones((height, width), np.float32)
        canvas.lay(scrap, x0 - margin, y0 - margin, tone, opaque=True)


def _blot(size: tuple[int, int], inner: tuple[int, int], rng: Rng) -> Alpha:
    """A solid drop on a sheet of ``size`` (height, width) that hides ``inner`` (width, height)."""
    rows, columns = size
    ys, xs = np.mgrid[0:rows, 0:columns].astype(np.float32)
    distance = np.hypot((xs - columns / 2) / (0.72 * inner[0]), (ys - rows / 2) / (0.72 * inner[1]))
    distance += 0.08 * cloud(rng, size, 0.3 * rows)
    return np.asarray(np.clip((1.05 - distance) * 12, 0, 0.97), np.float32)
