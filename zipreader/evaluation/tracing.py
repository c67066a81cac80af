"""Reading and truth -> the stage at which a piece was lost.

Everything is compared in the upright page or in the field, where digits stand
level, so that boxes suffice.  Where the reader settled for a wrong orientation
the stages are followed again in the right one: a page is often turned away
only because a later stage failed in the right direction.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zipreader.elements import (
    AddressBlock,
    Box,
    Reading,
    UprightPage,
    ZipField,
    transform_points,
)
from zipreader.evaluation.cuts import (
    TRACE,
    Cuts,
    PieceReader,
    TraceConfig,
    best_cuts,
    inverse,
    zip_digits,
)
from zipreader.evaluation.outcome import GlyphCheck, Stage
from zipreader.reading.fields import zip_fields
from zipreader.reading.lines import find_lines
from zipreader.reading.locate import locate
from zipreader.reading.page import upright_pages
from zipreader.synth.truth import Truth


@dataclass(frozen=True, slots=True)
class Trace:
    """Where a piece was lost, and what was seen on the way.

    ``field_rank`` counts from 1; ``None`` where no field holds the ZIP.
    """

    stage: Stage | None
    detail: str = ""
    field_rank: int | None = None
    glyphs: tuple[GlyphCheck, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """What the stages find on the page turned the right way, and where the digits are on it."""

    upright: UprightPage
    blocks: tuple[AddressBlock, ...]
    fields: tuple[ZipField, ...]
    digits: tuple[Box, ...]
    config: TraceConfig

    def holds(self, outer: Box) -> bool:
        """Whether a box holds all digits of the ZIP."""
        least = self.config.inside
        return all(outer.intersection(d).area >= least * d.area for d in self.digits)


def trace(reading: Reading, truth: Truth, reader: PieceReader) -> Trace:
    """Find the first stage that lost the ZIP; ``stage`` is ``None`` where none did."""
    if truth.must_flag:
        return judge_decision(reading, truth)
    if truth.field is None or not truth.digits:
        verdict = judge_decision(reading, truth)
        return verdict if _is_right(reading, truth) else Trace(Stage.UNTRACED)
    view = _right_way_up(reading, truth, reader, TRACE)
    if view is None:
        if _is_right(reading, truth):
            return judge_decision(reading, truth)
        return Trace(Stage.PAGE, "no orientation shows the ZIP level and whole")
    holding = [field for field in view.fields if view.holds(field.box)]
    rank = view.fields.index(holding[0]) + 1 if holding else None
    cuts = best_cuts(reading, truth, holding, reader)
    glyphs = cuts.glyphs if cuts else ()
    if _is_right(reading, truth):
        decision = judge_decision(reading, truth)
        return Trace(decision.stage, decision.detail, rank, glyphs)
    stage, detail = (
        _lost_at_cuts(reading, view, cuts, reader.config.search.certain)
        if cuts
        else _lost_place(view)
    )
    return Trace(stage, detail, rank, glyphs)


def judge_decision(reading: Reading, truth: Truth) -> Trace:
    """Judge the decision alone, given that the best guess is right or must not be accepted."""
    accepted = reading.decision.accepted
    if truth.must_flag:
        if not accepted:
            return Trace(None)
        return Trace(Stage.DECISION, f"accepted though {truth.variant or 'it had to be flagged'}")
    if accepted:
        return Trace(None)
    return Trace(Stage.DECISION, "; ".join(str(o) for o in reading.decision.objections))


def _is_right(reading: Reading, truth: Truth) -> bool:
    """Whether the best hypothesis is right, even where the decision denies it."""
    return reading.best is not None and reading.best.zip == truth.zip


def _right_way_up(
    reading: Reading, truth: Truth, reader: PieceReader, config: TraceConfig
) -> _View | None:
    upright, blocks, fields = reading.upright, reading.blocks, reading.fields
    if upright is None or not _is_level(upright, truth, config):
        if _is_right(reading, truth):
            return None
        stages = reader.config
        turned = upright_pages(reading.page, stages.page)
        upright = next((page for page in turned if _is_level(page, truth, config)), None)
        if upright is None:
            return None
        text = find_lines(upright, stages.lines)
        blocks = locate(upright, text.lines, stages.locate, text.barcodes)
        fields = zip_fields(blocks, stages.fields)
    to_upright = inverse(upright.to_original)
    quads = [transform_points(to_upright, digit.quad) for digit in zip_digits(truth)]
    return _View(upright, blocks, fields, tuple(map(Box.of_quad, quads)), config)


def _is_level(upright: UprightPage, truth: Truth, config: TraceConfig) -> bool:
    """Whether the ZIP reads from left to right and lies on the page."""
    assert truth.field is not None
    to_upright = inverse(upright.to_original)
    corners = transform_points(to_upright, truth.field)
    right, down = corners[1] - corners[0], corners[3] - corners[0]
    angle = np.degrees(np.arctan2(right[1], right[0]))
    width, height = upright.size
    middles = [transform_points(to_upright, d.quad).mean(axis=0) for d in zip_digits(truth)]
    whole = all(0 <= x < width and 0 <= y < height for x, y in middles)
    return bool(abs(angle) <= config.most_turn and down[1] > 0 and whole)


def _lost_place(view: _View) -> tuple[Stage, str]:
    """The stage after which nothing held the ZIP, given that no field does."""
    holding = [block for block in view.blocks if view.holds(block.box)]
    if not holding:
        return Stage.BLOCK, "no block holds the ZIP"
    if not any(view.holds(line.box) for block in holding for line in block.lines):
        return Stage.LINE, "no line holds all digits"
    return Stage.FIELD, "no field holds all digits"


def _lost_at_cuts(reading: Reading, view: _View, cuts: Cuts, certain: float) -> tuple[Stage, str]:
    """The stage that lost a wrongly read piece, given that a field holds its ZIP.

    Where another place was read with certainty the true one was hardly looked
    at; where it won with little, what failed at the true place counts.
    """
    elsewhere = _preferred_place(reading, view)
    best = reading.best
    if elsewhere and best and (reading.decision.accepted or best.probability >= certain):
        return elsewhere
    if cuts.missing:
        places = ", ".join(str(place + 1) for place in cuts.missing)
        return Stage.SEGMENTATION, f"no glyph path through digit {places}"
    if cuts.mistaken:
        pairs = (f"{g.truth} for {g.seen.replace('-', 'no digit')}" for g in cuts.mistaken)
        return Stage.CLASSIFICATION, f"took {', '.join(pairs)}"
    if elsewhere and cuts.is_decoded:
        return elsewhere
    return Stage.DECODING, "another path was preferred" if best else "no path was found"


def _preferred_place(reading: Reading, view: _View) -> tuple[Stage, str] | None:
    """The stage to blame where the best guess was read somewhere else; else ``None``."""
    if reading.best is None:
        return None
    if reading.upright is not view.upright:
        return Stage.PAGE, "another orientation was preferred"
    field = reading.best.field
    if view.holds(field.box):
        return None
    if field.block is not None and not view.holds(field.block.box):
        return Stage.BLOCK, "another block was preferred"
    return Stage.FIELD, "another place in the address was preferred"
