from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mailroom.desk import outcome
from zipreader.errors import OutputError
from zipreader.mailroom.identity import FileIdentity, Recorded
from zipreader.mailroom.journal import JournaledFile, to_jsonl
from zipreader.mailroom.work import MailFile, Outcome

OUTCOMES = [
    outcome("a.png"),
    outcome("b.png", "97358", "flag", "02134"),
    outcome("c.png", "damage"),
]


def opened(path: Path) -> JournaledFile:
    return JournaledFile(path, to_jsonl)


def written(path: Path, outcomes: list[Outcome]) -> tuple[bytes, bytes]:
    """The output and the journal after these."""
    file = opened(path)
    for each in outcomes:
        file.add(each)
    file.close()
    return path.read_bytes(), journal_of(path).read_bytes()


def journal_of(path: Path) -> Path:
    return path.with_name(path.name + ".journal")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out.jsonl"


def test_what_is_recorded_is_known_again(out: Path) -> None:
    written(out, OUTCOMES)
    again = opened(out)
    assert list(again.recorded()) == [
        Recorded(each.file.identity, each.failed) for each in OUTCOMES
    ]
    again.close()
    assert [json.loads(line)["path"] for line in out.read_text().splitlines()] == [
        "a.png",
        *["b.png"] * 3,
        "c.png",
    ]


@given(st.data())
def test_a_kill_at_any_byte_loses_nothing_and_doubles_nothing(data: st.DataObject) -> None:
    # A file's records are written before its line in the journal, so a kill leaves the output
    # anywhere within a file and the journal before it, or the journal anywhere within a line.
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        out = Path(folder) / "out.jsonl"
        whole_output, whole_journal = written(out, OUTCOMES)
        count = data.draw(st.integers(0, len(OUTCOMES) - 1))
        prefix = Path(folder) / "prefix.jsonl"
        output_before, journal_before = written(prefix, OUTCOMES[:count])
        output_after, journal_after = written(Path(folder) / "p2.jsonl", OUTCOMES[: count + 1])
        if data.draw(st.booleans()):
            cut = data.draw(st.integers(len(output_before), len(output_after)))
            out.write_bytes(whole_output[:cut])
            journal_of(out).write_bytes(journal_before)
        else:
            cut = data.draw(st.integers(len(journal_before), len(journal_after)))
            out.write_bytes(output_after)
            journal_of(out).write_bytes(whole_journal[:cut])
        file = opened(out)
        known = {recorded.identity for recorded in file.recorded()}
        for each in OUTCOMES:
            if each.file.identity not in known:
                file.add(each)
        file.close()
        assert out.read_bytes() == whole_output
        assert journal_of(out).read_bytes() == whole_journal


@pytest.mark.parametrize("journal", [b"", b'{"jour'])
def test_a_kill_before_the_first_record_is_no_harm(out: Path, journal: bytes) -> None:
    out.touch()
    journal_of(out).write_bytes(journal)
    assert written(out, OUTCOMES)[0].count(b"\n") == 5


def test_an_output_that_was_deleted_is_begun_anew(out: Path) -> None:
    written(out, OUTCOMES)
    out.unlink()
    file = opened(out)
    assert list(file.recorded()) == []
    file.close()


def test_an_output_that_lost_its_end_is_read_again_from_there(out: Path) -> None:
    whole, _ = written(out, OUTCOMES)
    out.write_bytes(whole[:-1])
    file = opened(out)
    assert [each.identity for each in file.recorded()] == [e.file.identity for e in OUTCOMES[:2]]
    file.add(OUTCOMES[2])
    file.close()
    assert out.read_bytes() == whole


def test_a_file_of_something_else_is_not_touched(out: Path) -> None:
    out.write_text("precious\n")
    with pytest.raises(OutputError, match=r"out\.jsonl\.journal.* is missing"):
        opened(out)
    assert out.read_text() == "precious\n"


@pytest.mark.parametrize(
    ("journal", "output"),
    [
        (b"my diary\nof the year\n", "precious\n"),
        (b"my diary\n", ""),
        (b'{"journal": 3}\n', "precious\n"),
        (b'{"jour', "precious\n"),
    ],
)
def test_a_journal_of_something_else_is_not_touched(out: Path, journal: bytes, output: str) -> None:
    out.write_text(output)
    journal_of(out).write_bytes(journal)
    with pytest.raises(OutputError, match=r"out\.jsonl\.journal: is no journal of this version"):
        opened(out)
    assert (out.read_text(), journal_of(out).read_bytes()) == (output, journal)


def test_after_refusing_it_refuses_again(out: Path) -> None:
    out.write_text("precious\n")
    for _ in range(2):
        with pytest.raises(OutputError):
            opened(out)
    assert out.read_text() == "precious\n"


