"""Quadrilaterals -> those that lie each by itself on dark ground, as envelopes on a mat do.

What surrounds the ground says nothing: the rim of an image may show the desk under a dark
mat, or the white lid around a black sheet.  So the ground is looked for right beside the
sides.  A label lies on paper, which is no such ground, and what a band or a fold parts has
another colour there than on its other sides.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from zipreader.elements import Image, Quad
from zipreader.reading import imageops

_NEAR = 5.0
"""So far outside of a side, in pixels, is the ground, and so far inside the paper."""
_SHARES = np.linspace(0.06, 0.94, 31)
"""Places on a side, in shares of its length."""
_DARK = 0.5
"""Ground has less than such a share of the lightness of the paper: a printed tint has more."""
_ONE = 5.0
"""The paper differs so many times more from the ground than the ground from side to side."""
_SEEN, _SIDES = 0.5, 3
"""A side of which less lies within the image shows nothing; at least so many show the ground."""

Vector = npt.NDArray[np.float64]
Colours = npt.NDArray[np.float32]
"""(N, 4, 3) Y Cr Cb beside each side."""


def lying_on_dark(quads: Sequence[Quad], image: Image) -> tuple[Quad, ...]:
    """Those that have one dark ground beside all their sides, in their order.

    Args:
        quads: corners x, y in pixels of the image, clockwise from any.
        image: grey or BGR, uint8, reduced to some 500 pixels.
    """
    if not quads:
        return ()
    corners = np.array(quads)
    run = np.roll(corners, -1, axis=1) - corners
    outward = np.stack([run[..., 1], -run[..., 0]], axis=2)
    outward *= _NEAR / np.maximum(np.linalg.norm(outward, axis=2, keepdims=True), 1e-9)
    along = corners[:, :, np.newaxis] + _SHARES[:, np.newaxis] * run[:, :, np.newaxis]
    pixels = imageops.to_ycc(image)
    ground, seen = _colours(pixels, along + outward[:, :, np.newaxis])
    paper, _ = _colours(pixels, along - outward[:, :, np.newaxis])
    shown = seen[..., np.newaxis]
    least = np.where(shown, ground, np.inf).min(axis=1)
    most = np.where(shown, ground, -np.inf).max(axis=1)
    uneven = np.linalg.norm(most - least, axis=1)
    clear = np.linalg.norm(paper - ground, axis=2) > _ONE * uneven[:, np.newaxis]
    clear &= ground[..., 0] < _DARK * paper[..., 0]
    lying = (clear | ~seen).all(axis=1) & (seen.sum(axis=1) >= _SIDES)
    return tuple(quad for quad, is_lying in zip(quads, lying, strict=True) if is_lying)


def _colours(pixels: Colours, points: Vector) -> tuple[Colours, npt.NDArray[np.bool_]]:
    """The usual colour at (N, 4, S, 2) points of each side, and whether the image shows it."""
    places, limits = np.rint(points).astype(int), np.array(pixels.shape[1::-1]) - 1
    seen = ((places >= 0) & (places <= limits)).all(axis=3).mean(axis=2) >= _SEEN
    columns, rows = np.moveaxis(np.clip(places, 0, limits), 3, 0)
    return np.sort(pixels[rows, columns], axis=2)[:, :, len(_SHARES) // 2], seen
