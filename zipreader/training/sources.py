"""The data files of training, opened once, and who of their writers may be used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from zipreader.elements import NOT_A_DIGIT, Tiles
from zipreader.errors import InputError
from zipreader.synth.archives import read_arrays
from zipreader.synth.strokefile import StrokeFile, load_strokes
from zipreader.training.lookalikes import LOOK_ALIKES
from zipreader.training.splits import Part, rows_of
from zipreader.training.strokes import is_bar

Labels = npt.NDArray[np.uint8]
Made = tuple[Tiles, Labels]
Rows = npt.NDArray[np.intp]
CALIBRATION_IMAGES = 5500
"""Kept for the mail on which thresholds are certified, never trained on."""
EVALUATION_IMAGES = 5848
"""The first MNIST training images are kept for evaluation, never trained on."""
TUNE_IMAGES = 2000
"""The last MNIST training images tune, where nobody else's hand does."""


class Kind(IntEnum):
    """Where a tile comes from; stored with it."""

    MNIST = 0
    DISTORTED = 1
    STROKES = 2
    PRINTED = 3
    GLYPHS = 4
    LETTERS = 5
    PRINTED_LETTERS = 6
    WORDS = 7
    MARKS = 8
    CUTS = 9
    SEGMENTED = 10
    SEGMENTED_IMAGES = 11
    INVENTED = 12


@dataclass(frozen=True, slots=True)
class Sources:
    """Data files; ``None`` where there is none.

    ``mnist`` in the layout of Keras, ``strokes`` and ``letters`` as
    ``load_strokes`` reads them, ``words`` with the arrays ``images``,
    ``writers`` and (for the letter network) ``texts``, ``glyphs`` a folder with
    one folder a digit, ``faces`` a folder of font files.
    """

    mnist: Path | None = None
    strokes: Path | None = None
    letters: Path | None = None
    words: Path | None = None
    glyphs: Path | None = None
    faces: Path | None = None

    def given(self) -> dict[str, Path]:
        """The files that are there, by name."""
        named = {
            "mnist": self.mnist,
            "strokes": self.strokes,
            "letters": self.letters,
            "words": self.words,
            "glyphs": self.glyphs,
            "faces": self.faces,
        }
        return {name: path for name, path in named.items() if path is not None}

    def has(self, kind: Kind) -> bool:
        """Whether there is what this kind cannot do without."""
        return kind in _ALWAYS or _USED[kind][0] in self.given()

    def state(self, kind: Kind | None = None) -> str:
        """Changes with the name, size or time of any file, or of those that this kind uses."""
        files = self.given()
        names = sorted(files) if kind is None else _USED[kind]
        return ";".join(f"{name}={_state(files.get(name))}" for name in names)


_USED: dict[Kind, tuple[str, ...]] = {
    Kind.MNIST: ("mnist",),
    Kind.DISTORTED: ("mnist",),
    Kind.STROKES: ("strokes",),
    Kind.PRINTED: ("faces",),
    Kind.GLYPHS: ("glyphs",),
    Kind.LETTERS: ("letters",),
    Kind.PRINTED_LETTERS: ("faces",),
    Kind.WORDS: ("words",),
    Kind.MARKS: (),
    Kind.CUTS: ("strokes",),
    Kind.SEGMENTED: ("strokes", "letters"),
    Kind.SEGMENTED_IMAGES: ("mnist",),
    Kind.INVENTED: ("letters",),
}
"""The files of each kind; it cannot do without the first."""
_ALWAYS = frozenset({Kind.PRINTED, Kind.PRINTED_LETTERS, Kind.MARKS, Kind.INVENTED})
"""These can: faces come with the extra, and marks are drawn."""


Maker = Callable[[Sources, Part, np.random.Generator, int, int], Made]
"""Makes ``size`` tiles of the hands of a part, the first being number ``first`` of its kind."""


def load_mnist(path: Path) -> tuple[Tiles, Labels, Tiles, Labels]:
    """x_train (N, 28, 28), y_train, x_test, y_test of a file in the layout of Keras.

    Raises:
        InputError: missing, damaged or of another shape.
    """
    names = ("x_train", "y_train", "x_test", "y_test")
    arrays = list(read_arrays(path, "MNIST digits", names).values())
    for images, labels in (arrays[:2], arrays[2:]):
        if images.shape[1:] != (28, 28) or labels.shape != images.shape[:1]:
            raise InputError(f"{path}: expected 28x28 images and one label each")
        if images.dtype != np.uint8 or (labels.size and int(labels.max()) > 9):
            raise InputError(f"{path}: expected uint8 images of the digits 0 to 9")
    x_train, y_train, x_test, y_test = arrays
    if len(x_train) < 20 or len(x_test) == 0:
        raise InputError(f"{path}: too few digits to train on")
    return x_train, y_train.astype(np.uint8), x_test, y_test.astype(np.uint8)


