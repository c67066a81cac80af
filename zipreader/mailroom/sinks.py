"""Where records go, by the ending of the output's name; every sink knows what it holds already."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from zipreader.errors import OutputError, UsageError
from zipreader.files import is_folder
from zipreader.mailroom.identity import Recorded
from zipreader.mailroom.journal import JournaledFile, to_jsonl
from zipreader.mailroom.store import Store
from zipreader.mailroom.work import Outcome, Record
from zipreader.reading.record import error_record

COLUMNS = tuple(error_record("", None))
"""The keys of a record, in their order."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What begins so is a formula to a spreadsheet."""


class Sink(Protocol):
    """Takes the records of one file after the other; each file appears whole or not at all."""

    def recorded(self) -> Iterator[Recorded]:
        """The files that earlier runs have recorded."""

    def add(self, outcome: Outcome) -> None:
        """Record a file."""

    def close(self) -> None:
        """Finish the output."""


class Lines:
    """Hands each record on as a line of JSON, and keeps nothing."""

    def __init__(self, emit: Callable[[str], None]) -> None:
        self._emit = emit

    def recorded(self) -> Iterator[Recorded]:
        return iter(())

    def add(self, outcome: Outcome) -> None:
        for record in outcome.records:
            self._emit(json.dumps(record))

    def close(self) -> None:
        return


def open_sink(path: Path) -> Sink:
    """Open an output, or go on with one.

    * ``.jsonl``: a record a line.
    * ``.csv``: a row a record; lists and objects are JSON text in their cell.
    * ``.parquet``: the same columns with nested types (extra ``parquet``).
    * ``.db``: a store, for review.

    Raises:
        UsageError: another ending.
        OutputError: it cannot be written, or another run is writing it.
        MissingExtraError: the extra is not installed.
    """
    if not is_folder(path.parent):
        raise OutputError(f"{path}: the folder {path.parent} does not exist")
    match path.suffix.lower():
        case ".jsonl":
            return JournaledFile(path, to_jsonl)
        case ".csv":
            return JournaledFile(path, to_csv, _row(COLUMNS))
        case ".parquet":
            from zipreader.mailroom.parquet import ParquetFile

            return ParquetFile(path)
        case ".db":
            return _StoreSink(Store.open(path))
    raise UsageError(f"{path}: -o writes .jsonl, .csv, .parquet or .db")


def to_csv(outcome: Outcome) -> bytes:
    """A row a record, UTF-8; names that are no Unicode keep their bytes.

    A name that a spreadsheet would take for a formula is led by its folder, ``./``.
    """
    return b"".join(_row([_cell(record, key) for key in COLUMNS]) for record in outcome.records)


def _cell(record: Record, key: str) -> object:
    value = record[key]
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"./{value}"
    return json.dumps(value) if isinstance(value, list | dict) else value


def _row(cells: list[object] | tuple[str, ...]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerow(cells)
    return text.getvalue().encode("utf-8", "surrogateescape")


class _StoreSink:
    """A store that review works on."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def recorded(self) -> Iterator[Recorded]:
        return self._store.recorded()

    def add(self, outcome: Outcome) -> None:
        self._store.add_file(outcome.file.identity, outcome.records)

    def close(self) -> None:
        self._store.close()
