"""Chains of lines that run into one another -> a chain of each line.

Where people write so close that tails and tall letters reach into the next line, and touch it,
neither neighbours nor heights tell any more what belongs together: chains go from one line to
the other and back, and what touches is one component of several lines.  Here chains that lie
within one another are one piece of writing, which is parted along the seams between its lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.reading import imageops
from zipreader.reading.measures import text_height
from zipreader.reading.rowseams import Rows, row_seams

Boxes = npt.NDArray[np.float64]
Chain = npt.NDArray[np.intp]
Ink = npt.NDArray[np.uint8]

_SHARED = 0.35
"""Chains are tangled that share so much of the height of the less tall one."""
_FEWEST = 4
"""A tangle has so many parts; and the slope of so many tells that of their line."""
_LETTER, _FRAGMENT = 0.35, 0.4
"""Such a share of the parts of a tangle is no taller than a letter; and a part that is lower than
this, in heights of the text, is a piece of one."""
_TWO, _MOST = 1.5, 12.0
"""Two lines are so many letters tall at the least, and what is taller than this is a picture."""
_TALL, _FULL, _LETTERS = 0.6, 0.75, 2
"""A letter is so tall at the least; a line has so many that are nearly whole."""
_ACROSS, _OUTSIDE = 0.85, 0.2
"""In one line such a share of the letters crosses its middle; and its height is told without such
a share of their tops and bottoms."""
_CLEARLY, _HIGH = 1.4, 1.6
"""It is no more letters high; or no more than the second, if it has few strokes."""
_STROKES, _FEW, _GAP = 2.0, 1.3, 0.12
"""So few strokes lie one above another in one line, and so few where it is still higher; broken
ones have gaps of so many letters."""
_REACH = 0.35
"""What reaches no farther into another line is of one line, in letters."""
_SCRAP = 0.25
"""What is smaller is no part, in letters."""
_NEXT = 1.2
"""What is farther apart begins a chain of its own, in letters."""


class _Tangle(NamedTuple):
    """Some chains and what of them spans several lines, cut out of the page."""

    ink: Ink
    """(H, W), 1 where there is any."""
    x: int
    y: int
    letter: float
    """Height of a letter, in pixels."""


def untangled(
    mask: Ink,
    chains: list[Chain],
    parts: Boxes,
    slopes: npt.NDArray[np.float64],
    large: Boxes,
) -> tuple[list[Chain], Boxes]:
    """The chains, those of several lines parted into chains of one each, and all their parts.

    Args:
        mask: (H, W) ink of the page, 1 where there is any.
        chains: rows of ``parts`` that follow one another.
        parts: (N, 4) x0, y0, x1, y1 in pixels of the mask.
        slopes: dy/dx of the chains.
        large: (M, 4) boxes of what is too large for a part of one line.
    """
    told = [slope for chain, slope in zip(chains, slopes, strict=True) if len(chain) >= _FEWEST]
    usual = imageops.median(np.array(told)) if told else 0.0
    found: list[Chain] = []
    every = [parts[chain] for chain in chains] + [box[np.newaxis] for box in large]
    for region in _regions(every, usual):
        own = [index for index in region if index < len(chains)]
        spanning = [every[index] for index in region if index >= len(chains)]
        tilts = [float(slopes[index]) for index in own]
        lines = _lines(mask, [every[index] for index in own], tilts, spanning, usual)
        if lines is None:
            found += [chains[index] for index in own]
            continue
        for line in lines:
            found.append(np.arange(len(line), dtype=np.intp) + len(parts))
            parts = np.concatenate([parts, line])
    return found, parts


def _level(parts: Boxes, slope: float) -> Boxes:
    """The boxes as they would stand if their lines were level."""
    rise = slope * (parts[:, 0] + parts[:, 2]) / 2
    return parts - rise[:, np.newaxis] * [0, 1, 0, 1]


def _regions(chains: Sequence[Boxes], slope: float) -> list[Chain]:
    """The numbers of chains that lie within one another."""
    if not chains:
        return []
    level = [_level(chain, slope) for chain in chains]
    x0, y0 = np.array([chain[:, :2].min(axis=0) for chain in level]).T
    x1, y1 = np.array([chain[:, 2:].max(axis=0) for chain in level]).T
    height = y1 - y0
    common = np.minimum(y1[:, None], y1) - np.maximum(y0[:, None], y0)
    along = np.minimum(x1[:, None], x1) - np.maximum(x0[:, None], x0)
    linked = (common >= _SHARED * np.minimum(height[:, None], height)) & (along > 0)
    return imageops.groups(
        len(chains), [(int(i), int(j)) for i, j in np.argwhere(np.triu(linked, 1))]
    )


def _lines(
    mask: Ink,
    chains: Sequence[Boxes],
    tilts: Sequence[float],
    spanning: Sequence[Boxes],
    usual: float,
) -> list[Boxes] | None:
    """The parts of each line, ``None`` where each chain is a line already."""
    own = np.concatenate(chains) if chains else np.zeros((0, 4))
    if len(own) < _FEWEST:
        return None
    letter = _letter(own)
    if not _TWO * letter <= np.ptp(_level(own, usual)[:, [1, 3]]) <= _MOST * letter:
        return None
    longest = max(range(len(chains)), key=lambda k: len(chains[k]))
    high = np.inf
    if not spanning and len(chains[longest]) > len(own) / 2:
        high = _height_of_one(_level(own, tilts[longest]), letter)
    if high <= _CLEARLY:
        return None
    tangle = _cut_out(mask, np.concatenate([own, *spanning]), letter)
    if np.isfinite(high) and _strokes(tangle) <= (_STROKES if high <= _HIGH else _FEW):
        return None
    seams = row_seams(tangle.ink, letter, usual)
    while len(seams) and (spanning or not _are_lines(chains, tangle, seams)):
        bands = _bands(tangle, seams)
        empty = [place for place, band in enumerate(bands) if not _is_full(band, letter)]
        if not empty:
            return [line for band in bands for line in _chained(band, letter)]
        beside = [seam for seam in (empty[0] - 1, empty[0]) if 0 <= seam < len(seams)]
        seams = np.delete(seams, max(beside, key=lambda seam: _ink_on(tangle, seams[seam])), axis=0)
    return None


def _letter(parts: Boxes) -> float:
    """The height of the letters of one line, where parts may span two."""
    heights = parts[:, 3] - parts[:, 1]
    return imageops.quantile(heights[heights >= _FRAGMENT * text_height(heights)], _LETTER)


def _cut_out(mask: Ink, parts: Boxes, letter: float) -> _Tangle:
    x0, y0 = (int(value) for value in parts[:, :2].min(axis=0))
    x1, y1 = (int(value) for value in parts[:, 2:].max(axis=0))
    ink = np.zeros((y1 - y0, x1 - x0), np.uint8)
    for left, top, right, bottom in parts.astype(int):
        window = np.s_[top - y0 : bottom - y0, left - x0 : right - x0]
        ink[window] = mask[top:bottom, left:right] > 0
    return _Tangle(ink, x0, y0, letter)


def _height_of_one(level: Boxes, letter: float) -> float:
    """How many letters high a chain is, but for tails; infinite where not all cross its middle."""
    height = level[:, 3] - level[:, 1]
    top, bottom = level[height >= _TALL * letter][:, [1, 3]].T
    height = bottom - top
    middle = float((height * (top + bottom)).sum() / (2 * height.sum()))
    if height[(top < middle) & (bottom > middle)].sum() < _ACROSS * height.sum():
        return np.inf
    high = imageops.quantile(bottom, 1 - _OUTSIDE) - imageops.quantile(top, _OUTSIDE)
    return high / letter


def _strokes(tangle: _Tangle) -> float:
    """How many strokes lie one above another, in the mean of the columns with ink."""
    gap = np.ones((imageops.odd(_GAP * tangle.letter), 1), np.uint8)
    ink = cv2.morphologyEx(tangle.ink, cv2.MORPH_CLOSE, gap)
    begun = (ink[1:] > ink[:-1]).sum(axis=0) + ink[0]
    return float(begun[begun > 0].mean())


def _are_lines(chains: Sequence[Boxes], tangle: _Tangle, seams: Rows) -> bool:
    """Whether no chain, and none of its parts, has more than a tail in another line."""
    height, width = tangle.ink.shape
    edges = np.concatenate([np.zeros((1, width)), seams, np.full((1, width), height)])
    for chain in chains:
        x0, y0, x1, y1 = (chain - [tangle.x, tangle.y, tangle.x, tangle.y]).T
        column = np.clip((x0 + x1) / 2, 0, width - 1).astype(np.intp)
        line = ((y0 + y1) / 2 >= seams[:, column]).sum(axis=0)
        beyond = np.maximum(edges[line, column] - y0, y1 - edges[line + 1, column])
        if (line != line[0]).any() or beyond.max() > 2 * _REACH * tangle.letter:
            return False
    return True


def _bands(tangle: _Tangle, seams: Rows) -> list[Boxes]:
    """The parts of each line, on the page."""
    found: list[list[tuple[int, int, int, int]]] = [[] for _ in range(len(seams) + 1)]
    for line, box in _parts(tangle, seams):
        if max(box[2] - box[0], box[3] - box[1]) >= _SCRAP * tangle.letter:
            found[line].append(box)
    moved = np.array([tangle.x, tangle.y, tangle.x, tangle.y], np.float64)
    return [np.array(line, np.float64).reshape(-1, 4) + moved for line in found]


def _parts(tangle: _Tangle, seams: Rows) -> Iterator[tuple[int, tuple[int, int, int, int]]]:
    """Each component with its line; what has more than a tail in another line is parted."""
    rows = np.arange(len(tangle.ink))[:, np.newaxis]
    lines = np.zeros(tangle.ink.shape, np.intp)
    for seam in seams:
        lines += rows >= seam
    labels, stats = imageops.components(tangle.ink)
    for number, (x, y, wide, tall, _) in enumerate(stats[:, :5].tolist()):
        window = np.s_[y : y + tall, x : x + wide]
        inked = labels[window] == number
        if number == 0:
            continue
        counts = np.bincount(lines[window][inked], minlength=len(seams) + 1)
        main = int(counts.argmax())
        pieces = {
            int(line): (inked & (lines[window] == line)).astype(np.uint8)
            for line in np.flatnonzero(counts)
        }
        tails = [cv2.boundingRect(piece)[3] for line, piece in pieces.items() if line != main]
        if max(tails, default=0) <= _REACH * tangle.letter:
            yield main, (x, y, x + wide, y + tall)
            continue
        for line, piece in pieces.items():
            _, each = imageops.components(piece)
            for left, top, w, h, _ in each[1:, :5].tolist():
                if h >= _SCRAP * tangle.letter:
                    yield line, (x + left, y + top, x + left + w, y + top + h)


def _is_full(band: Boxes, letter: float) -> bool:
    return int(np.count_nonzero(band[:, 3] - band[:, 1] >= _FULL * letter)) >= _LETTERS


def _ink_on(tangle: _Tangle, seam: npt.NDArray[np.intp]) -> int:
    height, width = tangle.ink.shape
    return int(tangle.ink[np.minimum(seam, height - 1), np.arange(width)].sum())


def _chained(band: Boxes, letter: float) -> list[Boxes]:
    """The parts of a line from left to right, parted at wide gaps."""
    ordered = band[np.argsort(band[:, 0])]
    reached = np.maximum.accumulate(ordered[:, 2])
    wide = np.flatnonzero(ordered[1:, 0] - reached[:-1] > _NEXT * letter) + 1
    return np.split(ordered, wide)
