from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2
import pytest

from zipreader.errors import ModelError, UsageError
from zipreader.workers import spread


def open_doubling(opened: Path) -> Callable[[int], tuple[int, int, int]]:
    with opened.open("a") as stream:
        stream.write(f"{os.getpid()}\n")
    return double


def double(number: int) -> tuple[int, int, int]:
    return 2 * number, os.getpid(), cv2.getNumThreads()


def open_nothing(message: str) -> Callable[[int], int]:
    raise ModelError(message)


def open_picky() -> Callable[[int], int]:
    return refuse_three


def refuse_three(number: int) -> int:
    if number == 3:
        raise UsageError("three is none of mine")
    return number


def open_marking(folder: Path) -> Callable[[int], int]:
    return partial(mark, folder)


def mark(folder: Path, number: int) -> int:
    time.sleep(0.02)
    (folder / str(number)).touch()
    return number


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("chunk", [1, 3])
def test_results_come_in_the_order_of_the_jobs(workers: int, chunk: int, tmp_path: Path) -> None:
    before = cv2.getNumThreads()
    found = list(spread(partial(open_doubling, tmp_path / "opened"), range(7), workers, chunk))
    assert [doubled for doubled, _, _ in found] == [0, 2, 4, 6, 8, 10, 12]
    assert {threads for _, _, threads in found} == {1}
    opened = (tmp_path / "opened").read_text().split()
    assert len(set(opened)) == len(opened) == workers
    assert {str(process) for _, process, _ in found} <= set(opened)
    assert (str(os.getpid()) in opened) is (workers == 1)
    assert cv2.getNumThreads() == before


def test_what_one_process_does_at_once_is_done_here(tmp_path: Path) -> None:
    found = list(spread(partial(open_doubling, tmp_path / "opened"), [5], 4))
    assert found == [(10, os.getpid(), 1)]
    assert list(spread(partial(open_doubling, tmp_path / "opened"), range(3), 4, 3))[0][1] == (
        os.getpid()
    )


@pytest.mark.parametrize("workers", [1, 2])
def test_a_worker_that_cannot_be_opened_says_why(workers: int) -> None:
    with pytest.raises(ModelError, match="^no model here$"):
        list(spread(partial(open_nothing, "no model here"), range(4), workers))


@pytest.mark.parametrize("workers", [1, 2])
def test_what_was_done_before_a_failure_comes_first(workers: int) -> None:
    found = []
    with pytest.raises(UsageError, match="^three is none of mine$"):
        for result in spread(open_picky, range(6), workers):
            found.append(result)
    assert found == [0, 1, 2]


@pytest.mark.parametrize("workers", [1, 2])
def test_what_has_not_begun_when_the_caller_stops_is_given_up(workers: int, tmp_path: Path) -> None:
    for result in spread(partial(open_marking, tmp_path), range(500), workers):
        assert result == 0
        break
    assert len(list(tmp_path.iterdir())) < 100
