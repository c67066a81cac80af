"""Outcomes with all that is needed to repeat them, and their JSON form."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from zipreader import __version__
from zipreader.errors import InputError, OutputError
from zipreader.evaluation.curves import (
    RiskCoverage,
    error_of,
    reliability,
    risk_coverage,
)
from zipreader.evaluation.outcome import Outcome
from zipreader.evaluation.rates import (
    Rates,
    confusion,
    misses_by_stage,
    rates_by_kind,
    seconds_by_stage,
)
from zipreader.files import is_file
from zipreader.intervals import CONFIDENCE, Share
from zipreader.reading.probability import Calibration

SCHEMA = 1
"""Version of the JSON form."""
DOCUMENT = "zipreader-evaluation"
TITLE = "Evaluation of zipreader"
_HEADING = 4096
"""Bytes in which a report says that it is one."""
BOUNDS = (0.05, 0.02, 0.01, 0.005, 0.001)
"""Shares of misreads for which reports tell how much could be accepted."""
_PACKAGES = ("numpy", "opencv-python-headless", "ai-edge-litert", "scikit-image")


@dataclass(frozen=True, slots=True)
class Promise:
    """A certified bound on misreads, ``alpha``, that a report checks on its own mail."""

    alpha: float
    threshold: float


@dataclass(frozen=True, slots=True)
class Provenance:
    """What was measured on what; enough to measure it again.

    ``mail`` describes the pieces in a line; ``parameters`` are those of the
    run, such as seed, count and kinds.
    """

    mail: str
    parameters: dict[str, Any]
    model: str
    threshold: float
    promises: tuple[Promise, ...]
    versions: dict[str, str]


@dataclass(frozen=True, slots=True)
class Report:
    """The value of an evaluation: everything else is computed from these outcomes.

    ``missing`` and ``extra`` are files that a folder's truth names in vain, and others there.
    """

    provenance: Provenance
    outcomes: tuple[Outcome, ...]
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()

    @property
    def curve(self) -> RiskCoverage:
        return risk_coverage(self.outcomes)


def promises_of(calibration: Calibration) -> tuple[Promise, ...]:
    """What a calibration has certified, the loosest bound first."""
    ordered = sorted(calibration.certificates, key=lambda c: -c.alpha)
    return tuple(Promise(c.alpha, c.threshold) for c in ordered)


def versions() -> dict[str, str]:
    """Versions of all that may change a figure."""
    found = {"zipreader": __version__, "python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed as a package"
    return found


@dataclass(frozen=True, slots=True)
class Kept:
    """What accepting at a promised threshold gave: ``wrong`` of the accepted, and coverage."""

    promise: Promise
    accepted: Share
    wrong: Share


def check_promises(report: Report) -> tuple[Kept, ...]:
    """Each certified bound against the pieces of this report.

    Those looser than that of the reader are left out: it did not look at all that they ask.
    """
    rows = []
    for promise in report.provenance.promises:
        if promise.threshold < report.provenance.threshold:
            continue
        taken = [o for o in report.outcomes if o.score >= promise.threshold and o.score > 0]
        wrong = sum(not o.right for o in taken)
        accepted = Share(len(taken), len(report.outcomes))
        rows.append(Kept(promise, accepted, Share(wrong, len(taken))))
    return tuple(rows)


def to_dict(report: Report) -> dict[str, Any]:
    """The JSON form: where it comes from, all figures, then piece by piece.

    Two runs of the same mail, model and versions differ in ``seconds`` only.
    """
    outcomes = report.outcomes
    return {
        "document": DOCUMENT,
        "schema": SCHEMA,
        "provenance": asdict(report.provenance),
        "interval": {"level": CONFIDENCE, "method": "Clopper-Pearson"},
        "rates": [_rates(row) for row in rates_by_kind(outcomes)],
        "stages": {
            stage.value: {verdict.value: n for verdict, n in count.items()}
            for stage, count in misses_by_stage(outcomes).items()
        },
        "selection": _selection(report),
        "calibration": _calibration(outcomes),
        "confusion": {digit: dict(row) for digit, row in confusion(outcomes).items()},
        "seconds": [asdict(row) for row in seconds_by_stage(outcomes)],
        "missing": list(report.missing),
        "extra": list(report.extra),
        "pieces": [outcome.to_dict() for outcome in outcomes],
    }


def _rates(row: Rates) -> dict[str, Any]:
    shares = {name: getattr(row, name) for name in Rates.__slots__}
    return {
        name: _share(value) if isinstance(value, Share) else value for name, value in shares.items()
    }


def _share(share: Share) -> dict[str, Any]:
    low, high = share.interval
    return {
        "part": share.part,
        "whole": share.whole,
        "value": share.value,
        "low": low,
        "high": high,
    }


def _selection(report: Report) -> dict[str, Any]:
    curve = report.curve
    return {
        "aurc": curve.aurc,
        "augrc": curve.augrc,
        "accepted_at": [{"misread": bound, **_share(curve.accepted_at(bound))} for bound in BOUNDS],
        "promises": [
            {
                "alpha": kept.promise.alpha,
                "threshold": kept.promise.threshold,
                "accepted": _share(kept.accepted),
                "misread": _share(kept.wrong),
            }
            for kept in check_promises(report)
        ],
        "curve": {
            "threshold": curve.thresholds.tolist(),
            "accepted": curve.accepted.tolist(),
            "wrong": curve.wrong.tolist(),
        },
    }


def _calibration(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    bins = reliability(outcomes)
    return {
        "ece": error_of(outcomes),
        "bins": [
            {"low": b.low, "high": b.high, "confidence": b.confidence, "right": _share(b.right)}
            for b in bins
        ],
    }


def from_dict(values: dict[str, Any]) -> Report:
    """The reverse of :func:`to_dict`, without pictures.

    Raises:
        KeyError, TypeError, ValueError: it is another document, or another schema.
    """
    if values["document"] != DOCUMENT or values["schema"] != SCHEMA:
        raise ValueError(f"not a {DOCUMENT} of schema {SCHEMA}")
    origin = dict(values["provenance"])
    origin["promises"] = tuple(Promise(**promise) for promise in origin["promises"])
    return Report(
        Provenance(**origin),
        tuple(Outcome.from_dict(piece) for piece in values["pieces"]),
        tuple(values["missing"]),
        tuple(values["extra"]),
    )


def load_report(path: Path) -> Report:
    """Read a report that ``evaluate --json`` or ``--report FILE.json`` wrote.

    Raises:
        InputError: missing, damaged or something else.
    """
    try:
        return from_dict(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: not a report of zipreader evaluate, or a damaged one") from error


def to_json(report: Report, comparison: Mapping[str, Any] | None = None) -> str:
    """The JSON form as text, ending with a line feed; a comparison goes in under its name."""
    values = to_dict(report) | ({"comparison": comparison} if comparison else {})
    return json.dumps(values, indent=1, ensure_ascii=False) + "\n"


def refuse_to_replace(path: Path) -> None:
    """Let a report replace an earlier one or an empty file, and no other.

    Raises:
        OutputError: there is a file that is no report, or cannot be read.
    """
    try:
        heading = _heading(path) if is_file(path) else b""
    except OSError as error:
        raise OutputError(f"{path}: cannot be read ({error.strerror})") from error
    if heading and not any(each.encode() in heading for each in (TITLE, DOCUMENT)):
        raise OutputError(f"{path}: there is such a file, and it is no report; name another file")


def _heading(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEADING)
