from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.drawing import blank, field_of, print_text, printed
from zipreader.config import ReaderConfig
from zipreader.elements import Strip
from zipreader.reading.strip import DIGIT, ROWS, resized, strip

CONFIG = ReaderConfig().strip


def rows_of(found: Strip) -> tuple[int, int]:
    """The first and the last row with much ink."""
    rows = np.flatnonzero(found.max(axis=1) > 127)
    return int(rows[0]), int(rows[-1])


@given(st.integers(16, 90))
def test_digits_of_any_size_are_as_tall_as_a_strip_wants_them(height: int) -> None:
    found = strip(field_of(printed("48103", height), height), CONFIG)
    assert found.shape[0] == ROWS
    first, last = rows_of(found)
    assert last - first + 1 == pytest.approx(DIGIT, abs=2.5)
    assert (first + last + 1) / 2 == pytest.approx(ROWS / 2, abs=2)


def test_a_rest_of_another_line_hardly_moves_it() -> None:
    canvas = blank(300, 160)
    print_text(canvas, "48103", 20, 100, 40)
    alone = rows_of(strip(field_of(canvas, 40), CONFIG))
    canvas[150:154, 40:80] = 30
    assert rows_of(strip(field_of(canvas, 40), CONFIG))[1] >= alone[1] - 2


def test_nothing_written_gives_a_blank_strip() -> None:
    found = strip(field_of(blank(200, 60), 40), CONFIG)
    assert found.shape[0] == ROWS
    assert not found.any()


def test_a_very_wide_field_is_squeezed() -> None:
    found = strip(field_of(printed("0123456789" * 8, 40), 40), CONFIG)
    assert found.shape == (ROWS, 448)


@given(st.floats(0.85, 1.2))
def test_a_resized_strip_has_digits_of_that_size_on_the_same_row(factor: float) -> None:
    found = strip(field_of(printed("48103", 40), 40), CONFIG)
    other = resized(found, factor)
    assert other.shape == (ROWS, round(found.shape[1] * factor))
    first, last = rows_of(other)
    assert last - first + 1 == pytest.approx(factor * DIGIT, abs=3)
    assert (first + last + 1) / 2 == pytest.approx(ROWS / 2, abs=2)
