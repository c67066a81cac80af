"""Files of characters as pen strokes, checked once for all who draw with them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from zipreader.errors import InputError
from zipreader.synth.archives import read_arrays

_NEEDED = ("pts", "stroke_start", "item_start", "label", "writer")


@dataclass(frozen=True, slots=True, eq=False)
class StrokeFile:
    """Labelled items by pen strokes; row i of each array belongs to item i.

    ``points`` (P, 2) int16; the points of stroke k are
    ``stroke_start[k]:stroke_start[k + 1]``, the strokes of item i
    ``item_start[i]:item_start[i + 1]``.
    """

    points: npt.NDArray[np.int16]
    stroke_start: npt.NDArray[np.int32]
    item_start: npt.NDArray[np.int32]
    labels: npt.NDArray[np.str_]
    writers: npt.NDArray[np.str_]
    suspect: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.labels)

    def item(self, index: int) -> list[npt.NDArray[np.float64]]:
        """The strokes of one item, (N, 2) points each."""
        strokes = range(int(self.item_start[index]), int(self.item_start[index + 1]))
        starts = self.stroke_start
        return [self.points[starts[k] : starts[k + 1]].astype(np.float64) for k in strokes]


def load_strokes(path: Path) -> StrokeFile:
    """Read a stroke file (arrays pts, stroke_start, item_start, label, writer[, suspect]).

    Raises:
        InputError: missing, damaged, or arrays that do not fit each other.
    """
    arrays = read_arrays(path, "pen strokes", _NEEDED, ("suspect",))
    labels = arrays["label"]
    strokes = StrokeFile(
        points=arrays["pts"],
        stroke_start=arrays["stroke_start"],
        item_start=arrays["item_start"],
        labels=labels.astype(np.str_),
        writers=arrays["writer"].astype(np.str_),
        suspect=arrays.get("suspect", np.zeros(labels.shape)).astype(bool),
    )
    if not _fits(strokes):
        raise InputError(f"{path}: the arrays of this file of pen strokes do not fit each other")
    return strokes


def _fits(strokes: StrokeFile) -> bool:
    """Whether every item has strokes, every stroke points, and no row is without an item."""
    rows = strokes.labels.shape
    return (
        strokes.points.ndim == 2
        and strokes.points.shape[1] == 2
        and strokes.points.dtype.kind in "iuf"
        and len(rows) == 1
        and rows[0] > 0
        and strokes.writers.shape == strokes.suspect.shape == rows
        and strokes.item_start.shape == (rows[0] + 1,)
        and _divides(strokes.item_start, len(strokes.stroke_start) - 1)
        and _divides(strokes.stroke_start, len(strokes.points))
    )


def _divides(starts: npt.NDArray[np.int32], total: int) -> bool:
    """Whether ``starts`` cut ``total`` rows into parts, none of them empty."""
    return (
        starts.ndim == 1
        and starts.dtype.kind in "iu"
        and len(starts) > 1
        and (int(starts[0]), int(starts[-1])) == (0, total)
        and bool((starts[1:] > starts[:-1]).all())
    )
