"""Pieces of mail that were read -> a file beside the calibration, and back.

Reading the mail of a calibration takes an hour or more; what was read before it was stopped
need not be read again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from zipreader.errors import OutputError
from zipreader.training.certify import Scored
from zipreader.training.confidence import Judged

_BEGINNING = b'{"document": "zipreader-pieces", "made_by": '
"""Of the first line of a file with pieces."""


@dataclass(frozen=True, slots=True)
class PieceRead:
    """What reading one piece of known truth gave."""

    kind: str
    scored: Scored
    judged: tuple[Judged, ...]
    hopeless: bool = False
    """Whether what the image shows forbids to accept any ZIP, such as another addressee."""


class Kept:
    """The pieces that a file holds, in their order; more are added at its end.

    Made by :func:`kept`.
    """

    def __init__(self, pieces: Sequence[PieceRead], file: BinaryIO | None) -> None:
        self.pieces = list(pieces)
        self._file = file

    def add(self, piece: PieceRead) -> None:
        """Take one more piece, and write it down at once.

        Raises:
            OutputError: it cannot be written.
        """
        self.pieces.append(piece)
        if self._file is not None:
            with _complaining(self._file.name):
                self._file.write(_line(piece))
                self._file.flush()


@contextmanager
def kept(path: Path | None, made_by: str) -> Iterator[Kept]:
    """The pieces that were read before, to which others may be added.

    Args:
        path: a line of JSON a piece, under one that says by what they were read; its folder
            is made.  ``None`` keeps nothing.
        made_by: what the pieces depend on.  Those of something else are forgotten.

    Raises:
        OutputError: the file cannot be written.
    """
    if path is None:
        yield Kept((), None)
        return
    with _complaining(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        pieces, end = _read(path, made_by)
        file = path.open("r+b" if end else "wb")
    with file:
        with _complaining(path):
            if end:
                file.seek(end)
                file.truncate()
            else:
                file.write(_heading(made_by))
                file.flush()
        yield Kept(pieces, file)


@contextmanager
def _complaining(path: Path | str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror})") from error


def forget(folder: Path) -> None:
    """Delete the pieces that a folder keeps, and the folder if it holds nothing else."""
    for path in folder.glob("*.jsonl"):
        with suppress(OSError):
            if _is_ours(path):
                path.unlink()
    with suppress(OSError):
        folder.rmdir()


def _is_ours(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_BEGINNING)) == _BEGINNING


def _read(path: Path, made_by: str) -> tuple[list[PieceRead], int]:
    """The pieces, and where the last whole one ends; 0 where they are of something else."""
    try:
        lines = path.read_bytes().splitlines(keepends=True)
    except FileNotFoundError:
        return [], 0
    if not lines or lines[0] != _heading(made_by):
        return [], 0
    pieces, end = [], len(lines[0])
    for line in lines[1:]:
        try:
            pieces.append(_piece(line))
        except (ValueError, TypeError, KeyError):  # it was stopped within this one
            break
        end += len(line)
    return pieces, end


def _heading(made_by: str) -> bytes:
    return _BEGINNING + json.dumps(made_by).encode() + b"}\n"


def _line(piece: PieceRead) -> bytes:
    scored = piece.scored
    values = {
        "kind": piece.kind,
        "scored": [scored.probability, scored.right, scored.readable],
        "judged": [[dict(each.evidence), each.right, each.best] for each in piece.judged],
        "hopeless": piece.hopeless,
    }
    return json.dumps(values).encode() + b"\n"


def _piece(line: bytes) -> PieceRead:
    if not line.endswith(b"\n"):
        raise ValueError("no whole line")
    values = json.loads(line)
    judged = tuple(Judged(*each) for each in values["judged"])
    return PieceRead(values["kind"], Scored(*values["scored"]), judged, values["hopeless"])
