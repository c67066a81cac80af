"""Makers of tiles, one a kind: each gives (N, 28, 28) tiles and their (N,) classes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from zipreader.elements import NOT_A_DIGIT, Tiles
from zipreader.reading.normalize import normalize
from zipreader.synth.strokefile import StrokeFile
from zipreader.training.augment import DistortConfig, distort
from zipreader.training.glyphs import reviewed_glyphs
from zipreader.training.habits import HabitConfig, with_habits
from zipreader.training.marks import mark
from zipreader.training.printed import printed_digits, printed_letters
from zipreader.training.rewritten import RewriteConfig, rewritten
from zipreader.training.scanning import ScanConfig, scanned_tile
from zipreader.training.segmented import (
    segmented_images,
    segmented_inventions,
    segmented_strings,
    segmented_words,
    string_config,
)
from zipreader.training.sources import (
    Kind,
    Labels,
    Made,
    Maker,
    Rows,
    Sources,
    digit_rows,
    given,
    hands,
    letter_rows,
    mnist_rows,
    no_digits,
    strokes_of,
)
from zipreader.training.splits import Part
from zipreader.training.strings import LabelRule, compose, cut, trimmed
from zipreader.training.strokes import PenConfig, draw

_ATTEMPTS = 4


def mnist_digits(
    sources: Sources, part: Part, rng: np.random.Generator, first: int, size: int
) -> Made:
    """MNIST images as they are, through ``normalize``."""
    tiles, labels = _mnist_slice(sources, part, first, size)
    again = [normalize((tile.astype(np.float32) / 255).astype(np.float32)) for tile in tiles]
    return np.stack(again), labels


def distorted_digits(
    sources: Sources, part: Part, rng: np.random.Generator, first: int, size: int
) -> Made:
    """MNIST images in another hand and pen."""
    tiles, labels = _mnist_slice(sources, part, first, size)
    config = DistortConfig()
    return np.stack([distort(tile, rng, config) for tile in tiles]), labels


def pen_digits(
    sources: Sources, part: Part, rng: np.random.Generator, first: int, size: int
) -> Made:
    """Digits of the writers of ``part``, drawn, scanned and found again."""
    path = given(sources.strokes)
    strokes, rows = strokes_of(path), digit_rows(path, part)
    chosen = rows[(first + np.arange(size)) % len(rows)]
    labels: Labels = strokes.labels[chosen].astype(np.uint8)
    return _drawn_tiles(strokes, chosen, labels, part, rng), labels


def pen_letters(
    sources: Sources, part: Part, rng: np.random.Generator, first: int, size: int
) -> Made:
    """Letters and signs that look like no digit."""
    path = given(sources.letters)
    strokes, rows = strokes_of(path), letter_rows(path, part)
    chosen = rows[(first + np.arange(size)) % len(rows)]
    labels = no_digits(size)
    return _drawn_tiles(strokes, chosen, labels, part, rng), labels


def marks(sources: Sources, part: Part, rng: np.random.Generator, first: int, size: int) -> Made:
    """Dots, rules, arcs and blots."""
    config = ScanConfig(reach=(1.2, 1.6))  # less would hollow a blot out to a ring
    tiles = [scanned_tile(trimmed(mark(rng)), rng, config) for _ in range(size)]
    return np.stack(tiles), no_digits(size)


def cut_strings(
    sources: Sources, part: Part, rng: np.random.Generator, first: int, size: int
) -> Made:
    """Right and wrong cuts of strings of one hand, by slanted seams."""
    path = given(sources.strokes)
    strokes, writers = strokes_of(path), list(hands(path, part).values())
    scanning, rule, style = ScanConfig(), LabelRule(), string_config(part)
    tiles: list[npt.NDArray[np.uint8]] = []
    labels: list[int] = []
    while len(tiles) < size:
        rows = rng.choice(writers[int(rng.integers(len(writers)))], int(rng.integers(2, 4)))
        values = [int(label) for label in strokes.labels[rows]]
        string = compose([strokes.item(int(row)) for row in rows], values, rng, style)
        wanted_digits = len(tiles) % 4 == 0
        for _ in range(_ATTEMPTS):
            piece = cut(string, rng, rule)
            if piece is not None and (piece[1] == NOT_A_DIGIT or wanted_digits):
                tiles.append(scanned_tile(trimmed(piece[0]), rng, scanning))
                labels.append(piece[1])
    return np.stack(tiles[:size]), np.array(labels[:size], np.uint8)


def _mnist_slice(sources: Sources, part: Part, first: int, size: int) -> Made:
    tiles, labels = mnist_rows(given(sources.mnist), part)
    rows = (first + np.arange(size)) % len(labels)
    return tiles[rows], labels[rows]


def _drawn_tiles(
    strokes: StrokeFile, rows: Rows, labels: Labels, part: Part, rng: np.random.Generator
) -> Tiles:
    """Any pen and scanner; hands and habits vary where they train, else as they were written."""
    trains = part is Part.TRAIN
    pen = PenConfig() if trains else PenConfig().as_written()
    habits = HabitConfig() if trains else HabitConfig.none()
    scanning = ScanConfig()
    tiles = []
    for row, label in zip(rows, labels, strict=True):
        item = strokes.item(int(row))
        if trains and rng.random() < RewriteConfig().share:
            item = rewritten(item, rng, rng, RewriteConfig())
        item = with_habits(item, int(label), rng, habits)
        tiles.append(scanned_tile(draw(item, rng, pen), rng, scanning))
    return np.stack(tiles)


MAKERS: dict[Kind, Maker] = {
    Kind.MNIST: mnist_digits,
    Kind.DISTORTED: distorted_digits,
    Kind.STROKES: pen_digits,
    Kind.PRINTED: printed_digits,
    Kind.GLYPHS: reviewed_glyphs,
    Kind.LETTERS: pen_letters,
    Kind.PRINTED_LETTERS: printed_letters,
    Kind.WORDS: segmented_words,
    Kind.MARKS: marks,
    Kind.CUTS: cut_strings,
    Kind.SEGMENTED: segmented_strings,
    Kind.SEGMENTED_IMAGES: segmented_images,
    Kind.INVENTED: segmented_inventions,
}
