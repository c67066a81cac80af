from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zipreader.elements import Frames
from zipreader.reading.ctc import (
    BLANK,
    OTHER,
    SIGNS,
    by_count,
    by_zip,
    likeliest_zips,
    log_probabilities,
    may_spell_zip,
    probabilities,
)


def certain(signs: list[int], sure: float = 0.9999) -> Frames:
    """Two frames a sign and one blank after it."""
    frames = []
    for sign in signs:
        frames += [sign, sign, BLANK]
    scores = np.full((len(frames), SIGNS), (1 - sure) / (SIGNS - 1), np.float32)
    scores[np.arange(len(frames)), frames] = sure
    return scores


def log_probability(frames: Frames, text: str) -> float:
    return float(log_probabilities([frames], [text])[0, 0])


def digits(text: str) -> list[int]:
    return [int(sign) for sign in text]


def by_counting(frames: Frames, text: str) -> float:
    """The probability of a ZIP as the sum over every way to label the frames."""
    signs = [sign for sign in range(SIGNS) if frames[:, sign].max() > 0]
    wanted = digits(text.replace("-", ""))
    total = 0.0
    for path in itertools.product(signs, repeat=len(frames)):
        told = [sign for sign, _ in itertools.groupby(path) if sign != BLANK]
        told = [s for i, s in enumerate(told) if s != OTHER or i == 0 or told[i - 1] != OTHER]
        places = [sum(s != OTHER for s in told[:i]) for i, s in enumerate(told) if s == OTHER]
        if [s for s in told if s != OTHER] == wanted and all(p in (0, 5, 9) for p in places):
            total += math.prod(float(frames[t, s]) for t, s in enumerate(path))
    return total


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(["11221", "12121", "11111"]), st.integers(5, 8), st.integers(0, 2**32 - 1))
def test_a_zip_has_the_probability_of_all_its_ways(text: str, frames: int, seed: int) -> None:
    scores = np.zeros((frames, SIGNS))
    drawn = np.random.default_rng(seed).random((frames, 4)) + 0.02
    scores[:, [1, 2, OTHER, BLANK]] = drawn / drawn.sum(axis=1, keepdims=True)
    expected = by_counting(scores.astype(np.float32), text)
    found = math.exp(log_probability(scores.astype(np.float32), text))
    assert found == pytest.approx(expected, rel=1e-3, abs=1e-12)


@given(st.text("0123456789", min_size=5, max_size=5))
def test_a_clear_zip_is_the_likeliest(text: str) -> None:
    frames = certain(digits(text))
    assert likeliest_zips(frames, 3)[0] == text
    assert math.exp(log_probability(frames, text)) > 0.99


@pytest.mark.parametrize("beside", [[OTHER], [OTHER, OTHER]])
def test_letters_before_and_behind_take_nothing(beside: list[int]) -> None:
    frames = certain([*beside, *digits("10027"), *beside])
    assert likeliest_zips(frames, 1) == ("10027",)
    assert math.exp(log_probability(frames, "10027")) > 0.99


def test_nine_digits_are_a_zip_with_or_without_a_hyphen() -> None:
    for middle in ([OTHER], []):
        frames = certain([*digits("10027"), *middle, *digits("4512")])
        assert likeliest_zips(frames, 1) == ("10027-4512",)
        assert math.exp(log_probability(frames, "10027-4512")) > 0.99
        assert log_probability(frames, "10027") < -5


@pytest.mark.parametrize("text", ["1002", "100271", "1002745", "10027451"])
def test_other_lengths_are_no_zip(text: str) -> None:
    frames = certain(digits(text))
    assert sum(probabilities([frames], likeliest_zips(frames, 5))[0].values()) < 0.02


def test_something_else_amid_the_digits_is_no_zip() -> None:
    frames = certain([1, 0, OTHER, 0, 2, 7])
    assert sum(probabilities([frames], likeliest_zips(frames, 5))[0].values()) < 0.01


