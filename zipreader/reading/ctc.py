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
_TINY = 1e-30

_Prefix = tuple[int, ...]


def log_probability(frames: Frames, text: str) -> float:
    """The natural logarithm of the probability of a ZIP; -69 or less where there is none.

    Args:
        frames: (T, SIGNS) probabilities.
        text: ``12345`` or ``12345-6789``; the hyphen stands for something else or nothing.
    """
    signs = _pattern(text)
    allowed = _transitions(signs)
    scores = _brief(frames)[:, [sign for k in signs for sign in (BLANK, k)] + [BLANK]]
    reached = np.zeros(scores.shape[1])
    reached[: 4 if signs[0] == OTHER else 2] = 1.0
    reached[2] = 0.0
    total = 0.0
    for number, row in enumerate(scores):
        reached = (reached if number == 0 else allowed @ reached) * row
        sum_ = float(reached.sum())
        if sum_ < _TINY:
            return math.log(_TINY)
        total += math.log(sum_)
        reached = reached / sum_
    ends = slice(-4, None) if signs[-1] == OTHER else slice(-2, None)
    return total + math.log(max(float(reached[ends].sum()), _TINY))


def probabilities(views: Sequence[Frames], texts: Iterable[str]) -> dict[str, float]:
    """The probability of each ZIP or ZIP+4, the mean over one or more views of the same strip."""
    return {
        text: sum(math.exp(log_probability(frames, text)) for frames in views) / len(views)
        for text in texts
    }


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
    beams: dict[_Prefix, tuple[float, float]] = {(): (1.0, 0.0)}
    for row in _brief(frames):
        following: dict[_Prefix, list[float]] = {}
        signs = [int(sign) for sign in np.flatnonzero(row[:BLANK] > _LEAST)]
        for prefix, (blank, sign) in beams.items():
            _add(following, prefix, (blank + sign) * float(row[BLANK]), 0.0)
            last = prefix[-1] if prefix else BLANK
            for value in signs:
                p = float(row[value])
                if value == last:
                    again = value == OTHER
                    _add(following, prefix, 0.0, (sign + (blank if again else 0.0)) * p)
                    if not again and _may_follow(prefix, value):
                        _add(following, (*prefix, value), 0.0, blank * p)
                elif _may_follow(prefix, value):
                    _add(following, (*prefix, value), 0.0, (blank + sign) * p)
        ranked = sorted(following.items(), key=lambda item: -sum(item[1]))[:beam]
        scale = max(sum(sum(masses) for _, masses in ranked), _TINY)
        beams = {prefix: (b / scale, s / scale) for prefix, (b, s) in ranked}
    texts: dict[str, float] = {}
    for prefix, masses in beams.items():
        text = _text(prefix)
        if text:
            texts[text] = texts.get(text, 0.0) + sum(masses)
    return tuple(sorted(texts, key=lambda text: -texts[text])[:most])


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


def _brief(frames: Frames) -> npt.NDArray[np.float64]:
    """The frames with each silence shortened to one."""
    silent = frames[:, BLANK] > _SILENT
    kept = ~silent
    kept[1:] |= silent[1:] & ~silent[:-1]
    kept[:1] = True
    return frames[kept].astype(np.float64)


def _add(following: dict[_Prefix, list[float]], prefix: _Prefix, blank: float, sign: float) -> None:
    masses = following.setdefault(prefix, [0.0, 0.0])
    masses[0] += blank
    masses[1] += sign


def _may_follow(prefix: _Prefix, value: int) -> bool:
    """Whether a prefix with this sign may still become a ZIP."""
    digits = sum(sign != OTHER for sign in prefix)
    if value == OTHER:
        return digits in _PLACES_OF_OTHER
    return digits < _ZIP4


def _text(prefix: _Prefix) -> str:
    """The ZIP that a prefix spells; empty if it spells none."""
    digits = "".join(str(sign) for sign in prefix if sign != OTHER)
    if len(digits) == _ZIP4:
        return f"{digits[:_ZIP]}-{digits[_ZIP:]}"
    return digits if len(digits) == _ZIP else ""
