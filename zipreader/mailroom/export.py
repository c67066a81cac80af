"""Final ZIPs as a table: CSV, lines of JSON, or Parquet."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from zipreader.errors import MissingExtraError, OutputError, UsageError
from zipreader.files import aside, is_file
from zipreader.mailroom.finals import COLUMNS, row_of, settled
from zipreader.mailroom.store import Store
from zipreader.mailroom.work import one_line
from zipreader.reading.directory import Directory

Row = dict[str, object]
_CHUNK = 2000
_LONGEST_HEADING = 1 << 20
"""Bytes in which the first row of an export ends."""


def export_table(store: Store, out: Path) -> Counter[str]:
    """Write the last word on every piece, see :func:`~zipreader.mailroom.finals.row_of`.

    The file is written aside and renamed, so that it is whole or not there.  It replaces an
    earlier export or an empty file, and no other: a slip in a name costs nobody a keyed table.

    Returns:
        The number of pieces by their state: "final", "open" and "failed".

    Raises:
        UsageError: another ending than ``.csv``, ``.jsonl`` or ``.parquet``.
        OutputError: it cannot be written, or there is such a file that is no export.
        MissingExtraError: Parquet without its extra.
    """
    write = {".csv": _write_csv, ".jsonl": _write_jsonl, ".parquet": _write_parquet}.get(
        out.suffix.lower()
    )
    if write is None:
        raise UsageError(f"{out}: an export is .csv, .jsonl or .parquet")
    directory = Directory()
    states = Counter[str]()
    try:
        _refuse_what_is_no_export(out)
        with aside(out) as part:
            write(part, _counted((row_of(item, directory) for item in settled(store)), states))
    except OSError as error:
        cause = error.strerror or error
        raise OutputError(one_line(f"{out}: cannot be written ({cause})")) from error
    return states


def _counted(rows: Iterator[Row], states: Counter[str]) -> Iterator[Row]:
    for row in rows:
        states[str(row["state"])] += 1
        yield row


def _refuse_what_is_no_export(out: Path) -> None:
    if not is_file(out) or not out.stat().st_size:
        return
    heading = {".csv": _csv_heading, ".jsonl": _jsonl_heading}.get(
        out.suffix.lower(), _parquet_heading
    )
    if heading(out) != COLUMNS:
        raise OutputError(
            one_line(f"{out}: there is such a file, and it is not an export of zipreader; "
                     "name another file")
        )  # fmt: skip


def _csv_heading(path: Path) -> tuple[str, ...]:
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        return tuple(file.readline(_LONGEST_HEADING).rstrip("\r\n").split(","))


def _jsonl_heading(path: Path) -> tuple[str, ...]:
    with path.open("rb") as file:
        try:
            first = json.loads(file.readline(_LONGEST_HEADING))
        except (ValueError, RecursionError):
            return ()
    return tuple(first) if isinstance(first, dict) else ()


def _parquet_heading(path: Path) -> tuple[str, ...]:
    from zipreader.mailroom.parquet import columns_of

    return columns_of(path)


def _write_csv(path: Path, rows: Iterator[Row]) -> None:
    """A row a piece, UTF-8; reviewers joined by semicolons; odd names keep their bytes."""
    with path.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for row in rows:
            writer.writerow({key: _cell(value) for key, value in row.items()})


def _cell(value: object) -> object:
    match value:
        case list():
            return "; ".join(str(each) for each in value)
        case bool():
            return "yes" if value else "no"
    return value


def _write_jsonl(path: Path, rows: Iterator[Row]) -> None:
    with path.open("w", encoding="ascii") as file:
        for row in rows:
            file.write(json.dumps(row) + "\n")


def _write_parquet(path: Path, rows: Iterator[Row]) -> None:
    pa, pq = _parquet()
    kinds = {
        "page": pa.int32(),
        "reviewers": pa.list_(pa.string()),
        "review_seconds": pa.float64(),
        "audited": pa.bool_(),
        "confidence": pa.float64(),
        "threshold": pa.float64(),
    }
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in COLUMNS])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while chunk := [_printable(row) for row in islice(rows, _CHUNK)]:
            writer.write_table(pa.Table.from_pylist(chunk, schema))


def _parquet() -> tuple[Any, Any]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtraError("Parquet", "parquet") from error
    return pa, pq


def _printable(row: Row) -> Row:
    """Parquet's text is Unicode: other bytes of a name are written as backslash and code."""
    return {
        key: value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
        for key, value in row.items()
    }