def load_words(path: Path) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.str_]]:
    """Scanned words (N, H, W) uint8, dark on light, and their (N,) writers.

    Raises:
        InputError: missing, damaged or of another shape.
    """
    arrays = read_arrays(path, "scanned words", ("images", "writers"))
    images, writers = arrays["images"], arrays["writers"].astype(np.str_)
    if images.ndim != 3 or images.dtype != np.uint8 or writers.shape != images.shape[:1]:
        raise InputError(f"{path}: expected uint8 images of words and one writer each")
    return images, writers


def mnist_rows(path: Path, part: Part) -> Made:
    """The MNIST images that a part may use: a slice of the training images, or the test set."""
    x_train, y_train, x_test, y_test = _mnist(path)
    first = min(EVALUATION_IMAGES, len(x_train) // 2)
    last = len(x_train) - min(TUNE_IMAGES, len(x_train) // 10)
    certify = last - min(CALIBRATION_IMAGES, len(x_train) // 10)
    if part is Part.TEST:
        return x_test, y_test
    rows = {
        Part.TRAIN: slice(first, certify),
        Part.CALIBRATION: slice(certify, last),
        Part.TUNE: slice(last, None),
    }[part]
    return x_train[rows], y_train[rows]


@lru_cache(maxsize=2)
def strokes_of(path: Path) -> StrokeFile:
    """``load_strokes``, once a process."""
    return load_strokes(path)


@lru_cache(maxsize=4)
def digit_rows(path: Path, part: Part) -> Rows:
    """Sound digits of the writers of ``part``, in a fixed random order."""
    strokes = strokes_of(path)
    rows = rows_of(strokes.writers, part)
    sound = rows[~strokes.suspect[rows] & np.isin(strokes.labels[rows], list("0123456789"))]
    upright = [row for row in sound if not is_bar(strokes.item(int(row)), lying=True)]
    return _shuffled(np.array(upright, np.intp), path, part)


@lru_cache(maxsize=4)
def letter_rows(path: Path, part: Part) -> Rows:
    """Letters and signs of the writers of ``part`` that look like no digit.

    A bare upright stroke looks like a 1, whatever its label.
    """
    strokes = strokes_of(path)
    rows = rows_of(strokes.writers, part)
    left_out = sorted(LOOK_ALIKES | set("0123456789"))
    rows = rows[~np.isin(strokes.labels[rows], left_out)]
    others = [row for row in rows if not is_bar(strokes.item(int(row)), lying=False)]
    return _shuffled(np.array(others, np.intp), path, part)


@lru_cache(maxsize=8)
def hands(path: Path, part: Part, letters: bool = False) -> dict[str, Rows]:
    """The sound digits (or the letters) of each writer of ``part``."""
    rows = letter_rows(path, part) if letters else digit_rows(path, part)
    writers = strokes_of(path).writers[rows]
    return {str(writer): rows[writers == writer] for writer in np.unique(writers)}


@lru_cache(maxsize=4)
def word_images(path: Path, part: Part) -> npt.NDArray[np.uint8]:
    """The scanned words of the writers of ``part``, in a fixed random order."""
    images, writers = _words(path)
    chosen: npt.NDArray[np.uint8] = images[_shuffled(rows_of(writers, part), path, part)]
    return chosen


@lru_cache(maxsize=4)
def word_texts(path: Path, part: Part) -> npt.NDArray[np.str_]:
    """What the words of ``word_images`` say, in the same order.

    Raises:
        InputError: the file does not say it.
    """
    texts = read_arrays(path, "scanned words", ("texts",))["texts"].astype(np.str_)
    _, writers = _words(path)
    if texts.shape != writers.shape:
        raise InputError(f"{path}: expected one text for each word")
    chosen: npt.NDArray[np.str_] = texts[_shuffled(rows_of(writers, part), path, part)]
    return chosen


def given(path: Path | None) -> Path:
    """The path, which a maker needs."""
    if path is None:
        raise InputError("a data file is needed but was not given")
    return path


def no_digits(size: int) -> Labels:
    """(size,) labels not-a-digit."""
    return np.full(size, NOT_A_DIGIT, np.uint8)


@lru_cache(maxsize=1)
def _mnist(path: Path) -> tuple[Tiles, Labels, Tiles, Labels]:
    return load_mnist(path)


@lru_cache(maxsize=1)
def _words(path: Path) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.str_]]:
    return load_words(path)


def _shuffled(rows: Rows, path: Path, part: Part) -> Rows:
    if rows.size == 0:
        raise InputError(f"{path}: no writers for the part '{part.value}': too few writers")
    return np.random.default_rng(0).permutation(rows)


def _state(path: Path | None) -> str:
    if path is None:
        return ""
    path = path.resolve()
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    stats = [(str(file), file.stat()) for file in files if file.exists()]
    return f"{path}:{[(name, s.st_size, s.st_mtime_ns) for name, s in stats]}"
