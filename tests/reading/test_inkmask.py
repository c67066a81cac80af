from __future__ import annotations

import numpy as np
import pytest

from tests.drawing import blank, print_text
from zipreader.config import LinesConfig
from zipreader.reading.inkmask import ink_mask

CONFIG = LinesConfig()
DPI = 120.0


@pytest.mark.parametrize("share", [1.0, 0.4])
def test_ink_is_what_is_printed_dark_or_faint(share: float) -> None:
    grey = blank(500, 120, 255)
    box = print_text(grey, "MEMPHIS TN 38117", 40, 80, 24)
    faint = np.rint(255 - (255 - grey.astype(float)) * share).astype(np.uint8)
    mask = ink_mask(faint, DPI, CONFIG)
    ys, xs = np.nonzero(mask)
    assert set(np.unique(mask)) == {0, 1}
    assert (xs.min(), ys.min()) == pytest.approx((box.x0, box.y0), abs=2)
    assert (xs.max(), ys.max()) == pytest.approx((box.x1, box.y1), abs=2)


@pytest.mark.parametrize("grain", [3, 8, 16])
def test_the_grain_of_paper_is_hardly_ink(grain: float) -> None:
    noise = np.abs(np.random.default_rng(0).normal(0, grain, (300, 500)))
    mask = ink_mask(np.clip(255 - noise, 0, 255).astype(np.uint8), DPI, CONFIG)
    assert mask.mean() < 0.01


def test_what_is_faint_beside_ink_is_none() -> None:
    """The shine of the other side, or of a sheet within, beside writing."""
    grey = blank(300, 120, 255)
    grey[40:80, 100:110] = 40
    grey[40:80, 114:124] = 235
    mask = ink_mask(grey, DPI, CONFIG)
    assert mask[60, 105] and not mask[60, 119]
