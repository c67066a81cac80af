from __future__ import annotations

import numpy as np
import pytest

from zipreader.synth.compose import (
    Canvas,
    Mark,
    Rng,
    Strip,
    assemble,
    cloud,
    grain,
    ink_bounds,
    stack,
)


def block_of_ink(width: int, height: int, value: str = "") -> Strip:
    marks = (Mark(value, (0, 0, width, height)),) if value else ()
    return Strip(np.ones((height, width), np.float32), height, marks)


def canvas(level: int = 200) -> Canvas:
    return Canvas(np.full((50, 80, 3), level, np.uint8), 100)


def test_marks_move_with_their_ink() -> None:
    line = assemble([(block_of_ink(10, 8), 0, 0), (block_of_ink(6, 12, "7"), 20, 2)])
    (mark,) = line.marks
    x0, y0, x1, y1 = (int(v) for v in mark.bounds)
    assert (x0, x1) == (20, 26)
    assert line.alpha[y0:y1, x0:x1].min() == 1
    assert line.alpha[:, 10:20].max() == 0
    assert line.above == 10 and line.below == 2


def test_stacked_lines_keep_their_distance() -> None:
    block = stack([block_of_ink(30, 10, "1"), block_of_ink(20, 40, "2")], 12, 3, [0, 5])
    (_, _, first), (_, x, second) = block.lines
    assert second - (first + 10) == 3 and x == 5
    assert block.size == (30, 53)
    assert block.field == (0, 0, 30, 53)


def test_bounds_of_ink_and_of_none() -> None:
    alpha = np.zeros((9, 9), np.float32)
    assert ink_bounds(alpha) is None
    alpha[2:5, 3:8] = 1
    assert ink_bounds(alpha) == (3, 2, 8, 5)


@pytest.mark.parametrize("place", [(-5, -5), (75, 45), (200, 10)])
def test_ink_beyond_the_sheet_is_lost(place: tuple[int, int]) -> None:
    sheet = canvas()
    sheet.lay(np.ones((10, 10), np.float32), *place, (0, 0, 0))
    x, y = place
    expected = np.full((50, 80), 200)
    expected[max(0, y) : max(0, y + 10), max(0, x) : max(0, x + 10)] = 0
    assert (sheet.image[..., 0] == expected).all()


def test_ink_darkens_and_covering_ink_covers() -> None:
    sheet = canvas(100)
    white = np.ones((10, 10), np.float32)
    sheet.lay(white, 0, 0, (255, 255, 255))
    assert sheet.image.max() == 100
    sheet.lay(white, 0, 0, (255, 255, 255), opaque=True)
    assert sheet.image[0, 0].tolist() == [255, 255, 255]


def test_a_patch_covers_only_where_it_is() -> None:
    sheet = canvas()
    alpha = np.zeros((10, 10), np.float32)
    alpha[:, :5] = 1
    sheet.paste(np.full((10, 10, 3), 7, np.uint8), alpha, 70.4, -2)
    assert sheet.image[0, 70:75].max() == 7
    assert sheet.image[0, 75:].min() == 200


def test_a_sheet_is_tinted() -> None:
    sheet = canvas(100)
    sheet.tint(np.full((50, 80, 3), (0.5, 1, 3), np.float32))
    assert sheet.image[0, 0].tolist() == [50, 100, 255]


def test_noise_has_its_shape_and_deviation(rng: Rng) -> None:
    for noise in (cloud(rng, (240, 300), 5), grain(rng, (240, 300, 3))):
        assert noise.shape == (240, 300) and noise.dtype == np.float32
        assert 0.5 < noise.std() < 1.2
