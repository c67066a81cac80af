"""Reads the ZIP code on scanned envelopes, and flags what it is not sure of.

>>> from zipreader import Reader
>>> for reading in Reader().read("envelope.jpg"):  # doctest: +SKIP
...     print(reading.zip, reading.decision.status)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from zipreader.config import ReaderConfig
    from zipreader.elements import Decision, Digit, Page, Reading, Reason, Status, ZipHypothesis
    from zipreader.errors import ZipReaderError
    from zipreader.reading.explain import explain
    from zipreader.reading.images import open_pages
    from zipreader.reading.reader import Reader
    from zipreader.reading.record import to_record

__all__ = [
    "Decision",
    "Digit",
    "Page",
    "Reader",
    "ReaderConfig",
    "Reading",
    "Reason",
    "Status",
    "ZipHypothesis",
    "ZipReaderError",
    "__version__",
    "explain",
    "open_pages",
    "to_record",
]

_HOMES = {
    "Decision": "elements",
    "Digit": "elements",
    "Page": "elements",
    "Reader": "reading.reader",
    "ReaderConfig": "config",
    "Reading": "elements",
    "Reason": "elements",
    "Status": "elements",
    "ZipHypothesis": "elements",
    "ZipReaderError": "errors",
    "explain": "reading.explain",
    "open_pages": "reading.images",
    "to_record": "reading.record",
}


def __getattr__(name: str) -> Any:
    """Import public names on first use, so that ``zipreader --help`` needs no OpenCV."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
