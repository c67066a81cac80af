"""Parcel labels: the sender above or beside the address, on one label, and bars to track it by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zipreader.synth.address import invent
from zipreader.synth.compose import Alpha, Canvas, Colour
from zipreader.synth.drawing import Drawing
from zipreader.synth.lettering import letter

_SENDER_WORDS = ("", "", "FROM:", "From", "Return to:", "SHIPPER")
_ADDRESS_WORDS = ("", "TO:", "SHIP TO:", "To", "Deliver to:")
_TRACKING_WORDS = ("", "USPS TRACKING #", "TRACKING #", "CERTIFIED MAIL", "eVS")
_GAP = 0.1
"""Inches between the parts."""
_BLACK: Colour = (30, 28, 28)


@dataclass(frozen=True, slots=True, eq=False)
class Surround:
    """What a label holds: ink ``above``, ``beside`` (left of) and ``below`` the address."""

    above: Alpha | None = None
    beside: Alpha | None = None
    below: Alpha | None = None

    def margins(self, dpi: int) -> tuple[float, float, float]:
        """Pixels that it takes left of, above and below the address."""
        gap = _GAP * dpi
        left = self.beside.shape[1] + gap if self.beside is not None else 0.0
        above = self.above.shape[0] + gap if self.above is not None else 0.0
        below = self.below.shape[0] + 1.5 * gap if self.below is not None else 0.0
        return left, above, below

    def width(self) -> float:
        """Pixels that the label is wide at the least."""
        parts = [part.shape[1] for part in (self.above, self.below) if part is not None]
        return float(max(parts, default=0))

    def lay(
        self, canvas: Canvas, corner: tuple[float, float], bottom: float, address: tuple[int, int]
    ) -> None:
        """Put it about an ``address`` into a label of which two places bound the inside."""
        x, y = corner
        if self.above is not None:
            canvas.lay(self.above, x if self.beside is None else address[0], y, _BLACK)
        if self.beside is not None:
            canvas.lay(self.beside, x, address[1], _BLACK)
        if self.below is not None:
            canvas.lay(self.below, x, bottom - self.below.shape[0], _BLACK)


def draw_surround(drawing: Drawing) -> Surround:
    """The sender, smaller or as large as the address, and on most labels a tracking barcode."""
    below = _tracking(drawing) if drawing.chance(0.55) else None
    sender = _sender(drawing)
    words = _word(drawing, _ADDRESS_WORDS)
    if drawing.chance(0.25):
        return Surround(above=words, beside=sender, below=below)
    parts = [sender]
    if drawing.chance(0.6):
        parts.append(_rule(drawing, max(sender.shape[1], round(2.2 * drawing.dpi))))
    if words is not None:
        parts.append(words)
    return Surround(above=_stacked(parts, round(0.7 * _GAP * drawing.dpi)), below=below)


def _sender(drawing: Drawing) -> Alpha:
    rng = drawing.rng
    address = invent(drawing.sources, rng, plus4=0.15, few=True)
    lines = [" ".join(text for text, _ in line.pieces()) for line in address.lines]
    word = str(rng.choice(_SENDER_WORDS))
    return letter([word, *lines] if word else lines, drawing.plain_face(), _em(drawing))


def _em(drawing: Drawing) -> float:
    """6 to 9 points."""
    return float(drawing.rng.uniform(6, 9)) / 72 * drawing.dpi


def _word(drawing: Drawing, words: tuple[str, ...]) -> Alpha | None:
    word = str(drawing.rng.choice(words))
    return letter([word], drawing.plain_face(), _em(drawing)) if word else None


def _rule(drawing: Drawing, width: int) -> Alpha:
    thickness = max(1, round(float(drawing.rng.uniform(0.008, 0.03)) * drawing.dpi))
    return np.ones((thickness, width), np.float32)


def _tracking(drawing: Drawing) -> Alpha:
    """Bars and spaces of one to four modules, as in Code 128, between rules or not, with words."""
    rng, dpi = drawing.rng, drawing.dpi
    module = float(rng.uniform(0.011, 0.02)) * dpi
    edges = np.cumsum(rng.integers(1, 5, 2 * int(rng.integers(32, 52)))) * module
    sheet = np.zeros((round(float(rng.uniform(0.45, 0.9)) * dpi), round(edges[-1])), np.float32)
    for start, end in zip(edges[0::2], edges[1::2], strict=True):
        sheet[:, round(start) : max(round(start) + 1, round(end))] = 1
    number = " ".join(f"{int(group):04d}" for group in rng.integers(0, 10_000, 5))
    parts = [sheet, letter([number], drawing.plain_face(), 0.12 * dpi)]
    words = _word(drawing, _TRACKING_WORDS)
    if words is not None:
        parts.insert(0, words)
    if drawing.chance(0.5):
        parts = [_rule(drawing, sheet.shape[1]), *parts, _rule(drawing, sheet.shape[1])]
    return _stacked(parts, round(0.06 * dpi))


def _stacked(parts: list[Alpha], gap: int) -> Alpha:
    """One below the other, flush left."""
    width = max(part.shape[1] for part in parts)
    rows = [np.pad(part, ((0, gap), (0, width - part.shape[1]))) for part in parts]
    return np.concatenate(rows).astype(np.float32)
