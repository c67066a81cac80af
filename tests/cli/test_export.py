from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import Command
from tests.mailroom.office import CHICAGO, drawn_mail
from zipreader.errors import ExitCode
from zipreader.mailroom.desk import Desk
from zipreader.mailroom.rules import Answer, Rules
from zipreader.mailroom.store import Store


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = drawn_mail(tmp_path / "mail.db", 2)
    with Store.open(path) as store:
        Desk(store, Rules()).answer("ann", 1, Answer.of(CHICAGO), 1.0)
    return path


def test_everything_at_once(zipreader: Command, database: Path, tmp_path: Path) -> None:
    out, glyphs, mail = tmp_path / "final.csv", tmp_path / "glyphs", tmp_path / "mail"
    done = zipreader("export", "--db", database, "-o", out, "--glyphs", glyphs, "--mail", mail)
    assert done.code == ExitCode.OK
    assert done.out == ""
    told = " ".join(done.err.split())
    assert "2 pieces (1 final, 1 open, 0 failed)" in told
    assert "5 glyphs of 4 digits" in told
    assert "1 pieces" in told
    assert out.read_text(encoding="utf-8").count("\n") == 3
    assert (mail / "truth.csv").is_file()


def test_reviews_that_cannot_be_read_are_an_error_of_the_database(
    zipreader: Command, database: Path, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("DROP VIEW standing_reviews")
    done = zipreader("export", "--db", database, "-o", tmp_path / "final.csv")
    assert done.code == ExitCode.OUTPUT
    assert f"{database}: the database cannot be used" in done.complaint


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        ([], ExitCode.USAGE, "say what to export"),
        (["-o", "final.xls"], ExitCode.USAGE, "an export is .csv, .jsonl or .parquet"),
        (["-o", "final.csv", "--db", "none.db"], ExitCode.INPUT, "none.db: no such database"),
        (["-o", "no/final.csv"], ExitCode.OUTPUT, "cannot be written"),
        (["--glyphs", "."], ExitCode.OUTPUT, "the folder is not empty"),
    ],
)
def test_what_cannot_be_done_is_told(
    zipreader: Command, database: Path, arguments: list[str], code: ExitCode, complaint: str
) -> None:
    done = zipreader("export", "--db", database, *arguments)
    assert done.code == code
    assert complaint in done.complaint
