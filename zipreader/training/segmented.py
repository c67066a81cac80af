"""What the reader's own segmenter offers: right cuts are digits, wrong cuts are not.

Strings of one hand, with letters and hyphens beside them, are written, scanned
and over-segmented by ``reading.segment``; each candidate is judged by how much
of its ink belongs to one written digit, never by boxes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.config import SegmentConfig
from zipreader.elements import (
    NOT_A_DIGIT,
    Box,
    FieldInk,
    GreyImage,
    Lattice,
    Mask,
    Page,
    UprightPage,
    ZipField,
)
from zipreader.reading import segment
from zipreader.reading.rectify import rectify
from zipreader.training.elastic import bend_of
from zipreader.training.redrawn import RedrawConfig, compose_images
from zipreader.training.scanning import ScanConfig, scan
from zipreader.training.sources import (
    Made,
    Sources,
    given,
    mnist_rows,
    no_digits,
    word_images,
)
from zipreader.training.splits import Part
from zipreader.training.strings import (
    OWN_SIZE,
    LabelRule,
    StringConfig,
    WrittenString,
    compose,
    with_rule,
)
from zipreader.training.strokes import Points
from zipreader.training.writers import InventedWriter, RealWriter, Writer


@dataclass(frozen=True, slots=True)
class FieldConfig:
    """Ranges of the fields that are written and segmented."""

    lengths: tuple[int, int] = (3, 7)
    letters: float = 0.35
    """How often letters of the same hand stand before the digits."""
    hyphen: float = 0.15
    """How often a hyphen follows."""
    ruled: float = 0.15
    """How often a ruled line runs under or through the string."""
    height_error: float = 0.12
    """Standard deviation of the relative error of the digit height that reading knows."""
    slope: float = 0.03
    most_wrong: float = 1.2
    """Wrong cuts kept a field, in numbers of digits."""
    owner_reach: float = 0.08
    """Ink farther from every written stroke than this, in H, is nobody's."""


def segmented_strings(
    sources: Sources, part: Part, rng: np.random.Generator, first: int, size: int
) -> Made:
    """Candidates of fields of one hand, digits and wrong cuts about equally often."""
    return _fields(lambda: RealWriter.random(sources, part, rng), part, rng, size)


def segmented_inventions(
    sources: Sources, part: Part, rng: np.random.Generator, first: int, size: int
) -> Made:
    """Candidates of fields of invented hands."""
    return _fields(lambda: InventedWriter.random(sources, part, rng), part, rng, size)


def segmented_images(
    sources: Sources, part: Part, rng: np.random.Generator, first: int, size: int
) -> Made:
    """Candidates of strings of scanned digits, drawn again with one pen."""
    tiles, labels = mnist_rows(given(sources.mnist), part)
    config, style = FieldConfig(), RedrawConfig(bend=bend_of(part))

    def written() -> WrittenString:
        rows = rng.integers(len(labels), size=int(rng.integers(*config.lengths)))
        return compose_images(tiles[rows], labels[rows].tolist(), rng, style)

    return _found(written, rng, size, config)


def _fields(anybody: Callable[[], Writer], part: Part, rng: np.random.Generator, size: int) -> Made:
    """``size`` candidates of fields, each by another writer."""
    config = FieldConfig()
    return _found(lambda: _written(anybody(), part, rng, config), rng, size, config)


def _found(
    written: Callable[[], WrittenString],
    rng: np.random.Generator,
    size: int,
    config: FieldConfig,
) -> Made:
    """``size`` candidates of strings, digits and wrong cuts about equally often."""
    rule = LabelRule()
    tiles: list[npt.NDArray[np.uint8]] = []
    labels: list[int] = []
    while len(tiles) < size:
        found, classes = candidates(written(), rng, config, rule)
        right = [i for i, label in enumerate(classes) if label < NOT_A_DIGIT]
        wrong = [i for i, label in enumerate(classes) if label == NOT_A_DIGIT]
        most = round(config.most_wrong * max(len(right), 1))
        chosen = right + rng.permutation(wrong).tolist()[:most]
        tiles += [found[i] for i in chosen]
        labels += [classes[i] for i in chosen]
    return np.stack(tiles[:size]), np.array(labels[:size], np.uint8)


def string_config(part: Part) -> StringConfig:
    """Any pen; hands vary where they train, else they are as written."""
    config = StringConfig()
    if part is Part.TRAIN:
        return replace(config, own_size=OWN_SIZE)
    return replace(config, pen=config.pen.as_written())


