"""Reading -> record: the JSON object a page that other programs rely on.

Its keys and their meaning are a public contract; whoever changes one raises
``SCHEMA``.  A further key leaves the meaning of the others, and ``SCHEMA``, alone.
"""

from __future__ import annotations

import numpy as np

from zipreader.elements import AddressBlock, Decision, Digit, Quad, Reading, ZipHypothesis

SCHEMA = 1
"""Version of the record."""

_MOST_CANDIDATES = 10


def to_record(reading: Reading) -> dict[str, object]:
    """The public record of one page, in values that JSON knows.

    * ``schema``: version of this contract.
    * ``path``, ``page``: the file, and the page in it, counted from 1.
    * ``zip``, ``plus4``: the best guess as text, also where a person must look; null where
      nothing was read that deserves to be called a ZIP.
    * ``decision``: "accept" or "review"; null where the file could not be read.
    * ``confidence``, ``threshold``: the calibrated probability that ``zip`` is right, and what
      it had to reach.
    * ``reasons``: why a person must look, ``{code, text}`` each; empty when accepted.
    * ``digits``: ``{value, confidence, box}`` from left to right, those of ``plus4`` included.
    * ``zip_box``, ``block_box``, each ``box``: four corners ``[x, y]`` in pixels of the original
      image, clockwise from the one that is top left to a reader of the text; null if unknown.
    * ``orientation``: clockwise turn in degrees that sets the page upright; null if unknown.
    * ``place``: ``{city, state}`` of ``zip``; null where it is not assigned.
    * ``candidates``: ``{zip, probability}``, the likeliest first; they need not sum to 1.
    * ``model``: name of the model that read.
    * ``seconds``: ``total``, and each stage by its name.
    * ``error``: null, or why the file could not be read.

    A record made by :func:`error_record` has the same keys, null or empty but for ``schema``,
    ``path`` and ``error``.
    """
    decision, best = reading.decision, reading.guess
    block = address_block(reading)
    return error_record(reading.page.path, None) | {
        "page": reading.page.index + 1,
        "zip": best.zip if best else None,
        "plus4": best.plus4 if best else None,
        "decision": decision.status.value,
        "confidence": _rounded(decision.confidence),
        "threshold": _rounded(decision.threshold),
        "reasons": _reasons(decision),
        "digits": [_digit(digit) for digit in best.digits] if best else [],
        "zip_box": _polygon(zip_quad(best)) if best else None,
        "block_box": _polygon(block.page.original_quad(block.box)) if block else None,
        "orientation": reading.upright.orientation if reading.upright else None,
        "place": _place(best) if best else None,
        "candidates": _candidates(reading.hypotheses),
        "model": reading.model,
        "seconds": _seconds(reading.seconds),
    }


def error_record(path: str, message: str | None, page: int | None = None) -> dict[str, object]:
    """The record of what could not be read: ``path``, ``error``, perhaps ``page``, and no more.

    ``page`` is None where it is the file, or the rest of it.
    """
    return {
        "schema": SCHEMA,
        "path": path,
        "page": page,
        "zip": None,
        "plus4": None,
        "decision": None,
        "confidence": None,
        "threshold": None,
        "reasons": [],
        "digits": [],
        "zip_box": None,
        "block_box": None,
        "orientation": None,
        "place": None,
        "candidates": [],
        "model": None,
        "seconds": {},
        "error": message,
    }


def zip_quad(hypothesis: ZipHypothesis) -> Quad:
    """The rectangle around the digits, along their line, in original pixels."""
    corners = np.concatenate([digit.quad for digit in hypothesis.digits])
    along = np.sum([digit.quad[1] - digit.quad[0] for digit in hypothesis.digits], axis=0)
    along = along / np.linalg.norm(along)
    down = np.array([-along[1], along[0]])
    axes = np.stack([along, down])
    (x0, y0), (x1, y1) = (corners @ axes.T).min(axis=0), (corners @ axes.T).max(axis=0)
    quad: Quad = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)]) @ axes
    return quad


def address_block(reading: Reading) -> AddressBlock | None:
    """The block whose ZIP was read; where none was, the likeliest."""
    best = reading.guess
    if best:
        return best.field.block
    return reading.blocks[0] if reading.blocks else None


def _rounded(probability: float) -> float:
    return round(float(probability), 4)


def _polygon(quad: Quad) -> list[list[float]]:
    """Corners as nested lists, to a tenth of a pixel."""
    return [[round(float(x), 1), round(float(y), 1)] for x, y in quad]


def _reasons(decision: Decision) -> list[dict[str, str]]:
    return [{"code": o.reason.name.lower(), "text": str(o)} for o in decision.objections]


def _digit(digit: Digit) -> dict[str, object]:
    return {
        "value": digit.value,
        "confidence": _rounded(digit.confidence),
        "box": _polygon(digit.quad),
    }


def _place(hypothesis: ZipHypothesis) -> dict[str, str] | None:
    place = hypothesis.place
    return {"city": place.city, "state": place.state} if place else None


def _candidates(hypotheses: tuple[ZipHypothesis, ...]) -> list[dict[str, object]]:
    return [
        {"zip": hypothesis.zip, "probability": _rounded(hypothesis.probability)}
        for hypothesis in hypotheses[:_MOST_CANDIDATES]
    ]


def _seconds(stages: dict[str, float]) -> dict[str, float]:
    seconds = {"total": sum(stages.values()), **stages}
    return {stage: round(float(spent), 4) for stage, spent in seconds.items()}