def test_texts_that_share_the_zip_are_summed() -> None:
    frames = certain([*digits("10027"), OTHER, *digits("4512")], sure=0.98)
    both = by_zip(probabilities([frames], ["10027-4512", "10027-4517"])[0])
    one = math.exp(log_probability(frames, "10027-4512"))
    assert set(both) == {"10027"}
    assert both["10027"] > one


def test_views_and_texts_of_all_lengths_are_told_together_as_each_alone() -> None:
    views = [
        certain(digits("10027"), sure=0.99),
        certain([*digits("10027"), OTHER, *digits("4512")], sure=0.6),
        certain(digits("1002")),
    ]
    texts = ["10027", "10027-4512", "10022", "60614"]
    together = log_probabilities(views, texts)
    alone = [[log_probability(frames, text) for text in texts] for frames in views]
    assert together == pytest.approx(np.array(alone), rel=1e-9)
    assert probabilities(views, texts)[1]["10022"] == pytest.approx(math.exp(alone[1][2]))
    assert probabilities(views, []) == [{}, {}, {}]


def test_no_frames_no_zip() -> None:
    empty = np.zeros((0, SIGNS), np.float32)
    assert likeliest_zips(empty, 3) == ()


def test_long_silence_changes_nothing() -> None:
    frames = certain(digits("60614"))
    silence = np.full((80, SIGNS), 1e-6, np.float32)
    silence[:, BLANK] = 1 - 11e-6
    longer = np.concatenate([silence, frames, silence])
    assert log_probability(longer, "60614") == pytest.approx(
        log_probability(frames, "60614"), abs=0.01
    )


@settings(max_examples=10, deadline=None)
@given(st.integers(5, 7), st.integers(0, 2**32 - 1))
def test_five_digits_are_as_likely_as_all_zips_together(frames: int, seed: int) -> None:
    scores = np.zeros((frames, SIGNS), np.float32)
    drawn = np.random.default_rng(seed).random((frames, 4)) + 0.02
    scores[:, [1, 2, OTHER, BLANK]] = drawn / drawn.sum(axis=1, keepdims=True)
    expected = 0.0
    for five in itertools.product("12", repeat=5):
        expected += by_counting(scores, "".join(five))
    assert by_count([scores])[0, 5] == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(
    ("signs", "count"),
    [
        ([OTHER, 1, 2, 3, 4, 5], 5),
        ([1, 2, 3, 4, 5, OTHER], 5),
        ([1, 2, 3, 4, 5, OTHER, 6, 7, 8, 9], 9),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, OTHER], 9),
        ([OTHER, 1, 2, 3, 4], 4),
        ([1, 1, 2, 3, 4, 5], 6),
        ([1, 2, OTHER, 3, 4, 5], None),
        ([OTHER], 0),
    ],
)
def test_digits_in_a_row_are_counted(signs: list[int], count: int | None) -> None:
    chances = by_count([certain(signs), certain(signs, 0.999)])
    assert chances.shape == (2, 10)
    assert chances.sum(axis=1).max() <= 1 + 1e-6
    expected = [0.0] * 10 if count is None else [float(number == count) for number in range(10)]
    assert chances == pytest.approx(np.array([expected] * 2), abs=0.05)


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1), st.floats(0.01, 3), st.integers(1, 14))
def test_what_may_spell_no_zip_has_none_as_likely(seed: int, spread: float, length: int) -> None:
    """Never is a field left out whose likeliest ZIP reaches the bound."""
    scores = np.random.default_rng(seed).normal(0, 2 * spread, (length, SIGNS))
    frames = (np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)).astype(np.float32)
    texts = likeliest_zips(frames, 5)
    best = max((math.exp(log_probability(frames, text)) for text in texts), default=0.0)
    for least in (5e-4, 0.02):
        assert may_spell_zip(frames, least) or best < least


@pytest.mark.parametrize("text", ["38117", "381174402"])
def test_what_spells_a_zip_may(text: str) -> None:
    assert may_spell_zip(certain(digits(text)), 0.9)


@pytest.mark.parametrize("text", ["", "3"])
def test_letters_may_not(text: str) -> None:
    assert not may_spell_zip(certain([*digits(text), OTHER]), 0.001)
