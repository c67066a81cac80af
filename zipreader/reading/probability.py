"""Evidence -> P(ZIP correct): a model of its odds with the thresholds certified for it.

``models/calibration.json`` carries the model, fitted on tuning mail, and the
thresholds, certified on other mail (see ``training.certify``).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zipreader.errors import ModelError, UsageError
from zipreader.reading.trees import BoostedTrees, Node
from zipreader.reading.wording import SAYS

_EDGE = 1e-6
_LEFT = 1e-9
"""Of what is certain, so much is left for all else at the least."""
_USUAL_PLACE = 0.3
"""Fewer than one in a hundred delivery addresses score less; return addresses do."""
_CLEAR = 12.0
"""Logarithm of odds beyond which nothing becomes clearer."""
_UNLIKE = -4.0
"""Agreement of a name with a line, a letter, below which one is as bad as the other."""
_JOINED = 1.0
"""A sign that is so much closer to the digits, in their heights, belongs to them."""
_LOW = 0.5
"""Farther down its page than this no place of a ZIP is better."""
_STRANGE = 3.0
"""A line that agrees so badly names another place, if its letters are clear."""
_RULED_OUT = 0.1
"""The most that is left where one thing alone tells that there is no ZIP."""
_STRUCK, _BLOT = 0.25, 4.0
"""A line through so much of the digits strikes them out; so many times as thick is no stroke."""
_WRITTEN = 0.5
"""What does not stand among words, and is no place's that is named, is a postmark's."""
_LIKELIER, _SURE, _CLOSE = 0.5, 0.8, 0.6
"""Six digits are likelier than five; a sign is surely no letter; so close, in digit heights, it
belongs to them."""


@dataclass(frozen=True, slots=True)
class Spared:
    """With the same confidence, at most ``share`` of the mail without a readable ZIP is accepted.

    ``accepted`` of ``pieces`` of such mail were.
    """

    share: float
    pieces: int
    accepted: int


@dataclass(frozen=True, slots=True)
class Certificate:
    """With confidence 1 - delta, at most alpha of the mail accepted at ``threshold`` is wrong.

    Holds for mail like the ``calibration`` mail: ``accepted`` of ``pieces``
    were accepted there, ``wrong`` of them wrongly.  ``unreadable`` is the second promise
    that goes with it, where one was made.
    """

    alpha: float
    delta: float
    threshold: float
    pieces: int
    accepted: int
    wrong: int
    unreadable: Spared | None = None


@dataclass(frozen=True, slots=True)
class Calibration:
    """The fitted model: log odds of ``bias``, of ``weights`` by feature, and of ``trees``.

    ``mail`` describes the calibration mail in a line, ``date`` (ISO 8601) says when it was
    read and ``model`` names the network that read it, for which alone the thresholds hold;
    ``None`` where the file does not say.
    """

    bias: float
    weights: Mapping[str, float]
    certificates: tuple[Certificate, ...]
    default_alpha: float
    mail: str
    date: str | None = None
    model: str | None = None
    trees: BoostedTrees = BoostedTrees()

    def probability(self, evidence: Mapping[str, float]) -> float:
        """The calibrated probability that the ZIP with this evidence is right."""
        values = features(evidence)
        logit = self.bias + sum(weight * values[name] for name, weight in self.weights.items())
        logit += self.trees.total(values)
        if not math.isfinite(logit):  # what is no number promises nothing
            return 0.0
        probability = 1 / (1 + math.exp(-max(-60.0, min(60.0, logit))))
        return min(probability, _RULED_OUT) if is_ruled_out(evidence) else probability

    def certificate(self, alpha: float | None = None) -> Certificate:
        """The certificate for an error bound, or for the default one.

        Raises:
            UsageError: none was certified for the bound that was asked for.
            ModelError: none was certified for the default bound.
        """
        wanted = self.default_alpha if alpha is None else alpha
        for certificate in self.certificates:
            if math.isclose(certificate.alpha, wanted, rel_tol=1e-6):
                return certificate
        known = ", ".join(f"{c.alpha:.1%}" for c in self.certificates) or "none"
        kind = ModelError if alpha is None else UsageError
        raise kind(f"an error bound of {wanted:.2%} is not certified (certified: {known})")


def features(evidence: Mapping[str, float]) -> dict[str, float]:
    """What the model sees, logits and plain geometry; each grows with the evidence."""
    return {
        "posterior": _logit(evidence["posterior"]),
        "weakest": _logit(evidence["weakest"]),
        "not_a_digit": -_logit(evidence["not_a_digit"]),
        "baseline_spread": -min(evidence["baseline_spread"], 0.5),
        "trailing": -min(evidence["trailing"], 3.0),
        "led": min(0.5, evidence["leading"] - evidence["widest_gap"]),
        "blotted": -min(6.0, max(1.5, evidence["thickest"])),
        "assigned": evidence["assigned"],
        "place": math.log(max(evidence["field_score"], 1e-3)),
        "elsewhere": min(0.0, math.log(max(evidence["field_score"], 1e-3) / _USUAL_PLACE)),
        "rank": math.log(max(evidence["field_share"], 1e-3)),
        "complete": _logit(evidence["complete"]),
        "four": -_logit(evidence["four"]),
        "six": -_logit(evidence["six"]),
        "spelled": _logit(evidence["spelled"]),
        "spelled_least": _logit(evidence["spelled_least"]),
        "spelled_rival": -_logit(evidence["spelled_rival"]),
        "named": max(evidence["named"], _UNLIKE),
        "named_rival": -max(evidence["named_rival"], _UNLIKE),
        "numbered": -max(evidence["numbered"], _UNLIKE),
        "preceded": -evidence["preceded"],
        "ended": -max(evidence["ended"], _UNLIKE),
        "struck": -evidence["struck"],
        "passed": -evidence["passed"],
        "strange": -evidence["legible"] * min(1.0, max(0.0, -evidence["named"] / _STRANGE)),
        "stated": evidence["stated"],
        "joined": -min(_JOINED, max(-_JOINED, evidence["joined"])),
        "height": min(0.0, math.log(max(evidence["height"], 0.1))),
        "together": max(-_CLEAR, min(_CLEAR, evidence["together"])),
        "lead": evidence["lead"],
        "shadow": -evidence["shadow"],
        "apart": evidence["apart"],
        "low": min(evidence["fall"], _LOW),
        "size": min(math.log(max(evidence["pixel_height"], 4.0) / 40), 0.0),
    }


def is_ruled_out(evidence: Mapping[str, float]) -> bool:
    """Whether one thing alone tells that these digits are not the ZIP to be read.

    However clear they are, and however well the place agrees: a line runs through them, a blot
    is far thicker than any pen, there are rather six of them or another stands close before them.
    And where no place agrees: another country or a date follows, or no words stand about them,
    as in a postmark's dial.  Such mail is so rare that the model cannot weigh it.
    """
    nowhere = evidence["named"] < SAYS
    return (
        evidence["struck"] > _STRUCK
        or evidence["written"] < _WRITTEN
        or evidence["thickest"] > _BLOT
        or evidence["six"] > _LIKELIER
        or (evidence["preceded"] > _SURE and evidence["leading"] < _CLOSE)
        or (evidence["ended"] > SAYS and nowhere)
    )


def at_most_one(probabilities: Sequence[float]) -> list[float]:
    """What is left of probabilities that were told each alone, where at most one is right.

    Their odds are held against one another, and against those of none.
    """
    odds = [probability / max(1 - probability, _LEFT) for probability in probabilities]
    total = 1 + sum(odds)
    return [each / total for each in odds]


def _logit(probability: float) -> float:
    p = min(max(probability, _EDGE), 1 - _EDGE)
    return math.log(p / (1 - p))


def load_calibration(path: Path) -> Calibration:
    """Read a calibration file.

    Raises:
        ModelError: it is missing, damaged or of another kind.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        weights = {str(name): float(weight) for name, weight in content["weights"].items()}
        certificates = tuple(map(_certificate, content["certificates"]))
        calibration = Calibration(
            float(content["bias"]),
            weights,
            certificates,
            float(content["default_alpha"]),
            str(content["mail"]),
            date=_stated(content, "date"),
            model=_stated(content, "model"),
            trees=_trees(content.get("trees", {})),
        )
    except OSError as error:
        raise ModelError(f"{path}: no calibration here ({error.strerror})") from error
    except (
        ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError
    ) as error:  # fmt: skip
        cause = _cause(error)
        raise ModelError(f"{path}: damaged calibration, or none at all ({cause})") from error
    _check_numbers(calibration, path)
    unknown = {*weights, *calibration.trees.features} - set(features(_NO_EVIDENCE))
    if unknown:
        raise ModelError(f"{path}: unknown features {sorted(unknown)}")
    return calibration


