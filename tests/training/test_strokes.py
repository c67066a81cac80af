from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.training.conftest import write_strokes
from zipreader.errors import InputError
from zipreader.training.strokes import PenConfig, draw, load_strokes, slanted


def test_a_file_gives_its_items(tmp_path: Path) -> None:
    strokes = load_strokes(write_strokes(tmp_path / "s.npz", "17", writers=2))
    assert len(strokes) == 4
    assert strokes.labels.tolist() == ["1", "7", "1", "7"]
    assert not strokes.suspect.any()
    assert strokes.item(0)[0].shape[1] == 2


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


def test_arrays_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    path = write_strokes(tmp_path / "s.npz", "1", writers=2)
    with np.load(path) as archive:
        arrays = {name: archive[name] for name in archive.files}
    arrays["writer"] = arrays["writer"][:1]
    np.savez(path, **arrays)
    with pytest.raises(InputError, match="s.npz"):
        load_strokes(path)
