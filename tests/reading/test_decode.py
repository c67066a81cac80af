from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.drawing import certain, digit_boxes, lattice_of
from zipreader.config import DecodeConfig
from zipreader.elements import NOT_A_DIGIT, Box, Lattice, Scores, ZipHypothesis
from zipreader.reading.decode import decode

CONFIG = DecodeConfig()
EVIDENCE = {
    "posterior",
    "other_lengths",
    "weakest",
    "not_a_digit",
    "cost",
    "baseline_spread",
    "widest_gap",
    "leading",
}


def read(boxes: Sequence[Box], values: Sequence[int]) -> tuple[ZipHypothesis, ...]:
    """Decode primitives that each certainly are this digit, or no digit (10)."""
    return decode(lattice_of(boxes), certain(values), CONFIG)


def posterior(found: tuple[ZipHypothesis, ...]) -> float:
    """The share of the best ZIP; 0 where there is none."""
    return found[0].posterior if found else 0.0


# --- length ----------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 9), min_size=5, max_size=5))
def test_five_certain_digits_are_exactly_that_zip(values: list[int]) -> None:
    best = read(digit_boxes(5), values)[0]
    assert best.zip == "".join(map(str, values))
    assert best.plus4 is None
    assert best.posterior > 0.97
    assert [digit.value for digit in best.digits] == list(best.zip)
    assert all(digit.confidence > 0.97 for digit in best.digits)


@pytest.mark.parametrize("count", [2, 3, 4, 6, 7, 8, 10])
def test_other_lengths_do_not_become_a_confident_five(count: int) -> None:
    found = read(digit_boxes(count), list(range(1, 10)) + [0] if count == 10 else range(count))
    assert posterior(found) < 0.35
    for hypothesis in found:
        assert hypothesis.evidence["other_lengths"] > 0.5


@pytest.mark.parametrize("boxes", [[], digit_boxes(1), digit_boxes(4)])
def test_fewer_than_five_digits_are_no_zip(boxes: list[Box]) -> None:
    assert read(boxes, [3] * len(boxes)) == ()


def test_nothing_but_letters_is_no_certain_zip() -> None:
    assert posterior(read(digit_boxes(6), [NOT_A_DIGIT] * 6)) < 0.1


# --- ZIP+4 -----------------------------------------------------------------------------------


def nine(dash: Box | None) -> list[Box]:
    first = digit_boxes(5)
    return [*first, *([dash] if dash else []), *digit_boxes(4, x=first[-1].x1 + 40)]


def dash_box(height: int = 8, width: int = 20, top: int = 44) -> Box:
    x = digit_boxes(5)[-1].x1 + 10
    return Box(x, top, x + width, top + height)


def test_a_hyphen_joins_zip_and_plus_four() -> None:
    best = read(nine(dash_box()), [3, 8, 1, 1, 7, NOT_A_DIGIT, 0, 2, 4, 6])[0]
    assert (best.zip, best.plus4) == ("38117", "0246")
    assert best.posterior > 0.9
    assert [digit.value for digit in best.digits] == list("381170246")


def test_nine_digits_need_a_hyphen() -> None:
    found = read(nine(None), [3, 8, 1, 1, 7, 0, 2, 4, 6])
    assert all(hypothesis.plus4 is None for hypothesis in found)
    assert posterior(found) < 0.5


def test_a_tall_stroke_is_no_hyphen() -> None:
    tall = dash_box(height=50, width=10, top=22)
    found = read(nine(tall), [3, 8, 1, 1, 7, NOT_A_DIGIT, 0, 2, 4, 6])
    assert all(hypothesis.plus4 is None for hypothesis in found)


@pytest.mark.parametrize("after", [1, 2, 3])
def test_a_hyphen_must_be_followed_by_four_digits(after: int) -> None:
    boxes = nine(dash_box())[: 6 + after]
    found = read(boxes, [3, 8, 1, 1, 7, NOT_A_DIGIT, 5, 5, 5][: 6 + after])
    assert all(hypothesis.plus4 is None for hypothesis in found)


