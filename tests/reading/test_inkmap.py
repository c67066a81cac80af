from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.drawing import blank, overlap, printed
from zipreader.elements import GreyImage, Mask
from zipreader.reading import inkmap

REACH = 30.0


def writing() -> tuple[GreyImage, Mask]:
    """Black digits on white paper, and where their ink is."""
    grey = printed("27094", 48, level=0)
    return grey, grey < 128


def lit(grey: GreyImage, dark: float, light: float) -> GreyImage:
    """Under a light that grows from left to right."""
    light_map = np.linspace(dark, light, grey.shape[1])
    return np.asarray(np.rint(grey * light_map), np.uint8)


def faint(grey: GreyImage, share: float) -> GreyImage:
    """Written with a pen that takes this share of the light."""
    return np.asarray(np.rint(255 - (255 - grey.astype(float)) * share), np.uint8)


def striped(grey: GreyImage, share: float) -> GreyImage:
    """On paper with a printed pattern of slanting stripes that take this share of the light."""
    ys, xs = np.mgrid[0 : grey.shape[0], 0 : grey.shape[1]]
    stripes = (xs + 2 * ys) % 9 < 3
    return np.asarray(np.rint(grey * (1 - share * stripes)), np.uint8)


def test_ink_is_where_the_pen_was() -> None:
    grey, truth = writing()
    ink = inkmap.ink(grey, REACH)
    assert ink.dtype == np.float32
    assert ink.shape == grey.shape
    assert ink.min() >= 0 and ink.max() <= 1
    assert overlap(ink >= 0.5, truth) > 0.9


@pytest.mark.parametrize(("dark", "light"), [(0.35, 1.0), (1.0, 0.5), (0.6, 0.6)])
def test_ink_does_not_depend_on_the_light(dark: float, light: float) -> None:
    grey, truth = writing()
    assert overlap(inkmap.ink(lit(grey, dark, light), REACH) >= 0.5, truth) > 0.85


@pytest.mark.parametrize("share", [0.6, 0.3, 0.15])
def test_a_faint_pen_gives_full_ink(share: float) -> None:
    grey, truth = writing()
    ink = inkmap.ink(faint(grey, share), REACH)
    assert overlap(ink >= 0.5, truth) > 0.85
    assert np.median(ink[truth]) > 0.9


@pytest.mark.parametrize("level", [0, 60, 255])
def test_one_grey_has_no_ink(level: int) -> None:
    assert not inkmap.ink(blank(80, 40, level), REACH).any()


def test_uneven_light_alone_is_no_ink() -> None:
    assert not inkmap.ink(lit(blank(300, 80), 0.5, 1.0), REACH).any()


def test_the_grain_of_the_paper_is_no_ink() -> None:
    noise = np.random.default_rng(1).normal(220, 2, (80, 200))
    assert not inkmap.ink(np.clip(noise, 0, 255).astype(np.uint8), REACH).any()


def test_paper_texture_away_from_strokes_is_dropped() -> None:
    grey, truth = writing()
    grey = np.minimum(grey, 250)
    grey[4:8, 4:8] = 120  # weaker than half the pen, and connected to nothing firm
    ink = inkmap.ink(grey, REACH)
    assert not ink[:12, :12].any()
    assert overlap(ink >= 0.5, truth) > 0.9


def test_weak_ink_stays_only_beside_firm_ink() -> None:
    weak = np.array([[1, 1, 0, 1, 1], [0, 0, 0, 0, 0]], bool)
    firm = np.array([[1, 0, 0, 0, 0], [0, 0, 0, 0, 0]], bool)
    kept = inkmap.near(weak, firm, np.zeros((2, 5), np.float32))
    assert (kept * weak).tolist() == [[1, 1, 0, 0, 0], [0, 0, 0, 0, 0]]


@pytest.mark.parametrize("share", [0.08, 0.2, 0.35])
def test_a_pattern_printed_on_the_paper_is_no_ink(share: float) -> None:
    grey, truth = writing()
    ink = inkmap.ink(striped(faint(grey, 0.7), share), REACH)
    assert overlap(ink >= 0.5, truth) > 0.75


def test_a_faint_digit_beside_a_firm_one_is_no_pattern() -> None:
    grey, _ = writing()
    half = grey.shape[1] // 2
    grey[:, half:] = faint(grey[:, half:], 0.6)
    assert inkmap.printed_pattern(inkmap.contrast(grey, REACH), REACH) is None


@given(st.floats(0.3, 1.0))
def test_contrast_is_the_same_in_any_light(light: float) -> None:
    grey, _ = writing()
    bright = inkmap.contrast(grey, REACH)
    dim = inkmap.contrast(lit(grey, light, light), REACH)
    assert np.abs(bright - dim).max() < 0.03


@given(st.floats(0.0, 0.4), st.floats(0.6, 1.0), st.integers(1, 9))
def test_otsu_splits_two_levels(low: float, high: float, share: int) -> None:
    values = np.repeat(np.array([low, high], np.float32), [10 - share, share])
    assert low - 1 / 255 <= inkmap.otsu(values) < high


def test_otsu_twice_parts_three_levels() -> None:
    values = np.repeat(np.array([0.05, 0.3, 0.8], np.float32), [50, 30, 20])
    low, high = inkmap.otsu_twice(values)
    assert 0.05 < low <= 0.3 < high <= 0.8
