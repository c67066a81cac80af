from __future__ import annotations

import numpy as np

from zipreader.training.strokes import PenConfig, draw, slanted


def test_drawings_have_the_asked_height() -> None:
    item = [np.array([[0.0, 0.0], [20.0, 50.0], [0.0, 100.0]])]
    config = PenConfig(height=(60.0, 60.0), rotation=0, shear=0, wobble=0, aspect=(1.0, 1.0))
    image = draw(item, np.random.default_rng(0), config)
    rows = np.flatnonzero(image.max(axis=1) > 0.5)
    assert image.dtype == np.float32
    assert 58 <= rows[-1] - rows[0] <= 75


def test_no_slant_lays_an_upright_item_down() -> None:
    leaning = [np.array([[0.0, 80.0], [70.0, 0.0]])]
    flatter = np.array([[1.5, 0.0], [0.0, 1.0]])
    assert np.array_equal(slanted(leaning, flatter)[0], leaning[0])


def test_other_items_take_the_slant() -> None:
    upright = [np.array([[0.0, 80.0], [20.0, 0.0]])]
    wider = np.array([[1.5, 0.0], [0.0, 1.0]])
    assert np.array_equal(slanted(upright, wider)[0], upright[0] @ wider.T)


def test_a_hand_as_written_keeps_its_pens() -> None:
    config = PenConfig()
    plain = config.as_written()
    assert (plain.width, plain.height) == (config.width, config.height)
    assert (plain.shear, plain.rotation, plain.wobble, plain.aspect) == (0, 0, 0, (1.0, 1.0))
