"""Records as Parquet, through lines of JSON that are merged when a run ends.

A Parquet file cannot be appended to, and half of one is worth nothing.  So
records go to ``out.parquet.jsonl``, with its journal, and ``out.parquet`` is
made from all of them at the end, aside, and renamed: it is whole at any
moment.  After a kill it is as it was before, and the next run brings it up to
date.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from zipreader.errors import MissingExtraError, OutputError
from zipreader.files import aside, is_file
from zipreader.mailroom.identity import Recorded
from zipreader.mailroom.journal import JournaledFile, to_jsonl
from zipreader.mailroom.work import Outcome, one_line

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ImportError as error:
    raise MissingExtraError("Parquet", "parquet") from error

_ROWS = 2000
"""Records in memory, and in a row group."""

_POINTS = pa.list_(pa.list_(pa.float64()))
_DIGIT = pa.struct([("value", pa.string()), ("confidence", pa.float64()), ("box", _POINTS)])

SCHEMA = pa.schema(
    [
        ("schema", pa.int32()),
        ("path", pa.string()),
        ("page", pa.int32()),
        ("zip", pa.string()),
        ("plus4", pa.string()),
        ("decision", pa.string()),
        ("confidence", pa.float64()),
        ("threshold", pa.float64()),
        ("reasons", pa.list_(pa.struct([("code", pa.string()), ("text", pa.string())]))),
        ("digits", pa.list_(_DIGIT)),
        ("zip_box", _POINTS),
        ("block_box", _POINTS),
        ("orientation", pa.int32()),
        ("place", pa.struct([("city", pa.string()), ("state", pa.string())])),
        ("candidates", pa.list_(pa.struct([("zip", pa.string()), ("probability", pa.float64())]))),
        ("model", pa.string()),
        ("seconds", pa.map_(pa.string(), pa.float64())),
        ("error", pa.string()),
    ]
)
"""The record as columns, in its order."""


class ParquetFile:
    """A Parquet file that is made anew from all records when it is closed.

    Raises:
        OutputError: it cannot be written, another run has it, or it is not the work of a batch.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines_path = path.with_name(f"{path.name}.jsonl")
        self._refuse_what_is_none_of_ours()
        self._lines = JournaledFile(self._lines_path, to_jsonl)

    def _refuse_what_is_none_of_ours(self) -> None:
        try:
            if not is_file(self.path) or not self.path.stat().st_size:
                return
            if not is_file(self._lines_path):
                cause = (
                    f"there is such a file, and {self._lines_path.name}, from which it would be "
                    "made anew, is missing: name another, or remove it if it is not needed"
                )
            elif columns_of(self.path) != tuple(SCHEMA.names):
                cause = "there is such a file, and it is not the work of a batch: name another"
            else:
                return
        except OSError as error:
            cause = f"cannot be read ({error.strerror or error})"
        raise OutputError(one_line(f"{self.path}: {cause}"))

    def recorded(self) -> Iterator[Recorded]:
        return self._lines.recorded()

    def add(self, outcome: Outcome) -> None:
        self._lines.add(outcome)

    def close(self) -> None:
        """Make the Parquet file.

        Raises:
            OutputError: it cannot be written; the records are safe in the lines of JSON.
        """
        try:
            self._lines.trim()
            self._lines.check()
            with (
                aside(self.path) as part,
                pq.ParquetWriter(part, SCHEMA, compression="zstd") as writer,
            ):
                for rows in _chunks(self._lines_path):
                    writer.write_table(pa.Table.from_pylist(rows, SCHEMA))
        except OSError as error:
            raise OutputError(one_line(f"{self.path}: cannot be written ({error})")) from error
        finally:
            self._lines.close()


def columns_of(path: Path) -> tuple[str, ...]:
    """The columns of a Parquet file; none of another file."""
    try:
        return tuple(pq.read_schema(path).names)
    except ValueError:  # what Arrow calls invalid
        return ()


def _chunks(path: Path) -> Iterator[list[dict[str, Any]]]:
    with path.open("rb") as lines:
        while chunk := list(islice(lines, _ROWS)):
            yield [_row(json.loads(line)) for line in chunk]


def _row(record: dict[str, Any]) -> dict[str, Any]:
    """Parquet's text is Unicode: other bytes of a name are written as backslash and code."""
    path = record["path"].encode("utf-8", "backslashreplace").decode()
    return record | {"path": path, "seconds": list(record["seconds"].items())}