def _certificate(entry: Mapping[str, Any]) -> Certificate:
    second = entry.get("unreadable")
    return Certificate(**{**entry, "unreadable": Spared(**second) if second else None})


def _stated(content: Mapping[str, Any], name: str) -> str | None:
    return None if content.get(name) is None else str(content[name])


def _trees(content: Mapping[str, Any]) -> BoostedTrees:
    """Trees of a file: each node a list of feature, threshold, left, right and value."""
    names = tuple(str(name) for name in content.get("features", ()))
    trees = tuple(
        tuple(
            Node(int(feature), float(threshold), int(left), int(right), float(value))
            for feature, threshold, left, right, value in tree
        )
        for tree in content.get("trees", ())
    )
    return BoostedTrees(names, trees)


def _cause(error: Exception) -> str:
    """Why the content of a file is no calibration, in words."""
    match error:
        case KeyError():
            return f"{error.args[0]} is missing"
        case json.JSONDecodeError() | UnicodeDecodeError() | RecursionError():
            return "it is no JSON"
    return "a value is missing or of another kind"


def _check_numbers(calibration: Calibration, path: Path) -> None:
    """Refuse what would accept mail without a reason, such as NaN, which no threshold stops.

    Raises:
        ModelError: a number is none, or no share.
    """
    shares = [calibration.default_alpha]
    for each in calibration.certificates:
        shares += [each.alpha, each.delta, each.threshold]
        shares += [each.unreadable.share] if each.unreadable else []
    nodes = [node for tree in calibration.trees.trees for node in tree]
    numbers = [calibration.bias, *calibration.weights.values(), *shares]
    numbers += [number for node in nodes for number in (node.threshold, node.value)]
    sound = all(isinstance(number, int | float) and math.isfinite(number) for number in numbers)
    if not sound or not all(0 <= share <= 1 for share in shares):
        raise ModelError(f"{path}: damaged calibration (a number is none, or no share)")


_EVIDENCE = (
    "posterior", "weakest", "not_a_digit", "baseline_spread", "widest_gap", "assigned", "trailing",
    "leading", "thickest", "struck", "field_score", "field_share", "pixel_height", "complete",
    "four", "six", "spelled", "spelled_least", "spelled_rival", "named", "named_rival", "preceded",
    "numbered", "ended", "legible", "stated", "joined", "height", "together", "lead", "passed",
    "written", "shadow", "apart", "fall",
)  # fmt: skip
_NO_EVIDENCE = dict.fromkeys(_EVIDENCE, 0.0)


def check_model(calibration: Calibration, model: str) -> None:
    """Refuse thresholds that were certified for another network: they promise nothing here."""
    if calibration.model not in (None, model):
        raise ModelError(
            f"the calibration is of the network {calibration.model}, but the network is "
            f"{model}: run zipreader calibrate for it"
        )
