from __future__ import annotations

import numpy as np

from zipreader.elements import NOT_A_DIGIT
from zipreader.reading.normalize import normalize
from zipreader.training.segmented import FieldConfig, candidates
from zipreader.training.strings import LabelRule, StringConfig, WrittenString, compose
from zipreader.training.strokes import PenConfig, Points

_EVEN = FieldConfig(ruled=0.0, height_error=0.0, slope=0.0)
_APART = StringConfig(
    pen=PenConfig(height=(56.0, 56.0), width=(0.09, 0.09), rotation=0, shear=0, wobble=0),
    gap=(0.2, 0.3),
    touching=0.0,
    baseline=0.0,
    size=0.0,
    small_zero=0.0,
)


def _ring() -> list[Points]:
    turn = np.linspace(0, 2 * np.pi, 40)
    return [np.column_stack([25 * np.sin(turn), 40 * np.cos(turn)])]


def _bar() -> list[Points]:
    return [np.array([[0.0, 0.0], [0.0, 80.0]])]


def _string(seed: int) -> WrittenString:
    items, labels = [_ring(), _bar(), _ring()], [0, 1, 0]
    return compose(items, labels, np.random.default_rng(seed), _APART)


def test_digits_apart_are_found_as_they_were_written() -> None:
    rng = np.random.default_rng(0)
    for seed in range(4):
        string = _string(seed)
        tiles, labels = candidates(string, rng, _EVEN, LabelRule())
        assert {0, 1} <= set(labels)
        written = {0: normalize(string.parts[0]), 1: normalize(string.parts[1])}
        for tile, label in zip(tiles, labels, strict=True):
            if label != NOT_A_DIGIT:
                ink, truth = tile > 100, written[label] > 100
                assert (ink & truth).sum() > 0.6 * min(ink.sum(), truth.sum())


def test_pairs_and_halves_are_no_digits() -> None:
    _, labels = candidates(_string(1), np.random.default_rng(0), _EVEN, LabelRule())
    assert labels.count(NOT_A_DIGIT) >= 2


def test_a_letter_beside_the_digits_is_no_digit() -> None:
    wave = [np.array([[0.0, 80.0], [0.0, 0.0], [40.0, 80.0], [40.0, 0.0]])]
    string = compose([wave], [NOT_A_DIGIT], np.random.default_rng(0), _APART)
    _, labels = candidates(string, np.random.default_rng(0), _EVEN, LabelRule())
    assert set(labels) == {NOT_A_DIGIT}


def test_a_rule_under_the_string_belongs_to_nobody() -> None:
    ruled = FieldConfig(ruled=1.0, height_error=0.0, slope=0.0)
    found = [
        label
        for seed in range(6)
        for label in candidates(_string(seed), np.random.default_rng(seed), ruled, LabelRule())[1]
    ]
    assert NOT_A_DIGIT in found
    assert {0, 1} & set(found)
