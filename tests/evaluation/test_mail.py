from __future__ import annotations

from pathlib import Path

import pytest

from tests.evaluation.scene import scene
from zipreader.errors import InputError, UsageError
from zipreader.evaluation.mail import generated, open_folder
from zipreader.synth import piece_seed


def folder_of(path: Path, truth: str, *files: str, name: str = "truth.csv") -> Path:
    (path / name).write_text(truth, encoding="utf-8")
    for file in files:
        (path / file).parent.mkdir(exist_ok=True)
        (path / file).write_bytes(b"")
    return path


def test_a_simple_table_is_enough(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "file,zip\nb.png,01002\na.jpg,38117-2045\n", "a.jpg", "b.png")
    first, second = open_folder(folder).jobs
    assert (first.name, second.name) == ("a.jpg", "b.png")
    assert first.truth is not None
    assert second.truth is not None
    assert (first.truth.zip, first.truth.plus4) == ("38117", "2045")
    assert (second.truth.zip, second.truth.plus4) == ("01002", None)
    assert (first.kind, first.truth.must_flag, first.truth.field) == ("mail", False, None)


def test_tables_of_spreadsheets_and_of_synth_are_understood(tmp_path: Path) -> None:
    table = (
        "\ufeffFile;ZIP;Plus4;Kind;Must_Flag\r\na.png;38117;;photo;no\r\n"
        "b.png;;;must-flag;yes\r\n\r\nc.png;00001;;must-flag;yes\r\n"
    )
    jobs = open_folder(folder_of(tmp_path, table, "a.png", "b.png", "c.png")).jobs
    truths = [job.truth for job in jobs]
    assert [t and t.must_flag for t in truths] == [False, True, True]
    assert [t and t.zip for t in truths] == ["38117", None, "00001"]
    assert [job.kind for job in jobs] == ["photo", "must-flag", "must-flag"]


def test_missing_and_extra_files_are_named(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path,
        "file,zip\na.png,38117\ngone.png,38117\n",
        *("a.png", "camera.jfif", "more.TIF", "notes.txt"),
    )
    found = open_folder(folder)
    assert [job.name for job in found.jobs] == ["a.png"]
    assert (found.missing, found.extra) == (("gone.png",), ("camera.jfif", "more.TIF"))


def test_files_may_lie_deeper(tmp_path: Path) -> None:
    found = open_folder(folder_of(tmp_path, "file,zip\nday/a.png,38117\n", "day/a.png"))
    assert [job.name for job in found.jobs] == ["day/a.png"]


def test_the_truth_of_synth_comes_back_whole(tmp_path: Path) -> None:
    truth = scene().truth.named("a.png")
    folder = folder_of(tmp_path, truth.to_json() + "\n", "a.png", name="truth.jsonl")
    (job,) = open_folder(folder).jobs
    assert job.truth == truth


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ("file,code\na.png,38117\n", "truth.csv:1: the heading must name"),
        ("", "truth.csv:1: the heading must name"),
        ("file,zip\n", "lists no files"),
        ("file,zip\na.png,1002\n", "truth.csv:2: '1002' is no ZIP"),
        ("file,zip\na.png,38117\na.png,38117\n", "truth.csv:3: a.png a second time"),
        ("file,zip\n,38117\n", "truth.csv:2: no file is named"),
        ("file,zip\nx.png,38117\n", "none of the 1 files"),
        ('file,zip\n"a.png,38117\n', "truth.csv:"),
        ('file,zip,"my "notes"\na.png,38117\n', "truth.csv:"),
    ],
)
def test_a_bad_table_is_named_with_its_line(tmp_path: Path, table: str, complaint: str) -> None:
    with pytest.raises(InputError, match=str(tmp_path)) as caught:
        open_folder(folder_of(tmp_path, table, "a.png"))
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "line", ["{", "[]", "{}", '{"zip": 38117}', '{"zip": null, "kind": "x", "must_flag": true}']
)
def test_a_bad_line_of_truth_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(InputError, match=r"truth\.jsonl:1: not the truth"):
        open_folder(folder_of(tmp_path, line, "a.png", name="truth.jsonl"))


def test_a_folder_without_truth_says_what_it_needs(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="columns file and zip"):
        open_folder(tmp_path)
    with pytest.raises(InputError, match="no such folder"):
        open_folder(tmp_path / "nowhere")


def test_a_truth_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "truth.csv").write_bytes(b"file,zip\n\xff\xfe")
    with pytest.raises(InputError, match="not UTF-8"):
        open_folder(tmp_path)


def test_generated_mail_is_that_of_synth() -> None:
    jobs = generated(["printed"], 3, [7])
    assert [job.seed for job in jobs] == [piece_seed(7, index) for index in range(3)]
    assert generated(["printed"], 3, [7]) == jobs
    assert len({job.name for job in generated(["printed", "photo"], 6, [7])}) == 6
    assert [job.kind for job in generated(["printed", "photo"], 3, [7])] == [
        "printed",
        "photo",
        "printed",
    ]


def test_each_seed_makes_as_many_pieces() -> None:
    jobs = generated(["printed"], 3, [7, 9])
    assert jobs == (*generated(["printed"], 3, [7]), *generated(["printed"], 3, [9]))
    with pytest.raises(UsageError, match="twice"):
        generated(["printed"], 3, [7, 9, 7])


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(UsageError, match="postcards"):
        generated(["postcards"], 1, [1])
