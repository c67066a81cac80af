"""City and state before a ZIP -> how well they agree with the places of the ZIPs in question.

The last line of an address says its ZIP twice: in digits, and in the name of the place
(which the readers of handwritten mail have always used: S. Srihari, "Handwritten address
interpretation", 1993).  Each name that a ZIP may go by is held against the line before the
digits, or the one above where they stand alone.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    named = {key[1] for key, (fit, _) in best.items() if fit >= SAYS}
    legible = 0.0 if named else legibility(frames)
    states = dict.fromkeys(named, 0.0) if named else _states(frames, config.unlike)
    found = []
    for place in places:
        own = _key(place) if place is not None else ("", "", ())
        rivals = [fit for key, (fit, _) in best.items() if key[:2] != own[:2]]
        fit, whole = best.get(own, nowhere)
        rival = max(rivals, default=config.least)
        state = states.get(own[1], config.unlike) if place is not None else 0.0
        found.append(Agreement(fit, rival, whole, legible, state))
    return found


def _states(frames: Frames, least: float) -> dict[str, float]:
    """Of each state: how much less the line ends in it than in the best, a letter."""
    forms = [(code, signs_of(form)) for code, name in STATES.items() for form in (code, name)]
    ends = dict.fromkeys(STATES, least)
    for (code, _), fit in zip(forms, fits(frames, [f for _, f in forms], ANYTHING), strict=True):
        ends[code] = max(ends[code], fit)
    best = max(ends.values())
    return {code: fit - best for code, fit in ends.items()}


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
