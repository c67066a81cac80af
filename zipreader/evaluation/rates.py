"""Outcomes -> rates with intervals, by kind and in all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from zipreader.evaluation.outcome import Outcome, Stage, Verdict
from zipreader.intervals import Share

ALL = "all"
"""Name of the row that counts every piece."""
_FIRST_FIELDS = 3


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates of a group of pieces.

    * ``read``: accepted with the right ZIP, of the pieces that have a ZIP to read;
    * ``accepted``: of all pieces, rightly or not;
    * ``misread``: wrong ones among the accepted; accepting mail that must be flagged is wrong;
    * ``forced``: best guess right, were every piece accepted, of those that have a ZIP to read;
    * ``caught``: flagged, of the mail that must be flagged;
    * ``located``: the ZIP inside one of the first three fields, of the pieces with boxes;
    * ``glyphs``: well-cut digits to which the network gave its highest of eleven scores;
    * ``plus4``: the four further digits right too, of the ZIP+4 pieces whose ZIP is right.
    """

    name: str
    pieces: int
    errors: int
    read: Share
    accepted: Share
    misread: Share
    forced: Share
    caught: Share
    located: Share
    glyphs: Share
    plus4: Share


def rates(name: str, outcomes: Iterable[Outcome]) -> Rates:
    """The rates of these outcomes."""
    every = list(outcomes)
    readable = [o for o in every if not o.must_flag]
    accepted = [o for o in every if o.accepted]
    glyphs = [glyph for o in every for glyph in o.glyphs]
    return Rates(
        name=name,
        pieces=len(every),
        errors=sum(o.error is not None for o in every),
        read=_share(readable, lambda o: o.verdict is Verdict.READ),
        accepted=Share(len(accepted), len(every)),
        misread=_share(accepted, lambda o: not o.right),
        forced=_share(readable, lambda o: o.right),
        caught=_share([o for o in every if o.must_flag], lambda o: not o.accepted),
        located=_share(
            [o for o in readable if o.traced],
            lambda o: o.field_rank is not None and o.field_rank <= _FIRST_FIELDS,
        ),
        glyphs=Share(sum(glyph.truth == glyph.seen for glyph in glyphs), len(glyphs)),
        plus4=_share(
            [o for o in readable if o.right and o.truth_plus4],
            lambda o: o.plus4 == o.truth_plus4,
        ),
    )


def _share(outcomes: Sequence[Outcome], holds: Callable[[Outcome], bool]) -> Share:
    return Share(sum(map(holds, outcomes)), len(outcomes))


def rates_by_kind(outcomes: Sequence[Outcome]) -> tuple[Rates, ...]:
    """One row a kind, in order of appearance, then all where there is more than one kind."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(outcome.kind, []).append(outcome)
    rows = [rates(kind, group) for kind, group in groups.items()]
    return tuple(rows) if len(rows) == 1 else (*rows, rates(ALL, outcomes))


def misses_by_stage(outcomes: Iterable[Outcome]) -> dict[Stage, Counter[Verdict]]:
    """How many pieces were lost where, and how they ended; in the order of the stages."""
    counts: dict[Stage, Counter[Verdict]] = {stage: Counter() for stage in Stage}
    for outcome in outcomes:
        if outcome.stage is not None:
            counts[outcome.stage][outcome.verdict] += 1
    return {stage: count for stage, count in counts.items() if count}


def confusion(outcomes: Iterable[Outcome]) -> dict[str, Counter[str]]:
    """For each true digit how often its well-cut glyph was seen as which class."""
    table: dict[str, Counter[str]] = {str(digit): Counter() for digit in range(10)}
    for outcome in outcomes:
        for glyph in outcome.glyphs:
            table[glyph.truth][glyph.seen] += 1
    return table


@dataclass(frozen=True, slots=True)
class Seconds:
    """Time a piece in one stage, in seconds."""

    stage: str
    median: float
    percentile_95: float


def seconds_by_stage(outcomes: Sequence[Outcome]) -> tuple[Seconds, ...]:
    """Median and 95th percentile of each stage over the pieces it saw, and of the whole."""
    timed = [o for o in outcomes if o.seconds]
    stages = dict.fromkeys(stage for o in timed for stage in o.seconds)
    rows = [_seconds(s, [o.seconds[s] for o in timed if s in o.seconds]) for s in stages]
    return (*rows, _seconds("total", [o.total_seconds for o in timed])) if timed else ()


def _seconds(stage: str, values: list[float]) -> Seconds:
    median, high = np.quantile(values, (0.5, 0.95))
    return Seconds(stage, float(median), float(high))
