"""Both engines on the same mail; Ray on a cluster of this machine, with two workers."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import pytest

from tests.cli.test_batch import environment
from tests.drawing import blank, draw_envelope
from tests.mailroom.desk import letters
from tests.mailroom.test_sinks import records_of
from zipreader.errors import ExitCode, MissingExtraError

has_ray = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason="needs Ray: pip install '.[ray]'"
)


def batch(work: Path, module: str, out: str, *options: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the summary of a batch with two workers."""
    command = [sys.executable, "-m", module, "batch", "mail", "-o", out, "-w", "2", *options]
    done = subprocess.run(
        command, cwd=work, env=environment("0"), capture_output=True, text=True, timeout=300
    )
    return done.returncode, json.loads(done.stderr.splitlines()[-1])  # Ray talks before


def by_page(path: Path) -> list[dict[str, Any]]:
    """The records but for the time they took."""
    records = (record | {"seconds": None} for record in records_of(path))
    return sorted(records, key=lambda record: (record["path"], record["page"] or 0))


@has_ray
def test_both_engines_make_the_same_records(tmp_path: Path) -> None:
    mail = tmp_path / "mail"
    (mail / "tray").mkdir(parents=True)
    letter = draw_envelope("97358", town="LYONS OR", height=30).grey
    assert cv2.imwrite(str(mail / "letter.png"), letter)
    assert cv2.imwritemulti(str(mail / "tray" / "two.tif"), [letter, blank(900, 400)])
    (mail / "broken.jpg").write_bytes(b"\xff\xd8 no more")
    (mail / "caf\udce9.jpg").write_bytes(b"no image")
    for engine in ("local", "ray"):
        code, told = batch(tmp_path, "zipreader", f"{engine}.jsonl", "--engine", engine)
        assert (code, told["files"], told["failed"]) == (ExitCode.INPUT, 4, 2)
    records = by_page(tmp_path / "ray.jsonl")
    assert records == by_page(tmp_path / "local.jsonl")
    assert [record["zip"] for record in records] == [None, None, "97358", "97358", None]


@has_ray
@pytest.mark.slow
def test_a_file_that_kills_or_stalls_its_worker_costs_the_same(tmp_path: Path) -> None:
    letters(tmp_path / "mail", "1", "kill", "2 flag", "hang", "3", "damage")
    for engine in ("local", "ray"):
        code, told = batch(
            tmp_path,
            "tests.mailroom.at_desk",
            f"{engine}.jsonl",
            *("--engine", engine),
            *("--timeout", "0.5"),
        )
        assert (code, told["files"], told["failed"]) == (ExitCode.INPUT, 6, 3)
    assert by_page(tmp_path / "ray.jsonl") == by_page(tmp_path / "local.jsonl")
    code, told = batch(tmp_path, "tests.mailroom.at_desk", "ray.jsonl", "--engine", "ray")
    assert (told["files"], told["recorded_before"]) == (0, 6), "it goes on like the other"


def test_without_ray_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.delitem(sys.modules, "zipreader.mailroom.cluster", raising=False)
    with pytest.raises(MissingExtraError, match=r"\.\[ray\]"):
        import zipreader.mailroom.cluster  # noqa: F401
