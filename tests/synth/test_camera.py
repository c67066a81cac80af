from __future__ import annotations

import numpy as np
import pytest

from zipreader.elements import Image, transform_points
from zipreader.synth.camera import photograph, scan
from zipreader.synth.plan import Plan

SPOT = np.array([(420, 130), (460, 130), (460, 160), (420, 160)], np.float64)


def sheet_with_a_spot() -> Image:
    sheet = np.full((400, 900, 3), 240, np.uint8)
    sheet[130:160, 420:460] = (0, 0, 255)
    return sheet


def spot_center(image: Image) -> tuple[float, float]:
    red = (image[..., 2] > 200) & (image[..., 0] < 60) & (image[..., 1] < 60)
    ys, xs = np.nonzero(red)
    return float(xs.mean()), float(ys.mean())


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("seed", range(3))
def test_a_scan_knows_where_everything_went(turn: int, seed: int) -> None:
    plan = Plan("turned", False, turn=turn)
    shot = scan(sheet_with_a_spot(), 200, plan, np.random.default_rng(seed))
    expected = transform_points(shot.to_image, SPOT).mean(axis=0)
    assert spot_center(shot.image) == pytest.approx(tuple(expected - 0.5), abs=1.0)
    tall = shot.image.shape[0] > shot.image.shape[1]
    assert tall == (turn in (90, 270))


@pytest.mark.parametrize("seed", range(6))
def test_a_photo_shows_the_whole_sheet_in_perspective(seed: int) -> None:
    plan = Plan("photo", True, photo=True)
    shot = photograph(sheet_with_a_spot(), plan, np.random.default_rng(seed))
    expected = transform_points(shot.to_image, SPOT).mean(axis=0)
    assert spot_center(shot.image) == pytest.approx(tuple(expected), abs=2.0)
    corners = transform_points(shot.to_image, [(0, 0), (900, 0), (900, 400), (0, 400)])
    height, width = shot.image.shape[:2]
    assert corners.min() >= 0
    assert corners[:, 0].max() <= width and corners[:, 1].max() <= height
