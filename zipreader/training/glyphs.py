"""The user's own reviewed glyphs: a folder with the folders 0 to 9 and, if wanted, ``none``."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from zipreader.elements import NOT_A_DIGIT, GreyImage
from zipreader.errors import InputError, UnreadableImageError
from zipreader.reading.imageops import to_grey
from zipreader.reading.images import open_pages
from zipreader.reading.inkmap import ink
from zipreader.reading.normalize import normalize
from zipreader.training.augment import DistortConfig, distort
from zipreader.training.sources import Made, Sources, given
from zipreader.training.splits import Part

_FOLDERS = {**{str(digit): digit for digit in range(10)}, "none": NOT_A_DIGIT}
_TUNE_EVERY = 8
"""Every eighth glyph of a folder tunes and is not trained on."""
_REACH = 0.45
"""Reach of the paper estimate in heights of the glyph."""


def reviewed_glyphs(
    sources: Sources, part: Part, rng: np.random.Generator, first: int, size: int
) -> Made:
    """The glyphs as they are, then, round after round, in another hand and pen."""
    tiles, labels = glyphs_of(given(sources.glyphs), part)
    numbers = first + np.arange(size)
    config = DistortConfig()
    chosen = [
        tiles[number % len(tiles)]
        if number < len(tiles)
        else distort(tiles[number % len(tiles)], rng, config)
        for number in numbers
    ]
    return np.stack(chosen), labels[numbers % len(tiles)]


def glyphs_of(folder: Path, part: Part) -> Made:
    """The glyphs that train, or those that tune; none are for anything else."""
    tiles, labels = load_glyphs(folder)
    tunes = np.arange(len(labels)) % _TUNE_EVERY == _TUNE_EVERY - 1
    chosen = {Part.TRAIN: ~tunes, Part.TUNE: tunes}.get(part, np.zeros(len(labels), bool))
    if not chosen.any():
        raise InputError(f"{folder}: too few glyphs for the part '{part.value}'")
    return tiles[chosen], labels[chosen]


@lru_cache(maxsize=1)
def load_glyphs(folder: Path) -> Made:
    """Every image of the folders 0 to 9 and ``none``, one glyph each, normalized.

    Ink may be dark on light (a cut from a scan) or light on dark (a tile in
    MNIST format).

    Raises:
        InputError: no such folder, no folder of a digit in it, or no glyph.
        UnreadableImageError: a file that is no image.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder of glyphs")
    tiles: list[npt.NDArray[np.uint8]] = []
    labels: list[int] = []
    for name, label in _FOLDERS.items():
        for file in sorted((folder / name).glob("*")):
            if file.is_file() and not file.name.startswith("."):
                tiles.append(_tile(file))
                labels.append(label)
    if not tiles:
        raise InputError(f"{folder}: expected images in the folders 0 to 9 (and none)")
    return np.stack(tiles), np.array(labels, np.uint8)


def _tile(file: Path) -> npt.NDArray[np.uint8]:
    page = next(open_pages(file), None)
    if page is None:
        raise UnreadableImageError(f"{file}: there is no page in it")
    grey = to_grey(page.image)
    tile = normalize(_ink(grey))
    if not tile.any():
        raise InputError(f"{file}: there is no ink in this glyph")
    return tile


def _ink(grey: GreyImage) -> npt.NDArray[np.float32]:
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    if float(np.median(border)) < 128:
        return (grey.astype(np.float32) / 255).astype(np.float32)
    return ink(grey, max(_REACH * max(grey.shape), 9.0))
