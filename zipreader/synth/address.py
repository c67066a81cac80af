"""Invented addresses whose city, state and ZIP agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from zipreader.synth.compose import Rng
from zipreader.synth.names import (
    ATTENTION,
    BELOW,
    COMPANIES,
    FIRST_NAMES,
    FOREIGN,
    LAST_NAMES,
    NOTES,
    NUMBERED,
    STATES,
    STREET_NAMES,
    STREET_TYPES,
    UNITS,
)
from zipreader.synth.sources import Place, Sources

T = TypeVar("T")
_LONGEST_CITY = 18
USUAL_NUMBERS = 0.13
"""Chance of other numbers than the ZIP on usual mail."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an address: text, the ZIP if it stands here, and text after it."""

    text: str
    zip: str | None = None
    after: str = ""

    def pieces(self) -> list[tuple[str, bool]]:
        """The parts in order, each with whether it is the ZIP."""
        parts = [(self.text, False), (self.zip or "", True), (self.after, False)]
        return [(text, is_zip) for text, is_zip in parts if text]


@dataclass(frozen=True, slots=True)
class Address:
    """Lines top to bottom; ``place`` is ``None`` abroad."""

    lines: tuple[Line, ...]
    zip: str | None
    plus4: str | None
    place: Place | None


def invent(
    sources: Sources,
    rng: Rng,
    plus4: float = 0.2,
    own_line: float = 0.12,
    few: bool = False,
    numbers: float = USUAL_NUMBERS,
) -> Address:
    """An address; ``few`` makes it short, the others are chances.

    With ``numbers`` the street is a post office box, and with half of it lines, most of them
    with a number, stand below the ZIP.
    """
    place = _short_place(sources, rng)
    extension = f"{int(rng.integers(1, 9999)):04d}" if rng.random() < plus4 else None
    code = place.zip + (f"-{extension}" if extension else "")
    upper = bool(rng.random() < 0.33)
    lines = [Line(text) for text in _who(rng, few)] + [
        Line(text) for text in _where(rng, few, numbers)
    ]
    city = place.city.title() if place.city.isupper() and not upper else place.city
    if place.city.upper() in ("APO", "FPO", "DPO"):
        city = place.city.upper()
    state = place.state
    if rng.random() < 0.06 and place.state in STATES:
        state = STATES[place.state]
    comma = "," if rng.random() < (0.25 if upper else 0.75) else ""
    last = f"{city}{comma} {state}"
    if rng.random() < own_line:
        lines += [Line(last), Line("", code)]
    else:
        lines += [Line(last, code, "USA" if rng.random() < 0.015 else "")]
    if rng.random() < 0.04:
        lines.append(Line("USA"))
    elif not few and rng.random() < numbers / 2:
        choices = NUMBERED if rng.random() < 0.6 else BELOW
        lines += [Line(_numbered(text, rng)) for text in _pick(rng, choices)]
    if upper:
        lines = [Line(line.text.upper(), line.zip, line.after) for line in lines]
    return Address(tuple(lines), place.zip, extension, place)


def invent_foreign(rng: Rng) -> Address:
    """An address in another country, without a ZIP."""
    city, country = _pick(rng, FOREIGN)
    lines = [*_who(rng, True), *_where(rng, True), _numbered(city, rng), country]
    return Address(tuple(Line(text) for text in lines), None, None, None)


def invent_note(rng: Rng) -> Address:
    """Lines that are no address, most of them with numbers."""
    names = _who(rng, True) if rng.random() < 0.4 else []
    chosen = rng.choice(NOTES, size=int(rng.integers(2, 5)), replace=False)
    lines = [*names, *(_numbered(str(text), rng) for text in chosen)]
    return Address(tuple(Line(text) for text in lines), None, None, None)


def with_code(address: Address, code: str) -> Address:
    """The same address with other text in the place of its ZIP; empty text leaves it out."""
    lines = [
        Line(line.text, code or None, line.after) if line.zip is not None else line
        for line in address.lines
    ]
    kept = tuple(line for line in lines if line.pieces())
    return Address(kept, address.zip, None, address.place)


def _short_place(sources: Sources, rng: Rng) -> Place:
    while True:
        place = sources.usual(sources.place(rng))
        if len(place.city) <= _LONGEST_CITY:
            return place


def _who(rng: Rng, few: bool) -> list[str]:
    person = f"{_pick(rng, FIRST_NAMES)} {_pick(rng, LAST_NAMES)}"
    if rng.random() < 0.3:
        person = f"{_pick(rng, ('Mr.', 'Mrs.', 'Ms.', 'Dr.'))} {person}"
    company = _pick(rng, COMPANIES).replace("*", _pick(rng, LAST_NAMES))
    draw = rng.random()
    if few or draw < 0.6:
        return [person] if draw < 0.85 else [company]
    if draw < 0.8:
        return [company, _pick(rng, ATTENTION).replace("*", person)]
    return [person, company]


def _numbered(text: str, rng: Rng) -> str:
    """The text with a digit for each #."""
    return "".join(str(rng.integers(10)) if char == "#" else char for char in text)


def _where(rng: Rng, few: bool, boxes: float = USUAL_NUMBERS) -> list[str]:
    draw = rng.random()
    if draw < boxes:
        digits = int(rng.integers(1, 6))
        number = int(rng.integers(10 ** (digits - 1), 10**digits))
        return [f"{_pick(rng, ('PO Box', 'P.O. Box', 'P O Box', 'Box'))} {number}"]
    if draw < boxes + 0.04:
        return [f"RR {int(rng.integers(1, 9))} Box {int(rng.integers(1, 400))}"]
    digits = int(rng.integers(1, 6))
    number = int(rng.integers(10 ** (digits - 1), 10**digits))
    way = _pick(rng, ("", "", "", "N ", "S ", "E ", "W ", "NW ", "SE "))
    street = f"{number} {way}{_pick(rng, STREET_NAMES)} {_pick(rng, STREET_TYPES)}"
    if rng.random() < 0.72:
        return [street]
    before, _, after = _pick(rng, UNITS).rpartition("#")
    unit = f"{before}{int(rng.integers(1, 900))}{after}"
    if few or rng.random() < 0.6:
        return [f"{street} {unit}"] if len(street) < 20 else [street]
    return [street, unit]


def _pick(rng: Rng, choices: tuple[T, ...]) -> T:
    return choices[int(rng.integers(len(choices)))]
