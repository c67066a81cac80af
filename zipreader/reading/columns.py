"""Lines of two addresses side by side -> the lines of each.

On parcel labels sender and addressee stand beside one another, with hardly more between
them than between two words.  What tells two columns from the words of one is that no
line crosses the space between them, and that it is far wider than the spaces of words, or
the lines behind it begin below one another or are written larger or smaller than those
before it.  Boxes to tick are a column too, though short, if what is behind begins well apart.

Source: the vertical cut of G. Nagy and S. Seth, "Hierarchical representation of optically
scanned documents", ICPR 1984.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from zipreader.elements import Box, TextLine
from zipreader.reading import imageops
from zipreader.reading.measures import on_one_line, piece, usual_height

Lines = list[TextLine]
_GAP, _USUAL_GAP = 0.4, 1.5
"""Text heights: the space between two columns is at least so wide, and so wide behind half of the
lines of the left one, as those differ in length."""
_LINES, _WIDTH = 3, 4.0
"""Each has so many lines, and all but one of them are so long, in text heights;"""
_SHORT_GAP = 5.0
"""those of the left one may be shorter, if all end so far before the space does."""
_ALIGNED, _SHARE = 0.6, 0.6
"""So far apart, in text heights, are the beginnings of such a share of the right one's lines; or"""
_TALLER = 1.3
"""the text of one is so many times as tall as that of the other; or"""
_WIDE_GAP, _WIDER = 2.0, 2.0
"""all lines of the left one end so far, in text heights, before the space does, and it is so many
times as wide as the widest other one, as the right one may be stepped."""
_BESIDE = 0.6
"""Where they share less of the height of the lower one, lines that stand on one level leave the
usual gap between them."""


def columns(lines: Lines) -> list[Lines]:
    """The lines of the left column, those of the right one, and the others where there are any.

    ``lines`` belong together by their places and come back in one group where they stand
    in one column.
    """
    if len(lines) < _LINES:
        return [lines]
    ordered = sorted(lines, key=lambda line: line.box.center[1])
    height = usual_height(ordered)
    gap = _GAP * height
    best: tuple[Lines, Lines, Lines] | None = None
    told = (0, False)
    for start, run in _runs(ordered, gap, _LINES):
        if len(run) >= told[0]:
            left, right = _sides(run, start)
            clear = len(run), _are_wide(left, height)
            if clear > told and _are_columns(left, right, start, height):
                best, told = (run, left, right), clear
    if best is None:
        return [lines]
    run, left, right = best
    others = [line for line in ordered if line not in run]
    return [left, right, others] if others else [left, right]


def _runs(ordered: Lines, gap: float, least: int) -> Iterable[tuple[int, Lines]]:
    """Lines that follow one another and leave a space free, with the end of that space.

    It ends where a part begins; ``least`` of the lines end before it, and as many begin behind.
    """
    parts = np.array([(part.x0, part.x1) for line in ordered for part in line.parts])
    rows = np.cumsum([0, *(len(line.parts) for line in ordered[:-1])])
    x0, x1 = parts.T
    starts = np.array(sorted(set(x0.tolist())))
    ends = starts[:, None] - gap
    crossed = np.logical_or.reduceat((x1 > ends) & (x0 < starts[:, None]), rows, axis=1)
    before = np.logical_or.reduceat(x1 <= ends, rows, axis=1) & ~crossed
    behind = np.logical_or.reduceat(x0 >= starts[:, None], rows, axis=1) & ~crossed
    chosen = (before.sum(axis=1) >= least) & (behind.sum(axis=1) >= least)
    for number in np.flatnonzero(chosen):
        edges = [-1, *np.flatnonzero(crossed[number]).tolist(), len(ordered)]
        for above, below in pairwise(edges):
            inside = slice(above + 1, below)
            if min(before[number, inside].sum(), behind[number, inside].sum()) >= least:
                yield int(starts[number]), ordered[inside]


def _sides(run: Lines, start: int) -> tuple[Lines, Lines]:
    """What stands before the end of a space, and what stands behind it."""
    left = [(line, [part for part in line.parts if part.x0 < start]) for line in run]
    right = [(line, [part for part in line.parts if part.x0 >= start]) for line in run]
    before, behind = ([piece(*own) for own in side if own[1]] for side in (left, right))
    return before, behind


def _run_on(left: Lines, right: Lines) -> bool:
    """Whether lines go on behind the space, of columns that are hardly beside one another.

    So do the upper lines of an address under a postmark.
    """
    ours, theirs = (Box.around(each.box for each in side) for side in (left, right))
    common = min(ours.y1, theirs.y1) - max(ours.y0, theirs.y0)
    if common >= _BESIDE * min(ours.height, theirs.height):
        return False
    spaces = [
        (other.box.x0 - one.box.x1) / max(one.text_height, other.text_height)
        for one in left
        for other in right
        if on_one_line(one.box, other.box)
    ]
    return bool(spaces) and imageops.median(np.array(spaces)) < _USUAL_GAP


def _are_columns(left: Lines, right: Lines, start: int, height: float) -> bool:
    ends = start - np.array([each.box.x1 for each in left])
    if imageops.median(ends) < _USUAL_GAP * height or _run_on(left, right):
        return False
    if not _are_wide(right, height):
        return False
    if not _are_wide(left, height):
        return bool(ends.min() >= _SHORT_GAP * height) and _are_aligned(right, start, height)
    small, large = sorted((usual_height(left), usual_height(right)))
    return (
        large >= _TALLER * small
        or _are_aligned(right, start, height)
        or ends.min() >= max(_WIDE_GAP * height, _WIDER * _widest_space([*left, *right]))
    )


def _are_wide(side: Lines, height: float) -> bool:
    return sum(each.box.width >= _WIDTH * height for each in side) >= _LINES - 1


def _are_aligned(right: Lines, start: int, height: float) -> bool:
    """Whether most lines begin below one another, where the space ends."""
    aligned = sum(each.box.x0 <= start + _ALIGNED * height for each in right)
    return aligned >= max(_LINES, _SHARE * len(right))


def _widest_space(lines: Lines) -> int:
    """The widest space within a line, in pixels."""
    return max((b.x0 - a.x1 for line in lines for a, b in pairwise(line.parts)), default=0)
