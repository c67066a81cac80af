from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.mailroom.desk import Desk, letters, outcome
from tests.mailroom.test_sinks import records_of
from zipreader.mailroom.batch import Ledger, run_batch
from zipreader.mailroom.identity import Recorded
from zipreader.mailroom.pool import Pool
from zipreader.mailroom.sinks import Lines, open_sink
from zipreader.mailroom.sources import Folder
from zipreader.mailroom.work import MailFile, Outcome, Tally


class Here:
    """An engine without processes."""

    def __init__(self) -> None:
        self.ended = False

    def run(self, files: Iterable[MailFile | None]) -> Generator[Outcome, None, None]:
        read = Desk()()
        try:
            for file in files:
                if file is not None:
                    yield Outcome(file, tuple(read(file.path)))
        finally:
            self.ended = True


def run(mail: Path, out: Path) -> tuple[list[str], Ledger]:
    """The names that one run reads."""
    sink = open_sink(out)
    ledger = Ledger(sink.recorded())
    names = [
        Path(each.file.path).name for each in run_batch(Folder(str(mail)), Here(), sink, ledger)
    ]
    sink.close()
    return names, ledger


def test_the_same_run_again_reads_only_what_is_missing(tmp_path: Path) -> None:
    mail, out = tmp_path / "mail", tmp_path / "out.jsonl"
    letters(mail, "1", "2 damage")
    assert run(mail, out)[0] == ["0000.png", "0001.png"]
    (mail / "0002.png").write_text("3")
    names, ledger = run(mail, out)
    assert names == ["0002.png"]
    assert (ledger.skipped, ledger.skipped_failed) == (2, 1)


def test_a_file_that_changed_is_read_again_and_its_old_records_stay(tmp_path: Path) -> None:
    mail, out = tmp_path / "mail", tmp_path / "out.jsonl"
    letters(mail, "1", "2")
    run(mail, out)
    (mail / "0001.png").write_text("2 3")
    assert run(mail, out)[0] == ["0001.png"]
    assert [record["zip"] for record in records_of(out)] == ["1", "2", "2", "3"]


def test_a_file_that_is_named_twice_is_read_once(tmp_path: Path) -> None:
    (file,) = letters(tmp_path, "1")
    lines: list[str] = []
    assert len(list(run_batch([file, None, file], Here(), Lines(lines.append), Ledger()))) == 1
    assert len(lines) == 1


def test_a_missing_file_that_appears_is_read(tmp_path: Path) -> None:
    path, out = tmp_path / "late.png", tmp_path / "out.jsonl"
    for text, failed in ((None, [True]), (None, []), ("1", [False])):
        if text:
            path.write_text(text)
        sink = open_sink(out)
        files = [MailFile.at(str(path))]
        done = list(run_batch(files, Here(), sink, Ledger(sink.recorded())))
        assert [each.failed for each in done] == failed
        sink.close()


def test_what_comes_before_recording_comes_before_it(tmp_path: Path) -> None:
    order: list[str] = []
    sink = Lines(lambda _: order.append("recorded"))
    files = letters(tmp_path, "1")
    for _ in run_batch(files, Here(), sink, Ledger(), lambda _: order.append("before")):
        order.append("told")
    assert order == ["before", "recorded", "told"]


def test_the_engine_is_ended_when_the_run_is_left(tmp_path: Path) -> None:
    engine = Here()
    outcomes = run_batch(letters(tmp_path, "1", "2"), engine, Lines(lambda _: None), Ledger())
    next(iter(outcomes))
    assert isinstance(outcomes, Generator)
    outcomes.close()
    assert engine.ended


def test_a_ledger_knows_what_was_recorded_and_what_is_on_its_way() -> None:
    before, now, later = (outcome(name).file for name in ("a", "b", "c"))
    ledger = Ledger([Recorded(before.identity, failed=False)])
    assert list(ledger.missing([before, None, now])) == [None, now]
    assert [ledger.knows(each.identity) for each in (before, now, later)] == [True, True, False]


