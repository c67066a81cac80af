"""Printed lines, as a laser, inkjet, typewriter, dot matrix, worn ribbon or thermal head do it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image as PillowImage
from PIL import ImageDraw

from zipreader.synth.address import Line
from zipreader.synth.compose import Alpha, Colour, Mark, Rng, Strip, cloud, ink_bounds
from zipreader.synth.fonts import Face, Style, load
from zipreader.synth.sources import Sources

TECHNOLOGIES = ("laser", "inkjet", "typewriter", "dot-matrix", "ribbon", "thermal")
_WEIGHTS = (0.38, 0.2, 0.14, 0.1, 0.1, 0.08)
_POINTS_AN_INCH = 72.0


@dataclass(frozen=True, slots=True, eq=False)
class Press:
    """How printed lines come about; ``size`` is the em in sheet pixels."""

    technology: str
    face: Face
    size: float
    colour: Colour
    tracking: float

    @property
    def is_jittery(self) -> bool:
        """Whether every character is struck on its own."""
        return self.technology == "typewriter"


def choose_press(sources: Sources, dpi: int, rng: Rng, points: float | None = None) -> Press:
    """A technology, a face that suits it, and a size of 8 to 14 points."""
    technology = str(rng.choice(TECHNOLOGIES, p=_WEIGHTS))
    mono = technology in ("typewriter", "dot-matrix")
    styles = (Style.MONO,) if mono else (Style.SANS, Style.SERIF, Style.MONO, Style.NARROW)
    if points is None:
        points = float(rng.uniform(9 if technology == "dot-matrix" else 8, 14))
        points = max(points, 9.5) if dpi < 180 else points
    level = int(rng.integers(10, 50))
    colour = (level, level, level)
    if technology == "inkjet" and rng.random() < 0.2:
        colour = (int(rng.integers(70, 130)), 40, 30)
    return Press(
        technology=technology,
        face=sources.face(rng, *styles),
        size=points * dpi / _POINTS_AN_INCH,
        colour=colour,
        tracking=float(rng.uniform(0, 0.03)) if rng.random() < 0.2 else 0.0,
    )


def typeset(line: Line, press: Press, rng: Rng) -> Strip:
    """Set a line; the digits of its ZIP are marked."""
    font = load(press.face, round(press.size))
    text, first, last = _joined(line, rng)
    ascent, descent = font.getmetrics()
    margin = 4
    offsets = [font.getlength(text[:k]) + press.tracking * press.size * k for k in range(len(text))]
    width = int(font.getlength(text) + press.tracking * press.size * len(text)) + 2 * margin + 2
    sheet = PillowImage.new("L", (width, ascent + descent + 2 * margin))
    draw = ImageDraw.Draw(sheet)
    baseline = ascent + margin
    marks: list[tuple[str, int, int]] = []
    for number, char in enumerate(text):
        if char == " ":
            continue
        jitter = rng.normal(0, 0.018, 2) * press.size if press.is_jittery else (0.0, 0.0)
        at = (margin + offsets[number] + jitter[0], baseline + jitter[1])
        draw.text(at, char, font=font, fill=_force(press, rng), anchor="ls")
        if first <= number < last and char.isdigit():
            x0, _, x1, _ = font.getbbox(char, anchor="ls")
            marks.append((char, int(np.floor(at[0] + x0)), int(np.ceil(at[0] + x1))))
    alpha: Alpha = np.asarray(sheet, np.float32) / np.float32(255)
    found = tuple(_mark(alpha, *mark) for mark in marks)
    return _cropped(Strip(_printed(alpha, press, rng), baseline, found))


def _joined(line: Line, rng: Rng) -> tuple[str, int, int]:
    """The text of a line and the half-open range of its ZIP."""
    text = line.text
    if line.zip is None:
        return text, 0, 0
    if text:
        text += " " * int(rng.choice([1, 2, 3], p=[0.6, 0.35, 0.05]))
    first = len(text)
    text += line.zip
    last = len(text)
    return (f"{text} {line.after}" if line.after else text), first, last


def _force(press: Press, rng: Rng) -> int:
    """Ink of a single type: a typewriter strikes unevenly."""
    return int(np.clip(rng.normal(220, 28), 120, 255)) if press.is_jittery else 255


def _mark(alpha: Alpha, char: str, x0: int, x1: int) -> Mark:
    bounds = ink_bounds(alpha[:, max(0, x0) : x1]) or (0.0, 0.0, float(x1 - x0), 1.0)
    return Mark(char, bounds).moved(max(0, x0), 0)


def _cropped(strip: Strip) -> Strip:
    bounds = ink_bounds(strip.alpha, 0.05)
    if bounds is None:
        return strip
    x0, y0, x1, y1 = (int(v) for v in bounds)
    y1 = max(y1, strip.baseline)
    marks = tuple(mark.moved(-x0, -y0) for mark in strip.marks)
    return Strip(strip.alpha[y0:y1, x0:x1], max(0, strip.baseline - y0), marks)


def _printed(alpha: Alpha, press: Press, rng: Rng) -> Alpha:
    """What the technology makes of clean type."""
    if press.technology == "inkjet":
        return _inkjet(alpha, press, rng)
    if press.technology == "typewriter":
        return _struck(alpha, rng)
    if press.technology == "dot-matrix":
        return _dotted(alpha, press, rng)
    if press.technology == "ribbon":
        return _worn(alpha, press, rng)
    if press.technology == "thermal":
        return _thermal(alpha, rng)
    return alpha


def _inkjet(alpha: Alpha, press: Press, rng: Rng) -> Alpha:
    ragged = cv2.GaussianBlur(alpha, (0, 0), 0.6) + 0.16 * cloud(rng, alpha.shape, 1.5)
    dots = np.clip((ragged - 0.38) * 3, 0, 1)
    bands = 1 - 0.12 * np.abs(cloud(rng, (alpha.shape[0], 1), max(2.0, 0.06 * press.size)))
    return np.asarray(dots * bands * (alpha.max() > 0), np.float32)


def _struck(alpha: Alpha, rng: Rng) -> Alpha:
    spread = cv2.GaussianBlur(alpha, (0, 0), 0.7)
    ribbon = 0.92 - 0.13 * np.abs(cloud(rng, alpha.shape, 2.0))
    return np.asarray(np.clip(spread * 1.25, 0, 1) * np.clip(ribbon, 0.3, 1), np.float32)


def _dotted(alpha: Alpha, press: Press, rng: Rng) -> Alpha:
    """Pins on a grid: a fine one at near letter quality, a coarse one at draft."""
    pins = rng.uniform(11, 18)
    step = max(2.0, press.size * 0.95 / pins)
    height, width = alpha.shape
    grid = (max(1, round(width / step)), max(1, round(height / step)))
    cells = cv2.resize(alpha, grid, interpolation=cv2.INTER_AREA)
    hit = (cells > 0.34).astype(np.float32)
    hit *= 0.85 + 0.15 * rng.random(hit.shape, dtype=np.float32)
    large = cv2.resize(hit, (width, height), interpolation=cv2.INTER_NEAREST)
    xs = (np.arange(width) * grid[0] / width) % 1 - 0.5
    ys = (np.arange(height) * grid[1] / height) % 1 - 0.5
    radius = rng.uniform(0.52, 0.68)
    dot = np.clip((radius - np.hypot(xs[None], ys[:, None])) * step + 0.5, 0, 1)
    blurred = cv2.GaussianBlur(large * dot.astype(np.float32), (0, 0), 0.45)
    return np.asarray(blurred * rng.uniform(0.75, 1), np.float32)


def _worn(alpha: Alpha, press: Press, rng: Rng) -> Alpha:
    fade = 0.62 + 0.14 * cloud(rng, alpha.shape, 2.5 * press.size)
    speckle = 0.14 * np.abs(cloud(rng, alpha.shape, 1.6))
    return np.asarray(alpha * np.clip(fade - speckle, 0.25, 1), np.float32)


def _thermal(alpha: Alpha, rng: Rng) -> Alpha:
    """Dense, with thin rows missing where elements of the head are dead."""
    head = np.ones((alpha.shape[0], 1), np.float32)
    for row in rng.integers(0, alpha.shape[0], rng.integers(0, 3)):
        head[row] = 0.25
    return np.asarray(np.clip(cv2.GaussianBlur(alpha, (0, 0), 0.5) * 1.15, 0, 1) * head, np.float32)
