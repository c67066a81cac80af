"""Postage: stamps, meter imprints and permits, and the postmarks that cancel them.

Sizes follow USPS DMM 604; a postmark carries date digits and often a ZIP, which
a reader must not take for the address.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from zipreader.elements import Image
from zipreader.synth.compose import Alpha, Colour, Rng, cloud
from zipreader.synth.fonts import Face
from zipreader.synth.lettering import curled, framed, letter
from zipreader.synth.sources import Place

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_SHORT = 0.6
"""Chance of a plant's first three digits in an inkjet postmark, rather than of all five."""
_WORDS = ("FOREVER", "USA 33", "USA 55", "USA 37c", "29 USA", "FOREVER USA", "1st CLASS")


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """Something stuck on: (H, W, 3) BGR and where it covers the paper."""

    image: Image
    alpha: Alpha


def draw_stamp(dpi: int, face: Face, rng: Rng) -> Patch:
    """A perforated stamp with a picture."""
    width, height = (round(v * dpi) for v in (rng.uniform(0.8, 1.0), rng.uniform(0.9, 1.1)))
    if rng.random() < 0.3:
        width, height = round(1.5 * height), width
    image = np.full((height, width, 3), 246, np.uint8)
    edge = round(0.07 * dpi)
    image[edge:-edge, edge:-edge] = _picture(height - 2 * edge, width - 2 * edge, rng)
    word = letter([_WORDS[int(rng.integers(len(_WORDS)))]], face, 0.13 * dpi)
    x, y = 2 * edge, height - 2 * edge - word.shape[0]
    room = image[y : y + word.shape[0], x : x + word.shape[1]]
    shade = 255.0 if room.mean() < 140 else 20.0
    blend = word[:, : room.shape[1], None]
    room[...] = room * (1 - blend) + shade * blend
    return Patch(image, _perforated(height, width, dpi))


def _picture(height: int, width: int, rng: Rng) -> Image:
    """A landscape of broad shapes in a few colours."""
    low, high = rng.integers(40, 230, 3), rng.integers(40, 230, 3)
    ramp = np.linspace(0, 1, height)[:, None, None]
    picture = np.broadcast_to(low + ramp * (high - low), (height, width, 3)).astype(np.uint8).copy()
    for _ in range(int(rng.integers(2, 6))):
        center = [int(v) for v in rng.uniform(0, 1, 2) * (width, height)]
        axes = [int(v) for v in rng.uniform(0.08, 0.4, 2) * width]
        colour = [int(v) for v in rng.integers(20, 240, 3)]
        cv2.ellipse(picture, center, axes, rng.uniform(0, 180), 0, 360, colour, -1, cv2.LINE_AA)
    return picture


def _perforated(height: int, width: int, dpi: int) -> Alpha:
    alpha = np.full((height, width), 255, np.uint8)
    pitch = 0.065 * dpi
    radius = max(1, round(0.02 * dpi))
    for x in np.arange(pitch / 2, width, pitch):
        cv2.circle(alpha, (round(x), 0), radius, 0, -1, cv2.LINE_AA)
        cv2.circle(alpha, (round(x), height - 1), radius, 0, -1, cv2.LINE_AA)
    for y in np.arange(pitch / 2, height, pitch):
        cv2.circle(alpha, (0, round(y)), radius, 0, -1, cv2.LINE_AA)
        cv2.circle(alpha, (width - 1, round(y)), radius, 0, -1, cv2.LINE_AA)
    return np.asarray(alpha / np.float32(255), np.float32)


def draw_meter(dpi: int, face: Face, place: Place, rng: Rng) -> tuple[Alpha, Colour]:
    """A meter imprint: amount, date, ZIP of mailing, and a matrix code."""
    lines = [
        "US POSTAGE",
        f"$ 000.{rng.integers(34, 99)}",
        f"{_date(rng)}",
        f"ZIP {place.zip}",
        f"02 1W {int(rng.integers(10**9)):010d}",
    ]
    kept = lines[: int(rng.integers(3, 6))]
    text = letter(kept, face, rng.uniform(0.1, 0.13) * dpi, center=True)
    module = max(2, round(0.02 * dpi))
    modules = rng.random((int(rng.integers(16, 26)),) * 2) < 0.5
    modules[:, 0] = modules[-1] = True
    code = np.kron(modules, np.ones((module, module))).astype(np.float32)
    gap = round(0.12 * dpi)
    height = max(code.shape[0], text.shape[0])
    sheet = np.zeros((height, code.shape[1] + gap + text.shape[1]), np.float32)
    sheet[: code.shape[0], : code.shape[1]] = code
    sheet[: text.shape[0], code.shape[1] + gap :] = text
    inks: list[Colour] = [(30, 28, 28), (50, 40, 190), (140, 50, 40)]
    return sheet, inks[int(rng.integers(3))]


