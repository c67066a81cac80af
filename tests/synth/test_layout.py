from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zipreader.synth.layout import (
    FORMATS,
    Format,
    Room,
    address_area,
    choose_format,
    choose_resolution,
)


def test_formats_are_mailable_and_their_shares_sum_to_one() -> None:
    assert sum(shape.share for shape in FORMATS) == pytest.approx(1)
    for shape in FORMATS:
        assert 5 <= shape.width <= 11.5 and 3.5 <= shape.height <= 6.125


@pytest.mark.parametrize("shape", FORMATS, ids=lambda shape: shape.name)
def test_machine_addressed_mail_keeps_to_the_read_area(shape: Format) -> None:
    left, top, right, bottom = address_area(shape, loose=False, barcode=False)
    assert left >= 0.5 and right <= shape.width - 0.5
    assert top >= shape.height - 2.75 and bottom <= shape.height - 0.625
    assert bottom - top > 1.5


def test_large_envelopes_are_not_scanned_at_the_finest() -> None:
    rng = np.random.default_rng(0)
    flat = next(shape for shape in FORMATS if shape.name == "flat")
    assert max(choose_resolution(flat, rng) for _ in range(50)) <= 240
    assert {choose_format(rng).name for _ in range(500)} == {shape.name for shape in FORMATS}


@given(
    st.integers(0, 10_000),
    st.floats(10, 300),
    st.floats(10, 150),
    st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_what_fits_stays_inside(
    seed: int, width: float, height: float, center: tuple[float, float]
) -> None:
    area = (50.0, 40.0, 400.0, 220.0)
    x0, y0, x1, y1 = Room().find(width, height, area, center, np.random.default_rng(seed))
    assert x0 >= 50 and y0 >= 40 and x1 <= 400 + 1e-6 and y1 <= 220 + 1e-6
    assert x1 - x0 == pytest.approx(width) and y1 - y0 == pytest.approx(height)


def test_a_free_place_is_preferred() -> None:
    room = Room()
    room.take((0, 0, 100, 300))
    found = room.find(80, 80, (0, 0, 300, 300), (0.3, 0.5), np.random.default_rng(0))
    assert room.overlap(found) == 0
    assert room.overlap((50, 50, 150, 150)) == 50 * 100
