"""Figures of a trained network on hands, faces and test images that only measure."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zipreader.elements import NOT_A_DIGIT, Scores, Tiles
from zipreader.intervals import clopper_pearson
from zipreader.reading.classifier import Classifier
from zipreader.training.pools import Pool, Recipe, build_pool
from zipreader.training.sources import Kind, Sources, digit_rows, mnist_rows
from zipreader.training.splits import Part
from zipreader.training.temperature import error_of

SEED = 416
"""Of the test tiles, whatever the seed of training, so that networks can be compared."""
SURE = 0.9
_DRAWINGS = 4
_BATCH = 40
_TIMED_TILES = 4000


@dataclass(frozen=True, slots=True)
class DigitFigure:
    """Accuracy on ``items`` digits: among eleven classes, and with not-a-digit forbidden."""

    name: str
    items: int
    eleven: float
    forced: float


@dataclass(frozen=True, slots=True)
class OtherFigure:
    """Share of ``items`` samples that are no digits but are called one above ``SURE``."""

    name: str
    items: int
    taken: float


@dataclass(frozen=True, slots=True)
class Figures:
    """All that was measured."""

    digits: tuple[DigitFigure, ...]
    others: tuple[OtherFigure, ...]
    calibration_error: float | None
    milliseconds: float
    """Time a tile in batches of 40 on one thread, the median of many."""


def interval(share: float, items: int) -> tuple[float, float]:
    """The exact 95% interval of a share, see :func:`~zipreader.intervals.clopper_pearson`.

    A share of several drawings of each item counts the items alone.
    """
    return clopper_pearson(round(share * items), items)


def digit_figure(
    name: str, scores: Scores, labels: npt.NDArray[np.uint8], drawings: int = 1
) -> DigitFigure:
    """Figure of (N, 11) scores of digits, each of them drawn ``drawings`` times."""
    eleven = float((scores.argmax(axis=1) == labels).mean())
    forced = float((scores[:, :NOT_A_DIGIT].argmax(axis=1) == labels).mean())
    return DigitFigure(name, len(labels) // drawings, eleven, forced)


def other_figure(name: str, scores: Scores) -> OtherFigure:
    """Figure of (N, 11) scores of samples that are no digits."""
    taken = float((scores[:, :NOT_A_DIGIT].max(axis=1) > SURE).mean())
    return OtherFigure(name, len(scores), taken)


def measure(classifier: Classifier, sources: Sources, workers: int, divisor: int = 1) -> Figures:
    """Measure everything for which there are data; ``divisor`` takes a part of each."""
    pool = build_pool(_test_recipe(sources, divisor), sources, workers)
    scores = _scores(classifier, pool.tiles)
    digits: list[DigitFigure] = []
    others: list[OtherFigure] = []
    for kind, name in _DIGITS.items():
        own = (pool.kinds == kind.value) & (pool.labels < NOT_A_DIGIT)
        if own.any():
            drawings = _DRAWINGS if kind is Kind.STROKES else 1
            digits.append(digit_figure(name, scores[own], pool.labels[own], drawings))
    for kind, name in _OTHERS.items():
        own = (pool.kinds == kind.value) & (pool.labels == NOT_A_DIGIT)
        if own.any():
            others.append(other_figure(name, scores[own]))
    return Figures(
        tuple(digits), tuple(others), _error(classifier, pool), _milliseconds(classifier, pool)
    )


_DIGITS = {
    Kind.MNIST: "MNIST test images",
    Kind.STROKES: "digits of unseen writers, any pen",
    Kind.SEGMENTED: "right cuts of strings of unseen writers",
    Kind.SEGMENTED_IMAGES: "right cuts of strings of MNIST test images",
    Kind.PRINTED: "unseen faces, print and script",
}
_OTHERS = {
    Kind.LETTERS: "letters of unseen writers",
    Kind.SEGMENTED: "wrong cuts of strings of unseen writers",
    Kind.SEGMENTED_IMAGES: "wrong cuts of strings of MNIST test images",
    Kind.CUTS: "slanted wrong cuts of unseen writers",
    Kind.WORDS: "fragments of scanned words of unseen writers",
    Kind.PRINTED_LETTERS: "letters and pairs of unseen faces",
}


def _test_recipe(sources: Sources, divisor: int) -> Recipe:
    counts = {
        Kind.PRINTED: 6000,
        Kind.SEGMENTED: 8000,
        Kind.LETTERS: 4000,
        Kind.CUTS: 3000,
        Kind.WORDS: 3000,
        Kind.PRINTED_LETTERS: 3000,
    }
    if sources.mnist is not None:
        counts[Kind.SEGMENTED_IMAGES] = 5000
        counts[Kind.MNIST] = len(mnist_rows(sources.mnist, Part.TEST)[1])
    if sources.strokes is not None:
        counts[Kind.STROKES] = _DRAWINGS * len(digit_rows(sources.strokes, Part.TEST))
    chosen = tuple((kind, max(_DRAWINGS, count // divisor)) for kind, count in counts.items())
    return Recipe(chosen, Part.TEST, SEED)


def _scores(classifier: Classifier, tiles: Tiles) -> Scores:
    parts = [classifier.scores(tiles[at : at + 256]) for at in range(0, len(tiles), 256)]
    return np.concatenate(parts)


def _error(classifier: Classifier, pool: Pool) -> float | None:
    """Expected calibration error on the unseen writers, digits and letters together."""
    own = pool.of(Kind.STROKES, Kind.SEGMENTED, Kind.LETTERS)
    if len(own) == 0:
        return None
    return error_of(classifier.logits(own.tiles), own.labels, classifier.temperature)


def _milliseconds(classifier: Classifier, pool: Pool) -> float:
    seconds = []
    for at in range(0, min(len(pool), _TIMED_TILES) - _BATCH + 1, _BATCH):
        started = time.perf_counter()
        classifier.logits(pool.tiles[at : at + _BATCH])
        seconds.append(time.perf_counter() - started)
    return 1000 * float(np.median(seconds)) / _BATCH if seconds else 0.0
