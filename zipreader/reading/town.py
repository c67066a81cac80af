"""City and state before a ZIP -> how well they agree with the places of the ZIPs in question.

The last line of an address says its ZIP twice: in digits, and in the name of the place
(which the readers of handwritten mail have always used: S. Srihari, "Handwritten address
interpretation", 1993).  Each name that a ZIP may go by is held against the line before the
digits, or the one above where they stand alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from zipreader.config import TownConfig
from zipreader.elements import Frames, Place
from zipreader.reading.directory import STATES
from zipreader.reading.letters import signs_of
from zipreader.reading.wording import ANYTHING, SAYS, fits, legibility

_SHORT_FORMS = {
    "SAINT": "ST", "SAINTE": "STE", "FORT": "FT", "MOUNT": "MT", "NORTH": "N", "SOUTH": "S",
    "EAST": "E", "WEST": "W", "HEIGHTS": "HTS", "SPRINGS": "SPGS", "CITY": "CY",
}  # fmt: skip
"""Words of names that are often cut short (USPS Publication 28, appendix B)."""


_TRADITIONAL = {
    "AL": "ALA", "AZ": "ARIZ", "AR": "ARK", "CA": "CALIF", "CO": "COLO", "CT": "CONN", "DE": "DEL",
    "FL": "FLA", "IL": "ILL", "IN": "IND", "KS": "KANS", "MA": "MASS", "MI": "MICH", "MN": "MINN",
    "MS": "MISS", "MT": "MONT", "NE": "NEBR", "NV": "NEV", "NM": "N MEX", "ND": "N DAK",
    "OK": "OKLA", "OR": "ORE", "PA": "PENNA", "SD": "S DAK", "TN": "TENN", "TX": "TEX",
    "WA": "WASH", "WV": "W VA", "WI": "WIS", "WY": "WYO",
}  # fmt: skip
"""How states were shortened before there were ZIPs, and are by many people still."""
_FAR = {
    "AA": "AA", "AE": "AE", "AP": "AP", "AS": "American Samoa", "FM": "Micronesia", "GU": "Guam",
    "MH": "Marshall Islands", "MP": "Northern Mariana Islands", "PW": "Palau",
}  # fmt: skip
"""What has ZIPs, and is no state: mail of the forces, and islands (Publication 28, appendix B)."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well a line says a place, and the best of the other places in question.

    Natural logarithms a letter, relative to whatever letters are likeliest: 0 is perfect
    agreement, and what is far below says something else.  ``whole`` is ``own`` for all letters
    of the name, and no less than if the line were about another place altogether, as it is now
    and then: clear digits stand against it.  Of a line that names no place in question
    ``legible``, from 0 to 1, says how clear its letters are.  ``state`` is below 0 where the line
    ends in another state, by as much as that is likelier, a letter.
    """

    own: float
    rival: float
    whole: float
    legible: float = 0.0
    state: float = 0.0


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
    nowhere = config.least, config.elsewhere
    best = dict.fromkeys(known, nowhere)
    for (key, name), fit in zip(names, fits(frames, [name for _, name in names]), strict=True):
        letters = min(len(name), config.elsewhere / SAYS)
        best[key] = max(best[key], (fit, max(fit * letters, config.elsewhere)))
    named = max((fit for fit, _ in best.values()), default=config.least) >= SAYS
    legible = 0.0 if named else legibility(frames)
    if named:
        states = _behind((key[1], fit) for key, (fit, _) in best.items())
    else:
        states = _ends_in(frames, config.unlike)
    found = []
    for place in places:
        own = _key(place) if place is not None else ("", "", ())
        rivals = [fit for key, (fit, _) in best.items() if key[:2] != own[:2]]
        fit, whole = best.get(own, nowhere)
        rival = max(rivals, default=config.least)
        state = max(config.unlike, states.get(own[1], 0.0))
        found.append(Agreement(fit, rival, whole, legible, state))
    return found


def _ends_in(frames: Frames, least: float) -> dict[str, float]:
    """Of each state: how much less the line ends in it than in the best, a letter.

    Nothing where it ends in none.
    """
    forms = [(state, signs_of(form)) for state in {**STATES, **_FAR} for form in _forms(state)]
    found = zip(forms, fits(frames, [form for _, form in forms], ANYTHING), strict=True)
    return _behind((state, max(fit, least)) for (state, _), fit in found)


def _behind(fits_of: Iterable[tuple[str, float]]) -> dict[str, float]:
    """By how much the best fit of each state is behind the best of all; nothing if that is bad."""
    best: dict[str, float] = {}
    for state, fit in fits_of:
        best[state] = max(best.get(state, fit), fit)
    top = max(best.values(), default=SAYS - 1)
    return {state: fit - top for state, fit in best.items()} if top >= SAYS else {}


def _forms(state: str) -> tuple[str, ...]:
    """How people write a state: its two letters, spelt out, and shortened."""
    names = {**STATES, **_FAR}
    return tuple(dict.fromkeys((state, names.get(state, state), _TRADITIONAL.get(state, state))))


_Key = tuple[str, str, tuple[str, ...]]


def _key(place: Place) -> _Key:
    return place.city, place.state, place.others


@lru_cache(maxsize=256)
def _names(city: str, state: str, others: tuple[str, ...]) -> tuple[tuple[int, ...], ...]:
    """The signs of all that people write for a place, the usual first."""
    short = " ".join(_SHORT_FORMS.get(word, word) for word in city.upper().split())
    ends = *_forms(state), ""
    names = [f"{name} {end}" for name in (city, short) for end in ends]
    names += [f"{name} {end}" for end in (state, "") for name in others]
    return tuple(dict.fromkeys(filter(None, map(signs_of, names))))
