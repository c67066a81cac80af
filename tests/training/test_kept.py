from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zipreader.errors import OutputError
from zipreader.training.certify import Scored
from zipreader.training.confidence import Judged
from zipreader.training.kept import PieceRead, forget, kept

judged = st.builds(
    Judged, st.dictionaries(st.text(max_size=4), st.floats(allow_nan=False)), st.booleans(),
    st.booleans(),
)  # fmt: skip
pieces = st.builds(
    PieceRead,
    st.sampled_from(["printed", "must-flag"]),
    st.builds(Scored, st.floats(0, 1), st.booleans(), st.booleans()),
    st.lists(judged, max_size=3).map(tuple),
    st.booleans(),
)


def piece(number: int) -> PieceRead:
    evidence = {"lead": math.inf, "named": number / 7}
    return PieceRead("printed", Scored(0.1 * number, True), (Judged(evidence, True, True),))


def read(path: Path, made_by: str = "this") -> list[PieceRead]:
    with kept(path, made_by) as before:
        return list(before.pieces)


@given(st.lists(pieces, max_size=4), st.lists(pieces, max_size=4))
def test_pieces_survive_the_file_exactly(
    tmp_path_factory: pytest.TempPathFactory, first: list[PieceRead], second: list[PieceRead]
) -> None:
    path = tmp_path_factory.mktemp("run") / "tuning.jsonl"
    for some in (first, second):
        with kept(path, "this") as before:
            for each in some:
                before.add(each)
    assert read(path) == first + second


def test_what_was_being_written_when_it_was_killed_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "new" / "tuning.jsonl"
    with kept(path, "this") as before:
        for number in range(3):
            before.add(piece(number))
        whole = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(whole - 9)
    with kept(path, "this") as before:
        assert before.pieces == [piece(0), piece(1)]
        before.add(piece(7))
    assert read(path) == [piece(0), piece(1), piece(7)]


@pytest.mark.parametrize("made_by", ["that", ""])
def test_pieces_of_something_else_are_forgotten(tmp_path: Path, made_by: str) -> None:
    path = tmp_path / "tuning.jsonl"
    with kept(path, "this") as before:
        before.add(piece(1))
    assert read(path, made_by) == []
    assert read(path) == []


def test_each_piece_is_on_the_disk_at_once(tmp_path: Path) -> None:
    path = tmp_path / "tuning.jsonl"
    with kept(path, "this") as before:
        before.add(piece(4))
        assert len(path.read_bytes().splitlines()) == 2


def test_without_a_file_nothing_is_kept(tmp_path: Path) -> None:
    with kept(None, "this") as before:
        before.add(piece(1))
        assert before.pieces == [piece(1)]
    assert not list(tmp_path.iterdir())


def test_only_kept_pieces_are_deleted(tmp_path: Path) -> None:
    for run in ("one", "other"):
        assert read(tmp_path / run / "tuning.jsonl") == []
    (tmp_path / "other" / "records.jsonl").write_text('{"schema": 1}\n')
    for run in ("one", "other", "none"):
        forget(tmp_path / run)
    assert [path.name for path in tmp_path.rglob("*")] == ["other", "records.jsonl"]


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "run").touch()
    with pytest.raises(OutputError, match=r"run/tuning\.jsonl: cannot be written"):
        read(tmp_path / "run" / "tuning.jsonl")