# --- neighbours, specks, gaps ----------------------------------------------------------------


@pytest.mark.parametrize("letters", [1, 2, 4])
@pytest.mark.parametrize("after", [0, 1])
def test_letters_around_the_zip_are_left_out(letters: int, after: int) -> None:
    boxes = digit_boxes(letters + 5 + after)
    values = [NOT_A_DIGIT] * letters + [6, 0, 2, 9, 4] + [NOT_A_DIGIT] * after
    best = read(boxes, values)[0]
    assert best.zip == "60294"
    assert best.posterior > 0.9


def test_a_comma_between_state_and_zip_is_left_out() -> None:
    comma = Box(80, 68, 86, 84)
    boxes = [*digit_boxes(1), comma, *digit_boxes(5, x=100)]
    best = read(boxes, [NOT_A_DIGIT, NOT_A_DIGIT, 6, 0, 2, 9, 4])[0]
    assert best.zip == "60294"
    assert best.posterior > 0.9


def test_a_speck_between_digits_is_left_out() -> None:
    boxes = digit_boxes(5)
    speck = Box(boxes[2].x1 + 3, 30, boxes[2].x1 + 7, 34)
    best = read([*boxes[:3], speck, *boxes[3:]], [6, 0, 2, NOT_A_DIGIT, 9, 4])[0]
    assert best.zip == "60294"
    assert best.posterior > 0.9


def test_a_letter_amid_the_digits_makes_the_reading_dear() -> None:
    clean = read(digit_boxes(5), [6, 0, 2, 9, 4])[0]
    found = read(digit_boxes(6), [6, 0, NOT_A_DIGIT, 2, 9, 4])
    assert not found or found[0].evidence["cost"] > clean.evidence["cost"] + 4


def test_a_wide_gap_costs() -> None:
    close = read(digit_boxes(5), [1, 2, 3, 4, 5])[0]
    boxes = [*digit_boxes(2), *digit_boxes(3, x=digit_boxes(2)[-1].x1 + 90)]
    wide = read(boxes, [1, 2, 3, 4, 5])[0]
    assert wide.evidence["cost"] > close.evidence["cost"] + 2
    assert wide.evidence["widest_gap"] == pytest.approx(90 / 56, abs=0.01)


def test_a_digit_of_another_height_costs_and_a_small_zero_less() -> None:
    boxes = digit_boxes(5)
    low = Box(boxes[2].x0, 50, boxes[2].x1, 76)
    small = [*boxes[:2], low, *boxes[3:]]
    zero, seven = (read(small, [1, 2, value, 4, 5])[0].evidence["cost"] for value in (0, 7))
    level = read(boxes, [1, 2, 7, 4, 5])[0].evidence["cost"]
    assert level < seven
    assert zero < seven


# --- cuts ------------------------------------------------------------------------------------


def cut_digits(apart: float) -> tuple[Lattice, Scores]:
    """Six primitives; the fourth and fifth are one digit 8, or two digits 3 and 1."""
    boxes = digit_boxes(6)
    spans = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (3, 5), (5, 6)]
    scores = certain([3, 8, 1, 3, 1, 8, 7])
    scores[3:5] = certain([NOT_A_DIGIT, NOT_A_DIGIT], 1 - apart)
    scores[3, 3] = scores[4, 1] = apart
    return lattice_of(boxes, spans), scores / scores.sum(axis=1, keepdims=True)


def test_the_cut_with_the_better_digits_wins() -> None:
    best = decode(*cut_digits(apart=0.02), CONFIG)[0]
    assert best.zip == "38187"
    assert [digit.glyph.span for digit in best.digits] == [(0, 1), (1, 2), (2, 3), (3, 5), (5, 6)]
    assert best.posterior > 0.9


def test_another_cut_into_six_digits_lowers_the_posterior() -> None:
    shares = [posterior(decode(*cut_digits(apart), CONFIG)) for apart in (0.02, 0.5, 0.98)]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] - shares[2] > 0.01


