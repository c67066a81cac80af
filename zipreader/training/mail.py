"""Mail with truth, read: what the confidence is fitted on and certified with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from zipreader.config import ImageConfig
from zipreader.elements import Page, Reading, Reason
from zipreader.reading.images import pages_from_bytes
from zipreader.reading.probability import Calibration, at_most_one
from zipreader.reading.reader import Reader
from zipreader.synth import Mailpiece, Population, SourcesSpec, make_mailpiece
from zipreader.synth.write import encode
from zipreader.training.certify import Scored
from zipreader.training.confidence import Judged
from zipreader.training.kept import Kept, PieceRead
from zipreader.training.sources import Sources, mnist_rows, strokes_of
from zipreader.training.splits import Part, split_writers
from zipreader.workers import spread

Progress = Callable[[int, int], None]
"""Called with pieces read and pieces planned."""

FIRST_GUESS = Calibration(
    bias=-8.0,
    weights={"assigned": 5.5, "elsewhere": 2.5, "place": 0.65, "posterior": 0.15, "size": 0.4,
             "spelled": 0.45, "spelled_rival": 0.15, "trailing": 0.3, "named": 0.8,
             "named_rival": 0.3, "lead": 2.0},
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


def mail_sources(sources: Sources, population: Population, part: Part) -> SourcesSpec:
    """The digits, letters and faces of mail that a part may use."""
    writers = None
    if sources.strokes is not None:
        everyone = map(str, strokes_of(sources.strokes).writers)
        writers = split_writers(everyone).writers(part)
    mnist = mnist_rows(sources.mnist, part) if sources.mnist is not None else None
    return SourcesSpec(population, sources.strokes, writers, mnist, sources.letters)


def read_mail(
    plan: MailPlan, workers: int = 1, progress: Progress | None = None, before: Kept | None = None
) -> list[PieceRead]:
    """Make and read the mail of a plan, in order; the same for any number of workers.

    What was read ``before`` is not read again, and what is read now is kept there.
    """
    found = before or Kept((), None)
    missing = range(len(found.pieces), plan.count)
    for piece in spread(partial(_open_worker, plan), missing, workers, _CHUNK):
        found.add(piece)
        if progress is not None:
            progress(len(found.pieces), plan.count)
    return found.pieces[: plan.count]


def judge(kind: str, reading: Reading, truth: str | None) -> PieceRead:
    """Compare a reading with the true ZIP; ``None`` means that no ZIP can be right.

    The reader accepts whatever nothing but a threshold speaks against; what else is flagged has
    no probability of being accepted.
    """
    judged = tuple(
        Judged(hypothesis.evidence, hypothesis.zip == truth, rank == 0)
        for rank, hypothesis in enumerate(reading.hypotheses)
    )
    decision, best = reading.decision, reading.best
    reasons = {each.reason for each in decision.objections}
    hopeless = any(each.is_final and each is not Reason.UNASSIGNED for each in reasons)
    if best is None:
        return PieceRead(kind, Scored(0.0, False, truth is not None), judged, hopeless)
    probability = best.probability if decision.accepted else 0.0
    scored = Scored(probability, best.zip == truth, truth is not None)
    return PieceRead(kind, scored, judged, hopeless)


def rescored(piece: PieceRead, calibration: Calibration) -> Scored:
    """What another calibration makes of the same hypotheses; nothing is read again.

    It would have looked elsewhere now and then, so this says where a walk over
    thresholds may start, and certifies nothing.
    """
    readable = piece.scored.readable
    shares = at_most_one([calibration.probability(each.evidence) for each in piece.judged])
    if not shares:
        return Scored(0.0, False, readable)
    share, best = max(zip(shares, piece.judged, strict=True), key=lambda item: item[0])
    final = piece.hopeless or best.evidence["assigned"] <= 0
    return Scored(0.0 if final else share, best.right, readable)


class _MailReader:
    """Makes and reads pieces; one a process."""

    def __init__(self, plan: MailPlan) -> None:
        self._plan = plan
        self._sources = plan.sources.open()
        self._reader = Reader(plan.model, calibration=plan.calibration, min_confidence=0.0)

    def read(self, number: int) -> PieceRead:
        """The piece of this number."""
        plan = self._plan
        kind = plan.kinds[number % len(plan.kinds)]
        piece = make_mailpiece(kind, plan.first_seed + number, self._sources)
        page = page_of(piece, self._reader.config.images)
        truth = None if piece.truth.must_flag else piece.truth.zip
        return judge(kind, self._reader.read_page(page), truth)


def _open_worker(plan: MailPlan) -> Callable[[int], PieceRead]:
    return _MailReader(plan).read


def page_of(piece: Mailpiece, config: ImageConfig) -> Page:
    """The piece as a file would bring it: compressed, and with no more than a file states."""
    _, content = encode(piece)
    return next(iter(pages_from_bytes(content, f"{piece.truth.kind} {piece.truth.seed}", config)))
