"""Letters from a writer's own pen strokes, set on a common baseline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zipreader.synth import pens
from zipreader.synth.compose import Rng, Strip, assemble, ink_bounds
from zipreader.synth.sources import Stroke

_NEEDED = frozenset("ABCDEFGHIJKLMNOPRSTUVWY")
_TALL = frozenset("bdfhklt")
_DEEP = frozenset("gpqyj")
_SMALL_HEIGHT = 0.62


@dataclass(frozen=True, slots=True, eq=False)
class StrokeLetters:
    """One writer's letters; small letters are missing from some writers."""

    items: dict[str, tuple[tuple[Stroke, ...], ...]]

    @staticmethod
    def suffices(items: dict[str, tuple[tuple[Stroke, ...], ...]]) -> bool:
        """Whether a whole address can be written with these."""
        return set(items) >= _NEEDED

    def write(self, text: str, height: float, radius: float, pen: pens.Pen, rng: Rng) -> Strip:
        """Write a word whose capitals are ``height`` sheet pixels tall."""
        small = set("abcdefghijklmnoprstuvwy") <= set(self.items)
        parts: list[tuple[Strip, float, float]] = []
        x = 0.0
        for char in text if small else text.upper():
            strip = self._letter(char, height, radius, pen, rng)
            if strip is None:
                x += 0.15 * height
                continue
            parts.append((strip, x, height * rng.normal(0, 0.02)))
            x += strip.width + height * rng.uniform(0.03, 0.14)
        joined = assemble(parts)
        return Strip(pens.ink(joined.alpha, pen, rng), joined.baseline)

    def _letter(
        self, char: str, height: float, radius: float, pen: pens.Pen, rng: Rng
    ) -> Strip | None:
        if char in ",.'":
            return _dot(char, height, radius, pen, rng)
        found = self.items.get(char) or self.items.get(char.upper())
        if not found:
            return None
        strokes = found[int(rng.integers(len(found)))]
        points = np.concatenate(strokes)
        low = points.min(axis=0)
        extent = np.maximum(points.max(axis=0) - low, 1)
        tall, sinks = _proportions(char)
        scale = 2 * min(tall * height / extent[1], 1.1 * height / extent[0])
        margin = 4 * radius + 3
        placed = [((s - low) * scale + margin).astype(np.float32) for s in strokes]
        width, rows = (int(v) + 1 for v in extent * scale + 2 * margin)
        alpha = pens.draw_path(placed, (rows, width), 2 * radius, pen, rng)
        x0, y0, x1, y1 = (int(v) for v in ink_bounds(alpha, 0.1) or (0, 0, 1, 1))
        alpha = pens.halve(alpha[y0:y1, x0:x1])
        return Strip(alpha, max(0, alpha.shape[0] - round(sinks * height)))


def _proportions(char: str) -> tuple[float, float]:
    """Height of a letter and how far it sinks below the baseline, in heights of a capital."""
    if char.isupper() or char in _TALL:
        return 1.0, 0.0
    if char in _DEEP:
        return 0.95, 0.35
    return _SMALL_HEIGHT, 0.0


def _dot(char: str, height: float, radius: float, pen: pens.Pen, rng: Rng) -> Strip:
    length = 2 * (0.03 if char == "." else 0.16) * height
    margin = 4 * radius + 3
    line = np.array([(margin + length / 3, margin), (margin, margin + length)], np.float32)
    size = (int(length + 2 * margin) + 1, int(length / 3 + 2 * margin) + 1)
    alpha = pens.halve(pens.draw_path([line], size, 2 * radius, pen, rng))
    rise = {".": 0.0, ",": 0.55 * length / 2, "'": -0.9 * height}[char]
    return Strip(alpha, max(0, round(alpha.shape[0] - margin / 2 - rise)))
