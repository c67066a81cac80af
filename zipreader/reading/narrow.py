"""Wide field -> the part of it in which its digits stand, where the strip network saw them.

Where the digits are as far apart as the words of a line, no word gap tells where the ZIP
begins, and a field holds half of the city: cut, it offers more letters than digits.  But
what was spelled without cutting tells between which columns the digits stand.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zipreader.config import SegmentConfig
from zipreader.elements import Box, Frames, Spelling, Strip, ZipField
from zipreader.reading.ctc import BLANK, OTHER
from zipreader.reading.rectify import field_frame
from zipreader.reading.strip import DIGIT, STRIDE

_REACH = 1.1
"""A digit's frame lies no farther from the gap beside it, in heights of a digit."""
_CLEAR = 0.08
"""A gap is so wide at the least, in heights of a digit."""
_PAPER = 24
"""Levels of a column of paper, of 255, at the most."""
_NARROWER = 0.8
"""A field is cut down where such a share of its width is left at the most."""


class _Run(NamedTuple):
    """Neighbouring frames that show one sign best, the first and the last of them."""

    sign: int
    first: int
    last: int


class _Gap(NamedTuple):
    """Columns without ink, the upper end left out."""

    start: int
    end: int


def narrowed(field: ZipField, spelling: Spelling, config: SegmentConfig) -> ZipField:
    """The field without what stands beside its digits; as it is where that is not clear.

    Args:
        field: with anything before and behind a ZIP.
        spelling: of the whole field, by ``strip`` with the same ``config``.
        config: how the field was brought to its strip.
    """
    if not spelling.texts:
        return field
    digits = _digits(spelling.views[0], spelling.texts[0])
    if digits is None:
        return field
    before, first, last, behind = digits
    image = spelling.strip
    left = _gap_before(image, before.last, first.first) if before is not None else None
    right = _gap_before(image[:, ::-1], *_mirrored(image, behind, last)) if behind else None
    if (before is not None and left is None) or (behind is not None and right is None):
        return field
    matrix, (width, height) = field_frame(field, config)
    scale = width / image.shape[1]
    ends = [
        float((matrix @ [scale * column, height / 2, 1.0])[0])
        for column in (
            left.end - 1 if left is not None else 0,
            image.shape[1] - right.end + 1 if right is not None else image.shape[1],
        )
    ]
    box = field.box
    part = Box(max(box.x0, round(ends[0])), box.y0, min(box.x1, round(ends[1])), box.y1)
    if part.width > _NARROWER * box.width:
        return field
    gap = (left.end - left.start) / DIGIT if left is not None else field.before
    return replace(field, box=part, before=gap)


def _digits(frames: Frames, text: str) -> tuple[_Run | None, _Run, _Run, _Run | None] | None:
    """What stands before a ZIP, its first and last digit, and what stands behind it.

    ``None`` where the likeliest frames do not spell it.
    """
    best = frames.argmax(axis=1)
    runs: list[_Run] = []
    for sign, group in groupby(range(len(best)), key=lambda frame: int(best[frame])):
        each = list(group)
        if sign != BLANK:
            runs.append(_Run(sign, each[0], each[-1]))
    places = [place for place, run in enumerate(runs) if run.sign != OTHER]
    if [str(runs[place].sign) for place in places] != list(text.replace("-", "")):
        return None
    start, end = places[0], places[-1]
    before = runs[start - 1] if start else None
    behind = runs[end + 1] if end + 1 < len(runs) else None
    return before, runs[start], runs[end], behind


def _mirrored(image: Strip, behind: _Run, last: _Run) -> tuple[int, int]:
    """The frames of both signs, counted from the right."""
    frames = -(-image.shape[1] // STRIDE)
    return frames - 1 - behind.first, frames - 1 - last.last


def _gap_before(image: Strip, before: int, digit: int) -> _Gap | None:
    """The widest gap between the frames of a sign and of a digit right of it."""
    start = max(STRIDE * before, round(STRIDE * digit - _REACH * DIGIT), 0)
    free: npt.NDArray[np.bool_] = image.max(axis=0, initial=0) <= _PAPER
    gaps = []
    for is_free, group in groupby(range(len(free)), key=lambda column: bool(free[column])):
        each = list(group)
        if is_free and each[-1] >= start and each[0] <= STRIDE * digit + 1:
            gaps.append(_Gap(each[0], each[-1] + 1))
    widest = max(gaps, key=lambda gap: (gap.end - gap.start, gap.end), default=None)
    if widest is None or widest.end - widest.start < _CLEAR * DIGIT:
        return None
    return widest
