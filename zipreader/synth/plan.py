"""What a mailpiece is to be, before anything is drawn."""

from __future__ import annotations

from dataclasses import dataclass

from zipreader.errors import UsageError
from zipreader.synth.compose import Rng

KINDS = ("printed", "handwritten", "touching", "dirty", "turned", "photo", "must-flag")
"""Kinds of mail that can be made and measured."""
MIXED = "mixed"
"""Not a kind of its own: each piece is of one of ``KINDS``, in the shares of ``_MIX``."""
_MIX = (0.26, 0.34, 0.10, 0.10, 0.06, 0.07, 0.07)

TWO_ADDRESSEES = "two-addressees"
CROSSED_OUT = "crossed-out"
OVERWRITTEN = "overwritten"
FADED = "faded"
VARIANTS = (
    "no-zip",
    "four-digits",
    "six-digits",
    "struck-out",
    "covered",
    "unassigned",
    "foreign",
    "note",
    "blank",
    "return-only",
    "back",
    TWO_ADDRESSEES,
    CROSSED_OUT,
    OVERWRITTEN,
    FADED,
)
"""What is wrong with a must-flag piece."""
_VARIANT_SHARES = (
    0.1, 0.1, 0.09, 0.11, 0.1, 0.08, 0.06, 0.05, 0.05, 0.06, 0.05, 0.04, 0.04, 0.04, 0.03,
)  # fmt: skip
NO_ADDRESS = ("blank", "return-only", "back")
"""The variants without a delivery address."""
SHOWS_SENDER = ("return-only", FADED)
"""The variants whose sender's ZIP must not be taken, so that it always stands there."""
_HANDWRITTEN_SHARE = 0.6
_TURNS = (90, 180, 270)


@dataclass(frozen=True, slots=True)
class Plan:
    """The kind of a piece, in terms of those who draw it.

    ``dirt`` is 0 for well-kept mail and at most 1.  ``turn`` is by how many
    degrees the piece lies turned clockwise under the camera.
    """

    kind: str
    handwritten: bool
    touching: bool = False
    dirt: float = 0.0
    turn: int = 0
    photo: bool = False
    variant: str = ""


def check_kind(kind: str) -> None:
    """Raise ``UsageError`` unless ``kind`` is one of ``KINDS`` or ``mixed``."""
    if kind not in (*KINDS, MIXED):
        raise UsageError(f"unknown kind of mail {kind!r}: choose from {', '.join((*KINDS, MIXED))}")


def choose_kind(kind: str, rng: Rng) -> str:
    """The kind itself, or for ``mixed`` one of all kinds."""
    return str(rng.choice(KINDS, p=_MIX)) if kind == MIXED else kind


def choose_plan(kind: str, rng: Rng) -> Plan:
    """A plan for one of ``KINDS``."""
    by_hand = bool(rng.random() < _HANDWRITTEN_SHARE)
    wear = float(rng.uniform(0, 0.2)) if rng.random() < 0.3 else 0.0
    match kind:
        case "printed":
            return Plan(kind, False, dirt=wear)
        case "handwritten":
            return Plan(kind, True, dirt=wear)
        case "touching":
            return Plan(kind, True, touching=True, dirt=wear)
        case "dirty":
            return Plan(kind, by_hand, dirt=float(rng.uniform(0.5, 1)))
        case "turned":
            turn = int(rng.choice(_TURNS))
            return Plan(kind, by_hand, dirt=wear, turn=turn, photo=bool(rng.random() < 0.15))
        case "photo":
            return Plan(kind, by_hand, dirt=wear, photo=True)
        case _:
            variant = str(rng.choice(VARIANTS, p=_VARIANT_SHARES))
            return Plan(kind, by_hand, dirt=wear, variant=variant)
