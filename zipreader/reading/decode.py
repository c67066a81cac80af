"""Lattice and scores -> ranked ZIP hypotheses, by dynamic programming.

A path explains every primitive of the field: as part of a digit, as something
left out between digits (a speck, a comma), or as a neighbour before the first
or after the last digit (the state, a stamp).  Its cost adds the negative
logarithms of the digit scores and of simple geometry.  Paths of all lengths
compete, so that four or six digits do not quietly become five: the posterior
of a ZIP is the share of its paths among all (C. Burges et al., IJCNN 1992;
Y. LeCun et al., Proc. IEEE 86, 1998, section V).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from zipreader.config import DecodeConfig
from zipreader.elements import (
    NOT_A_DIGIT,
    Digit,
    Glyph,
    Lattice,
    Scores,
    ZipHypothesis,
    transform_points,
)
from zipreader.reading.align import align
from zipreader.reading.trellis import Arc, Trellis

_ZIP = 5
_LONGEST = 7
_LONGEST_DASHED = 10
_TINY = 1e-9
_NOTHING = 3.0
"""Gap before the digits where nothing stands before them, in their heights."""

_Path = tuple[float, str, tuple[int, ...]]
"""The beginning of a reading: its cost, its text, and the glyphs it takes.

The cost sums over all ways to cut the same text; the glyphs are the likeliest.
"""

_Votes = list[dict[str, float]]
"""At each place, the share of each value."""


def decode(
    lattice: Lattice, scores: Scores, config: DecodeConfig, also: Sequence[str] = ()
) -> tuple[ZipHypothesis, ...]:
    """The ZIPs that the lattice supports, best first; empty where it supports none.

    Args:
        lattice: candidate glyphs.
        scores: (N, 11) posteriors of its N glyphs, in order.
        config: costs and limits.
        also: ZIPs that something else suggests; each for which the lattice has room
            is among the hypotheses, however unlikely its glyphs are.
    """
    trellis = Trellis(lattice, scores, config)
    readings = _merged(_paths(trellis))
    readings += _suggested(also, readings, trellis)
    total = _log_sum([-cost for cost, _, _ in readings])
    zips = sorted(path for path in readings if _is_zip(path[1]))
    shares = {text: math.exp(-cost - total) for cost, text, _ in zips}
    votes = _votes(shares)
    return tuple(
        _hypothesis(path, shares, votes, trellis, lattice)
        for rank, path in enumerate(zips)
        if path[1] in also
        or rank < config.hypotheses
        and path[0] <= zips[0][0] + config.most_behind
    )


def _suggested(also: Sequence[str], found: list[_Path], trellis: Trellis) -> list[_Path]:
    """The paths of the ZIPs that were not found."""
    known = {path[1] for path in found}
    paths = [_aligned(text, trellis) for text in dict.fromkeys(also) if text not in known]
    return [path for path in paths if path is not None]


def _aligned(text: str, trellis: Trellis) -> _Path | None:
    cut = align(trellis, text)
    if cut is None:
        return None
    cost, glyphs = cut
    nine = trellis.config.nine_cost if "-" in text else 0.0
    return cost + nine, text, glyphs


def _is_zip(text: str) -> bool:
    return len(text) == _ZIP or "-" in text and len(text) == _ZIP + 5


def _paths(trellis: Trellis) -> list[_Path]:
    """The best complete paths of every length, the length's prior included.

    ``arrived[position][state]`` holds beginnings whose last digit or hyphen ends
    there; a state is the number of digits and whether the hyphen of a ZIP+4 has
    passed.
    """
    config = trellis.config
    arrived: list[dict[tuple[int, bool], list[_Path]]] = [{} for _ in range(trellis.end + 1)]
    finished: list[_Path] = []
    for start, arcs in trellis.arcs.items():
        _extend([(trellis.left[start], "", ())], (0, False), arcs, 0.0, arrived)
    for position, states in enumerate(arrived):
        for (digits, dashed), paths in states.items():
            kept = _merged(paths)[: config.beam]
            if not kept[0][1].endswith("-"):
                finish = trellis.right[position] + _length_cost(digits, dashed, config)
                finished += [(cost + finish, text, arcs) for cost, text, arcs in kept]
            if position == trellis.end:
                continue
            if digits == _ZIP and not dashed and trellis.is_dash(position):
                arrived[position + 1].setdefault((digits, True), []).extend(
                    (cost, text + "-", arcs) for cost, text, arcs in kept
                )
            if digits == (_LONGEST_DASHED if dashed else _LONGEST):
                continue
            for start in range(position, trellis.end):
                skipped = trellis.skips[start] - trellis.skips[position]
                if skipped > config.most_skipped:
                    break
                extra = skipped + trellis.gap_cost(position, start)
                _extend(kept, (digits, dashed), trellis.arcs.get(start, ()), extra, arrived)
    return finished


def _extend(
    paths: list[_Path],
    state: tuple[int, bool],
    arcs: Iterable[Arc],
    extra: float,
    arrived: list[dict[tuple[int, bool], list[_Path]]],
) -> None:
    """Add each arc to each path, where the arc ends."""
    following = (state[0] + 1, state[1])
    for arc in arcs:
        arrived[arc.end].setdefault(following, []).extend(
            (cost + price + extra, text + value, (*taken, arc.index))
            for cost, text, taken in paths
            for value, price in arc.costs
        )


def _merged(paths: list[_Path]) -> list[_Path]:
    """One path a text, cheapest first; its cost sums over all that spell the text."""
    best: dict[str, _Path] = {}
    for path in sorted(paths):
        first = best.get(path[1])
        if first is None:
            best[path[1]] = path
        else:
            cost = first[0] - math.log1p(math.exp(first[0] - path[0]))
            best[path[1]] = (cost, first[1], first[2])
    return sorted(best.values())


def _length_cost(digits: int, dashed: bool, config: DecodeConfig) -> float:
    if dashed:
        return (
            config.nine_cost if digits == _ZIP + 4 else config.other_length_cost + config.nine_cost
        )
    return 0.0 if digits == _ZIP else config.other_length_cost


def _log_sum(values: list[float]) -> float:
    if not values:
        return -math.inf
    top = max(values)
    return (
        top + math.log(sum(math.exp(value - top) for value in values)) if top > -math.inf else top
    )


def _hypothesis(
    path: _Path, shares: dict[str, float], votes: _Votes, trellis: Trellis, lattice: Lattice
) -> ZipHypothesis:
    cost, text, arcs = path
    values = text.replace("-", "")
    glyphs = [lattice.glyphs[index] for index in arcs]
    rows = trellis.scores[list(arcs)]
    digits = tuple(
        _digit(place, value, glyph, votes, lattice)
        for place, (value, glyph) in enumerate(zip(values, glyphs, strict=True))
    )
    own = sum(share for other, share in shares.items() if other[:_ZIP] == text[:_ZIP])
    evidence = {
        "posterior": own,
        "other_lengths": max(0.0, 1 - sum(shares.values())),
        "weakest": min(float(row[int(v)]) for v, row in zip(values, rows, strict=True)),
        "not_a_digit": float(rows[:, NOT_A_DIGIT].max()),
        "cost": cost,
        "trailing": (max(box.x1 for box in lattice.primitives) - glyphs[-1].box.x1)
        / trellis.height,
        "leading": _leading(lattice, glyphs[0], trellis.height),
        **_geometry(glyphs, trellis.height),
    }
    zip_code, _, plus4 = text.partition("-")
    return ZipHypothesis(
        zip_code, plus4 or None, lattice.source.field, digits, shares[text], evidence
    )


def _digit(place: int, value: str, glyph: Glyph, votes: _Votes, lattice: Lattice) -> Digit:
    """A digit with its posterior among all ZIPs that the field may show."""
    upright = lattice.source.field.page
    corners = transform_points(lattice.source.to_upright, glyph.box.quad())
    quad = transform_points(upright.to_original, corners)
    return Digit(value, *_vote(votes[place], value), glyph, quad)


def _votes(shares: Mapping[str, float]) -> _Votes:
    """What the texts say at each place, each by its share."""
    votes: _Votes = [{} for _ in range(_ZIP + 4)]
    for text, share in shares.items():
        for said, value in zip(votes, text.replace("-", ""), strict=False):
            said[value] = said.get(value, 0.0) + share
    return votes


def _vote(said: Mapping[str, float], value: str) -> tuple[float, str]:
    """The share of a value at a place, and the next best value."""
    rivals = sorted((v for v in said if v != value), key=lambda v: -said[v])
    return said[value] / max(sum(said.values()), _TINY), rivals[0] if rivals else ""


def weighed(
    hypotheses: Sequence[ZipHypothesis], spelled: Mapping[str, float]
) -> tuple[ZipHypothesis, ...]:
    """The hypotheses of a field, the confidence of each digit weighed by what the field spells.

    Args:
        hypotheses: of one lattice.
        spelled: the probability of each of their ZIPs by another reader.
    """
    votes = _votes(
        {found.text: found.posterior * spelled[found.zip] + _TINY for found in hypotheses}
    )
    return tuple(
        replace(
            found,
            digits=tuple(
                replace(digit, confidence=confidence, runner_up=rival)
                for place, digit in enumerate(found.digits)
                for confidence, rival in (_vote(votes[place], digit.value),)
            ),
        )
        for found in hypotheses
    )


def _leading(lattice: Lattice, first: Glyph, height: float) -> float:
    """The gap between what stands before the digits and the first, in digit heights.

    What is less than half as tall as a digit is no sign.  Where the field holds no sign before
    them, it is the one before the field; ``_NOTHING`` where there is none either.
    """
    ends = [
        box.x1
        for box in lattice.primitives[: first.span[0]]
        if box.height >= height / 2 and box.center[0] < first.box.x0
    ]
    before = lattice.source.field.before
    return min(_NOTHING, (first.box.x0 - max(ends)) / height if ends else before)


def _geometry(glyphs: list[Glyph], height: float) -> dict[str, float]:
    """How evenly the digits stand: spreads in units of the digit height."""
    boxes = [glyph.box for glyph in glyphs]
    bottoms = np.array([box.y1 for box in boxes]) / height
    centres = np.array([box.center[0] for box in boxes]) / height
    across = centres - centres.mean()
    rise = float(across @ bottoms) / max(float(across @ across), _TINY)
    gaps = np.array([b.x0 - a.x1 for a, b in zip(boxes, boxes[1:], strict=False)]) / height
    return {
        "baseline_spread": float((bottoms - rise * across).std()),
        "widest_gap": float(gaps.max(initial=0)),
    }