@pytest.mark.skipif(sys.platform == "win32", reason="no locks there")
def test_two_runs_cannot_have_one_output(out: Path) -> None:
    first = opened(out)
    with pytest.raises(OutputError, match="another run"):
        opened(out)
    first.close()
    opened(out).close()


def test_names_that_are_no_unicode_and_hold_line_breaks_come_back(out: Path) -> None:
    path = "mail/caf\udce9\nfrance.png"
    odd = Outcome(MailFile(path, FileIdentity(f"/{path}", 1, 2)), outcome(path).records)
    written(out, [odd])
    file = opened(out)
    assert [each.identity for each in file.recorded()] == [odd.file.identity]
    file.close()
    (line,) = out.read_text().splitlines()
    assert json.loads(line)["path"] == path


def test_a_header_stands_once(out: Path) -> None:
    for each in OUTCOMES:
        file = JournaledFile(out, to_jsonl, b"header\n")
        file.add(each)
        file.close()
    assert out.read_bytes().count(b"header\n") == 1
    assert out.read_bytes().startswith(b"header\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_an_output_error(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.symlink_to("/dev/full")
    with pytest.raises(OutputError, match=r"out\.jsonl: cannot be written"):
        JournaledFile(out, to_jsonl, b"header\n")


def test_a_folder_is_no_output(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        opened(tmp_path)


@pytest.mark.parametrize(
    "line",
    [
        b"{}",
        b"[1]",
        b'{"path": "a", "size": 1, "mtime_ns": 2, "failed": 0, "end": 3}',
        b'{"path": "a", "size": 1, "mtime_ns": 2, "failed": false, "end": "3"}',
        b'{"path": "a", "size": 1, "mtime_ns": 2, "failed": false, "end": 0}',
        b"[" * 100_000,
        bytes(40),
        b"\xff\xfe",
    ],
)
def test_a_damaged_line_of_the_journal_costs_what_comes_after_it(out: Path, line: bytes) -> None:
    whole, journal = written(out, OUTCOMES)
    title, first, *others = journal.splitlines(keepends=True)
    journal_of(out).write_bytes(title + first + line + b"\n" + b"".join(others))
    file = opened(out)
    assert [each.identity for each in file.recorded()] == [OUTCOMES[0].file.identity]
    for each in OUTCOMES[1:]:
        file.add(each)
    file.close()
    assert (out.read_bytes(), journal_of(out).read_bytes()) == (whole, journal)


def test_an_output_that_was_emptied_under_way_is_not_filled_with_zeros(out: Path) -> None:
    file = opened(out)
    file.add(OUTCOMES[0])
    os.truncate(out, 0)
    with pytest.raises(OutputError, match="removed or changed"):
        file.close()
    assert out.read_bytes() == b""
    assert written(out, OUTCOMES)[0].count(b"\n") == 5


@pytest.mark.parametrize(
    "edit",
    [
        lambda content: content.replace(b"97358", b"97359-1234"),
        lambda content: content.replace(b"97358", b"9735"),
        lambda content: content.replace(b"\n", b"\r\n"),
        lambda content: b"\xef\xbb\xbf" + content,
    ],
    ids=["longer", "shorter", "line ends", "mark"],
)
def test_what_somebody_edited_is_left_as_it_is(out: Path, edit: Callable[[bytes], bytes]) -> None:
    """As by a spreadsheet, between two runs."""
    content, journal = written(out, OUTCOMES)
    out.write_bytes(edit(content))
    with pytest.raises(OutputError, match=r"out\.jsonl: was changed by somebody else"):
        opened(out)
    assert out.read_bytes() == edit(content)
    assert journal_of(out).read_bytes() == journal


def test_a_correction_that_moves_nothing_stays(out: Path) -> None:
    content, _ = written(out, OUTCOMES[:2])
    edited = content.replace(b"a.png", b"z.png")
    out.write_bytes(edited)
    written(out, OUTCOMES[2:])
    assert out.read_bytes() == edited + to_jsonl(OUTCOMES[2])


def test_another_heading_is_not_gone_on_with(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    first = JournaledFile(out, to_jsonl, b"path,zip\n")
    first.add(OUTCOMES[0])
    first.close()
    before = out.read_bytes()
    with pytest.raises(OutputError, match="was changed by somebody else"):
        JournaledFile(out, to_jsonl, b"path,zip,new\n")
    assert out.read_bytes() == before


def test_records_that_a_lost_power_left_as_zeros_are_read_again(out: Path) -> None:
    content, _ = written(out, OUTCOMES)
    first = len(to_jsonl(OUTCOMES[0]))
    out.write_bytes(content[:first] + bytes(len(content) - first))
    again = opened(out)
    assert list(again.recorded()) == [Recorded(OUTCOMES[0].file.identity, OUTCOMES[0].failed)]
    for each in OUTCOMES[1:]:
        again.add(each)
    again.close()
    assert out.read_bytes() == content
