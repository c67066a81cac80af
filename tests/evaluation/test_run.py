from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import pytest

from tests.evaluation.scene import ToldReader, blind_reader, scene
from tests.hostile import PAGELESS_TIFF
from zipreader.elements import Page, Reading
from zipreader.errors import MissingExtraError, ModelError, UsageError
from zipreader.evaluation.mail import Job, generated
from zipreader.evaluation.outcome import Stage, Verdict
from zipreader.evaluation.run import Setup, run
from zipreader.reading.images import open_pages
from zipreader.synth import Population, SourcesSpec
from zipreader.synth.sources import Sources


@pytest.fixture
def jobs(tmp_path: Path) -> list[Job]:
    """Five pieces with boxes, the third of them damaged."""
    written = scene()
    found = []
    for number in range(5):
        path = tmp_path / f"{number}.png"
        cv2.imwrite(str(path), written.page.grey)
        if number == 2:
            path.write_bytes(b"no image")
        found.append(Job(path.name, "handwritten", path=path, truth=written.truth))
    return found


def test_outcomes_come_in_the_order_of_the_jobs(jobs: list[Job]) -> None:
    outcomes = list(run(jobs, Setup(blind_reader)))
    assert [o.name for o in outcomes] == [job.name for job in jobs]
    assert [o.stage is Stage.FILE for o in outcomes] == [False, False, True, False, False]
    assert all(o.stage for o in outcomes)
    assert outcomes[0].seconds == {"page": 0.01, "lines": 0.02}


def test_an_unreadable_file_is_an_outcome_that_names_it(jobs: list[Job]) -> None:
    damaged = list(run(jobs, Setup(blind_reader)))[2]
    assert damaged.verdict is Verdict.UNREAD
    assert damaged.error is not None
    assert "2.png" in damaged.error


@pytest.mark.parametrize("fault", [None, "no page"])
def test_a_file_without_a_page_is_an_outcome_and_ends_no_run(
    jobs: list[Job], monkeypatch: pytest.MonkeyPatch, fault: str | None
) -> None:
    assert jobs[2].path is not None
    jobs[2].path.write_bytes(PAGELESS_TIFF)
    if fault:
        pages = open_pages
        monkeypatch.setattr(
            "zipreader.evaluation.run.open_pages",
            lambda path, config: iter(()) if path == jobs[2].path else pages(path, config),
        )
    outcomes = list(run(jobs, Setup(blind_reader)))
    assert [o.name for o in outcomes] == [job.name for job in jobs]
    assert "2.png" in (outcomes[2].error or "") and (fault or "") in (outcomes[2].error or "")


@pytest.mark.parametrize("fault", [IndexError, MemoryError, OSError])
def test_a_fault_of_the_reader_is_an_outcome_too(jobs: list[Job], fault: type[Exception]) -> None:
    class Faulty(ToldReader):
        def read_page(self, page: Page) -> Reading:
            raise fault("no seam")

    (outcome,) = run(jobs[:1], Setup(Faulty))
    assert (outcome.error, outcome.stage) == (
        f"0.png: fault of the reader: {fault.__name__}: no seam",
        Stage.FILE,
    )


def test_workers_change_nothing(jobs: list[Job]) -> None:
    alone = list(run(jobs, Setup(blind_reader)))
    together = list(run(jobs, Setup(blind_reader), workers=2))
    assert together == alone
    assert all(o.exhibit for o in together if not o.error)


class Uninstalled(SourcesSpec):
    """The material of an installation without the extra."""

    def open(self) -> Sources:
        raise MissingExtraError("synthetic mail", "synth")


def no_reader() -> ToldReader:
    raise ModelError("models: no model here")


@pytest.mark.parametrize("workers", [1, 2])
def test_what_a_worker_cannot_open_is_told_as_it_is(jobs: list[Job], workers: int) -> None:
    made = generated(["printed"], 2, [3])
    with pytest.raises(MissingExtraError, match=r"pip install '\.\[synth\]'"):
        list(run(made, Setup(blind_reader, Uninstalled()), workers))
    with pytest.raises(ModelError, match="no model here"):
        list(run(jobs, Setup(no_reader), workers))


def test_only_misses_are_drawn_and_only_on_request(jobs: list[Job]) -> None:
    written = scene()
    block = written.block()
    field = written.field(None, block)
    best = written.hypothesis("24157", field, 0.99)
    read = written.reading(best, accepted=True, blocks=(block,), fields=(field,))
    (hit,) = run(jobs[:1], Setup(lambda: ToldReader(read)))
    assert (hit.verdict, hit.stage, hit.exhibit) == (Verdict.READ, None, None)
    (plain,) = run(jobs[:1], Setup(blind_reader, exhibits=False))
    assert plain.exhibit is None


def test_mail_that_must_be_flagged_is_caught_even_when_damaged(jobs: list[Job]) -> None:
    truth = replace(scene().truth, zip=None, must_flag=True)
    job = replace(jobs[2], truth=truth)
    (caught,) = run([job], Setup(blind_reader))
    assert (caught.verdict, caught.stage) == (Verdict.CAUGHT, None)


def test_generated_mail_is_the_same_each_time() -> None:
    jobs = generated(["printed"], 1, [3])
    first, second = run([*jobs, *jobs], Setup(blind_reader, exhibits=False))
    assert first == second
    assert (first.kind, first.traced, first.must_flag) == ("printed", True, False)


def test_mail_is_made_of_what_neither_training_nor_calibration_uses() -> None:
    assert Setup().sources is None
    assert SourcesSpec().population is Population.EVALUATION


def test_no_workers_are_refused(jobs: list[Job]) -> None:
    with pytest.raises(UsageError, match="0 workers"):
        list(run(jobs, Setup(blind_reader), workers=0))
