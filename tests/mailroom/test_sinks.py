from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.mailroom.desk import outcome
from zipreader.errors import OutputError, UsageError
from zipreader.mailroom.sinks import COLUMNS, Lines, open_sink
from zipreader.mailroom.work import Outcome

ODD = 'mail/caf\udce9, "r"\n2.png'
OUTCOMES = [outcome("a.png", "02134", "flag"), outcome(ODD), outcome("c.png", "damage")]
ENDINGS = ("jsonl", "csv", "parquet", "db")


def fill(path: Path, outcomes: list[Outcome]) -> None:
    sink = open_sink(path)
    for each in outcomes:
        sink.add(each)
    sink.close()


def records_of(path: Path) -> list[dict[str, Any]]:
    """What an output holds, back in the form of the record."""
    match path.suffix:
        case ".jsonl":
            return [json.loads(line) for line in path.read_text().splitlines()]
        case ".csv":
            text = path.read_bytes().decode("utf-8", "surrogateescape")
            return [_from_cells(row) for row in csv.DictReader(io.StringIO(text, newline=""))]
        case ".parquet":
            parquet = pytest.importorskip("pyarrow.parquet")
            rows: list[dict[str, Any]] = parquet.read_table(path).to_pylist()
            return [row | {"seconds": dict(row["seconds"])} for row in rows]
        case _:
            from zipreader.mailroom.store import Store

            with Store.open(path, create=False) as store:
                return [dict(piece.record) for piece in store.pieces("TRUE")]


def _from_cells(row: dict[str, str]) -> dict[str, Any]:
    text = {"path", "zip", "plus4", "decision", "model", "error"}
    return {
        key: None if value == "" else value if key in text else json.loads(value)
        for key, value in row.items()
    }


@pytest.mark.parametrize("ending", ENDINGS)
def test_records_come_back_as_they_were(tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"out.{ending}"
    if ending == "parquet":
        pytest.importorskip("pyarrow")
    fill(out, OUTCOMES)
    expected = [record for each in OUTCOMES for record in each.records]
    if ending == "parquet":  # its text is Unicode
        expected[2] |= {"path": ODD.replace("\udce9", "\\udce9")}
    assert records_of(out) == expected


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_output_is_gone_on_with(tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"out.{ending}"
    if ending == "parquet":
        pytest.importorskip("pyarrow")
    fill(out, OUTCOMES[:2])
    sink = open_sink(out)
    assert [each.identity for each in sink.recorded()] == [e.file.identity for e in OUTCOMES[:2]]
    sink.add(OUTCOMES[2])
    sink.close()
    sink = open_sink(out)
    assert [each.failed for each in sink.recorded()] == [False, False, True]
    sink.close()
    assert len(records_of(out)) == 4


def test_the_columns_are_the_keys_of_a_record() -> None:
    assert tuple(OUTCOMES[0].records[0]) == COLUMNS


def test_zips_keep_their_zeros_in_csv(tmp_path: Path) -> None:
    fill(tmp_path / "out.csv", OUTCOMES)
    assert ",02134," in (tmp_path / "out.csv").read_bytes().decode("utf-8", "replace")


@pytest.mark.parametrize("name", ["=cmd|'x'!A1.jpg", "+1.png", "-1.png", "@x.tif"])
def test_no_name_is_a_formula_in_csv(tmp_path: Path, name: str) -> None:
    fill(tmp_path / "out.csv", [outcome(name, "damage"), outcome(f"in/{name}")])
    rows = records_of(tmp_path / "out.csv")
    assert [row["path"] for row in rows] == [f"./{name}", f"in/{name}"]
    assert not any(
        str(cell).startswith(("=", "+", "-", "@")) for row in rows for cell in row.values()
    )


def test_parquet_is_whole_at_any_time(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    out = tmp_path / "out.parquet"
    fill(out, OUTCOMES[:1])
    before = out.read_bytes()
    fill(out, OUTCOMES[1:2])
    out.write_bytes(before)  # as if killed before its end
    assert len(records_of(out)) == 2
    fill(out, [])
    assert len(records_of(out)) == 3


def test_a_parquet_of_something_else_is_not_touched(tmp_path: Path) -> None:
    pa, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    out = tmp_path / "out.parquet"
    parquet.write_table(pa.table({"mine": [1, 2, 3]}), out)
    content = out.read_bytes()
    for _ in range(2):
        with pytest.raises(OutputError, match=r"out\.parquet\.jsonl, from which .* is missing"):
            open_sink(out)
    assert [path.name for path in tmp_path.iterdir()] == ["out.parquet"]
    other = tmp_path / "other.parquet"
    open_sink(other).close()
    other.write_bytes(content)
    with pytest.raises(OutputError, match="not the work of a batch"):
        open_sink(other)
    other.write_bytes(b"no parquet")
    with pytest.raises(OutputError, match="not the work of a batch"):
        open_sink(other)
    assert out.read_bytes() == content


def test_an_empty_parquet_has_its_columns(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    fill(tmp_path / "out.parquet", [])
    assert tuple(parquet.read_table(tmp_path / "out.parquet").column_names) == COLUMNS


def test_lines_are_handed_on_at_once() -> None:
    lines: list[str] = []
    sink = Lines(lines.append)
    sink.add(OUTCOMES[0])
    assert [json.loads(line)["zip"] for line in lines] == ["02134", "flag"]
    assert list(sink.recorded()) == []
    sink.close()


@pytest.mark.parametrize("name", ["out.xml", "out", "out.json"])
def test_another_ending_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=r"\.jsonl, \.csv, \.parquet or \.db"):
        open_sink(tmp_path / name)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_folder_that_is_not_there_is_said(tmp_path: Path, ending: str) -> None:
    with pytest.raises(OutputError, match="does not exist"):
        open_sink(tmp_path / "nowhere" / f"out.{ending}")
