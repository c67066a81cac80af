from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mailroom.desk import Desk, letters
from zipreader.errors import ExitCode, UsageError, ZipReaderError
from zipreader.mailroom.pool import Pool, WorkerError
from zipreader.mailroom.work import MailFile, Outcome


def name(outcome: Outcome) -> str:
    return Path(outcome.file.path).stem


def pids() -> list[int]:
    return [child.pid or 0 for child in multiprocessing.active_children()]


@pytest.fixture(autouse=True)
def no_process_stays() -> Iterator[None]:
    yield
    assert pids() == []


def test_every_file_comes_back_with_all_its_pages(tmp_path: Path) -> None:
    files = letters(tmp_path, "97358", "02134 flag", "60601 60602 60603")
    with Pool(Desk(), 2) as pool:
        outcomes = {name(outcome): outcome for outcome in pool.run(files)}
    assert {key: [record["zip"] for record in each.records] for key, each in outcomes.items()} == {
        "0000": ["97358"],
        "0001": ["02134", "flag"],
        "0002": ["60601", "60602", "60603"],
    }
    assert outcomes["0001"].flagged == 1
    assert outcomes["0002"].pages == 3


@pytest.mark.parametrize(
    ("word", "cause"),
    [
        ("kill", "the process that read it was ended by SIGKILL, perhaps for want of memory"),
        ("crash", "the process that read it was ended by SIGSEGV"),
        ("leave", "the process that read it ended by itself with exit code 7"),
    ],
)
def test_a_worker_that_dies_costs_its_one_file(tmp_path: Path, word: str, cause: str) -> None:
    files = letters(tmp_path, "1", "2", f"3 {word}", "4", "5", "6")
    with Pool(Desk(), 2) as pool:
        outcomes = {name(outcome): outcome for outcome in pool.run(files)}
    assert len(outcomes) == 6
    assert [key for key, each in outcomes.items() if each.failed] == ["0002"]
    assert outcomes["0002"].error == f"{files[2].path}: {cause}"
    read, lost = outcomes["0002"].records
    assert (read["zip"], read["error"], lost["page"]) == ("3", None, None), "what was read is kept"


def test_workers_that_die_one_after_the_other_are_all_replaced(tmp_path: Path) -> None:
    files = letters(tmp_path, *(["kill"] * 3), "97358")
    with Pool(Desk(), 1) as pool:
        assert sum(outcome.failed for outcome in pool.run(files)) == 3


def test_an_idle_worker_that_is_killed_costs_nothing(tmp_path: Path) -> None:
    first, second = letters(tmp_path, "1", "2")

    def source(pool: Pool) -> Iterator[MailFile | None]:
        yield first
        while len(pids()) and not seen:
            yield None
        os.kill(pids()[0], signal.SIGKILL)
        yield None
        yield second

    seen: list[Outcome] = []
    with Pool(Desk(), 1) as pool:
        for outcome in pool.run(source(pool)):
            seen.append(outcome)
    assert [outcome.failed for outcome in seen] == [False, False]


def test_a_file_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    files = letters(tmp_path, "1", "hang", "2", "3")
    start = time.monotonic()
    with Pool(Desk(), 2, timeout=0.5) as pool:
        outcomes = {name(outcome): outcome for outcome in pool.run(files)}
    assert outcomes["0001"].error == f"{files[1].path}: stopped after 0.5 seconds"
    assert sum(outcome.failed for outcome in outcomes.values()) == 1
    assert time.monotonic() - start < 30


def test_the_time_is_that_of_a_page(tmp_path: Path) -> None:
    files = letters(tmp_path, "slow " * 4, "slow 2 hang 4")
    with Pool(Desk(), 2, timeout=1.0) as pool:
        outcomes = {name(outcome): outcome for outcome in pool.run(files)}
    assert (outcomes["0000"].failed, outcomes["0000"].pages) == (False, 4)
    assert [record["zip"] for record in outcomes["0001"].records] == ["slow", "2", None]


def test_opening_the_reader_does_not_count_as_time_of_the_file(tmp_path: Path) -> None:
    with Pool(Desk(), 1, timeout=0.2) as pool:  # a process takes longer than that to start
        assert [outcome.failed for outcome in pool.run(letters(tmp_path, "1"))] == [False]


def test_files_are_asked_for_only_as_workers_are_free(tmp_path: Path) -> None:
    files = letters(tmp_path, *map(str, range(20)))
    asked = 0

    def source() -> Iterator[MailFile]:
        nonlocal asked
        for file in files:
            asked += 1
            yield file

    with Pool(Desk(), 2) as pool:
        for done, _ in enumerate(pool.run(source()), 1):
            assert asked <= done + 2


def test_a_source_that_has_nothing_yet_is_asked_again(tmp_path: Path) -> None:
    first, second = letters(tmp_path, "1", "2")
    with Pool(Desk(), 1) as pool:
        outcomes = list(pool.run([None, first, None, None, second, None]))
    assert len(outcomes) == 2


def test_no_more_processes_than_files(tmp_path: Path) -> None:
    with Pool(Desk(), 64) as pool:
        list(pool.run(letters(tmp_path, "1", "2")))
        assert len(pids()) == 2


def test_a_pool_can_run_again_with_the_same_workers(tmp_path: Path) -> None:
    with Pool(Desk(), 1) as pool:
        list(pool.run(letters(tmp_path, "1")))
        before = pids()
        assert len(list(pool.run(letters(tmp_path, "1")))) == 1
        assert pids() == before


def test_leaving_early_ends_the_workers(tmp_path: Path) -> None:
    with Pool(Desk(), 2) as pool:
        next(pool.run(letters(tmp_path, "1", "hang")))


def test_a_file_that_cannot_be_opened_goes_to_no_worker(tmp_path: Path) -> None:
    with Pool(Desk(), 1) as pool:
        (outcome,) = pool.run([MailFile.at(str(tmp_path), "the folder cannot be listed")])
        assert pids() == []
    assert outcome.error == f"{tmp_path}: the folder cannot be listed"


def test_a_reader_that_cannot_be_opened_ends_the_run_with_its_cause(tmp_path: Path) -> None:
    with Pool(Desk(trouble="refuse"), 2) as pool, pytest.raises(WorkerError, match="no model") as e:
        list(pool.run(letters(tmp_path, "1", "2", "3")))
    assert e.value.exit_code == ExitCode.MODEL


def test_workers_that_die_as_they_start_end_the_run(tmp_path: Path) -> None:
    with Pool(Desk(trouble="die"), 2) as pool, pytest.raises(ZipReaderError, match="cannot start"):
        list(pool.run(letters(tmp_path, "1", "2", "3")))


@pytest.mark.parametrize(("workers", "timeout"), [(0, None), (1, 0.0), (1, -1.0)])
def test_a_pool_that_cannot_work_is_refused(workers: int, timeout: float | None) -> None:
    with pytest.raises(UsageError):
        Pool(Desk(), workers, timeout)


def test_a_process_that_the_system_refuses_is_told_in_a_line(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="no limits on this system")
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = letters(tmp_path, "1")
    free = os.open(os.devnull, os.O_RDONLY)
    os.close(free)
    with Pool(Desk(), 1) as pool:
        resource.setrlimit(resource.RLIMIT_NOFILE, (free, before[1]))
        try:
            with pytest.raises(WorkerError, match=r"cannot start \(Too many open files\)"):
                list(pool.run(files))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, before)
