from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zipreader.reading.together import together

probabilities = st.floats(0, 1)
fits = st.floats(-60, 0)


def test_the_strip_alone_ranks_where_no_place_is_read() -> None:
    odds = together({"38117": 0.6, "38111": 0.2}, {"38117": 0.0, "38111": 0.0})
    assert odds["38117"] == pytest.approx(math.log(3))
    assert odds["38111"] == pytest.approx(-math.log(3))


def test_a_place_that_agrees_outweighs_the_digits() -> None:
    odds = together({"38117": 0.001, "97358": 0.9}, {"38117": 0.0, "97358": -40.0})
    assert odds["38117"] > 12
    assert odds["97358"] < -12


def test_other_zips_of_the_place_divide_what_it_says() -> None:
    """A town of one ZIP settles what the digits leave open; a town of many does not."""
    alone = together({"38117": 0.01}, {"38117": 0.0})
    among = together({"38117": 0.01}, {"38117": 0.0}, [(0.01, 0.0)] * 9)
    assert alone["38117"] > 12
    assert among["38117"] == pytest.approx(math.log(1 / 9))


@given(
    st.dictionaries(st.from_regex(r"[0-9]{5}", fullmatch=True), probabilities, max_size=6),
    st.lists(st.tuples(probabilities, fits), max_size=6),
    st.data(),
)
def test_odds_are_finite_and_at_most_one_zip_is_likelier_than_not(
    spelled: dict[str, float], neighbours: list[tuple[float, float]], data: st.DataObject
) -> None:
    whole = {zip_code: data.draw(fits) for zip_code in spelled}
    odds = together(spelled, whole, neighbours)
    assert odds.keys() == spelled.keys()
    assert all(math.isfinite(value) for value in odds.values())
    assert sum(value > 1e-9 for value in odds.values()) <= 1


@given(probabilities, probabilities, fits, fits)
def test_a_better_fit_never_lowers_the_odds(p: float, q: float, fit: float, other: float) -> None:
    spelled = {"38117": p, "97358": q}
    low, high = sorted((fit, other))
    worse = together(spelled, {"38117": low, "97358": -5.0})
    better = together(spelled, {"38117": high, "97358": -5.0})
    assert better["38117"] >= worse["38117"] - 1e-9
