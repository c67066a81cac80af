"""Whether the segmenter offered the true cuts, and what the network made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from zipreader.config import ReaderConfig
from zipreader.elements import (
    Box,
    Glyph,
    Lattice,
    Matrix,
    Page,
    Quad,
    Reading,
    Scores,
    Tiles,
    ZipField,
    transform_points,
)
from zipreader.evaluation.outcome import GlyphCheck
from zipreader.reading.decode import decode
from zipreader.reading.segment import segment
from zipreader.synth.truth import DigitTruth, Truth

_CLASSES = "0123456789-"
_ZIP = 5


class Scorer(Protocol):
    """The classifier, as far as it is needed here."""

    def scores(self, tiles: Tiles) -> Scores:
        """(N, 28, 28) tiles -> (N, 11) posteriors."""


class PieceReader(Protocol):
    """A reader whose stages can be followed; :class:`zipreader.Reader` is one."""

    config: ReaderConfig
    threshold: float

    @property
    def classifier(self) -> Scorer:
        """The digit network."""

    def read_page(self, page: Page) -> Reading:
        """Read the ZIP of one mailpiece."""


@dataclass(frozen=True, slots=True)
class TraceConfig:
    """When a box found counts as the box that was true."""

    inside: float = 0.6
    """Least share of a digit's box that lies in a block, line or field that holds it."""
    most_turn: float = 45.0
    """Largest angle of the ZIP, in degrees, on a page turned the right way."""
    sides: float = 0.2
    """Largest distance between left (right) sides of a glyph and its digit, in digit heights."""
    ends: float = 0.3
    """The same for tops and bottoms."""


TRACE = TraceConfig()


@dataclass(frozen=True, slots=True)
class Cuts:
    """A field that holds the ZIP: the digits without a fitting glyph, and the others' classes.

    ``missing`` are places in the ZIP, from 0.  ``is_decoded`` says whether the
    ZIP is the field's best hypothesis; it is looked up only where all else is right.
    """

    missing: tuple[int, ...]
    glyphs: tuple[GlyphCheck, ...]
    is_decoded: bool

    @property
    def mistaken(self) -> tuple[GlyphCheck, ...]:
        return tuple(glyph for glyph in self.glyphs if glyph.truth != glyph.seen)

    @property
    def progress(self) -> tuple[int, int]:
        """Orders cuts by how far they lead; (0, 0) is all the way."""
        return -len(self.missing), -len(self.mistaken)


def inverse(matrix: Matrix) -> Matrix:
    """The transform back."""
    return np.linalg.inv(matrix).astype(np.float64)


def zip_digits(truth: Truth) -> Sequence[DigitTruth]:
    """The five digits, without the four of a ZIP+4."""
    return truth.digits[:_ZIP]


def best_cuts(
    reading: Reading,
    truth: Truth,
    holding: Sequence[ZipField],
    reader: PieceReader,
) -> Cuts | None:
    """The cuts of the field where most went well; ``None`` without a field.

    Where the right ZIP is among the hypotheses, its own path is what counts.

    Args:
        reading: what the reader made of the piece.
        truth: with the boxes of the digits.
        holding: the fields that hold the ZIP.
        reader: its later stages are run again.
    """
    for hypothesis in reading.hypotheses:
        if hypothesis.zip == truth.zip and hypothesis.field in holding:
            glyphs = [digit.glyph for digit in hypothesis.digits[:_ZIP]]
            rivals = (h for h in reading.hypotheses if h.field is hypothesis.field)
            checks = _checks(hypothesis.zip, glyphs, reader.classifier)
            return Cuts((), checks, next(rivals).zip == truth.zip)
    best: Cuts | None = None
    for field in holding:
        cuts = _cuts(segment(field, reader.config.segment), truth, reader, TRACE)
        if best is None or cuts.progress > best.progress:
            best = cuts
        if best.progress == (0, 0):
            break
    return best


