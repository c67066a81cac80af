from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zipreader.config import SegmentConfig
from zipreader.elements import InkMap
from zipreader.reading import seams as stage

CONFIG = SegmentConfig()
HEIGHT = CONFIG.digit_height


def seams_of(ink: InkMap, stroke: float, config: SegmentConfig) -> list[npt.NDArray[np.int32]]:
    """The seams of one component."""
    (seams,) = stage.find_seams([ink], stroke, config)
    return seams


def bars(count: int, bridge: int, gap: int = 16, width: int = 8) -> InkMap:
    """Upright bars, neighbours joined by a thin bridge at mid-height."""
    ink = np.zeros((HEIGHT, count * width + (count - 1) * gap), np.float32)
    for i in range(count):
        ink[:, i * (width + gap) : i * (width + gap) + width] = 1
    ink[HEIGHT // 2 : HEIGHT // 2 + bridge, width:-width] = 1
    return ink


def sides(seam: npt.NDArray[np.int32], shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """Which pixels lie right of the seam."""
    return np.arange(shape[1])[np.newaxis, :] >= seam[:, np.newaxis]


@pytest.mark.parametrize("bridge", [2, 4, 8])
def test_two_touching_bars_are_cut_where_they_touch(bridge: int) -> None:
    ink = bars(2, bridge)
    left, right = np.zeros(ink.shape, bool), np.zeros(ink.shape, bool)
    left[:, :8], right[:, -8:] = True, True
    cuts = [sides(seam, ink.shape) for seam in seams_of(ink, 8.0, CONFIG)]
    assert any(cut[right].all() and not cut[left].any() for cut in cuts)


def test_three_touching_bars_are_cut_twice() -> None:
    ink = bars(3, 3)
    middles = [float(seam.mean()) for seam in seams_of(ink, 8.0, CONFIG)]
    assert any(8 <= x <= 24 for x in middles)
    assert any(32 <= x <= 48 for x in middles)


def test_two_touching_rings_can_be_parted() -> None:
    ink = np.zeros((HEIGHT, 72), np.float32)
    cv2.ellipse(ink, (19, 28), (15, 24), 0, 0, 360, 1.0, 6)
    cv2.ellipse(ink, (52, 28), (15, 24), 0, 0, 360, 1.0, 6)
    seams = seams_of(ink, 6.0, CONFIG)
    assert any(abs(float(seam.mean()) - 35.5) <= 4 and np.ptp(seam) <= 14 for seam in seams)


def test_a_seam_follows_the_slant() -> None:
    """Two leaning strokes, bridged: no straight cut parts them, a seam does."""
    ink = np.zeros((HEIGHT, 70), np.float32)
    for x in (2, 26):
        cv2.line(ink, (x + 38, 0), (x, HEIGHT - 1), 1.0, 6)
    cv2.line(ink, (21, 28), (45, 28), 1.0, 3)
    assert (ink.sum(axis=0)[8:60] > 3).all()
    ys = np.arange(HEIGHT)
    middle = 14 + 38 * (1 - ys / (HEIGHT - 1))  # halfway between the strokes
    seams = seams_of(ink, 6.0, CONFIG)
    assert any(np.abs(seam - middle).max() <= 12 and np.ptp(seam) > 15 for seam in seams)


def test_a_block_of_ink_is_not_cut() -> None:
    assert seams_of(np.ones((HEIGHT, 60), np.float32), 8.0, CONFIG) == []


def test_what_a_seam_may_cross_depends_on_the_stroke() -> None:
    ink = np.ones((20, 60), np.float32)
    assert seams_of(ink, 2.0, CONFIG) == []
    assert seams_of(ink, 8.0, CONFIG) != []


def test_a_lower_limit_allows_fewer_seams() -> None:
    ink = bars(4, 14)
    strict = seams_of(ink, 8.0, replace(CONFIG, cut_cost=0.5))
    assert strict == []
    assert len(seams_of(ink, 8.0, CONFIG)) >= 3


@st.composite
def components(draw: st.DrawFn) -> InkMap:
    """Strokes at random that fill some box."""
    height, width = draw(st.integers(2, 80)), draw(st.integers(3, 160))
    ink = np.zeros((height, width), np.float32)
    point = st.tuples(st.integers(0, width - 1), st.integers(0, height - 1))
    for line in draw(st.lists(st.lists(point, min_size=2, max_size=6), min_size=1, max_size=4)):
        cv2.polylines(ink, [np.array(line, np.int32)], False, 1.0, draw(st.integers(1, 8)))
    return ink


@given(components(), st.floats(1.0, 12.0))
def test_seams_run_from_top_to_bottom_in_order(ink: InkMap, stroke: float) -> None:
    seams = seams_of(ink, stroke, CONFIG)
    assert len(seams) <= 2 + round(4 * ink.shape[1] / HEIGHT)
    for seam in seams:
        assert len(seam) == len(ink)
        assert seam.min() >= 0 and seam.max() < ink.shape[1]
        assert np.abs(np.diff(seam)).max(initial=0) <= 1
    middles = [float(seam.mean()) for seam in seams]
    assert middles == sorted(middles)


@given(components(), st.floats(1.0, 12.0))
def test_seams_cross_little_ink_and_keep_apart(ink: InkMap, stroke: float) -> None:
    seams = seams_of(ink, stroke, CONFIG)
    rows = np.arange(len(ink))
    for seam in seams:
        assert float(ink[rows, seam].sum()) <= CONFIG.cut_cost * stroke + 1e-3
    for first in range(len(seams)):
        for second in range(first):
            apart = float(np.abs(seams[first] - seams[second]).mean())
            assert apart >= CONFIG.cut_distance * HEIGHT - 1e-6


@given(st.lists(components(), max_size=4), st.floats(1.0, 12.0))
def test_components_do_not_mind_their_neighbours(inks: list[InkMap], stroke: float) -> None:
    together = stage.find_seams(inks, stroke, CONFIG)
    assert len(together) == len(inks)
    for ink, seams in zip(inks, together, strict=True):
        alone = seams_of(ink, stroke, CONFIG)
        assert [seam.tolist() for seam in seams] == [seam.tolist() for seam in alone]
