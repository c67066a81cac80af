from __future__ import annotations

import cv2
import numpy as np
import pytest

from zipreader.synth import pens
from zipreader.synth.compose import Rng

PEN = pens.Pen("gel", 0.01, (30, 30, 30), 0.97, 0.0, 0.0)


def thick_ring() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    ring = np.zeros((120, 120), np.uint8)
    cv2.circle(ring, (60, 60), 40, 1, 11)
    return ring


def test_a_thinned_ring_is_one_pixel_wide_and_still_closed() -> None:
    centre = pens.thin(thick_ring())
    assert (thick_ring()[centre > 0] == 1).all()
    assert cv2.erode(centre, np.ones((2, 2), np.uint8)).sum() < 0.2 * centre.sum()
    parts, _ = cv2.connectedComponents(1 - centre, connectivity=4)
    assert parts == 3  # the line itself, inside, outside


@pytest.mark.parametrize("radius", [2.0, 4.0, 7.0])
def test_a_redrawn_shape_has_the_width_of_the_pen(radius: float, rng: Rng) -> None:
    alpha = pens.redraw(thick_ring().astype(np.float32), radius, PEN, rng)
    width = alpha.sum() / (2 * np.pi * 40)
    assert width == pytest.approx(2 * radius, rel=0.3)


def test_a_path_is_drawn_where_it_is(rng: Rng) -> None:
    path = np.array([(10, 20), (70, 20)], np.float32)
    alpha = pens.draw_path([path], (40, 80), 3.0, PEN, rng)
    assert alpha[20, 10:70].min() > 0.9
    assert alpha[:12].max() == 0


def test_pens_differ_and_a_faint_one_inks_less() -> None:
    tools = {pens.choose_pen(np.random.default_rng(k)).tool for k in range(60)}
    assert tools == {"ballpoint", "gel", "felt", "pencil"}
    for k in range(10):
        usual, faint = (pens.choose_pen(np.random.default_rng(k), f) for f in (False, True))
        assert faint.flow < usual.flow
