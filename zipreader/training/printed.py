"""Printed digits and letters: faces, and what typewriters, printers and copiers do to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from zipreader.elements import InkMap, Tiles
from zipreader.errors import InputError
from zipreader.synth.fonts import Face, Style, load
from zipreader.training.elastic import bend_of, elastic
from zipreader.training.lookalikes import LOOK_ALIKES
from zipreader.training.scanning import ScanConfig, scanned_tile
from zipreader.training.sources import Made, Sources, no_digits
from zipreader.training.splits import Part
from zipreader.training.strings import trimmed
from zipreader.training.typefaces import Families, faces_of

_FACES = 100
"""So many faces are tried for a text."""
_SIDE = 72
"""Size in pixels at which characters are drawn before they are brought to size."""
_PART = 0.35
"""How far apart parts are displaced differently, in sizes of the face."""
_DIGITS = "0123456789"
_SIGNS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#%*+=@$"<>~^_-.:'
_LETTERS = "".join(sign for sign in _SIGNS if sign not in LOOK_ALIKES)


@dataclass(frozen=True, slots=True)
class PrintConfig:
    """Ranges of printed characters."""

    height: tuple[float, float] = (17.0, 80.0)
    """Height of a digit in pixels of the scan."""
    aspect: tuple[float, float] = (0.85, 1.2)
    shear: float = 0.22
    """Slanted faces are made by shear."""
    rotation: float = 4.0
    bend: float = 0.0
    """As of redrawn digits, of what looks handwritten, in sizes of the face."""
    spread: tuple[int, int] = (-2, 4)
    """Pixels by which the ink spreads or shrinks, at the size of drawing."""
    worn: float = 0.45
    """How often the print is that of a typewriter, a dot matrix, or faded."""
    pair: float = 0.25
    """How often not-a-digit is a pair or a half, not a single letter."""


def printed_digits(
    sources: Sources, part: Part, rng: np.random.Generator, first: int, size: int
) -> Made:
    """Digits of the faces of ``part``, each digit equally often."""
    labels = ((first + np.arange(size)) % 10).astype(np.uint8)
    texts = [_DIGITS[label] for label in labels]
    return _printed(texts, faces_of(part, sources.faces), rng, bend_of(part)), labels


def printed_letters(
    sources: Sources, part: Part, rng: np.random.Generator, first: int, size: int
) -> Made:
    """Letters and signs that look like no digit, pairs of characters, and halves of digits."""
    config = PrintConfig()
    texts = [_not_a_digit(rng, config) for _ in range(size)]
    return _printed(texts, faces_of(part, sources.faces), rng, bend_of(part)), no_digits(size)


def print_character(text: str, face: Face, rng: np.random.Generator, config: PrintConfig) -> InkMap:
    """Print a text of one or two characters: (H, W) float32 coverage, trimmed.

    A digit of the face is between ``config.height`` pixels tall.
    """
    return _struck(_drawn(text, face), face, rng, config)


def print_text(text: str, face: Face, rng: np.random.Generator, config: PrintConfig) -> InkMap:
    """Print a line of text: as ``print_character``."""
    return _struck(_drawn.__wrapped__(text, face), face, rng, config)


def _struck(
    canvas: npt.NDArray[np.uint8], face: Face, rng: np.random.Generator, config: PrintConfig
) -> InkMap:
    if face.style is Style.HAND:
        canvas = elastic(canvas, rng, rng.uniform(0, config.bend) * _SIDE, _PART * _SIDE)
    canvas = _spread(canvas, int(rng.integers(config.spread[0], config.spread[1] + 1)))
    if rng.random() < config.worn:
        canvas = _WORN[int(rng.integers(len(_WORN)))](canvas, rng)
    return _placed(canvas, face, rng, config)


def _printed(texts: list[str], families: Families, rng: np.random.Generator, bend: float) -> Tiles:
    config, scanning = PrintConfig(bend=bend), ScanConfig()
    tiles = []
    for text in texts:
        face = _face_with(text.rstrip("|"), families, rng)
        tile = np.zeros((28, 28), np.uint8)
        while not tile.any():  # a faint and noisy scan may show no ink
            ink = print_character(text.rstrip("|"), face, rng, config)
            ink = trimmed(_half(ink, rng)) if text.endswith("|") else ink
            tile = scanned_tile(ink, rng, scanning)
        tiles.append(tile)
    return np.stack(tiles)


def _face_with(text: str, families: Families, rng: np.random.Generator) -> Face:
    """A face that does not leave the text blank, as some do with letters that they lack."""
    for _ in range(_FACES):
        faces = families[int(rng.integers(len(families)))]
        face = faces[int(rng.integers(len(faces)))]
        if _drawn(text, face).any():
            return face
    raise InputError(f"no typeface that was tried draws {text!r}")


def _not_a_digit(rng: np.random.Generator, config: PrintConfig) -> str:
    """A letter; or two characters; or a digit and a bar, which stands for its half."""
    if rng.random() >= config.pair:
        return _LETTERS[int(rng.integers(len(_LETTERS)))]
    if rng.random() < 0.3:
        return "023456789"[int(rng.integers(9))] + "|"
    alphabet = _DIGITS if rng.random() < 0.6 else _LETTERS
    return "".join(alphabet[int(i)] for i in rng.integers(len(alphabet), size=2))


@lru_cache(maxsize=4096)
def _drawn(text: str, face: Face) -> npt.NDArray[np.uint8]:
    """(H, W) uint8, 0 paper, 255 ink."""
    font = load(face, _SIDE)
    left, top, right, bottom = font.getbbox(text)
    image = Image.new("L", (round(right - left) + 24, round(bottom - top) + 24))
    ImageDraw.Draw(image).text((12 - left, 12 - top), text, fill=255, font=font)
    return np.asarray(image)


def _spread(canvas: npt.NDArray[np.uint8], pixels: int) -> npt.NDArray[np.uint8]:
    if pixels == 0:
        return canvas
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (abs(pixels) + 1,) * 2)
    changed = cv2.dilate(canvas, kernel) if pixels > 0 else cv2.erode(canvas, kernel)
    enough = pixels > 0 or int(changed.sum()) > 0.45 * int(canvas.sum())
    return changed.astype(np.uint8, copy=False) if enough else canvas


def _typewriter(canvas: npt.NDArray[np.uint8], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Ribbon texture, one side struck harder, swollen edges."""
    height, width = canvas.shape
    weave = cv2.resize(rng.random((height // 3 + 1, width // 3 + 1), np.float32), (width, height))
    tilt = np.linspace(rng.uniform(0.5, 1), rng.uniform(0.5, 1), height)[:, None]
    struck = cv2.GaussianBlur(canvas, (0, 0), rng.uniform(0.5, 2.5)).astype(np.float32)
    return np.clip(struck * tilt * (0.55 + 0.75 * weave), 0, 255).astype(np.uint8)


def _dot_matrix(canvas: npt.NDArray[np.uint8], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """The character as round dots on a grid of 9 to 13 rows."""
    x, y, width, height = cv2.boundingRect((canvas > 127).astype(np.uint8))
    rows = int(rng.integers(9, 14))
    columns = max(2, round(rows * width / max(height, 1)))
    inked = canvas[y : y + height, x : x + width]
    grid = cv2.resize(inked, (columns, rows), interpolation=cv2.INTER_AREA)
    pitch = 10
    dots = np.zeros(((rows + 1) * pitch, (columns + 1) * pitch), np.uint8)
    radius = int(rng.integers(4, 7))
    for row, column in np.argwhere(grid > rng.uniform(0.3, 0.5) * grid.max()):
        centre = (int((column + 1) * pitch), int((row + 1) * pitch))
        cv2.circle(dots, centre, radius, 255, -1, cv2.LINE_AA)
    return dots if dots.any() else canvas


def _faded(canvas: npt.NDArray[np.uint8], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Bands and patches without toner."""
    height, width = canvas.shape
    coarse = rng.random((int(rng.integers(3, 9)), int(rng.integers(2, 9))), np.float32)
    patches = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    kept = np.clip((patches - rng.uniform(-0.1, 0.15)) * 5, rng.uniform(0.3, 0.6), 1)
    return np.clip(canvas * kept, 0, 255).astype(np.uint8)


def _outlined(canvas: npt.NDArray[np.uint8], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Coarse pixels, as of a low resolution printer or fax."""
    pixels = rng.uniform(14, 26) / min(max(canvas.shape), 2 * canvas.shape[0])
    small = cv2.resize(canvas, None, fx=pixels, fy=pixels, interpolation=cv2.INTER_AREA)
    coarse = ((small > rng.uniform(0.3, 0.5) * small.max()) * np.uint8(255)).astype(np.uint8)
    size = (canvas.shape[1], canvas.shape[0])
    return cv2.resize(coarse, size, interpolation=cv2.INTER_NEAREST) if coarse.any() else canvas


_WORN: tuple[Callable[[npt.NDArray[np.uint8], np.random.Generator], npt.NDArray[np.uint8]], ...] = (
    _typewriter,
    _dot_matrix,
    _faded,
    _outlined,
)


def _placed(
    canvas: npt.NDArray[np.uint8], face: Face, rng: np.random.Generator, config: PrintConfig
) -> InkMap:
    """Slant, stretch and bring to size."""
    height, width = canvas.shape
    aspect = float(np.exp(rng.uniform(*np.log(config.aspect))))
    slanted = face.style is not Style.HAND and rng.random() < 0.5
    shear = rng.uniform(-0.05, config.shear) if slanted else 0.0
    turn = np.deg2rad(rng.uniform(-config.rotation, config.rotation))
    cos, sin = np.cos(turn), np.sin(turn)
    turned = np.array([[cos, -sin], [sin, cos]]) @ np.array([[aspect, -shear], [0.0, 1.0]])
    side = 2 * max(height, width)
    matrix = np.column_stack([turned, side / 2 - turned @ np.array([width / 2, height / 2])])
    large = trimmed((cv2.warpAffine(canvas, matrix, (side, side)) / 255.0).astype(np.float32))
    factor = float(np.exp(rng.uniform(*np.log(config.height)))) / max(large.shape[0], 0.5 * _SIDE)
    size = tuple(max(2, round(length * factor)) for length in large.shape[::-1])
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(large, size, interpolation=method), np.float32)


def _half(ink: InkMap, rng: np.random.Generator) -> InkMap:
    """The upper, lower, left or right part."""
    part = ink.copy()
    height, width = ink.shape
    row, column = round(height * rng.uniform(0.35, 0.6)), round(width * rng.uniform(0.4, 0.6))
    side = int(rng.integers(4))
    if side == 0:
        part[:row] = 0
    elif side == 1:
        part[row:] = 0
    elif side == 2:
        part[:, :column] = 0
    else:
        part[:, column:] = 0
    return part if part.any() else ink
