"""Reading strips of unseen writers: how many signs are right."""

from __future__ import annotations

from collections.abc import Sequence

from zipreader.reading import ctc
from zipreader.reading.stripnet import StripNetwork
from zipreader.training.spelling.card import StripFigures
from zipreader.training.spelling.fit import spelled
from zipreader.training.spelling.labels import Labelled

_ZIP = 5


def measure(network: StripNetwork, blank: int, strips: Sequence[Labelled]) -> StripFigures:
    """Read strips, each by its likeliest frames."""
    right = zips = zips_right = signs = wrong = 0
    for item in strips:
        found = spelled(network.frames([item.strip])[0].argmax(axis=1), blank)
        right += found == item.labels
        signs += len(item.labels)
        wrong += distance(found, item.labels)
        if blank == ctc.BLANK and sum(label < 10 for label in item.labels) == _ZIP:
            zips += 1
            zips_right += found == item.labels
    shares = right / len(strips), zips_right / max(zips, 1), wrong / max(signs, 1)
    return StripFigures(len(strips), shares[0], zips, shares[1], signs, shares[2])


def distance(one: Sequence[int], other: Sequence[int]) -> int:
    """Fewest signs to change, put in or leave out (V. Levenshtein, 1966)."""
    row = list(range(len(other) + 1))
    for i, sign in enumerate(one, start=1):
        before, row[0] = row[0], i
        for j, wanted in enumerate(other, start=1):
            change = before + (sign != wanted)
            before, row[j] = row[j], min(change, row[j] + 1, row[j - 1] + 1)
    return row[-1]
