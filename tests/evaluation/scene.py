"""A small page with a written ZIP, its truth, and a reader that returns what it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
import numpy.typing as npt

from tests.drawing import PEN, draw_field, pen, to_grey, upright
from zipreader.config import ReaderConfig
from zipreader.elements import (
    NOT_A_DIGIT,
    AddressBlock,
    Box,
    Decision,
    Digit,
    Objection,
    Page,
    Quad,
    Reading,
    Reason,
    Scores,
    TextLine,
    Tiles,
    UprightPage,
    ZipField,
    ZipHypothesis,
)
from zipreader.evaluation.cuts import true_path
from zipreader.evaluation.outcome import GlyphCheck, Outcome, Stage
from zipreader.reading.probability import Calibration, Certificate
from zipreader.reading.segment import segment
from zipreader.synth.truth import Corners, DigitTruth, Truth

ZIP = "24157"
SIZE = 900, 420
HEIGHT = 56
ELSEWHERE = Box(20, 20, 260, 80)


def corners(quad: Quad) -> Corners:
    return tuple((float(x), float(y)) for x, y in quad)


@cache
def _templates() -> tuple[str, npt.NDArray[np.float32]]:
    config = ReaderConfig().segment
    lattices = [segment(draw_field(value, 20), config) for value in PEN]
    whole = [max(lattice.glyphs, key=lambda glyph: glyph.span[1]).tile for lattice in lattices]
    return "".join(PEN), np.stack(whole).astype(np.float32)


@dataclass(frozen=True, slots=True)
class TemplateScorer:
    """Knows the digits of ``drawing.PEN``; ``mistakes`` says what it takes for what."""

    mistakes: Mapping[str, int] = field(default_factory=dict)
    name: str = "templates"

    def scores(self, tiles: Tiles) -> Scores:
        values, templates = _templates()
        rows = np.full((len(tiles), NOT_A_DIGIT + 1), 0.001, np.float32)
        for row, tile in zip(rows, tiles.astype(np.float32), strict=True):
            distance = np.sqrt(((templates - tile) ** 2).mean(axis=(1, 2)))
            value = values[int(distance.argmin())]
            seen = self.mistakes.get(value, int(value))
            row[seen if distance.min() < 60 else NOT_A_DIGIT] = 0.99
        return rows / rows.sum(axis=1, keepdims=True)


@dataclass(slots=True)
class ToldReader:
    """Reads nothing: gives ``reading`` of whatever page, or flags it."""

    reading: Reading | None = None
    classifier: TemplateScorer = field(default_factory=TemplateScorer)
    config: ReaderConfig = field(default_factory=ReaderConfig)
    model: str = "told"
    threshold: float = 0.9
    calibration: Calibration = field(
        default_factory=lambda: Calibration(
            0.0, {}, (Certificate(0.01, 0.05, 0.9, 100, 50, 0),), 0.01, "none"
        )
    )

    def read_page(self, page: Page) -> Reading:
        if self.reading is not None:
            return replace(self.reading, page=page)
        nothing = Decision(0.0, self.threshold, (Objection(Reason.NO_ADDRESS),))
        return Reading(page, (), nothing, self.model, seconds={"page": 0.01, "lines": 0.02})


def blind_reader() -> ToldReader:
    """A reader that flags everything; can be opened in another process."""
    return ToldReader()


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A page with ``ZIP`` written at the right of a line of its only block."""

    page: UprightPage
    digits: tuple[Box, ...]
    truth: Truth

    @property
    def zip_box(self) -> Box:
        return Box.around(self.digits)

    def line(self, box: Box | None = None) -> TextLine:
        return TextLine((box or self.zip_box,), 0.0, float(HEIGHT))

    def block(self, box: Box | None = None, *lines: TextLine) -> AddressBlock:
        box = box or self.zip_box.grown(100, 60)
        return AddressBlock(self.page, box, lines or (self.line(),), 0.9)

    def field(self, box: Box | None = None, block: AddressBlock | None = None) -> ZipField:
        box = box or self.zip_box.grown(4, 4)
        return ZipField(self.page, box, 0.0, float(HEIGHT), 0.9, block)

    def hypothesis(self, zip_code: str, place: ZipField, probability: float = 0.5) -> ZipHypothesis:
        """A reading of ``place``, whose glyphs are those of the true digits in order."""
        lattice = segment(self.field(), ReaderConfig().segment)
        quads = [box.quad() for box in self.digits]
        path = true_path(lattice, quads, lattice.source.to_upright)
        digits = tuple(
            Digit(value, 0.9, "", glyph, quad)
            for value, glyph, quad in zip(zip_code, path, quads, strict=True)
            if glyph is not None
        )
        return ZipHypothesis(zip_code, None, place, digits, probability, {}, probability)

    def reading(
        self,
        *hypotheses: ZipHypothesis,
        accepted: bool = False,
        blocks: tuple[AddressBlock, ...] = (),
        fields: tuple[ZipField, ...] = (),
        page: UprightPage | None = None,
    ) -> Reading:
        objections = () if accepted else (Objection(Reason.LOW_CONFIDENCE),)
        confidence = hypotheses[0].probability if hypotheses else 0.0
        decision = Decision(confidence, 0.9, objections)
        return Reading(
            self.page.page, hypotheses, decision, "told", page or self.page, blocks, fields
        )


def scene(zip_code: str = ZIP) -> Scene:
    ink = np.zeros((SIZE[1], SIZE[0]), np.float32)
    drawn = pen(ink, zip_code, 500, 240, HEIGHT - 7, 20, 7)
    digits = tuple(box.grown(3, 3) for box in drawn)
    around = Box.around(digits)
    truth = Truth(
        kind="handwritten",
        seed=1,
        zip=zip_code,
        plus4=None,
        must_flag=False,
        orientation=0,
        writing="handwritten",
        block=corners(around.grown(100, 60).quad()),
        field=corners(around.quad()),
        digits=tuple(
            DigitTruth(value, corners(box.quad()))
            for value, box in zip(zip_code, digits, strict=True)
        ),
        page=corners(Box(0, 0, *SIZE).quad()),
    )
    return Scene(upright(to_grey(ink)), digits, truth)


def outcome(
    *,
    right: bool = True,
    confidence: float = 0.95,
    accepted: bool = True,
    must_flag: bool = False,
    name: str = "piece",
    kind: str = "printed",
    stage: Stage | None = None,
    glyphs: tuple[GlyphCheck, ...] = (),
    reasons: tuple[Reason, ...] = (),
    field_rank: int | None = None,
) -> Outcome:
    """An outcome with what a test cares for."""
    return Outcome(
        name=name,
        kind=kind,
        writing="laser",
        truth=None if must_flag else ZIP,
        must_flag=must_flag,
        zip=ZIP if right else "99999",
        confidence=confidence,
        accepted=accepted,
        reasons=reasons,
        stage=stage,
        glyphs=glyphs,
        field_rank=field_rank,
        traced=field_rank is not None,
        seconds={"page": 0.1, "lines": 0.2},
    )
