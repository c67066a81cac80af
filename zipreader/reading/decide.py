"""Hypotheses -> decision: accept, or review with the reasons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from zipreader.config import DecideConfig
from zipreader.elements import Decision, Objection, Reason, ZipHypothesis
from zipreader.reading.wording import SAYS

_ORDINALS = ("first", "second", "third", "fourth", "fifth")


def decide(
    hypotheses: Sequence[ZipHypothesis],
    found_address: bool,
    threshold: float,
    config: DecideConfig,
    against: Iterable[Reason] = (),
) -> Decision:
    """Accept the best hypothesis unless something speaks against it.

    Args:
        hypotheses: best first, each with its calibrated ``probability``.
        found_address: whether any text was found on the page.
        threshold: certified probability that an accepted ZIP must reach.
        config: what is worth naming.
        against: what the image shows that no reading of it can outweigh.
    """
    if not hypotheses:
        reason = Reason.NO_ZIP if found_address else Reason.NO_ADDRESS
        return Decision(0.0, threshold, (Objection(reason),))
    best, confidence = hypotheses[0], hypotheses[0].probability
    if confidence < config.no_zip:
        return Decision(confidence, threshold, (Objection(Reason.NO_ZIP),))
    objections = [Objection(reason) for reason in against]
    if best.place is None:
        objections.append(Objection(Reason.UNASSIGNED, best.zip))
    if confidence < threshold:
        objections += _particulars(hypotheses, config) or [Objection(Reason.LOW_CONFIDENCE)]
    return Decision(confidence, threshold, tuple(objections))


def _particulars(hypotheses: Sequence[ZipHypothesis], config: DecideConfig) -> list[Objection]:
    """What makes the best hypothesis uncertain."""
    best = hypotheses[0]
    found = []
    if _digit_height(best) < config.least_digit_height:
        found.append(Objection(Reason.POOR_IMAGE))
    seen = best.evidence
    if max(seen["other_lengths"], seen["preceded"]) > config.other_length:
        found.append(Objection(Reason.WRONG_LENGTH))
    thick, crossed = config.covered
    if seen["thickest"] > thick or seen["struck"] > crossed:
        found.append(Objection(Reason.COVERED))
    said = max(seen["numbered"], seen["ended"]) >= SAYS
    if said or seen["passed"] > config.other_length or not seen["written"]:
        found.append(Objection(Reason.OTHER_NUMBER))
    found += _unclear(best, config)
    if best.place is not None and _names_another(best, config):
        place = f"{best.zip} is {best.place.city}, {best.place.state}"
        found.append(Objection(Reason.OTHER_PLACE, place))
    rivals = [h for h in hypotheses[1:] if h.zip != best.zip and h.probability > config.rival]
    if rivals:
        found.append(Objection(Reason.COMPETING, f"{best.zip} and {rivals[0].zip}"))
    return found


def _names_another(best: ZipHypothesis, config: DecideConfig) -> bool:
    """Whether the line before the digits agrees with the place of a rival, and not with this."""
    rival, own = best.evidence["named_rival"], best.evidence["named"]
    return rival >= SAYS and own < config.place_differs


def _unclear(best: ZipHypothesis, config: DecideConfig) -> list[Objection]:
    """The digits that are unclear, each with its rival; one objection where most are."""
    found = []
    for ordinal, digit in zip(_ORDINALS, best.digits, strict=False):
        if digit.confidence < config.unclear_digit:
            rival = f" or {digit.runner_up}" if digit.runner_up else ""
            found.append(Objection(Reason.UNCLEAR_DIGIT, f"the {ordinal}, {digit.value}{rival}"))
    return found if len(found) <= len(_ORDINALS) // 2 else [Objection(Reason.ILLEGIBLE)]


def _digit_height(hypothesis: ZipHypothesis) -> float:
    """Median height of the digits in original pixels."""
    heights = [float(np.linalg.norm(d.quad[3] - d.quad[0])) for d in hypothesis.digits]
    return sorted(heights)[len(heights) // 2]
