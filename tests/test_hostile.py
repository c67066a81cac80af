"""A folder full of damaged and hostile files, read as a mailroom would."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.hostile import corpus, sound
from zipreader.errors import ExitCode

_MEMORY = 3 * 1024**3
"""Bytes of address space a process may take, of which the libraries reserve much."""
_LOST = ("time", "died", "killed", "memory")
_NAMES = ("new\nline.jpg", "-o.jpg", "ünï—cödé 🖃.jpg", "'; drop table.jpg", "a" * 240 + ".jpg")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All files, and some of them under names that break scripts."""
    place = tmp_path_factory.mktemp("hostile")
    for name, data in corpus():
        (place / name).write_bytes(data)
    picture = dict(sound())["grey.jpg"]
    for name in _NAMES:
        (place / name).write_bytes(picture)
    return place


def _limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


@dataclass(frozen=True, slots=True)
class Run:
    """What a batch of the folder left."""

    code: int
    complaints: str
    records: list[dict[str, Any]]


@pytest.fixture(scope="module")
def run(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The folder, read with limits of time and memory."""
    out = tmp_path_factory.mktemp("out") / "records.jsonl"
    command = [sys.executable, "-m", "zipreader", "batch", str(folder), "-o", str(out)]
    done = subprocess.run(
        [*command, "--workers", "2", "--timeout", "20"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        preexec_fn=_limited,
    )
    lines = out.read_text(encoding="utf-8").splitlines()
    return Run(done.returncode, done.stderr, [json.loads(line) for line in lines])


def name_of(record: dict[str, Any]) -> str:
    return Path(record["path"]).name


def test_every_file_is_told_once(folder: Path, run: Run) -> None:
    files = {path.name for path in folder.iterdir()}
    assert len(files) > 300
    told = Counter((name_of(record), record["page"]) for record in run.records)
    assert set(told.values()) == {1}
    assert {name for name, _ in told} == files


def test_failures_are_told_in_one_line_each(run: Run) -> None:
    assert run.code == ExitCode.INPUT
    assert "Traceback" not in run.complaints
    errors = [record["error"] for record in run.records if record["error"]]
    assert len(errors) > 100
    assert all(error.isprintable() and len(error) < 500 for error in errors)


def test_no_file_breaks_a_worker_or_takes_its_time(run: Run) -> None:
    lost = [r for r in run.records if r["error"] and any(w in r["error"] for w in _LOST)]
    assert lost == []


def test_sound_files_are_read_under_any_name(run: Run) -> None:
    failed = {name_of(record) for record in run.records if record["error"]}
    assert not failed & {name for name, _ in sound()}
    assert not failed & set(_NAMES)


def test_no_damaged_file_gives_a_wrong_zip(run: Run) -> None:
    """What is damaged may show its ZIP still, but never another one."""
    accepted = {record["zip"] for record in run.records if record["decision"] == "accept"}
    assert accepted == {"97358"}
