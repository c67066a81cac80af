"""Assigned ZIP codes with their city and state.

The table ``directory.txt.gz`` is derived from the package ``zipcodes`` (MIT) by
``build_table``: one line ``ZIP city, ST`` a code, in order.  It is searched as
text, because building a dictionary of 41,700 entries, or asking the package,
would take longer than reading an envelope.
"""

from __future__ import annotations

import gzip
from functools import cached_property
from importlib.resources import files

from zipreader.elements import Place
from zipreader.errors import MissingExtraError

_TABLE = "directory.txt.gz"


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
        city, _, state = self._table[start + 7 : end].decode().rpartition(", ")
        return Place(city, state)

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


def build_table() -> bytes:
    """The packed table, from the installed package ``zipcodes``; reproducible."""
    try:
        import zipcodes
    except ImportError as error:
        raise MissingExtraError("Building the directory", "synth") from error
    lines = sorted(
        f"{entry['zip_code']} {entry['city']}, {entry['state']}"
        for entry in zipcodes.list_all()  # type: ignore[no-untyped-call]
        if entry["active"]
    )
    return gzip.compress(("\n".join(lines) + "\n").encode(), compresslevel=9, mtime=0)
