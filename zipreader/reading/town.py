"""City and state before a ZIP -> how well they agree with the places of the ZIPs in question.

The last line of an address says its ZIP twice: in digits, and in the name of the place
(which the readers of handwritten mail have always used: S. Srihari, "Handwritten address
interpretation", 1993).  The letter network turns the line before the digits, or the one
above where they stand alone, into frames; each name that a ZIP may go by is held against
these by the forward recursion of connectionist temporal classification (A. Graves et al.,
ICML 2006).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from zipreader.config import TownConfig
from zipreader.elements import Box, Frames, Place, ZipField, ZipHypothesis, transform_points
from zipreader.reading.ctc import brief
from zipreader.reading.directory import STATES
from zipreader.reading.letters import BLANK, LETTERS, OTHER, signs_of

_TINY = 1e-30
_SHORT_FORMS = {
    "SAINT": "ST", "SAINTE": "STE", "FORT": "FT", "MOUNT": "MT", "NORTH": "N", "SOUTH": "S",
    "EAST": "E", "WEST": "W", "HEIGHTS": "HTS", "SPRINGS": "SPGS", "CITY": "CY",
}  # fmt: skip
"""Words of names that are often cut short (USPS Publication 28, appendix B)."""

_OTHER_NUMBERS = (
    "ACCOUNT", "ACCT", "APARTMENT", "APT", "BLDG", "BOX", "CASE", "CLIENT", "CUSTOMER", "DEPT",
    "DONOR", "FLOOR", "ID", "INVOICE", "LOAN", "LOT", "MAIL CODE", "MAIL STOP", "MEMBER", "ORDER",
    "PERMIT", "PHONE", "PO BOX", "POLICY", "REF", "RM", "ROOM", "ROUTE", "SPC", "STE", "SUITE",
    "UNIT",
)  # fmt: skip
"""What stands before numbers of five digits that are no ZIP (Publication 28, appendix C, and what
offices write below an address); each is looked for with "NO" behind it too."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well a line says a place, and the best of the other places in question.

    Natural logarithms a letter, relative to whatever letters are likeliest: 0 is perfect
    agreement, and what is far below says something else.  ``whole`` is ``own`` for all letters
    of the name.  Of a line that names no place in question ``numbered`` says how well it says what
    stands before other numbers, and ``legible``, from 0 to 1, how clear its letters are.
    """

    own: float
    rival: float
    whole: float
    numbered: float = -6.0
    legible: float = 0.0


def town_field(hypothesis: ZipHypothesis, config: TownConfig) -> ZipField | None:
    """Where the place of a ZIP should stand: before its digits, or alone on the line above.

    ``None`` where there is no such line.
    """
    field = hypothesis.field
    if field.block is None:
        return None
    lines = field.block.lines
    number = max(range(len(lines)), key=lambda k: _shared(lines[k].box, field.box))
    if _shared(lines[number].box, field.box) <= 0:
        return None
    reach = _left_edge(hypothesis) - config.apart * field.digit_height
    before = [part for part in lines[number].parts if (part.x0 + part.x1) / 2 < reach]
    line = lines[number]
    if not before or Box.around(before).width < config.shortest * field.digit_height:
        if number == 0:
            return None
        line = lines[number - 1]
        before = list(line.parts)
    return ZipField(
        field.page, Box.around(before), line.slope, field.digit_height, field.score, field.block
    )


def agreements(
    frames: Frames | None, places: Sequence[Place | None], config: TownConfig
) -> list[Agreement]:
    """How well the frames of a line, (T, SIGNS) probabilities, say each of the places.

    A place that is ``None`` agrees with nothing; without a line nothing is known.
    """
    if frames is None:
        return [Agreement(config.unknown, config.unknown, 0.0) for _ in places]
    known = list(dict.fromkeys(map(_key, filter(None, places))))
    names = [(key, name) for key in known for name in _names(*key)[: config.most_names]]
    nowhere = config.least, config.least * config.usual_letters
    fits = dict.fromkeys(known, nowhere)
    for (key, name), fit in zip(names, _fits(frames, [name for _, name in names]), strict=True):
        fits[key] = max(fits[key], (fit, fit * len(name)))
    named = max((fit for fit, _ in fits.values()), default=config.least) >= config.agrees
    numbered = config.least if named else max(_fits(frames, _numbers()))
    legible = 0.0 if named else _legibility(frames)
    found = []
    for place in places:
        own = _key(place) if place is not None else ("", "", ())
        rivals = [fit for key, (fit, _) in fits.items() if key[:2] != own[:2]]
        fit, whole = fits.get(own, nowhere)
        rival = max(rivals, default=config.least)
        found.append(Agreement(fit, rival, whole, max(numbered, config.least), legible))
    return found


def name_in(frames: Frames) -> str:
    """The letters that the frames spell, the likeliest of each, without what is none."""
    signs = frames.argmax(axis=1)
    first = np.concatenate([[True], signs[1:] != signs[:-1]])
    return "".join(chr(ord("A") + int(sign)) for sign in signs[first] if sign < LETTERS)


_Key = tuple[str, str, tuple[str, ...]]


def _key(place: Place) -> _Key:
    return place.city, place.state, place.others


@lru_cache(maxsize=256)
def _names(city: str, state: str, others: tuple[str, ...]) -> tuple[tuple[int, ...], ...]:
    """The signs of all that people write for a place, the usual first."""
    short = " ".join(_SHORT_FORMS.get(word, word) for word in city.upper().split())
    ends = state, STATES.get(state, state), ""
    names = [f"{name} {end}" for name in (city, short) for end in ends]
    names += [f"{name} {end}" for end in (state, "") for name in others]
    return tuple(dict.fromkeys(filter(None, map(signs_of, names))))


@lru_cache(maxsize=1)
def _numbers() -> tuple[tuple[int, ...], ...]:
    """The signs of what stands before other numbers."""
    return tuple(signs_of(f"{word}{end}") for word in _OTHER_NUMBERS for end in ("", " NO"))


def _legibility(frames: Frames) -> float:
    """Mean probability of the likeliest sign where that is a letter; 0 where there is none."""
    letters = frames[frames.argmax(axis=1) < LETTERS]
    return float(letters.max(axis=1).mean()) if len(letters) else 0.0


def _fits(frames: Frames, names: Sequence[tuple[int, ...]]) -> list[float]:
    """Of each name: log of its probability over that of the likeliest signs, a letter."""
    if not names:
        return []
    rows = brief(frames, BLANK)
    likeliest = float(np.log(np.maximum(rows.max(axis=1), _TINY)).sum())
    totals = _forward(rows, names)
    lengths = [len(name) for name in names]
    return [
        min(0.0, (float(total) - likeliest) / length)
        for total, length in zip(totals, lengths, strict=True)
    ]


def _forward(rows: Array, names: Sequence[tuple[int, ...]]) -> Array:
    """(N,) logarithms of the probabilities of N names in (T, SIGNS) rows.

    Something else may stand before and behind a name.  State 2 k is the blank before sign
    k, state 2 k + 1 the sign; shorter names are filled up with states that are never reached.
    """
    most = max(len(name) for name in names) + 2
    signs = np.full((len(names), 2 * most + 1), BLANK)
    leap = np.zeros(signs.shape)
    alive = np.zeros(signs.shape)
    first = np.zeros(signs.shape)
    last = np.zeros(signs.shape)
    for row, name in enumerate(names):
        all_ = (OTHER, *name, OTHER)
        end = 2 * len(all_)
        signs[row, 1:end:2] = all_
        leap[row, 3:end:2] = [one != other for one, other in zip(all_, all_[1:], strict=False)]
        alive[row, : end + 1] = 1
        first[row, :4] = 1
        last[row, end - 3 : end + 1] = 1
    reached = first * alive
    totals = np.zeros(len(names))
    for number, row in enumerate(rows):
        if number:
            moved = reached.copy()
            moved[:, 1:] += reached[:, :-1]
            moved[:, 2:] += reached[:, :-2] * leap[:, 2:]
            reached = moved * alive
        reached = reached * row[signs]
        sums = np.maximum(reached.sum(axis=1), _TINY)
        totals += np.log(sums)
        reached /= sums[:, np.newaxis]
    totals += np.log(np.maximum((reached * last).sum(axis=1), _TINY))
    found: Array = np.maximum(totals, len(rows) * math.log(_TINY))
    return found


def _shared(one: Box, other: Box) -> int:
    """Area of what two boxes share; 0 where they do not meet."""
    width = min(one.x1, other.x1) - max(one.x0, other.x0)
    height = min(one.y1, other.y1) - max(one.y0, other.y0)
    return width * height if min(width, height) > 0 else 0


def _left_edge(hypothesis: ZipHypothesis) -> float:
    """Where the first digit begins, in upright pixels."""
    to_upright = np.linalg.inv(hypothesis.field.page.to_original).astype(np.float64)
    quads = [np.asarray(digit.quad) for digit in hypothesis.digits]
    return min(float(transform_points(to_upright, quad)[:, 0].min()) for quad in quads)
