"""Who trains, tunes, calibrates and tests: a split by writer.

A writer's part depends on the identifier alone, so that the same person is in
the same part in every file, whatever else the file holds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

_SALT = "zipreader-writers-416"
"""Chosen so that the parts hold about these shares of the items too."""
_SCALE = float(1 << 64)


class Part(Enum):
    """What a writer's hand may be used for."""

    TRAIN = "train"
    TUNE = "tune"
    CALIBRATION = "calibration"
    TEST = "test"


_UPPER = ((0.60, Part.TRAIN), (0.72, Part.TUNE), (0.84, Part.CALIBRATION), (1.0, Part.TEST))


@dataclass(frozen=True, slots=True)
class WriterSplit:
    """Disjoint sets of writers: about 60, 12, 12 and 16% of them.

    ``tune`` stops training and sets the temperature; ``calibration`` is kept
    for the decision and never touched by training; ``test`` only measures.
    """

    train: frozenset[str]
    tune: frozenset[str]
    calibration: frozenset[str]
    test: frozenset[str]

    def writers(self, part: Part) -> frozenset[str]:
        result: frozenset[str] = getattr(self, part.value)
        return result


def part_of(writer: str) -> Part:
    """The part of one writer, by the SHA-256 of the identifier."""
    digest = hashlib.sha256(f"{_SALT}/{writer}".encode()).digest()
    place = int.from_bytes(digest[:8], "big") / _SCALE
    return next(part for upper, part in _UPPER if place < upper)


def split_writers(writers: Iterable[str]) -> WriterSplit:
    """Sort writers into parts; deterministic, and the same in every file."""
    parts: dict[Part, set[str]] = {part: set() for part in Part}
    for writer in writers:
        parts[part_of(writer)].add(writer)
    return WriterSplit(*(frozenset(parts[part]) for part in Part))


def rows_of(writers: npt.NDArray[np.str_], part: Part) -> npt.NDArray[np.intp]:
    """Rows of a file whose writers belong to ``part``."""
    chosen = sorted(split_writers(map(str, writers)).writers(part))
    return np.flatnonzero(np.isin(writers, chosen))
