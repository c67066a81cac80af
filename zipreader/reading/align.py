"""Where the digits of a given text stand: the likeliest cut of the lattice that spells it."""

from __future__ import annotations

import math

from zipreader.reading.trellis import Trellis

_Cut = tuple[float, tuple[int, ...]]
"""The cost of the beginning of a text, and the glyphs that it takes."""


def align(trellis: Trellis, text: str) -> _Cut | None:
    """The cost of a text and its glyphs; ``None`` where the lattice has no room for it.

    However unlikely a glyph is as the digit that it must be, it may be taken; what is
    left out costs as in any other reading.
    """
    digits = text.replace("-", "")
    hyphen = text.find("-")
    reached: dict[int, _Cut] = {0: (0.0, ())}
    for place, digit in enumerate(digits):
        following: dict[int, _Cut] = {}
        before_start = {
            start: _cheapest(trellis, reached, start, first=place == 0)
            for start in {glyph.span[0] for glyph in trellis.glyphs}
        }
        for index, glyph in enumerate(trellis.glyphs):
            start, end = glyph.span
            before = before_start[start]
            if before is None:
                continue
            cost, glyphs = before
            cost += trellis.cost(index, int(digit))
            if end not in following or cost < following[end][0]:
                following[end] = (cost, (*glyphs, index))
        reached = following
        if place + 1 == hyphen:
            reached = _past_hyphen(trellis, reached)
    finished = [(cost + trellis.right[end], glyphs) for end, (cost, glyphs) in reached.items()]
    return min(finished, default=None)


def _cheapest(trellis: Trellis, reached: dict[int, _Cut], start: int, first: bool) -> _Cut | None:
    """The cheapest way to come to a start, with what is passed over before it."""
    if first:
        return trellis.left[start], ()
    ways = [
        (
            cost
            + trellis.skips[start]
            - trellis.skips[position]
            + trellis.gap_cost(position, start),
            glyphs,
        )
        for position, (cost, glyphs) in reached.items()
        if position <= start
    ]
    best = min(ways, default=None)
    return best if best is not None and best[0] < math.inf else None


def _past_hyphen(trellis: Trellis, reached: dict[int, _Cut]) -> dict[int, _Cut]:
    """The beginnings with the hyphen of a ZIP+4 behind them, where there is one."""
    past = dict(reached)
    for position, cut in reached.items():
        if position < trellis.end and trellis.is_dash(position):
            past[position + 1] = min(cut, past.get(position + 1, cut))
    return past
