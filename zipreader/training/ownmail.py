"""The user's own mail with its truth, read: what a calibration of their own is certified on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from zipreader.elements import Page, Reason
from zipreader.errors import InputError, ZipReaderError
from zipreader.reading.faults import told_of
from zipreader.reading.images import open_pages
from zipreader.reading.probability import Calibration
from zipreader.reading.reader import Reader
from zipreader.training.certify import Scored
from zipreader.training.kept import PieceRead
from zipreader.training.mail import judge
from zipreader.workers import spread

Progress = Callable[[int, int], None]
"""Called with pieces read and pieces planned."""

_WRONG = Scored(1.0, right=False)
"""What counts as accepted wrongly at every threshold."""
_ROUNDING = 0.00005
"""Half of the last digit of a probability in a record."""
_CHUNK = 4


@dataclass(frozen=True, slots=True)
class Labelled:
    """A piece whose ZIP is known.

    Args:
        name: the same in every run over the same mail; it alone says for what the piece is used.
        truth: the ZIP that may be accepted; ``None`` where none may, or none is known.
        path: its image; ``None`` where it is gone.
        page: its page, from 0.
        kind: what kind of mail it is, in a word.
        otherwise: how it counts where its image is gone or cannot be read; as flagged, if
            nothing is said.
    """

    name: str
    truth: str | None
    path: Path | None
    page: int = 0
    kind: str = "mail"
    otherwise: Scored = Scored(0.0, right=False)


@dataclass(frozen=True, slots=True)
class OwnPiece:
    """A piece as it was read; ``error`` says why it was not."""

    name: str
    read: PieceRead
    error: str | None = None


@dataclass(frozen=True, slots=True)
class ReaderPlan:
    """What reads the mail; can go to another process."""

    model: Path | None
    calibration: Calibration

    def open(self) -> Reader:
        """A reader that accepts whatever nothing but a threshold can speak against."""
        return Reader(self.model, calibration=self.calibration, min_confidence=0.0)


def read_labelled(
    pieces: Sequence[Labelled],
    plan: ReaderPlan,
    workers: int = 1,
    progress: Progress | None = None,
) -> list[OwnPiece]:
    """Read pieces, in order; the same for any number of workers."""
    read: list[OwnPiece] = []
    for piece in spread(partial(_open_worker, plan), pieces, workers, _CHUNK):
        read.append(piece)
        if progress is not None:
            progress(len(read), len(pieces))
    return read


def scored_by_record(
    record: Mapping[str, Any], truth: str | None, model: str, thresholds: Sequence[float]
) -> Scored:
    """How a piece counts whose image is gone, by the record of its reading.

    Its confidence stands if the same network read it and it had to reach one of
    ``thresholds``, those of the same calibration; it is rounded to the side that
    promises less.  Any other such piece counts as accepted wrongly.
    """
    known = {round(threshold, 4) for threshold in thresholds}
    if record["model"] != model or record["threshold"] not in known:
        return _WRONG
    final = {reason.name.lower() for reason in Reason if reason.is_final}
    if record["zip"] is None or any(each["code"] in final for each in record["reasons"]):
        return Scored(0.0, right=False)
    right = record["zip"] == truth
    confidence = float(record["confidence"]) + (-_ROUNDING if right else _ROUNDING)
    return Scored(min(max(confidence, 0.0), 1.0), right)


def _open_worker(plan: ReaderPlan) -> Callable[[Labelled], OwnPiece]:
    return partial(_read, plan.open())


def _read(reader: Reader, piece: Labelled) -> OwnPiece:
    if piece.path is None:
        return OwnPiece(piece.name, PieceRead(piece.kind, piece.otherwise, ()))
    try:
        with told_of(str(piece.path)):
            reading = reader.read_page(_page(piece.path, piece.page, reader))
    except ZipReaderError as error:
        return OwnPiece(piece.name, PieceRead(piece.kind, piece.otherwise, ()), str(error))
    return OwnPiece(piece.name, judge(piece.kind, reading, piece.truth))


def _page(path: Path, number: int, reader: Reader) -> Page:
    page = next(open_pages(path, reader.config.images, number), None)
    if page is None:
        raise InputError(f"{path}: there is no page {number + 1}")
    return page
