"""Strips with truth: what the network that reads whole fields is trained on.

Written and printed ZIPs with what may stand beside them, scanned and cleaned as
reading does, and the fields that reading finds on synthetic mail.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from zipreader.config import SegmentConfig
from zipreader.elements import (
    Box,
    GreyImage,
    InkMap,
    Page,
    Strip,
    UprightPage,
    ZipField,
)
from zipreader.reading.strip import strip
from zipreader.training.elastic import bend_of
from zipreader.training.printed import PrintConfig, print_text
from zipreader.training.redrawn import RedrawConfig, compose_images
from zipreader.training.scanning import ScanConfig, scan
from zipreader.training.sources import (
    Sources,
    given,
    hands,
    mnist_rows,
    strokes_of,
    word_images,
)
from zipreader.training.spelling.labels import OTHER, Labelled, merged
from zipreader.training.splits import Part
from zipreader.training.strings import OWN_SIZE, StringConfig, compose, in_box, with_rule
from zipreader.training.strokes import PenConfig, Points
from zipreader.training.typefaces import faces_of
from zipreader.training.writers import InventedWriter, RealWriter, Writer


@dataclass(frozen=True, slots=True)
class StripConfig:
    """Ranges of the strips; lengths in heights of a digit."""

    five: float = 0.58
    """How often five digits stand in the strip."""
    nine: float = 0.12
    """How often five digits, a hyphen and four."""
    lengths: tuple[int, int] = (1, 9)
    """Numbers of digits else, the upper one left out."""
    before: float = 0.45
    """How often letters stand before the digits."""
    after: float = 0.06
    """How often letters stand behind them."""
    space: tuple[float, float] = (0.15, 1.3)
    spaced: float = 0.12
    """How often the digits stand wide apart."""
    spacing: tuple[float, float] = (0.2, 0.8)
    gap: tuple[float, float] = (-0.26, 0.24)
    touching: float = 0.45
    ruled: float = 0.12
    boxed: float = 0.06
    height: tuple[float, float] = (13.0, 56.0)
    """Of a digit, in pixels of the scan."""
    height_error: float = 0.13
    slope: float = 0.03
    specks: float = 0.15


Maker = Callable[[Sources, Part, np.random.Generator, StripConfig], Labelled]


def written(
    sources: Sources, part: Part, rng: np.random.Generator, config: StripConfig
) -> Labelled:
    """Digits and letters of one writer, by pen strokes."""
    return _by(RealWriter.random(sources, part, rng), part, rng, config)


def invented(
    sources: Sources, part: Part, rng: np.random.Generator, config: StripConfig
) -> Labelled:
    """Digits of an invented hand, letters of anybody."""
    return _by(InventedWriter.random(sources, part, rng), part, rng, config)


def _by(writer: Writer, part: Part, rng: np.random.Generator, config: StripConfig) -> Labelled:
    """What a writer writes, with any pen."""
    items: list[list[Points]] = []
    labels: list[int] = []
    room: list[float] = []
    spread = rng.uniform(*config.spacing) if rng.random() < config.spaced else 0.0
    for sign in _content(rng, config):
        if sign == " ":
            if room:
                room[-1] += rng.uniform(*config.space)
            continue
        if sign == "A":
            letter = writer.letter(rng)
            if letter is None:
                continue
            items.append(letter)
            labels.append(OTHER)
        elif sign == "-":
            rise = rng.normal(0, 0.1)
            items.append([np.array([[0.0, rise], [0.5, 0.0], [1.0, -rise]])])
            labels.append(OTHER)
        else:
            item, label = writer.digit(rng)
            items.append(item)
            labels.append(label)
        room.append(spread)
    base = StringConfig(
        PenConfig(config.height, width=(0.045, 0.19), rotation=4.0), config.gap, config.touching
    )
    trains = part is Part.TRAIN
    style = replace(base, own_size=OWN_SIZE) if trains else replace(base, pen=base.pen.as_written())
    string = compose(items, labels, rng, style, room)
    return Labelled(scanned(string.coverage, string.height, rng, config), merged(labels))


def redrawn(
    sources: Sources, part: Part, rng: np.random.Generator, config: StripConfig
) -> Labelled:
    """Scanned digits, drawn again with one pen."""
    tiles, values = mnist_rows(given(sources.mnist), part)
    signs = [sign for sign in _content(rng, config) if sign == "0"]
    rows = rng.integers(len(values), size=len(signs))
    labels = values[rows].tolist()
    spread = rng.uniform(*config.spacing) if rng.random() < config.spaced else 0.0
    style = RedrawConfig(
        config.height, gap=config.gap, touching=config.touching, bend=bend_of(part)
    )
    string = compose_images(tiles[rows], labels, rng, style, [spread] * len(labels))
    coverage, labels = string.coverage, list(labels)
    if rng.random() < 0.25 and sources.letters is not None:
        coverage = _beside(_word(sources, part, rng, string.height), coverage, string.height, rng)
        labels = [OTHER, *labels]
    return Labelled(scanned(coverage, string.height, rng, config), merged(labels))


def printed(
    sources: Sources, part: Part, rng: np.random.Generator, config: StripConfig
) -> Labelled:
    """A line in a face, as it was printed or typed."""
    families = faces_of(part, sources.faces)
    faces = families[int(rng.integers(len(families)))]
    face = faces[int(rng.integers(len(faces)))]
    text = "".join(_printed_sign(sign, rng) for sign in _content(rng, config)).strip()
    ink = print_text(text, face, rng, PrintConfig(config.height, bend=bend_of(part)))
    labels = [int(sign) if sign.isdigit() else OTHER for sign in text if sign != " "]
    return Labelled(scanned(ink, digit_height(ink, text), rng, config), merged(labels))


def words(sources: Sources, part: Part, rng: np.random.Generator, config: StripConfig) -> Labelled:
    """A word without digits: scanned, or of letters by one writer."""
    if sources.words is not None and rng.random() < 0.5:
        images = word_images(given(sources.words), part)
        grey = images[int(rng.integers(len(images)))]
        height = grey.shape[0] * rng.uniform(0.3, 0.8)
        return Labelled(found(grey, height, 0.0), (OTHER,))
    height = float(rng.uniform(*config.height))
    word = _word(sources, part, rng, height)
    return Labelled(scanned(word, height * rng.uniform(0.8, 1.1), rng, config), (OTHER,))


def _content(rng: np.random.Generator, config: StripConfig) -> str:
    """Which signs stand in the strip: 0 any digit, A any letter, hyphens and spaces."""
    chance = rng.random()
    if chance < config.five:
        digits = "00000"
    elif chance < config.five + config.nine:
        digits = "00000-0000" if rng.random() < 0.8 else "00000 - 0000"
    else:
        digits = "0" * int(rng.integers(*config.lengths))
    if rng.random() < config.before:
        digits = "A" * int(rng.integers(1, 5)) + " " + digits
    if rng.random() < config.after:
        digits += " " + "A" * int(rng.integers(1, 4))
    return digits


def _printed_sign(sign: str, rng: np.random.Generator) -> str:
    if sign == "0":
        return str(int(rng.integers(10)))
    if sign == "A":
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.,"
        return letters[int(rng.integers(26 if rng.random() < 0.6 else len(letters)))]
    return sign * (int(rng.integers(1, 3)) if sign == " " else 1)


def _word(sources: Sources, part: Part, rng: np.random.Generator, height: float) -> InkMap:
    """One to five letters of one writer, capitals about ``height`` pixels tall."""
    path = given(sources.letters)
    owners = hands(path, part, letters=True)
    rows = owners[sorted(owners)[int(rng.integers(len(owners)))]]
    strokes = strokes_of(path)
    items = [strokes.item(int(row)) for row in rng.choice(rows, int(rng.integers(1, 6)))]
    base = StringConfig()
    style = replace(base, pen=replace(base.pen, height=(height, height + 1e-3)))
    return compose(items, [OTHER] * len(items), rng, style).coverage


def _beside(word: InkMap, digits: InkMap, height: float, rng: np.random.Generator) -> InkMap:
    """A word before digits, on about the same baseline."""
    space = round(height * rng.uniform(0.1, 1.0))
    rows = max(word.shape[0], digits.shape[0]) + round(0.3 * height)
    joined = np.zeros((rows, word.shape[1] + space + digits.shape[1]), np.float32)
    for image, x in ((word, 0), (digits, word.shape[1] + space)):
        floor = rows - round(height * rng.uniform(0, 0.3)) if image is word else rows
        top = max(0, floor - image.shape[0])
        joined[top : top + image.shape[0], x : x + image.shape[1]] = image
    return joined


def digit_height(ink: InkMap, text: str) -> float:
    """The height of a printed line without what hangs below it."""
    low = any(sign in "gjpqyQ,;" for sign in text)
    return ink.shape[0] * (0.8 if low else 1.0)


def scanned(
    coverage: InkMap, height: float, rng: np.random.Generator, config: StripConfig
) -> Strip:
    """The strip of drawn ink: with a rule, a box or specks now and then, scanned and cleaned."""
    if rng.random() < config.ruled:
        coverage = with_rule(coverage, height, rng)
    if rng.random() < config.boxed:
        coverage = in_box(coverage, height, rng)
    if rng.random() < config.specks:
        coverage = _specked(coverage, height, rng)
    grey = scan(coverage, rng, ScanConfig())
    believed = height * float(np.exp(rng.normal(0, config.height_error)))
    return found(grey, believed, float(rng.normal(0, config.slope)))


def found(grey: GreyImage, height: float, slope: float) -> Strip:
    """The strip that reading makes of an image that is a field."""
    page = UprightPage(Page(grey, "<synthetic>"), grey, np.eye(3), 0, 300.0)
    field = ZipField(page, Box(0, 0, grey.shape[1], grey.shape[0]), slope, height, 1.0)
    return strip(field, SegmentConfig(digit_height=32))


def _specked(coverage: InkMap, height: float, rng: np.random.Generator) -> InkMap:
    """With dots and short scratches, and rests of the neighbouring lines."""
    margin = round(0.25 * height)
    marked = cv2.copyMakeBorder(coverage, margin, margin, 0, 0, cv2.BORDER_CONSTANT, value=0)
    rows, width = marked.shape
    for _ in range(int(rng.integers(1, 7))):
        x, y = int(rng.integers(width)), int(rng.integers(rows))
        size = height * rng.uniform(0.02, 0.12)
        turn = rng.uniform(0, 2 * np.pi)
        end = (round(x + 2 * size * np.cos(turn)), round(y + 2 * size * np.sin(turn)))
        cv2.line(marked, (x, y), end, rng.uniform(0.4, 1), max(1, round(size)), cv2.LINE_AA)
    return marked


Shares = dict[str, tuple[Maker, float]]
"""Makers of strips and their shares."""
STRIPS: Shares = {
    "written": (written, 0.39),
    "redrawn": (redrawn, 0.25),
    "printed": (printed, 0.3),
    "words": (words, 0.06),
}
"""Of the hands and faces of the data."""
INVENTED: Shares = {"invented": (invented, 1.0)}


def make_strips(
    sources: Sources, part: Part, rng: np.random.Generator, size: int, makers: Shares = STRIPS
) -> list[Labelled]:
    """``size`` strips of all makers in their shares, none blank or too narrow."""
    config = StripConfig()
    names = sorted(makers)
    shares = np.array([makers[name][1] for name in names])
    made: list[Labelled] = []
    while len(made) < size:
        maker = makers[names[int(rng.choice(len(names), p=shares / shares.sum()))]][0]
        item = maker(sources, part, rng, config)
        if item.fits():
            made.append(item)
    return made