def segmented_words(
    sources: Sources, part: Part, rng: np.random.Generator, first: int, size: int
) -> Made:
    """Candidates of scanned words, none of which is a digit."""
    images = word_images(given(sources.words), part)
    tiles: list[npt.NDArray[np.uint8]] = []
    while len(tiles) < size:
        grey = images[int(rng.integers(len(images)))]
        height = grey.shape[0] * rng.uniform(0.3, 0.8)
        offered = segment.segment(_field(grey, height, 0.0), SegmentConfig()).tiles
        tiles += list(rng.permutation(offered)[:12])
    return np.stack(tiles[:size]), no_digits(size)


def candidates(
    string: WrittenString, rng: np.random.Generator, config: FieldConfig, rule: LabelRule
) -> tuple[list[npt.NDArray[np.uint8]], list[int]]:
    """Scan and segment a string; the tiles of its candidates and their classes.

    Candidates between right and wrong are left out.
    """
    ruled = (
        with_rule(string.coverage, string.height, rng)
        if rng.random() < config.ruled
        else string.coverage
    )
    grey = scan(ruled, rng, ScanConfig())
    believed = string.height * float(np.exp(rng.normal(0, config.height_error)))
    field = _field(grey, believed, float(rng.normal(0, config.slope)))
    source = rectify(field, SegmentConfig())
    offered, masks = _offered(source)
    truth = _owned(source, string, grey.shape, config)
    tiles: list[npt.NDArray[np.uint8]] = []
    labels: list[int] = []
    for glyph, mask in zip(offered.glyphs, masks, strict=True):
        label = rule.label(mask, truth, string.labels)
        if label is not None:
            tiles.append(glyph.tile)
            labels.append(label)
    return tiles, labels


def _offered(source: FieldInk) -> tuple[Lattice, list[Mask]]:
    """The lattice and the ink of each of its glyphs, (H, W) bool in the field."""
    config = SegmentConfig()
    offered = segment.lattice(source, config)
    parts = segment.primitive_labels(source, config)
    inked = source.ink >= 0.5
    masks = [inked & (parts > glyph.span[0]) & (parts <= glyph.span[1]) for glyph in offered.glyphs]
    return offered, masks


def _owned(
    source: FieldInk, string: WrittenString, shape: tuple[int, ...], config: FieldConfig
) -> list[Mask]:
    """The found ink that belongs to each written item: under its strokes, or nearest to them."""
    inked = source.ink >= 0.5
    size = (inked.shape[1], inked.shape[0])
    top = (shape[0] - string.coverage.shape[0]) // 2
    left = (shape[1] - string.coverage.shape[1]) // 2
    shift = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1]], np.float64)
    matrix = shift @ source.to_upright
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    drawn = [cv2.warpPerspective(part, matrix, size, flags=flags) > 0.3 for part in string.parts]
    away = np.stack(
        [cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 3) for mask in drawn]
    )
    nearest, distance = away.argmin(axis=0), away.min(axis=0)
    near = distance <= config.owner_reach * source.digit_height
    return [inked & (mask | (near & (nearest == i))) for i, mask in enumerate(drawn)]


def _written(
    writer: Writer, part: Part, rng: np.random.Generator, config: FieldConfig
) -> WrittenString:
    """A string of one writer: letters sometimes, digits, a hyphen sometimes."""
    digits = [writer.digit(rng) for _ in range(int(rng.integers(*config.lengths)))]
    items, labels = [item for item, _ in digits], [label for _, label in digits]
    if rng.random() < config.letters:
        letters = (writer.letter(rng) for _ in range(int(rng.integers(1, 4))))
        before = [letter for letter in letters if letter is not None]
        items, labels = before + items, [NOT_A_DIGIT] * len(before) + labels
    if rng.random() < config.hyphen:
        items.append(_hyphen(rng))
        labels.append(NOT_A_DIGIT)
    return compose(items, labels, rng, string_config(part))


def _hyphen(rng: np.random.Generator) -> list[Points]:
    """A short bar."""
    rise = rng.normal(0, 0.1)
    return [np.array([[0.0, rise], [0.5, 0.0], [1.0, -rise]])]


def _field(grey: GreyImage, height: float, slope: float) -> ZipField:
    """The whole image as a field."""
    page = UprightPage(Page(grey, "<synthetic>"), grey, np.eye(3), 0, 300.0)
    return ZipField(page, Box(0, 0, grey.shape[1], grey.shape[0]), slope, height, 1.0)
