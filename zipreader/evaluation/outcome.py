"""What became of one mailpiece, compared with the truth about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from zipreader.elements import Reason


class Stage(Enum):
    """Where a piece was lost; each value is the word that reports use."""

    FILE = "file"
    PAGE = "page"
    BLOCK = "block"
    LINE = "line"
    FIELD = "field"
    SEGMENTATION = "segmentation"
    CLASSIFICATION = "classification"
    DECODING = "decoding"
    DECISION = "decision"
    UNTRACED = "untraced"

    @property
    def meaning(self) -> str:
        """A sentence for the reader of a report."""
        return _MEANINGS[self]


_MEANINGS = {
    Stage.FILE: "The image could not be read.",
    Stage.PAGE: "The page was not found, or turned the wrong way.",
    Stage.BLOCK: "The address block was not found, or another was preferred.",
    Stage.LINE: "No text line holds the whole ZIP.",
    Stage.FIELD: "No ZIP field holds the whole ZIP, or another place was preferred.",
    Stage.SEGMENTATION: "No path of candidate glyphs fits the digits.",
    Stage.CLASSIFICATION: "The cuts were offered, but a digit was taken for something else.",
    Stage.DECODING: "Cuts and digits were right, but another path was preferred.",
    Stage.DECISION: "A right ZIP was flagged, or mail that should be flagged was accepted.",
    Stage.UNTRACED: "The truth has no boxes, so the stage is not known.",
}


class Verdict(Enum):
    """How a piece counts."""

    READ = "read"
    """Accepted, and the ZIP is right."""
    MISREAD = "misread"
    """Accepted, but the ZIP is wrong or the piece had to be flagged."""
    WITHHELD = "withheld"
    """Flagged although the best guess is right."""
    UNREAD = "unread"
    """Flagged, and the best guess is wrong or there is none."""
    CAUGHT = "caught"
    """Flagged as it had to be."""


@dataclass(frozen=True, slots=True)
class GlyphCheck:
    """A well-cut digit and the class of the network's highest score, ``-`` for not-a-digit."""

    truth: str
    seen: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ZIP that was considered, and the calibrated probability that it is right."""

    zip: str
    probability: float


@dataclass(frozen=True, slots=True, eq=False)
class Exhibit:
    """Pictures of a miss, encoded: they go into the HTML report only.

    ``explained`` is a JPEG of what the reader did, with the truth marked;
    ``field`` a PNG of the true ZIP alone, ``None`` where its place is not known.
    """

    explained: bytes
    field: bytes | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One mailpiece: what it was and what was made of it.

    ``name`` identifies the piece in other runs too.  ``truth`` is the ZIP that
    should be read, ``None`` where there is none.  ``confidence`` is the
    calibrated probability of ``zip``.  ``stage`` is ``None`` where nothing was
    lost.  ``field_rank`` counts from 1 and is ``None`` where no field holds
    the ZIP or the truth has no boxes (``traced``).  ``seconds`` by stage.
    """

    name: str
    kind: str
    writing: str
    truth: str | None
    must_flag: bool
    zip: str | None
    confidence: float
    accepted: bool
    truth_plus4: str | None = None
    plus4: str | None = None
    variant: str = ""
    reasons: tuple[Reason, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
    traced: bool = False
    stage: Stage | None = None
    detail: str = ""
    field_rank: int | None = None
    glyphs: tuple[GlyphCheck, ...] = ()
    error: str | None = None
    exhibit: Exhibit | None = field(default=None, compare=False, repr=False)

    @property
    def right(self) -> bool:
        """Whether accepting the best guess is right; never for mail that must be flagged."""
        return not self.must_flag and self.zip is not None and self.zip == self.truth

    @property
    def verdict(self) -> Verdict:
        if self.accepted:
            return Verdict.READ if self.right else Verdict.MISREAD
        if self.must_flag:
            return Verdict.CAUGHT
        return Verdict.WITHHELD if self.right else Verdict.UNREAD

    @property
    def missed(self) -> bool:
        return self.verdict not in (Verdict.READ, Verdict.CAUGHT)

    @property
    def score(self) -> float:
        """The highest threshold that accepts the piece; 0 where none does.

        Below the reader's own threshold a piece may count as accepted that would not be: whether
        further mailpieces lie beside one is asked only where it is certain enough.
        """
        never = self.zip is None or any(reason.is_final for reason in self.reasons)
        return 0.0 if never else self.confidence

    @property
    def total_seconds(self) -> float:
        return sum(self.seconds.values())

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, without the pictures; absent values are left out."""
        values: dict[str, Any] = {
            "name": self.name,
            "kind": self.kind,
            "writing": self.writing,
            "variant": self.variant,
            "truth": self.truth,
            "truth_plus4": self.truth_plus4,
            "must_flag": self.must_flag,
            "zip": self.zip,
            "plus4": self.plus4,
            "confidence": self.confidence,
            "accepted": self.accepted,
            "verdict": self.verdict.value,
            "reasons": [reason.name for reason in self.reasons],
            "candidates": [{"zip": c.zip, "probability": c.probability} for c in self.candidates],
            "traced": self.traced,
            "stage": self.stage.value if self.stage else None,
            "detail": self.detail,
            "field_rank": self.field_rank,
            "glyphs": [check.truth + check.seen for check in self.glyphs],
            "error": self.error,
            "seconds": self.seconds,
        }
        return {name: value for name, value in values.items() if value not in (None, "", [], {})}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Outcome:
        """The reverse of :meth:`to_dict`; other content raises KeyError or ValueError."""
        stage = values.get("stage")
        return cls(
            name=str(values["name"]),
            kind=str(values["kind"]),
            writing=str(values.get("writing", "")),
            variant=str(values.get("variant", "")),
            truth=values.get("truth"),
            truth_plus4=values.get("truth_plus4"),
            must_flag=bool(values["must_flag"]),
            zip=values.get("zip"),
            plus4=values.get("plus4"),
            confidence=float(values["confidence"]),
            accepted=bool(values["accepted"]),
            reasons=tuple(Reason[name] for name in values.get("reasons", ())),
            candidates=tuple(
                Candidate(str(c["zip"]), float(c["probability"]))
                for c in values.get("candidates", ())
            ),
            traced=bool(values.get("traced", False)),
            stage=Stage(stage) if stage else None,
            detail=str(values.get("detail", "")),
            field_rank=values.get("field_rank"),
            glyphs=tuple(GlyphCheck(pair[0], pair[1]) for pair in values.get("glyphs", ())),
            error=values.get("error"),
            seconds={str(k): float(v) for k, v in values.get("seconds", {}).items()},
        )
