"""Wide field -> the part of it in which its digits stand, where a strip network saw them.

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
_CLEAR = 0.2
"""A gap is so wide at the least, in heights of a digit, that nothing of a letter comes along."""
_DIGIT_BESIDE = 0.1
"""Where a frame that is left out gives all digits more than this, a digit may stand there."""
_PAPER = 24
"""Levels of a column of paper, of 255, at the most."""
_NARROWER = 0.8
"""A field is cut down where such a share of its width is left at the most."""


class _Run(NamedTuple):
    """Neighbouring frames that show one sign best, the first and the last of them."""

    sign: int
    first: int
    last: int


_Digits = tuple[_Run | None, _Run, _Run, _Run | None]
"""What stands before a ZIP, its first and last digit, and what stands behind it."""


class _Gap(NamedTuple):
    """Columns without ink, the upper end left out."""

    start: int
    end: int


def narrowed(field: ZipField, spelling: Spelling, config: SegmentConfig) -> ZipField:
    """The field without what stands beside its digits; as it is where that is not clear.

    Args:
        field: with anything before and behind a ZIP.
        spelling: of the whole field, by ``strip`` with the same ``config``; of its views those
            that are as long as the first show the strip in its own size.
        config: how the field was brought to its strip.
    """
    if not spelling.texts:
        return field
    image = spelling.strip
    uncut = [view for view in spelling.views if len(view) == len(spelling.views[0])]
    told = (_digits(frames, spelling.texts[0]) for frames in uncut)
    digits = next((each for each in told if each is not None), None)
    if digits is None or any(_may_be_digits(frames, digits) for frames in uncut):
        return field
    before, first, last, behind = digits
    left = right = None
    if before is not None:
        left = _gap_before(image, before.last, first.first)
    if behind is not None:
        end = -(-image.shape[1] // STRIDE) - 1
        right = _gap_before(image[:, ::-1], end - behind.first, end - last.last)
    if (before is not None and left is None) or (behind is not None and right is None):
        return field
    matrix, (width, height) = field_frame(field, config)
    scale = width / image.shape[1]
    box, x0, x1 = field.box, field.box.x0, field.box.x1
    if left is not None:
        x0 = max(x0, round((matrix @ [scale * left.end, height / 2, 1.0])[0]))
    if right is not None:
        column = image.shape[1] - right.end
        x1 = min(x1, round((matrix @ [scale * column, height / 2, 1.0])[0]))
    if x1 - x0 > _NARROWER * box.width:
        return field
    gap = field.before
    if left is not None:
        gap = scale * (left.end - left.start) / config.digit_height
    return replace(field, box=Box(x0, box.y0, x1, box.y1), before=gap)


def _digits(frames: Frames, text: str) -> _Digits | None:
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


def _may_be_digits(frames: Frames, digits: _Digits) -> bool:
    """Whether what stands beside a ZIP may be a digit: then it is another number."""
    before, _, _, behind = digits
    beside = np.concatenate(
        [
            frames[: before.last + 1 if before is not None else 0],
            frames[behind.first if behind is not None else len(frames) :],
        ]
    )
    return bool((beside[:, :OTHER].sum(axis=1) > _DIGIT_BESIDE).any())


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