def _cuts(lattice: Lattice, truth: Truth, reader: PieceReader, config: TraceConfig) -> Cuts:
    source = lattice.source
    to_original = source.field.page.to_original @ source.to_upright
    digits = zip_digits(truth)
    path = true_path(lattice, [np.asarray(d.quad) for d in digits], to_original, config)
    found = [(d.value, glyph) for d, glyph in zip(digits, path, strict=True) if glyph is not None]
    missing = tuple(place for place, glyph in enumerate(path) if glyph is None)
    values = "".join(value for value, _ in found)
    checks = _checks(values, [glyph for _, glyph in found], reader.classifier)
    cuts = Cuts(missing, checks, False)
    if cuts.progress < (0, 0):
        return cuts
    readings = decode(lattice, reader.classifier.scores(lattice.tiles), reader.config.decode)
    return replace(cuts, is_decoded=bool(readings) and readings[0].zip == truth.zip)


def _checks(values: str, glyphs: Sequence[Glyph], classifier: Scorer) -> tuple[GlyphCheck, ...]:
    if not glyphs:
        return ()
    scores = classifier.scores(np.stack([glyph.tile for glyph in glyphs]))
    seen = (_CLASSES[int(index)] for index in scores.argmax(axis=1))
    return tuple(GlyphCheck(*pair) for pair in zip(values, seen, strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class _Path:
    """The beginning of the true reading; ``glyphs`` has ``None`` where no glyph fits."""

    found: int = 0
    fit: float = 0.0
    glyphs: tuple[Glyph | None, ...] = ()

    @property
    def rank(self) -> tuple[int, float]:
        return self.found, self.fit

    def with_gap(self) -> _Path:
        return _Path(self.found, self.fit, (*self.glyphs, None))

    def with_glyph(self, glyph: Glyph, fit: float) -> _Path:
        return _Path(self.found + 1, self.fit + fit, (*self.glyphs, glyph))


def true_path(
    lattice: Lattice, quads: Sequence[Quad], to_original: Matrix, config: TraceConfig = TRACE
) -> tuple[Glyph | None, ...]:
    """For each true digit its glyph, left to right without overlap; ``None`` where none fits.

    Args:
        lattice: candidates of the field.
        quads: where the digits are, in original pixels.
        to_original: maps field to original pixels.
        config: how near is near enough.
    """
    to_field = inverse(to_original)
    paths = {0: _Path()}  # the best by the primitives that are used up
    for quad in quads:
        digit = Box.of_quad(transform_points(to_field, quad))
        fitting = _fitting(lattice, digit, config)
        longer: dict[int, _Path] = {}
        for end, path in paths.items():
            steps = [(end, path.with_gap())]
            steps += [
                (glyph.span[1], path.with_glyph(glyph, fit))
                for glyph, fit in fitting
                if glyph.span[0] >= end
            ]
            for reached, step in steps:
                if reached not in longer or step.rank > longer[reached].rank:
                    longer[reached] = step
        paths = longer
    return max(paths.values(), key=lambda path: path.rank).glyphs


def _fitting(lattice: Lattice, digit: Box, config: TraceConfig) -> list[tuple[Glyph, float]]:
    """The glyphs whose sides are near those of the digit, and how well each fits.

    The fit is the overlap of the boxes times the share of the ink: a digit
    that lacks an inner piece has nearly the same box.
    """
    height = lattice.source.digit_height
    sides, ends = config.sides * height, config.ends * height
    rows, columns = lattice.source.ink.shape
    seen = digit.clipped(columns, rows)
    ink = float(lattice.source.ink[seen.y0 : seen.y1, seen.x0 : seen.x1].sum())
    fitting = []
    for glyph in lattice.glyphs:
        box = glyph.box
        beside = max(abs(box.x0 - digit.x0), abs(box.x1 - digit.x1))
        above = max(abs(box.y0 - digit.y0), abs(box.y1 - digit.y1))
        if beside <= sides and above <= ends:
            own = sum(lattice.primitive_ink[glyph.span[0] : glyph.span[1]])
            fitting.append((glyph, _overlap(box, digit) * min(1.0, own / max(ink, 1.0))))
    return fitting


def _overlap(first: Box, second: Box) -> float:
    """Intersection over union."""
    common = first.intersection(second).area
    return common / (first.area + second.area - common)
