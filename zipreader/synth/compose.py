"""Ink on paper: strips of ink with marks on their characters, and the canvas that takes them.

All lengths are pixels of the envelope at its final resolution, before the camera.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.elements import Image
from zipreader.synth.truth import Bounds, bounds_around

Alpha = npt.NDArray[np.float32]
"""(H, W) float32 in 0..1: 0 bare paper, 1 full ink."""
Colour = tuple[int, int, int]
"""Blue, green, red, 0..255."""
Rng = np.random.Generator


@dataclass(frozen=True, slots=True)
class Mark:
    """A character that the truth tells of, with its bounds in strip or sheet pixels."""

    value: str
    bounds: Bounds

    def moved(self, dx: float, dy: float) -> Mark:
        """The same mark elsewhere."""
        x0, y0, x1, y1 = self.bounds
        return Mark(self.value, (x0 + dx, y0 + dy, x1 + dx, y1 + dy))


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """A run or line of writing; ``baseline`` is a row of ``alpha``."""

    alpha: Alpha
    baseline: int
    marks: tuple[Mark, ...] = ()

    @property
    def width(self) -> int:
        """Columns of ``alpha``."""
        return int(self.alpha.shape[1])

    @property
    def above(self) -> int:
        """Rows above the baseline."""
        return self.baseline

    @property
    def below(self) -> int:
        """Rows from the baseline down."""
        return int(self.alpha.shape[0]) - self.baseline


_GRAIN_TILE = (211, 257)

EMPTY = Strip(np.zeros((1, 1), np.float32), 0)


def assemble(parts: Sequence[tuple[Strip, float, float]]) -> Strip:
    """One strip of several, each at (x of its left edge, y of its baseline); ink unites."""
    if not parts:
        return EMPTY
    places = [(round(x), round(y) - strip.baseline) for strip, x, y in parts]
    x0 = min(x for x, _ in places)
    y0 = min(y for _, y in places)
    x1 = max(x + p[0].alpha.shape[1] for (x, _), p in zip(places, parts, strict=True))
    y1 = max(y + p[0].alpha.shape[0] for (_, y), p in zip(places, parts, strict=True))
    alpha = np.zeros((y1 - y0, x1 - x0), np.float32)
    marks: list[Mark] = []
    for (x, y), (strip, _, _) in zip(places, parts, strict=True):
        h, w = strip.alpha.shape
        window = alpha[y - y0 : y - y0 + h, x - x0 : x - x0 + w]
        np.maximum(window, strip.alpha, out=window)
        marks += [mark.moved(x - x0, y - y0) for mark in strip.marks]
    return Strip(alpha, -y0, tuple(marks))


def ink_bounds(alpha: Alpha, level: float = 0.25) -> Bounds | None:
    """The smallest bounds of ink darker than ``level``; ``None`` where there is none."""
    mask = alpha > level
    columns = np.flatnonzero(mask.any(axis=0))
    rows = np.flatnonzero(mask.any(axis=1))
    if len(columns) == 0:
        return None
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Lines of writing set one under another: each strip with the place of its top left.

    ``field`` bounds the ZIP with its ZIP+4, in block pixels.
    """

    lines: tuple[tuple[Strip, int, int], ...]
    field: Bounds | None
    marks: tuple[Mark, ...]

    @property
    def size(self) -> tuple[int, int]:
        """(width, height)."""
        right = max(x + strip.alpha.shape[1] for strip, x, _ in self.lines)
        bottom = max(y + strip.alpha.shape[0] for strip, _, y in self.lines)
        return right, bottom

    def inked(self, window: tuple[int, int, int, int]) -> Alpha:
        """The ink within a half-open window (x0, y0, x1, y1), in block pixels."""
        x0, y0, x1, y1 = window
        sheet = np.zeros((y1 - y0, x1 - x0), np.float32)
        for strip, x, y in self.lines:
            height, width = strip.alpha.shape
            left, top = max(x, x0), max(y, y0)
            right, bottom = min(x + width, x1), min(y + height, y1)
            if left < right and top < bottom:
                part = sheet[top - y0 : bottom - y0, left - x0 : right - x0]
                np.maximum(part, strip.alpha[top - y : bottom - y, left - x : right - x], out=part)
        return sheet


