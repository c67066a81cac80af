from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from zipreader.reading.halftone import is_dithered
from zipreader.synth.plan import Plan
from zipreader.synth.sensor import Exposure, choose_exposure, expose

PLAIN = Exposure(
    grey=False,
    bilevel=False,
    unevenness=0.0,
    shadow=False,
    contrast=1.0,
    warmth=0.0,
    blur=0.0,
    noise=0.0,
    jpeg=None,
)
PAGE = np.full((120, 200, 3), 220, np.uint8)
PAGE[50:70, 50:150] = 40


def seen(**changes: object) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    exposure = replace(PLAIN, **changes)  # type: ignore[arg-type]
    return expose(PAGE, exposure, 200, np.random.default_rng(0))


def test_a_perfect_sensor_changes_nothing() -> None:
    assert (seen() == PAGE).all()


def test_grey_and_one_bit() -> None:
    assert seen(grey=True).shape == (120, 200)
    bits = one_bit(150, 0)
    assert set(np.unique(bits)) == {0, 255}
    assert bits[55, 52] == 0 and bits[10, 10] == 255


def one_bit(dpi: int, seed: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    exposure = replace(PLAIN, grey=True, bilevel=True, noise=2.0)
    return expose(PAGE, exposure, dpi, np.random.default_rng(seed))


def test_some_fine_one_bit_scans_are_dithered() -> None:
    dithered = [image for image in (one_bit(200, seed) for seed in range(40)) if is_dithered(image)]
    assert 4 <= len(dithered) <= 20
    for image in dithered:
        assert set(np.unique(image)) == {0, 255}
        assert abs(image[:40].mean() - 220) < 10
    assert not any(is_dithered(one_bit(150, seed)) for seed in range(20))


def test_blur_noise_and_jpeg() -> None:
    assert 60 < seen(blur=2.0)[50, 100, 0] < 200
    assert 3 < seen(noise=5.0)[:40, :, 0].std() < 7
    small = seen(jpeg=30)
    assert small.shape == PAGE.shape and (small != PAGE).any()


def test_a_shadow_never_hides_the_writing() -> None:
    for seed in range(10):
        shadowed = replace(PLAIN, shadow=True, unevenness=0.13, contrast=0.75)
        image = expose(PAGE, shadowed, 200, np.random.default_rng(seed))
        assert image[:40].min() > 80


@pytest.mark.parametrize("seed", range(30))
def test_settings_are_within_what_devices_do(seed: int) -> None:
    rng = np.random.default_rng(seed)
    photo = choose_exposure(Plan("photo", True, photo=True), 200, False, rng)
    assert photo.jpeg is not None and 50 <= photo.jpeg <= 92 and not photo.bilevel
    scanned = choose_exposure(Plan("dirty", True, dirt=1.0), 200, False, rng)
    assert scanned.jpeg is None or 30 <= scanned.jpeg <= 95
    assert not choose_exposure(Plan("printed", False), 200, True, rng).bilevel
