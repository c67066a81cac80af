"""What is known about a synthetic mailpiece: its ZIP and where everything stands."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

import numpy as np
import numpy.typing as npt

from zipreader.elements import Image, Matrix, transform_points

Corners = tuple[tuple[float, float], ...]
"""Four (x, y) corners: top left, top right, bottom right, bottom left of the upright text."""
Bounds = tuple[float, float, float, float]
"""x0, y0, x1, y1, half-open, in pixels of the envelope before the camera."""


@dataclass(frozen=True, slots=True)
class DigitTruth:
    """A digit of the ZIP and where its ink is, in pixels of the final image."""

    value: str
    quad: Corners


@dataclass(frozen=True, slots=True)
class Truth:
    """All that a reader could be asked about a piece.

    Corners are pixels of the final image, after every warp.  ``orientation``
    is the clockwise turn, in degrees, that makes the image upright.
    ``writing`` is ``handwritten`` or the printing technology, or just ``printed``
    where there is no address.  ``zip`` is ``None`` where the ink carries no complete ZIP, or
    those of two addressees; a must-flag piece has one only where it is readable but not
    assigned.  ``variant`` says what is wrong with a must-flag piece and is empty for all others.
    """

    kind: str
    seed: int
    zip: str | None
    plus4: str | None
    must_flag: bool
    orientation: int
    writing: str
    block: Corners | None
    field: Corners | None
    digits: tuple[DigitTruth, ...]
    page: Corners
    city: str | None = None
    state: str | None = None
    file: str | None = None
    variant: str = ""

    def named(self, file: str) -> Truth:
        """The same truth for an image kept under this name."""
        return replace(self, file=file)

    def to_json(self) -> str:
        """One line of ``truth.jsonl``; coordinates rounded to a tenth of a pixel."""
        return json.dumps(_rounded(asdict(self)))


@dataclass(frozen=True, slots=True, eq=False)
class Mailpiece:
    """An image of one piece, (H, W) grey or (H, W, 3) BGR, and the truth about it.

    ``dpi`` is the resolution across the envelope; for a photo an average.
    """

    image: Image
    dpi: int
    truth: Truth


def bounds_around(boxes: Iterable[Bounds]) -> Bounds:
    """The smallest bounds that hold all of ``boxes`` (at least one)."""
    array = np.array(list(boxes), dtype=np.float64)
    x0, y0 = array[:, :2].min(axis=0)
    x1, y1 = array[:, 2:].max(axis=0)
    return float(x0), float(y0), float(x1), float(y1)


def corners_of(bounds: Bounds, matrix: Matrix) -> Corners:
    """Where the corners of ``bounds`` come to lie under ``matrix``."""
    x0, y0, x1, y1 = bounds
    points: npt.NDArray[np.float64] = transform_points(
        matrix, [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    )
    return tuple((float(x), float(y)) for x, y in points)


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, 1)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(item) for item in value]
    return value
