"""Mail with truth, read: what the confidence is fitted on and certified with."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from zipreader.config import ImageConfig
from zipreader.elements import Page, Reading
from zipreader.reading.images import pages_from_bytes
from zipreader.reading.probability import Calibration
from zipreader.reading.reader import Reader
from zipreader.synth import Mailpiece, Population, SourcesSpec, make_mailpiece
from zipreader.synth import Sources as MailSources
from zipreader.synth.write import encode
from zipreader.training.certify import Scored
from zipreader.training.confidence import Judged
from zipreader.training.sources import Sources, mnist_rows, strokes_of
from zipreader.training.splits import Part, split_writers

Progress = Callable[[int, int], None]
"""Called with pieces read and pieces planned."""

FIRST_GUESS = Calibration(
    bias=-4.0,
    weights={"assigned": 5.5, "elsewhere": 2.5, "place": 0.65, "posterior": 0.15, "size": 0.4,
             "spelled": 0.45, "spelled_rival": 0.15, "trailing": 0.3, "named": 0.8,
             "named_rival": 0.3},
    certificates=(),
    default_alpha=0.01,
    mail="none: a guess that only says which hypothesis is likelier before anything is fitted",
)  # fmt: skip
_CHUNK = 25


@dataclass(frozen=True, slots=True)
class MailPlan:
    """Which mail is made and what reads it; can go to another process."""

    sources: SourcesSpec
    kinds: tuple[str, ...]
    """Kinds in turn; name one twice to have twice as much of it."""
    count: int
    first_seed: int
    model: Path | None = None
    calibration: Calibration = FIRST_GUESS


@dataclass(frozen=True, slots=True)
class PieceRead:
    """What reading one piece of known truth gave."""

    kind: str
    scored: Scored
    judged: tuple[Judged, ...]


def mail_sources(sources: Sources, population: Population, part: Part) -> SourcesSpec:
    """The digits, letters and faces of mail that a part may use."""
    writers = None
    if sources.strokes is not None:
        everyone = map(str, strokes_of(sources.strokes).writers)
        writers = split_writers(everyone).writers(part)
    mnist = mnist_rows(sources.mnist, part) if sources.mnist is not None else None
    return SourcesSpec(population, sources.strokes, writers, mnist, sources.letters)


def read_mail(
    plan: MailPlan, workers: int = 1, progress: Progress | None = None
) -> list[PieceRead]:
    """Make and read the mail of a plan, in order; the same for any number of workers."""
    pieces: list[PieceRead] = []
    chunks = [
        range(start, min(start + _CHUNK, plan.count)) for start in range(0, plan.count, _CHUNK)
    ]
    for read in _run(plan, chunks, workers):
        pieces += read
        if progress is not None:
            progress(len(pieces), plan.count)
    return pieces


def judge(reading: Reading, truth: str | None) -> tuple[Scored, tuple[Judged, ...]]:
    """Compare a reading with the true ZIP; ``None`` means that no ZIP can be right."""
    judged = tuple(
        Judged(hypothesis.evidence, hypothesis.zip == truth, rank == 0)
        for rank, hypothesis in enumerate(reading.hypotheses)
    )
    best = reading.best
    if best is None:
        return Scored(0.0, False, truth is not None), judged
    probability = best.probability if best.place is not None else 0.0
    return Scored(probability, best.zip == truth, truth is not None), judged


def rescored(piece: PieceRead, calibration: Calibration) -> Scored:
    """What another calibration makes of the same hypotheses; nothing is read again.

    It would have looked elsewhere now and then, so this says where a walk over
    thresholds may start, and certifies nothing.
    """
    readable = piece.scored.readable
    scored = [
        Scored(
            calibration.probability(each.evidence) * (each.evidence["assigned"] > 0),
            each.right,
            readable,
        )
        for each in piece.judged
    ]
    return max(scored, key=lambda each: each.probability, default=Scored(0.0, False, readable))


def _run(plan: MailPlan, chunks: Sequence[range], workers: int) -> Iterator[list[PieceRead]]:
    if workers <= 1:
        _begin(plan)
        yield from map(_read_chunk, chunks)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        workers, mp_context=context, initializer=_begin, initargs=(plan,)
    ) as executor:
        yield from executor.map(_read_chunk, chunks)


@dataclass(slots=True)
class _Worker:
    """What one process keeps between chunks."""

    plan: MailPlan
    sources: MailSources
    reader: Reader


_worker: list[_Worker] = []


def _begin(plan: MailPlan) -> None:
    import cv2

    cv2.setNumThreads(1)
    reader = Reader(plan.model, calibration=plan.calibration, min_confidence=1.0)
    _worker[:] = [_Worker(plan, plan.sources.open(), reader)]


def _read_chunk(numbers: range) -> list[PieceRead]:
    worker = _worker[0]
    plan = worker.plan
    read = []
    for number in numbers:
        kind = plan.kinds[number % len(plan.kinds)]
        piece = make_mailpiece(kind, plan.first_seed + number, worker.sources)
        page = page_of(piece, worker.reader.config.images)
        truth = None if piece.truth.must_flag else piece.truth.zip
        scored, judged = judge(worker.reader.read_page(page), truth)
        read.append(PieceRead(kind, scored, judged))
    return read


def page_of(piece: Mailpiece, config: ImageConfig) -> Page:
    """The piece as a file would bring it: compressed, and with no more than a file states."""
    _, content = encode(piece)
    return next(iter(pages_from_bytes(content, f"{piece.truth.kind} {piece.truth.seed}", config)))