# --- n-best ----------------------------------------------------------------------------------


def doubtful(first: float) -> tuple[Lattice, Scores]:
    """38117, the last digit perhaps a 1."""
    scores = certain([3, 8, 1, 1, 7])
    scores[4] = 0
    scores[4, [7, 1]] = first, 1 - first
    return lattice_of(digit_boxes(5)), scores


def test_the_rival_of_an_unclear_digit_comes_second() -> None:
    best, second, *_ = decode(*doubtful(0.7), CONFIG)
    assert (best.zip, second.zip) == ("38117", "38111")
    assert best.posterior == pytest.approx(0.7, abs=0.03)
    assert second.posterior == pytest.approx(0.3, abs=0.03)
    assert best.digits[4].confidence == pytest.approx(0.7, abs=0.03)
    assert best.digits[4].runner_up == "1"
    assert best.digits[0].confidence > 0.95


@given(st.floats(0.51, 0.99), st.floats(0.51, 0.99))
def test_a_clearer_digit_raises_the_posterior(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert posterior(decode(*doubtful(low), CONFIG)) <= posterior(decode(*doubtful(high), CONFIG))


@st.composite
def lattices(draw: st.DrawFn) -> tuple[Lattice, Scores]:
    """Any primitives of any size, any runs of them as glyphs, any scores."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    boxes, x = [], 5
    for _ in range(draw(st.integers(0, 11))):
        width, height = random.integers(3, 60), random.integers(3, 90)
        top = int(random.integers(0, 100 - height))
        boxes.append(Box(x, top, x + int(width), top + int(height)))
        x += int(random.integers(1, 70))
    runs = [(a, b) for a in range(len(boxes)) for b in range(a + 1, min(a + 3, len(boxes)) + 1)]
    spans = [run for run in runs if random.random() < 0.8]
    scores = random.dirichlet(np.full(11, draw(st.sampled_from([0.05, 0.3, 2.0]))), len(spans))
    return lattice_of(boxes, spans), scores.astype(np.float32).reshape(-1, 11)


@given(lattices())
def test_hypotheses_are_a_ranked_list_of_shares(case: tuple[Lattice, Scores]) -> None:
    found = decode(*case, CONFIG)
    shares = [hypothesis.posterior for hypothesis in found]
    assert len(found) <= CONFIG.hypotheses
    assert all(0 <= share <= 1 + 1e-9 for share in shares)
    assert sum(shares) <= 1 + 1e-9
    assert shares == sorted(shares, reverse=True)
    assert len({(h.zip, h.plus4) for h in found}) == len(found)


@given(lattices())
def test_a_hypothesis_explains_itself(case: tuple[Lattice, Scores]) -> None:
    lattice, scores = case
    for hypothesis in decode(lattice, scores, CONFIG):
        text = hypothesis.zip + (hypothesis.plus4 or "")
        assert len(hypothesis.zip) == 5
        assert hypothesis.plus4 is None or len(hypothesis.plus4) == 4
        assert "".join(digit.value for digit in hypothesis.digits) == text
        assert text.isdecimal()
        assert hypothesis.field is lattice.source.field
        assert set(hypothesis.evidence) >= EVIDENCE
        assert np.isfinite(list(hypothesis.evidence.values())).all()
        assert 0 <= hypothesis.evidence["other_lengths"] <= 1
        assert hypothesis.evidence["posterior"] >= hypothesis.posterior - 1e-9
        spans = [digit.glyph.span for digit in hypothesis.digits]
        assert all(a[1] <= b[0] for a, b in zip(spans, spans[1:], strict=False))
        for digit in hypothesis.digits:
            assert 0 <= digit.confidence <= 1 + 1e-9
            assert digit.runner_up != digit.value
            assert any(digit.glyph is glyph for glyph in lattice.glyphs)


@given(lattices())
def test_decoding_is_repeatable(case: tuple[Lattice, Scores]) -> None:
    first, second = decode(*case, CONFIG), decode(*case, CONFIG)
    assert [(h.zip, h.posterior) for h in first] == [(h.zip, h.posterior) for h in second]


def test_as_many_hypotheses_as_asked_for() -> None:
    lattice = lattice_of(digit_boxes(5))
    scores = np.full((5, 11), 1 / 11, np.float32)
    assert len(decode(lattice, scores, replace(CONFIG, hypotheses=3))) == 3


def test_digits_are_shown_on_the_original() -> None:
    boxes = digit_boxes(5)
    best = read(boxes, [1, 2, 3, 4, 5])[0]
    for digit, box in zip(best.digits, boxes, strict=True):
        assert np.abs(digit.quad - box.quad()).max() < 1e-6


def test_evidence_names_the_weakest_digit() -> None:
    best = decode(*doubtful(0.7), CONFIG)[0]
    assert best.evidence["weakest"] == pytest.approx(0.7, abs=1e-3)
    assert best.evidence["baseline_spread"] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("gap", [4, 40])
def test_the_gap_before_the_digits_is_told(gap: int) -> None:
    boxes = digit_boxes(5)
    letter = Box(boxes[0].x0 - gap - 20, boxes[0].y0, boxes[0].x0 - gap, boxes[0].y1)
    speck = Box(boxes[0].x0 - 3, boxes[0].y1 - 6, boxes[0].x0 - 1, boxes[0].y1)
    best = read([letter, speck, *boxes], [NOT_A_DIGIT, NOT_A_DIGIT, 1, 2, 3, 4, 5])[0]
    assert best.zip == "12345"
    assert best.evidence["leading"] == pytest.approx(gap / boxes[0].height, rel=0.05)
    assert read(boxes, [1, 2, 3, 4, 5])[0].evidence["leading"] == 3


@pytest.mark.parametrize(("before", "told"), [(0.3, 0.3), (7.0, 3.0)])
def test_the_gap_before_the_field_is_told_where_it_holds_no_sign(
    before: float, told: float
) -> None:
    lattice = lattice_of(digit_boxes(5))
    source = replace(lattice.source, field=replace(lattice.source.field, before=before))
    best = decode(replace(lattice, source=source), certain([1, 2, 3, 4, 5]), CONFIG)[0]
    assert best.evidence["leading"] == told


def test_a_slanting_baseline_is_no_spread_but_a_jump_is() -> None:
    level = digit_boxes(5)
    sloping = [Box(b.x0, b.y0 + 3 * i, b.x1, b.y1 + 3 * i) for i, b in enumerate(level)]
    jumping = [
        Box(b.x0, b.y0 + 12 * (i % 2), b.x1, b.y1 + 12 * (i % 2)) for i, b in enumerate(level)
    ]
    spreads = [
        read(boxes, [1, 2, 3, 4, 5])[0].evidence["baseline_spread"]
        for boxes in (level, sloping, jumping)
    ]
    assert spreads[:2] == pytest.approx([0, 0], abs=1e-6)
    assert spreads[2] > 0.05


def test_what_is_so_far_behind_the_best_is_left_out() -> None:
    case = cut_digits(apart=0.02)
    everything = decode(*case, replace(CONFIG, most_behind=20.0, hypotheses=50))
    kept = decode(*case, replace(CONFIG, hypotheses=50))
    assert [item.zip for item in kept] == [
        item.zip
        for item in everything
        if item.posterior >= everything[0].posterior * math.exp(-CONFIG.most_behind)
    ]
    assert len(kept) < len(everything)


def test_what_is_suggested_twice_counts_once() -> None:
    lattice, scores = lattice_of(digit_boxes(5)), certain([1, 2, 3, 4, 5])
    once, twice = (decode(lattice, scores, CONFIG, ("99999",) * times) for times in (1, 2))
    assert [found.text for found in once] == [found.text for found in twice]
    assert "99999" in [found.text for found in once]
    assert [found.evidence for found in once] == [found.evidence for found in twice]
