from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import small_disk
from tests.mailroom.office import CHICAGO, ISLIP, Clock, fill, identity, record
from zipreader.errors import OutputError, UsageError
from zipreader.mailroom.desk import Desk
from zipreader.mailroom.export import export_table
from zipreader.mailroom.finals import COLUMNS
from zipreader.mailroom.rules import Answer, Rules, Verdict
from zipreader.mailroom.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "mail.db", seed=1, clock=Clock()) as opened:
        fill(opened, "accept", "review", "review", "error", "accept", "review")
        desk = Desk(opened, Rules(audit=1.0))
        desk.take("ann", 9)
        desk.answer("ann", 2, Answer.of(ISLIP), 3.25)
        desk.answer("ann", 3, Answer(Verdict.NO_ZIP), 1.0)
        desk.answer("ann", 5, Answer.of(CHICAGO), 1.0)
        yield opened


def test_each_piece_has_one_row_with_its_provenance(store: Store, tmp_path: Path) -> None:
    out = tmp_path / "final.jsonl"
    assert export_table(store, out).total() == 6
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert all(tuple(row) == COLUMNS for row in rows)
    told = [(row["state"], row["zip"], row["verdict"], row["source"]) for row in rows]
    assert told == [
        ("final", CHICAGO, "zip", "machine"),
        ("final", ISLIP, "zip", "person"),
        ("final", None, "no_zip", "person"),
        ("failed", None, None, None),
        ("final", CHICAGO, "zip", "person"),
        ("open", None, None, None),
    ]
    reviewed = rows[1]
    assert reviewed["reviewers"] == ["ann"]
    assert reviewed["machine_zip"] == CHICAGO
    assert (reviewed["city"], reviewed["state_code"]) == ("Islip", "NY")
    assert reviewed["review_seconds"] == 3.2
    assert [row["audited"] for row in rows] == [False, False, False, False, True, False]
    assert reviewed["reviewed_at"] == "2025-06-15T15:06:40+00:00"


def test_the_formats_say_the_same(store: Store, tmp_path: Path) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    for suffix in ("csv", "jsonl", "parquet"):
        export_table(store, tmp_path / f"final.{suffix}")
    lines = [json.loads(line) for line in (tmp_path / "final.jsonl").read_text().splitlines()]
    assert pq.read_table(tmp_path / "final.parquet").to_pylist() == lines
    with (tmp_path / "final.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["zip"] or None for row in rows] == [line["zip"] for line in lines]
    assert rows[1]["reviewers"] == "ann"
    assert rows[4]["audited"] == "yes"


def test_odd_names_survive(store: Store, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    store.add_file(identity("/in/caf\udce9.png"), [record("x", decision="accept")])
    for suffix in ("csv", "jsonl", "parquet"):
        assert export_table(store, tmp_path / f"final.{suffix}").total() == 7
    assert b"/in/caf\xe9.png" in (tmp_path / "final.csv").read_bytes()
    last = (tmp_path / "final.jsonl").read_text().splitlines()[-1]
    assert json.loads(last)["path"] == "/in/caf\udce9.png"


def test_a_file_read_again_has_one_row(store: Store, tmp_path: Path) -> None:
    store.add_file(identity("/mail/1.png", size=9), [record("1.png", ISLIP, "accept")])
    assert export_table(store, tmp_path / "final.jsonl").total() == 6
    rows = [json.loads(line) for line in (tmp_path / "final.jsonl").read_text().splitlines()]
    assert [row["zip"] for row in rows if row["path"] == "/mail/1.png"] == [ISLIP]


def test_what_cannot_be_written_leaves_the_old_file(store: Store, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"is \.csv, \.jsonl or \.parquet"):
        export_table(store, tmp_path / "final.xls")
    with pytest.raises(OutputError, match="cannot be written"):
        export_table(store, tmp_path / "no" / "final.csv")
    assert sorted(path.name for path in tmp_path.iterdir() if "final" in path.name) == []


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_an_export_that_does_not_fit_leaves_the_former_one(
    store: Store, tmp_path: Path, ending: str
) -> None:
    out = tmp_path / f"final.{ending}"
    export_table(store, out)
    yesterday = out.read_bytes()
    with small_disk(100), pytest.raises(OutputError, match=rf"final\.{ending}: cannot be written"):
        export_table(store, out)
    assert out.read_bytes() == yesterday
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".final")] == []


def test_a_name_that_is_too_long_is_an_output_error(store: Store, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        export_table(store, tmp_path / ("o" * 300 + ".csv"))


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_only_an_earlier_export_is_replaced(store: Store, tmp_path: Path, suffix: str) -> None:
    if suffix == "parquet":
        pytest.importorskip("pyarrow")
    out = tmp_path / f"final.{suffix}"
    out.touch()
    for _ in range(2):
        assert export_table(store, out).total() == 6
    for keyed in ("file,zip\na.png,01002\n", '{"file": "a.png"}\n', "[1]\n"):
        out.write_text(keyed)
        with pytest.raises(OutputError, match="not an export of zipreader; name another file"):
            export_table(store, out)
        assert out.read_text() == keyed
    assert [path.name for path in tmp_path.glob(".*")] == []
