"""A hypothesis and what its field shows -> the evidence that its probability is told from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zipreader.elements import FieldInk, InkMap, Spelling, ZipField, ZipHypothesis
from zipreader.reading.blots import Whole, ink_girths, struck, thickest, whole_ink
from zipreader.reading.otherwise import Otherwise
from zipreader.reading.rivals import UNRIVALLED
from zipreader.reading.surroundings import joined, relative_height
from zipreader.reading.town import Agreement

_LEAST_SCORE = 1e-6
_ZIP, _ZIP4 = 5, 9


@dataclass(frozen=True, slots=True)
class InkFacts:
    """What lies on the digits of a field: how thick its ink is, and lines through it."""

    girths: InkMap
    rules: InkMap | None
    whole: Whole

    @classmethod
    def of(cls, source: FieldInk) -> InkFacts:
        return cls(ink_girths(source), source.rules, whole_ink(source))


@dataclass(frozen=True, slots=True)
class FieldFacts:
    """What is known of a field, whichever ZIP it holds.

    ``views`` give each ZIP its probability, one a view of the strip, and ``spelled`` their mean;
    ``odds`` are those of strip and place together; ``best_place`` is the score of the likeliest
    field of the page.
    """

    spelling: Spelling
    views: Sequence[Mapping[str, float]]
    spelled: Mapping[str, float]
    odds: Mapping[str, float]
    others: Otherwise
    ink: InkFacts
    best_place: float


def evidence_of(hypothesis: ZipHypothesis, named: Agreement, facts: FieldFacts) -> dict[str, float]:
    """All that speaks for a hypothesis or against it, as if it stood alone on its page.

    Args:
        hypothesis: of the field, with the evidence of its path.
        named: how well the line before the digits agrees with its place.
        facts: of the field.
    """
    boxes = [each.glyph.box for each in hypothesis.digits[:_ZIP]]
    rivals = [p for other, p in facts.spelled.items() if other != hypothesis.zip]
    counts = facts.spelling.counts
    return {
        **hypothesis.evidence,
        "assigned": float(hypothesis.place is not None),
        "field_score": hypothesis.field.score,
        "field_share": hypothesis.field.score / max(facts.best_place, _LEAST_SCORE),
        "thickest": thickest(facts.ink.girths, boxes),
        "struck": struck(facts.ink.rules, facts.ink.whole, boxes),
        "pixel_height": hypothesis.field.digit_height,
        "complete": counts[_ZIP] + counts[_ZIP4],
        "four": counts[_ZIP - 1],
        "six": counts[_ZIP + 1],
        "spelled": facts.spelled[hypothesis.zip],
        "spelled_least": min(view[hypothesis.zip] for view in facts.views),
        "spelled_rival": max(rivals, default=0.0),
        "named": named.own,
        "named_rival": named.rival,
        "legible": named.legible,
        "stated": named.state,
        "joined": joined(hypothesis),
        "height": relative_height(hypothesis.field),
        "preceded": facts.others.preceded,
        "numbered": facts.others.numbered,
        "ended": facts.others.ended,
        "together": facts.odds[hypothesis.zip],
        **UNRIVALLED,
        "fall": _fall(hypothesis.field),
    }


def _fall(field: ZipField) -> float:
    """How far down its page a field stands, from 0 to 1; 1 where it was given alone."""
    return field.box.center[1] / field.page.size[1] if field.block is not None else 1.0
