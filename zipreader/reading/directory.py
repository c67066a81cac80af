"""Assigned ZIP codes with their city and state.

The table ``directory.txt.gz`` is derived from the package ``zipcodes`` (MIT) by
``build_table``: one line ``ZIP city, ST; other name; ...`` a code, in order.  It is searched as
text, because building a dictionary of 41,700 entries, or asking the package,
would take longer than reading an envelope.
"""

from __future__ import annotations

import gzip
import re
import unicodedata
from collections.abc import Mapping
from functools import cached_property
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from zipreader.elements import Place
from zipreader.errors import MissingExtraError

_NO_LETTERS = re.compile("[^A-Z]")
_TABLE = "directory.txt.gz"
STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California",
    "CO": "Colorado", "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia",
    "FL": "Florida", "GA": "Georgia", "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois",
    "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana",
    "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota",
    "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada",
    "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York",
    "NC": "North Carolina", "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon",
    "PA": "Pennsylvania", "PR": "Puerto Rico", "RI": "Rhode Island", "SC": "South Carolina",
    "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont",
    "VA": "Virginia", "VI": "Virgin Islands", "WA": "Washington", "WV": "West Virginia",
    "WI": "Wisconsin", "WY": "Wyoming",
}  # fmt: skip
"""What the two letters of a state stand for (USPS Publication 28, appendix B)."""


class Directory:
    """Which ZIPs are assigned, and where."""

    @cached_property
    def _table(self) -> bytes:
        packed = files("zipreader.reading").joinpath(_TABLE).read_bytes()
        return b"\n" + gzip.decompress(packed)

    def place(self, zip_code: str) -> Place | None:
        """City and state of a five-digit ZIP, ``None`` where it is not assigned."""
        start = self._line(zip_code.encode("ascii", "replace"))
        if not self._table.startswith(b"\n%s " % zip_code.encode("ascii", "replace"), start):
            return None
        end = self._table.find(b"\n", start + 1)
        first, *others = self._table[start + 7 : end].decode().split("; ")
        city, _, state = first.rpartition(", ")
        return Place(city, state, tuple(others))

    def zips_at(self, place: Place) -> tuple[str, ...]:
        """All ZIPs whose usual name is that of a place."""
        name, zips = f" {place.city}, {place.state}".encode(), []
        at = self._table.find(name)
        while at >= 0:
            whole = self._table[at + len(name) : at + len(name) + 1] in (b";", b"\n")
            if whole and self._table[at - 6 : at - 5] == b"\n":
                zips.append(self._table[at - 5 : at].decode())
            at = self._table.find(name, at + 1)
        return tuple(zips)

    def zips_of(self, name: str) -> tuple[str, ...]:
        """The ZIPs that go by a name: letters alone, the state behind the city, ``MEMPHISTN``.

        The state may be spelt out.
        """
        for state, spelt_out in STATES.items():
            whole = letters_alone(spelt_out)
            if name.endswith(whole) and len(name) > len(whole):
                found = self._named(name[: -len(whole)], state)
                if found:
                    return found
        return self._named(name[:-2], name[-2:])

    def _named(self, city: str, state: str) -> tuple[str, ...]:
        """The ZIPs of a state that go by the letters of a city, in order."""
        names, ends, zips = self._letters
        found = set()
        for end in (";", ","):
            wanted = f";{city}{end}".encode("ascii", "replace")
            at = names.find(wanted)
            while at >= 0:
                found.add(int(np.searchsorted(ends, at)))
                at = names.find(wanted, at + 1)
        mark = f",{state};".encode("ascii", "replace")
        starts = {line: int(ends[line - 1]) if line else 0 for line in sorted(found)}
        return tuple(
            zips[line]
            for line, start in starts.items()
            if names.startswith(mark, names.index(b",", start))
        )

    @cached_property
    def _letters(self) -> tuple[bytes, npt.NDArray[np.intp], tuple[str, ...]]:
        """The names in letters alone, ``;MEMPHIS,TN;OTHER;`` a line, where these end, the ZIPs."""
        spare = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ,;\n"))
        lines = self._table.strip().upper().translate(None, spare)
        names = b";" + lines.replace(b"\n", b";\n;") + b";\n"
        zips = tuple(line[:5] for line in self._table.decode().split("\n") if line)
        return names, np.flatnonzero(np.frombuffer(names, np.uint8) == ord("\n")), zips

    def _line(self, wanted: bytes) -> int:
        """Where the first line that is not below ``wanted`` begins, by bisection."""
        low, high = 0, len(self._table) - 1
        while low < high:
            start = self._table.rfind(b"\n", 0, (low + high) // 2 + 1)
            if self._table[start + 1 : start + 6] < wanted:
                low = self._table.find(b"\n", start + 1)
            else:
                high = start
        return low

    def __len__(self) -> int:
        return self._table.count(b"\n") - 1


def letters_alone(name: str) -> str:
    """A name in capitals, without accents, spaces and signs."""
    plain = name if name.isascii() else unicodedata.normalize("NFD", name)
    return _NO_LETTERS.sub("", plain.upper())


def other_names(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """What people write besides the city of an entry of ``zipcodes``, as the post knows it.

    The post takes some of these names and would rather not have the others; both are met.
    """
    names = dict.fromkeys((*entry["acceptable_cities"], *entry["unacceptable_cities"]))
    return tuple(name for name in names if name and name != entry["city"] and ";" not in name)


def build_table() -> bytes:
    """The packed table, from the installed package ``zipcodes``; reproducible."""
    try:
        import zipcodes
    except ImportError as error:
        raise MissingExtraError("Building the directory", "synth") from error
    lines = sorted(
        "; ".join([f"{entry['zip_code']} {entry['city']}, {entry['state']}", *other_names(entry)])
        for entry in zipcodes.list_all()  # type: ignore[no-untyped-call]
        if entry["active"]
    )
    return gzip.compress(("\n".join(lines) + "\n").encode(), compresslevel=9, mtime=0)
