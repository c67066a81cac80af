"""One hand that writes: digits and letters as strips of ink.

A hand keeps its slant, size, pen, spacing and drift over a whole envelope.
Shapes are drawn at twice the sheet's resolution and then halved.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as PillowImage
from PIL import ImageDraw

from zipreader.synth import pens
from zipreader.synth.address import Line
from zipreader.synth.compose import Alpha, Mark, Rng, Strip, assemble, cloud, ink_bounds
from zipreader.synth.digitshapes import advance, drawn, enlarged
from zipreader.synth.fonts import Face, Style, load
from zipreader.synth.sources import Sources, Stroke
from zipreader.synth.strokes import StrokeLetters

_TOUCH_WIDTHS = (0.15, 1.1)
"""How deep touching digits run into each other, in widths of the line."""
_TOUCH_SHARE = 0.25
"""The deepest, as a share of the narrower digit."""
_REAL_LETTERS = 0.5
"""Of the hands with scanned digits so many write letters by strokes, the others in a face."""


@dataclass(frozen=True, slots=True, eq=False)
class Hand:
    """A writer's habits; ``height`` is that of the digits, in sheet pixels.

    ``slant`` is dx/dy to the right, ``drift`` dy/dx of the baseline, ``gap``
    the least distance between digits in digit heights.
    """

    pen: pens.Pen
    radius: float
    height: float
    slant: float
    drift: float
    wobble: float
    gap: float
    letters: Face | StrokeLetters
    capitals: bool
    images: tuple[npt.NDArray[np.uint8], ...] | None
    strokes: dict[str, tuple[tuple[Stroke, ...], ...]] | None

    def sized(self, height: float, dpi: int) -> Hand:
        """The same hand writing digits ``height`` sheet pixels tall."""
        return replace(self, height=height, radius=_radius(self.pen, height, dpi))


def _radius(pen: pens.Pen, height: float, dpi: int) -> float:
    """Half the width of the line in pixels, less where small digits would fill up."""
    return max(0.75, min(pen.radius * dpi, 0.072 * height))


def choose_hand(
    sources: Sources,
    dpi: int,
    height: float,
    pen: pens.Pen,
    rng: Rng,
    by_strokes: float | None = None,
) -> Hand:
    """A hand that writes digits ``height`` inches tall.

    Where there are writers of strokes and scanned digits, the share ``by_strokes`` is written
    by the former.  By default each of them writes as much as any hand with scanned digits, so
    that no result hangs on a few people.
    """
    writers = sources.digit_writers()
    if by_strokes is None:
        others = sources.pool.hands if sources.pool is not None else 0
        by_strokes = len(writers) / max(1, len(writers) + others)
    strokes = images = None
    letters: Face | StrokeLetters = sources.face(rng, Style.HAND)
    if writers and sources.strokes and (sources.pool is None or rng.random() < by_strokes):
        writer = writers[int(rng.integers(len(writers)))]
        strokes = sources.strokes.items[writer]
        own = sources.letters.items.get(writer) if sources.letters else None
        if own is not None and StrokeLetters.suffices(own):
            letters = StrokeLetters(own)
    elif sources.pool is not None:
        images = sources.pool.prototypes(rng)
        lettered = _letter_writers(sources)
        if lettered and rng.random() < _REAL_LETTERS:
            letters = lettered[int(rng.integers(len(lettered)))]
    pixels = height * dpi
    return Hand(
        pen=pen,
        radius=_radius(pen, pixels, dpi),
        height=pixels,
        slant=float(rng.normal(0.12, 0.16)),
        drift=float(np.clip(rng.normal(0, 0.012), -0.035, 0.035)),
        wobble=float(rng.uniform(0.01, 0.05)),
        gap=float(rng.uniform(0.07, 0.28)),
        letters=letters,
        capitals=bool(rng.random() < 0.2),
        images=images,
        strokes=strokes,
    )


def _letter_writers(sources: Sources) -> list[StrokeLetters]:
    """All who can write an address."""
    every = sources.letters.items.values() if sources.letters else ()
    return [StrokeLetters(own) for own in every if StrokeLetters.suffices(own)]


def write_line(line: Line, hand: Hand, touching: frozenset[int], rng: Rng) -> Strip:
    """Write a line; the digits of its ZIP are marked.

    ``touching`` holds the places k where the ZIP's digits k and k + 1 touch.
    """
    parts: list[tuple[Strip, float, float]] = []
    x = 0.0
    space = hand.height * rng.uniform(0.45, 0.75)
    for text, is_zip in line.pieces():
        for word in text.split():
            strip = _word(word, hand, touching if is_zip else frozenset(), is_zip, rng)
            x += hand.height * rng.uniform(0.1, 0.7) if is_zip and parts else 0
            lift = hand.height * hand.wobble * rng.standard_normal()
            parts.append((strip, x, hand.drift * (x + strip.width / 2) + lift))
            x += strip.width + space
    return assemble(parts)


def _word(word: str, hand: Hand, touching: frozenset[int], marked: bool, rng: Rng) -> Strip:
    """Digits from the digit source, everything else as letters, side by side."""
    parts: list[tuple[Strip, float, float]] = []
    x = 0.0
    for run in re.findall(r"[0-9-]+|[^0-9-]+", word):
        if run[0].isdigit():
            strip = write_digits(run, hand, touching, marked, rng)
        else:
            strip = _letters(run, hand, rng)
        parts.append((strip, x, 0.0))
        x += strip.width + 0.1 * hand.height
    return assemble(parts)


def write_digits(
    text: str,
    hand: Hand,
    touching: frozenset[int],
    marked: bool,
    rng: Rng,
    pitch: float | None = None,
) -> Strip:
    """Digits and hyphens; at a fixed ``pitch`` in pixels where boxes are printed."""
    glyphs = [_digit(char, hand, rng) for char in text]
    parts: list[tuple[Strip, float, float]] = []
    x = 0.0
    wander = 0.0
    for number, (char, glyph) in enumerate(zip(text, glyphs, strict=True)):
        last, wander = wander, 0.6 * wander + hand.height * hand.wobble * rng.standard_normal()
        if pitch is not None:
            x = pitch * number + (pitch - glyph.width) / 2
        elif number:
            gap = hand.gap * hand.height * rng.uniform(0.5, 1.5)
            gap = max(gap, 2.0)
            if number - 1 in touching:
                depth = 2 * hand.radius * rng.uniform(*_TOUCH_WIDTHS)
                narrower = min(glyphs[number - 1].width, glyph.width)
                gap = -min(depth, _TOUCH_SHARE * narrower)
            x += advance(glyphs[number - 1], glyph, gap, wander - last)
        y = wander + hand.drift * x
        marks = (Mark(char, _whole(glyph)),) if marked and char.isdigit() else ()
        parts.append((Strip(glyph.alpha, glyph.baseline, marks), x, y))
    strip = assemble(parts)
    return Strip(pens.ink(strip.alpha, hand.pen, rng), strip.baseline, strip.marks)


def _whole(strip: Strip) -> tuple[float, float, float, float]:
    return ink_bounds(strip.alpha) or (0.0, 0.0, float(strip.width), float(len(strip.alpha)))


def _digit(char: str, hand: Hand, rng: Rng) -> Strip:
    height = 2 * hand.height * float(np.clip(rng.normal(1, 0.06), 0.82, 1.2))
    if char == "-":
        return _hyphen(hand, rng)
    if hand.strokes is not None:
        items = hand.strokes[char]
        strokes = items[int(rng.integers(len(items)))]
        alpha = drawn(strokes, height, hand.radius, hand.pen, rng)
    elif hand.images is not None:
        images = hand.images[int(char)]
        shape = enlarged(images[int(rng.integers(len(images)))], height, hand.slant, rng)
        alpha = pens.redraw(shape, 2 * hand.radius, hand.pen, rng)
    else:
        raise ValueError("a hand needs digits")
    bounds = ink_bounds(alpha, 0.1)
    if bounds is not None:
        x0, y0, x1, y1 = (int(v) for v in bounds)
        alpha = alpha[y0:y1, x0:x1]
    alpha = pens.halve(alpha)
    return Strip(alpha, alpha.shape[0])


def _hyphen(hand: Hand, rng: Rng) -> Strip:
    length = 2 * hand.height * rng.uniform(0.22, 0.4)
    margin = 4 * hand.radius + 2
    tilt = length * rng.normal(0, 0.06)
    line = np.array([(margin, margin), (margin + length, margin + tilt)], np.float32)
    size = (int(2 * margin + abs(tilt)) + 1, int(2 * margin + length) + 1)
    alpha = pens.halve(pens.draw_path([line], size, 2 * hand.radius, hand.pen, rng))
    return Strip(alpha, alpha.shape[0] // 2 + round(hand.height * 0.48))


def _letters(text: str, hand: Hand, rng: Rng) -> Strip:
    text = text.upper() if hand.capitals else text
    if isinstance(hand.letters, StrokeLetters):
        return hand.letters.write(text, hand.height, hand.radius, hand.pen, rng)
    em = 2 * hand.height * 1.25
    font = load(hand.letters, round(em))
    margin = round(0.35 * em)
    x0, y0, x1, y1 = font.getbbox(text, anchor="ls")
    width, height = int(x1 - x0 + 2 * margin), int(y1 - y0 + 2 * margin)
    sheet = PillowImage.new("L", (width, height))
    origin = (margin - x0, margin - y0)
    ImageDraw.Draw(sheet).text(origin, text, font=font, fill=255, anchor="ls")
    shape = _sway(np.asarray(sheet, np.float32) / np.float32(255), origin[1], hand, em, rng)
    alpha = pens.redraw(shape, 2 * hand.radius, hand.pen, rng)
    bounds = ink_bounds(alpha, 0.1) or (0.0, 0.0, 1.0, 1.0)
    left, top, right, bottom = (int(v) for v in bounds)
    alpha = pens.halve(alpha[top:bottom, left:right])
    alpha = pens.ink(alpha, hand.pen, rng)
    return Strip(alpha, max(0, round((origin[1] - top) / 2)))


def _sway(shape: Alpha, baseline: float, hand: Hand, em: float, rng: Rng) -> Alpha:
    """Slant a word and let its outline wander, so that no two letters are alike."""
    height, width = shape.shape
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    lean = 0.7 * hand.slant
    xs = xs + lean * (ys - baseline) + 0.016 * em * cloud(rng, shape.shape, 0.3 * em)
    ys = ys + 0.016 * em * cloud(rng, shape.shape, 0.35 * em)
    return np.asarray(cv2.remap(shape, xs, ys, cv2.INTER_LINEAR), np.float32)