def stack(strips: Sequence[Strip], pitch: float, gap: float, indents: Sequence[float]) -> Block:
    """Set lines ``pitch`` apart, further where they would come nearer than ``gap``."""
    lines: list[tuple[Strip, int, int]] = []
    baseline = 0.0
    below = 0
    for number, (strip, indent) in enumerate(zip(strips, indents, strict=True)):
        if number:
            baseline += max(pitch, below + gap + strip.above)
        else:
            baseline = strip.above
        below = strip.below
        lines.append((strip, round(indent), round(baseline) - strip.baseline))
    left = min(x for _, x, _ in lines)
    top = min(y for _, _, y in lines)
    lines = [(strip, x - left, y - top) for strip, x, y in lines]
    marks = tuple(mark.moved(x, y) for strip, x, y in lines for mark in strip.marks)
    field = bounds_around(mark.bounds for mark in marks) if marks else None
    return Block(tuple(lines), field, marks)


@dataclass(slots=True, eq=False)
class Canvas:
    """The envelope's face: (H, W, 3) BGR uint8 on which ink is laid."""

    image: Image
    dpi: int

    @property
    def width(self) -> int:
        """Columns of the sheet."""
        return int(self.image.shape[1])

    @property
    def height(self) -> int:
        """Rows of the sheet."""
        return int(self.image.shape[0])

    def lay(self, alpha: Alpha, x: float, y: float, colour: Colour, opaque: bool = False) -> None:
        """Lay ink with its top left at (x, y): it darkens the paper, or covers it."""
        left, top = round(x), round(y)
        x0, y0 = max(0, left), max(0, top)
        x1 = min(self.width, left + alpha.shape[1])
        y1 = min(self.height, top + alpha.shape[0])
        if x1 <= x0 or y1 <= y0:
            return
        part = alpha[y0 - top : y1 - top, x0 - left : x1 - left, None]
        window = self.image[y0:y1, x0:x1]
        under = window.astype(np.float32)
        ink = np.array(colour, np.float32)
        if opaque:
            under += part * (ink - under)
        else:
            under *= 1 - part * (1 - ink / 255)
        window[...] = under + 0.5

    def lay_block(self, block: Block, x: int, y: int, colour: Colour, opaque: bool) -> None:
        """Lay every line of a block whose top left is at (x, y)."""
        for strip, dx, dy in block.lines:
            self.lay(strip.alpha, x + dx, y + dy, colour, opaque)

    def paste(self, patch: Image, alpha: Alpha, x: float, y: float) -> None:
        """Cover the paper with a (H, W, 3) patch where ``alpha`` is 1."""
        left, top = round(x), round(y)
        x0, y0 = max(0, left), max(0, top)
        x1 = min(self.width, left + alpha.shape[1])
        y1 = min(self.height, top + alpha.shape[0])
        if x1 <= x0 or y1 <= y0:
            return
        inside = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
        window = self.image[y0:y1, x0:x1]
        under = window.astype(np.float32)
        under += alpha[inside][..., None] * (patch[inside] - under)
        window[...] = under + 0.5

    def tint(self, factor: npt.NDArray[np.float32]) -> None:
        """Multiply the whole sheet by a (H, W, 3) factor near 1."""
        self.image = np.asarray(cv2.multiply(self.image, factor, dtype=cv2.CV_8U), np.uint8)


def cloud(rng: Rng, shape: tuple[int, ...], cell: float) -> Alpha:
    """Smooth noise of about unit deviation, (height, width) of ``shape``.

    ``cell`` is the size of its features in pixels.
    """
    height, width = shape[:2]
    rows = max(2, round(height / cell) + 2)
    columns = max(2, round(width / cell) + 2)
    coarse = rng.standard_normal((rows, columns), dtype=np.float32)
    fine = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(fine, np.float32)


def grain(rng: Rng, shape: tuple[int, ...]) -> Alpha:
    """White noise of unit deviation, (height, width) of ``shape``, tiled for speed."""
    height, width = shape[:2]
    rows, columns = _GRAIN_TILE
    patch = rng.standard_normal(_GRAIN_TILE, dtype=np.float32)
    return np.tile(patch, (height // rows + 1, width // columns + 1))[:height, :width]
