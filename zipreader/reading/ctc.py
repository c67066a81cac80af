"""Frames of scores <-> texts, by connectionist temporal classification.

Every frame of a strip has a probability for each digit, for *something else* (a
run of letters, a hyphen) and for the blank between two signs.  A text has the
probability of all ways to stretch it over the frames (A. Graves et al., ICML 2006).
Texts here are ZIPs, ``12345`` or ``12345-6789``, whatever stands before and behind
them.  Four or six digits are another text, and take their share of the probability.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from zipreader.elements import NOT_A_DIGIT, Frames

OTHER = NOT_A_DIGIT
BLANK = OTHER + 1
SIGNS = BLANK + 1
_PLACES_OF_OTHER = (0, 5, 9)
"""Numbers of digits after which something else may stand."""
_ZIP, _ZIP4 = 5, 9
_SILENT = 0.999
"""Neighbouring frames whose blanks are likelier are one."""
_LEAST = 2e-3
"""Signs less likely than this in a frame are not followed."""
_MANY_DIGITS = 4.0
"""Where digits have so much in all, they are not counted before they are searched."""
_TINY = 1e-30

_Prefix = tuple[int, ...]
_Beam = tuple[_Prefix, int, float, float]
"""The signs so far, how many of them are digits, and the masses that end in silence or a sign."""


def log_probabilities(views: Sequence[Frames], texts: Sequence[str]) -> npt.NDArray[np.float64]:
    """(V, N) natural logarithms of the probabilities of ZIPs; -69 or less where there is none.

    Args:
        views: V times (T, SIGNS) probabilities; T may differ.
        texts: N times ``12345`` or ``12345-6789``; the hyphen stands for something else
            or nothing.
    """
    found = np.zeros((len(views), len(texts)))
    scores = _together(views)
    for length in {len(text) for text in texts}:
        columns = [column for column, text in enumerate(texts) if len(text) == length]
        found[:, columns] = _forward(scores, [_pattern(texts[column]) for column in columns])
    return found


def _forward(
    scores: npt.NDArray[np.float64], patterns: Sequence[list[int]]
) -> npt.NDArray[np.float64]:
    """(V, N) logarithms for (V, T, SIGNS) scores and N patterns of one length."""
    allowed = np.stack([_transitions(signs) for signs in patterns])
    states = np.full((len(patterns), allowed.shape[1]), BLANK)
    states[:, 1::2] = patterns
    rows = scores[:, :, states].transpose(1, 2, 3, 0)
    reached = rows[0].copy()
    reached[:, [2, *range(4, reached.shape[1])]] = 0.0
    totals = np.zeros((len(patterns), len(scores)))
    for number, row in enumerate(rows):
        if number:
            reached = (allowed @ reached) * row
        sums = np.maximum(reached.sum(axis=1), _TINY)
        totals += np.log(sums)
        reached /= sums[:, np.newaxis]
    totals += np.log(np.maximum(reached[:, -4:].sum(axis=1), _TINY))
    return np.maximum(totals.T, math.log(_TINY))


def _together(views: Sequence[Frames]) -> npt.NDArray[np.float64]:
    """(V, T, SIGNS) float64: all views, silence behind the shorter ones."""
    shortened = [brief(frames) for frames in views]
    scores = np.zeros((len(shortened), max(len(rows) for rows in shortened), SIGNS))
    scores[:, :, BLANK] = 1.0
    for filled, rows in zip(scores, shortened, strict=True):
        filled[: len(rows)] = rows
    return scores


def probabilities(views: Sequence[Frames], texts: Iterable[str]) -> list[dict[str, float]]:
    """The probability of each ZIP or ZIP+4 in each view."""
    names = list(texts)
    if not names:
        return [{} for _ in views]
    return [dict(zip(names, row, strict=True)) for row in np.exp(log_probabilities(views, names))]


def by_count(views: Sequence[Frames]) -> npt.NDArray[np.float64]:
    """(V, 10) probabilities that a view spells so many digits, whichever they are.

    Something else may stand before them, behind five, which may be followed by four more,
    and behind nine.  What is lacking to 1 spells digits among which something else stands.
    """
    reached = np.zeros((len(_COUNTED), len(views)))
    reached[0] = 1.0
    signs = [sign for _, sign in _COUNTED]
    for row in _together(views).transpose(1, 2, 0):
        reached = (_COUNTING @ reached) * row[signs]
    counts = np.array([count for count, _ in _COUNTED])
    masses = [reached[counts == count].sum(axis=0) for count in range(_ZIP4 + 1)]
    return np.minimum(np.array(masses).T, 1.0)


def may_spell_zip(frames: Frames, least: float) -> bool:
    """Whether five or nine digits may have the probability ``least``: told without a search.

    Five of the frames show a digit at least, which is no likelier than the fifth power of
    all that digits have, by the 120 orders of five frames.
    """
    digits = float(frames[:, :OTHER].sum())
    if digits >= _MANY_DIGITS:
        return True
    if digits**_ZIP / math.factorial(_ZIP) < least:
        return False
    counts = by_count([frames])[0]
    return bool(counts[_ZIP] + counts[_ZIP4] >= least)


def by_zip(texts: Mapping[str, float]) -> dict[str, float]:
    """The probabilities of five digits: each the sum of all texts that begin with them."""
    found: dict[str, float] = {}
    for text, probability in texts.items():
        found[text[:_ZIP]] = found.get(text[:_ZIP], 0.0) + probability
    return found


def likeliest_zips(frames: Frames, most: int, beam: int = 12) -> tuple[str, ...]:
    """ZIPs that the frames may spell, about the likeliest first, by a search over prefixes.

    Args:
        frames: (T, SIGNS) probabilities.
        most: how many at most.
        beam: prefixes kept after each frame.
    """
    beams: list[_Beam] = [((), 0, 1.0, 0.0)]
    for row in brief(frames).tolist():
        following: dict[_Prefix, list[float]] = {}
        counts: dict[_Prefix, int] = {}
        *signs, silence = row
        likely = [(value, p) for value, p in enumerate(signs) if p > _LEAST]
        for prefix, digits, blank, sign in beams:
            both = blank + sign
            own = following.setdefault(prefix, [0.0, 0.0])
            counts[prefix] = digits
            own[0] += both * silence
            last = prefix[-1] if prefix else BLANK
            for value, p in likely:
                mass = both * p
                if value == last:
                    again = value == OTHER
                    own[1] += mass if again else sign * p
                    if again:
                        continue
                    mass = blank * p
                if (digits in _PLACES_OF_OTHER) if value == OTHER else (digits < _ZIP4):
                    longer = (*prefix, value)
                    following.setdefault(longer, [0.0, 0.0])[1] += mass
                    counts[longer] = digits + (value != OTHER)
        ranked = sorted(following.items(), key=_mass)[:beam]
        scale = max(sum(b + s for _, (b, s) in ranked), _TINY)
        beams = [(prefix, counts[prefix], b / scale, s / scale) for prefix, (b, s) in ranked]
    texts: dict[str, float] = {}
    for prefix, _, blank, sign in beams:
        text = _text(prefix)
        if text:
            texts[text] = texts.get(text, 0.0) + (blank + sign)
    return tuple(sorted(texts, key=lambda text: -texts[text])[:most])


def brief(frames: Frames, blank: int = BLANK) -> npt.NDArray[np.float64]:
    """The frames with each silence shortened to one."""
    silent = frames[:, blank] > _SILENT
    kept = ~silent
    kept[1:] |= silent[1:] & ~silent[:-1]
    kept[:1] = True
    return frames[kept].astype(np.float64)


def _counting(states: Sequence[tuple[int, int]]) -> npt.NDArray[np.float64]:
    """(S, S) of 0 and 1, to each state of (digits so far, last sign) from those before it."""
    allowed = np.zeros((len(states), len(states)))
    for column, (count, sign) in enumerate(states):
        for row, (following, value) in enumerate(states):
            begun = following == count + 1 and value < OTHER and value != sign
            allowed[row, column] = begun or (
                following == count and (value == sign or value >= OTHER)
            )
    return allowed


_COUNTED = tuple(
    (count, sign)
    for count in range(_ZIP4 + 1)
    for sign in (BLANK, OTHER, *range(OTHER))
    if (sign != OTHER or count in _PLACES_OF_OTHER) and (sign >= OTHER or count > 0)
)
"""Digits so far and the last sign, a silence first."""
_COUNTING = _counting(_COUNTED)


def _pattern(text: str) -> list[int]:
    """The signs of a ZIP, with something else wherever it may stand."""
    five, _, four = text.partition("-")
    middle = [OTHER, *map(int, four)] if four else []
    return [OTHER, *map(int, five), *middle, OTHER]


def _transitions(signs: list[int]) -> npt.NDArray[np.float64]:
    """(S, S) of 0 and 1, to each state from those before it; S = 2 N + 1.

    State 2 k is the blank before sign k, state 2 k + 1 the sign.  A sign OTHER
    may be passed over, and it may come again after a blank.
    """
    size = 2 * len(signs) + 1
    allowed = np.eye(size)
    for k, sign in enumerate(signs):
        state = 2 * k + 1
        allowed[state, state - 1] = 1
        allowed[state + 1, state] = 1
        if k > 0 and signs[k - 1] != sign:
            allowed[state, state - 2] = 1
        if k > 0 and signs[k - 1] == OTHER:
            allowed[state, state - 3] = 1
        if k > 1 and signs[k - 1] == OTHER:
            allowed[state, state - 4] = signs[k - 2] != sign
        if sign == OTHER:
            allowed[state, state + 1] = 1
    return allowed


def _mass(item: tuple[_Prefix, list[float]]) -> float:
    """Least for what is likeliest."""
    blank, sign = item[1]
    return -(blank + sign)


def _text(prefix: _Prefix) -> str:
    """The ZIP that a prefix spells; empty if it spells none."""
    digits = "".join(str(sign) for sign in prefix if sign != OTHER)
    if len(digits) == _ZIP4:
        return f"{digits[:_ZIP]}-{digits[_ZIP:]}"
    return digits if len(digits) == _ZIP else ""