def draw_permit(dpi: int, face: Face, place: Place, rng: Rng) -> Alpha:
    """A permit imprint in its box (DMM 604.5.3)."""
    lines = [
        ("PRSRT STD", "FIRST-CLASS MAIL", "NONPROFIT ORG", "PRESORTED")[int(rng.integers(4))],
        "U.S. POSTAGE",
        "PAID",
        f"{place.city.upper()} {place.state}",
        f"PERMIT NO. {rng.integers(1, 9999)}",
    ]
    text = letter(lines, face, rng.uniform(0.085, 0.11) * dpi, center=True)
    return framed(text, 0.05 * dpi, 0.01 * dpi)


def draw_postmark(dpi: int, face: Face, place: Place, rng: Rng) -> tuple[Alpha, float]:
    """A postmark and its waves to the right; with it the x where the waves begin."""
    height = round(1.05 * dpi)
    mark = _sprayed(dpi, face, place, rng) if rng.random() < 0.4 else _dial(dpi, face, place, rng)
    waves = _waves(round(rng.uniform(1.4, 2.4) * dpi), round(0.75 * dpi), dpi, rng)
    gap = round(0.08 * dpi)
    sheet = np.zeros((height, mark.shape[1] + gap + waves.shape[1]), np.float32)
    top = max(0, (height - mark.shape[0]) // 2)
    sheet[top : top + mark.shape[0], : mark.shape[1]] = mark[:height]
    top = (height - waves.shape[0]) // 2
    sheet[top : top + waves.shape[0], mark.shape[1] + gap :] = waves
    patchy = 0.8 + 0.2 * cloud(rng, sheet.shape, 0.25 * dpi)
    inked = sheet * np.clip(patchy, 0.15, 1) * rng.uniform(0.55, 0.95)
    return np.asarray(inked, np.float32), float(mark.shape[1] + gap)


def _dial(dpi: int, face: Face, place: Place, rng: Rng) -> Alpha:
    """Town and state round a circle, the date across it."""
    radius = 0.43 * dpi
    town = letter([f"{place.city.upper()[:14]} {place.state}"], face, 0.1 * dpi)
    bent = curled(town, 0.77 * radius, 0.0)
    side = 2 * round(radius) + 5
    circle = np.zeros((side, side), np.uint8)
    middle = (side // 2, side // 2)
    cv2.circle(circle, middle, round(radius), 255, max(1, round(0.012 * dpi)), cv2.LINE_AA)
    if rng.random() < 0.4:
        cv2.circle(circle, middle, round(0.56 * radius), 255, 1, cv2.LINE_AA)
    sheet = circle.astype(np.float32) / np.float32(255)
    date = letter(
        ["AM" if rng.random() < 0.5 else "PM", *_date(rng).rsplit(" ", 1)],
        face,
        0.1 * dpi,
        center=True,
    )
    _over(sheet, bent, side / 2, side / 2)
    _over(sheet, date, side / 2, side / 2)
    if rng.random() < 0.6:
        low = curled(letter([place.zip], face, 0.09 * dpi), 0.77 * radius, np.pi)
        _over(sheet, low, side / 2, side / 2)
    return sheet


def _over(sheet: Alpha, ink: Alpha, cx: float, cy: float) -> None:
    """Lay ink on a sheet, centred at (cx, cy); what does not fit is lost."""
    height, width = ink.shape
    x, y = round(cx - width / 2), round(cy - height / 2)
    x0, y0 = max(0, x), max(0, y)
    x1, y1 = min(sheet.shape[1], x + width), min(sheet.shape[0], y + height)
    window = sheet[y0:y1, x0:x1]
    np.maximum(window, ink[y0 - y : y1 - y, x0 - x : x1 - x], out=window)


def _sprayed(dpi: int, face: Face, place: Place, rng: Rng) -> Alpha:
    """The line of an inkjet canceller: plant, three or five digits, date."""
    digits = 3 if rng.random() < _SHORT else 5
    lines = [
        f"{place.city.upper()[:14]} {place.state} {place.zip[:digits]}",
        f"{_date(rng)} PM {rng.integers(1, 9)} L",
    ]
    text = letter(lines, face, 0.11 * dpi)
    dots = (np.indices(text.shape).sum(axis=0) % 3 > 0).astype(np.float32)
    return np.asarray(text * (0.55 + 0.45 * dots), np.float32)


def _waves(width: int, height: int, dpi: int, rng: Rng) -> Alpha:
    sheet = np.zeros((height, width), np.uint8)
    count = int(rng.integers(5, 8))
    amplitude = 0.045 * dpi * (rng.random() < 0.75)
    xs = np.arange(0, width, 2)
    wave = amplitude * np.sin(2 * np.pi * xs / (0.5 * dpi) + rng.uniform(0, 6))
    for y in np.linspace(amplitude + 2, height - amplitude - 2, count):
        points = np.column_stack([xs, y + wave])
        line = np.round(points * 16).astype(np.int32)
        cv2.polylines(sheet, [line], False, 255, max(1, round(0.014 * dpi)), cv2.LINE_AA, 4)
    return np.asarray(sheet / np.float32(255), np.float32)


def _date(rng: Rng) -> str:
    day, month = int(rng.integers(1, 29)), _MONTHS[int(rng.integers(12))]
    year = int(rng.integers(1994, 2026))
    return f"{day:02d} {month} {year}" if rng.random() < 0.5 else f"{month} {day} {year}"
