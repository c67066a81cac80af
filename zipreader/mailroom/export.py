"""Final ZIPs as a table: CSV, lines of JSON, or Parquet."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from zipreader.errors import MissingExtraError, OutputError, UsageError
from zipreader.mailroom.finals import COLUMNS, row_of, settled
from zipreader.mailroom.store import Store
from zipreader.mailroom.work import one_line
from zipreader.reading.directory import Directory

Row = dict[str, object]
_CHUNK = 2000


def export_table(store: Store, out: Path) -> int:
    """Write the last word on every piece, see :func:`~zipreader.mailroom.finals.row_of`.

    The file is written aside and renamed, so that it is whole or not there.

    Returns:
        The number of pieces.

    Raises:
        UsageError: another ending than ``.csv``, ``.jsonl`` or ``.parquet``.
        OutputError: it cannot be written.
        MissingExtraError: Parquet without its extra.
    """
    write = {".csv": _write_csv, ".jsonl": _write_jsonl, ".parquet": _write_parquet}.get(
        out.suffix.lower()
    )
    if write is None:
        raise UsageError(f"{out}: an export is .csv, .jsonl or .parquet")
    directory = Directory()
    aside = out.with_name(f".{out.name}.new")
    try:
        count = write(aside, (row_of(item, directory) for item in settled(store)))
        aside.replace(out)
    except OSError as error:
        cause = error.strerror or error
        raise OutputError(one_line(f"{out}: cannot be written ({cause})")) from error
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
    return count


def _write_csv(path: Path, rows: Iterator[Row]) -> int:
    """A row a piece, UTF-8; reviewers joined by semicolons; odd names keep their bytes."""
    count = 0
    with path.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for row in rows:
            writer.writerow({key: _cell(value) for key, value in row.items()})
            count += 1
    return count


def _cell(value: object) -> object:
    match value:
        case list():
            return "; ".join(str(each) for each in value)
        case bool():
            return "yes" if value else "no"
    return value


def _write_jsonl(path: Path, rows: Iterator[Row]) -> int:
    count = 0
    with path.open("w", encoding="ascii") as file:
        for row in rows:
            file.write(json.dumps(row) + "\n")
            count += 1
    return count


def _write_parquet(path: Path, rows: Iterator[Row]) -> int:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtraError("Parquet", "parquet") from error
    kinds = {
        "page": pa.int32(),
        "reviewers": pa.list_(pa.string()),
        "review_seconds": pa.float64(),
        "audited": pa.bool_(),
        "confidence": pa.float64(),
        "threshold": pa.float64(),
    }
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in COLUMNS])
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while chunk := [_printable(row) for row in islice(rows, _CHUNK)]:
            writer.write_table(pa.Table.from_pylist(chunk, schema))
            count += len(chunk)
    return count


def _printable(row: Row) -> Row:
    """Parquet's text is Unicode: other bytes of a name are written as backslash and code."""
    return {
        key: value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
        for key, value in row.items()
    }
