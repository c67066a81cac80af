"""Jobs -> outcomes: read every piece and compare it with the truth, in a fixed order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from zipreader.elements import Page, Reading
from zipreader.errors import UnreadableImageError, UsageError, ZipReaderError
from zipreader.evaluation.cuts import PieceReader
from zipreader.evaluation.exhibit import make_exhibit
from zipreader.evaluation.mail import Job
from zipreader.evaluation.outcome import Candidate, Outcome, Stage
from zipreader.evaluation.tracing import Trace, trace
from zipreader.reading.faults import told_of
from zipreader.reading.images import open_pages, pages_from_bytes
from zipreader.reading.spec import ReaderSpec
from zipreader.synth import Sources, SourcesSpec, make_mailpiece
from zipreader.synth.truth import Truth
from zipreader.synth.write import encode
from zipreader.workers import spread

_CHUNK = 4
"""Jobs that go to a worker at once."""
_CANDIDATES = 5


@dataclass(frozen=True, slots=True, eq=False)
class Setup:
    """What each worker needs: how to open its reader, and the material of generated mail."""

    open_reader: Callable[[], PieceReader] = ReaderSpec().open
    sources: SourcesSpec | None = None
    exhibits: bool = True
    """Whether to draw the misses."""


class Examiner:
    """Reads one piece after the other; one thread."""

    def __init__(self, setup: Setup) -> None:
        self.reader = setup.open_reader()
        self.exhibits = setup.exhibits
        self._spec = setup.sources
        self._sources: Sources | None = None

    def examine(self, job: Job) -> Outcome:
        """Read one piece and compare it with its truth; a failure is an outcome too."""
        truth, content = job.truth, None
        if truth is None or job.path is None:
            piece = make_mailpiece(job.kind, job.seed, self._material())
            truth, content = piece.truth, encode(piece)[1]
        try:
            with told_of(job.name):
                reading = self.reader.read_page(self._page(job, content))
                traced = trace(reading, truth, self.reader)
        except ZipReaderError as error:  # measured, not fatal
            return failed(job.name, truth, str(error))
        outcome = compare(job.name, reading, truth, traced)
        if self.exhibits and outcome.missed:
            return replace(outcome, exhibit=make_exhibit(reading, truth))
        return outcome

    def _page(self, job: Job, content: bytes | None) -> Page:
        """The first page of the job's file, or of ``content``."""
        config = self.reader.config.images
        if content is not None:
            pages = pages_from_bytes(content, job.name, config)
        else:
            assert job.path is not None
            pages = open_pages(job.path, config)
        page = next(pages, None)
        if page is None:
            raise UnreadableImageError(f"{job.name}: there is no page in it")
        return page

    def _material(self) -> Sources:
        if self._sources is None:
            self._sources = (self._spec or SourcesSpec()).open()
        return self._sources


def compare(name: str, reading: Reading, truth: Truth, traced: Trace) -> Outcome:
    """One reading against the truth; rates count the best guess even where it is denied."""
    best = reading.best
    return Outcome(
        name=name,
        kind=truth.kind,
        writing=truth.writing,
        variant=truth.variant,
        truth=truth.zip,
        truth_plus4=truth.plus4,
        must_flag=truth.must_flag,
        zip=best.zip if best else None,
        plus4=best.plus4 if best else None,
        confidence=reading.decision.confidence,
        accepted=reading.decision.accepted,
        reasons=tuple(objection.reason for objection in reading.decision.objections),
        candidates=tuple(
            Candidate(hypothesis.zip, hypothesis.probability)
            for hypothesis in reading.hypotheses[:_CANDIDATES]
        ),
        seconds=dict(reading.seconds),
        traced=truth.field is not None and bool(truth.digits),
        stage=traced.stage,
        detail=traced.detail,
        field_rank=traced.field_rank,
        glyphs=traced.glyphs,
    )


def failed(name: str, truth: Truth, message: str) -> Outcome:
    """The outcome of a piece that could not be read at all: it is flagged."""
    return Outcome(
        name=name,
        kind=truth.kind,
        writing=truth.writing,
        variant=truth.variant,
        truth=truth.zip,
        truth_plus4=truth.plus4,
        must_flag=truth.must_flag,
        zip=None,
        confidence=0.0,
        accepted=False,
        stage=None if truth.must_flag else Stage.FILE,
        detail=message,
        error=message,
    )


def _open_worker(setup: Setup) -> Callable[[Job], Outcome]:
    return Examiner(setup).examine


def run(jobs: Sequence[Job], setup: Setup | None = None, workers: int = 1) -> Iterator[Outcome]:
    """Yield the outcome of each job, in the order of the jobs.

    Args:
        jobs: the pieces, from :func:`generated` or a folder.
        setup: how to read them; the shipped reader by default.
        workers: processes, each with one thread; 1 works in this process.

    Raises:
        UsageError: less than one worker.
        ModelError: the reader cannot be opened.
        MissingExtraError: mail is to be made, and the extra is not installed.
    """
    if workers < 1:
        raise UsageError(f"{workers} workers cannot work: at least 1")
    yield from spread(partial(_open_worker, setup or Setup()), jobs, workers, _CHUNK)