def test_the_tally_counts_files_and_pages() -> None:
    tally = Tally()
    for each in (outcome("a", "1", "flag", "flag"), outcome("b", "damage"), outcome("c", "2")):
        tally = tally.plus(each)
    assert tally == Tally(files=3, failed=1, pages=4, flagged=2)


# --- killed at any moment --------------------------------------------------------------------


def without_seconds(records: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    rest = ({key: record[key] for key in record if key != "seconds"} for record in records)
    return sorted(rest, key=lambda record: (record["path"], record["page"] or 0))


def reads_whole(mail: Path) -> list[dict[str, Any]]:
    """The records of an undisturbed run."""
    with Pool(Desk(), 2) as pool:
        outcomes = pool.run(Folder(str(mail)))
        return without_seconds(dict(record) for each in outcomes for record in each.records)


def size_of(out: Path) -> int:
    """How much was written, also to what lies beside the output."""
    return sum(path.stat().st_size for path in out.parent.glob(f"{out.name}*"))


def kill_and_go_on(mail: Path, out: Path, kills: int, rng: random.Random) -> int:
    """Run until all is done, killing the run as it writes; how often it was killed."""
    command = [sys.executable, "-m", "tests.mailroom.victim", str(mail), str(out)]
    killed = 0
    while True:
        batch = subprocess.Popen(command, stderr=subprocess.PIPE)
        if killed < kills:
            before = size_of(out)
            while size_of(out) == before and batch.poll() is None:
                time.sleep(0.001)
            time.sleep(rng.uniform(0, 0.03))
            killed += batch.poll() is None
            batch.kill()
        _, errors = batch.communicate()
        if batch.returncode == 0:
            return killed
        assert batch.returncode == -9, errors.decode()


def check_kills(tmp_path: Path, ending: str, files: int, kills: int) -> None:
    rng = random.Random(f"{ending} {kills}")
    mail, out = tmp_path / "mail", tmp_path / "out" / f"out.{ending}"
    out.parent.mkdir()
    words = ["97358", "02134 flag", "1 2 3 4", "damage"]
    letters(mail, *(rng.choice(words) for _ in range(files)))
    assert kill_and_go_on(mail, out, kills, rng) == kills
    assert without_seconds(records_of(out)) == reads_whole(mail)


@pytest.mark.parametrize(("ending", "kills"), [("jsonl", 3), ("db", 2)])
def test_killed_and_gone_on_with_nothing_is_lost_or_doubled(
    tmp_path: Path, ending: str, kills: int
) -> None:
    check_kills(tmp_path, ending, files=120, kills=kills)


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet", "db"])
def test_killed_fifty_times(tmp_path: Path, ending: str) -> None:
    if ending == "parquet":
        pytest.importorskip("pyarrow")
    check_kills(tmp_path, ending, files=5000, kills=50)


def test_the_workers_of_a_killed_run_end(tmp_path: Path) -> None:
    mail = tmp_path / "mail"
    letters(mail, "hang", "hang")
    command = [sys.executable, "-m", "tests.mailroom.victim", str(mail), str(tmp_path / "o.jsonl")]
    batch = subprocess.Popen(command)
    while len(workers := children_of(batch.pid)) < 2:
        time.sleep(0.01)
    time.sleep(0.3)
    batch.kill()
    batch.wait()
    deadline = time.monotonic() + 20
    while any(map(is_running, workers)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not any(map(is_running, workers))


def children_of(pid: int) -> list[int]:
    """The workers of a process, without the tracker of its semaphores."""
    path = Path(f"/proc/{pid}/task/{pid}/children")
    if not path.exists():
        pytest.skip("needs /proc")
    children = [int(child) for child in path.read_text().split()]
    return [
        each for each in children if b"spawn_main" in Path(f"/proc/{each}/cmdline").read_bytes()
    ]


def is_running(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0]
    except OSError:
        return False


@pytest.mark.skipif(not hasattr(os, "fork"), reason="counts memory as Linux does")
def test_a_ledger_of_many_files_is_small() -> None:
    import tracemalloc

    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    ledger = Ledger(Recorded(outcome(f"mail/{n}.png").file.identity, False) for n in range(20_000))
    used = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert ledger.knows(outcome("mail/7.png").file.identity)
    assert used < 20_000 * 200
