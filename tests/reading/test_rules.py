from __future__ import annotations

import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from zipreader.config import SegmentConfig
from zipreader.reading import rules

CONFIG = SegmentConfig()
LENGTH = round(CONFIG.rule_length * CONFIG.digit_height)


@given(
    st.integers(0, 2**32 - 1),
    st.integers(80, 400),
    st.floats(-0.07, 0.07),
    st.integers(LENGTH // 2, 3 * LENGTH),
    st.integers(1, 4),
    st.floats(0, 0.03),
)
def test_the_quick_look_misses_no_run_of_any_slope(
    seed: int, width: int, slope: float, run: int, thick: int, worn: float
) -> None:
    rng = np.random.default_rng(seed)
    mask = np.zeros((80, width), np.uint8)
    start = (int(rng.integers(-40, width)), int(rng.integers(0, 80)))
    cv2.line(mask, start, (start[0] + run, round(start[1] + slope * run)), 1, thick)
    mask[rng.random(mask.shape) < worn] ^= 1
    slopes = CONFIG.rule_slopes
    found = any(
        rules._runs(rules._shear(mask, each, along=True), LENGTH, along=True).any()
        for each in slopes
        if mask.shape[1] >= LENGTH
    )
    assert rules._may_be_ruled(mask, LENGTH, max(slopes)) or not found


def test_digits_apart_need_no_closer_look() -> None:
    mask = np.zeros((80, 400), np.uint8)
    for x in range(20, 380, 60):
        cv2.rectangle(mask, (x, 12), (x + 40, 68), 1, 6)
    assert not rules._may_be_ruled(mask, LENGTH, max(CONFIG.rule_slopes))
