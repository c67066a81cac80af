from __future__ import annotations

import pytest

from tests.drawing import frames_of
from zipreader.reading.otherwise import Otherwise, otherwise
from zipreader.reading.wording import SAYS

LEAST = -6.0


def before(text: str) -> Otherwise:
    return otherwise(frames_of(text), [frames_of(text)], [], LEAST)


def behind(text: str) -> float:
    return otherwise(None, [], [frames_of(text)], LEAST).ended


@pytest.mark.parametrize("text", ["PO Box", "Acct No.", "Mail Code", "Suite", "PMB", "Member No"])
def test_what_stands_before_other_numbers_is_told(text: str) -> None:
    assert before(text).numbered > SAYS


@pytest.mark.parametrize("text", ["Nashville TN", "Boise ID", "Reno NV", "Northbox ME"])
def test_the_name_of_a_place_stands_before_no_other_number(text: str) -> None:
    assert before(text).numbered < SAYS


@pytest.mark.parametrize(
    "text",
    [
        "FRANCE",
        "Germany",
        "UNITED KINGDOM",
        "Mexico",
        "12 Canada",
        "ALLEMAGNE",
        "Schweiz",
        "ALGERIE",
    ],
)
def test_another_country_ends_an_address(text: str) -> None:
    assert behind(text) > SAYS


@pytest.mark.parametrize("text", ["24 NOV 2026 PM 5 L", "NOV 24 2026", "03 JUL 2015", "MAY 2 AM"])
def test_the_date_of_a_postmark_ends_one_too(text: str) -> None:
    assert behind(text) > SAYS


@pytest.mark.parametrize("text", ["USA", "Attn Kim Ward", "Please forward", "ACCT 51378", "May St"])
def test_other_lines_below_a_zip_end_none(text: str) -> None:
    assert behind(text) < SAYS


def test_a_digit_before_the_digits_is_told_and_nothing_says_nothing() -> None:
    assert before("Taft OK 9").preceded > 0.9
    assert before("Taft OK").preceded < 0.1
    assert otherwise(None, [], [], LEAST) == Otherwise(0.0, LEAST, LEAST)


def test_the_best_of_all_lines_counts() -> None:
    lines = [frames_of("Ward"), frames_of("Box")]
    assert otherwise(None, lines, lines, LEAST).numbered == pytest.approx(
        otherwise(None, lines[1:], [], LEAST).numbered
    )
