from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.synth.test_sources import write_strokes
from zipreader.errors import InputError
from zipreader.synth.strokefile import load_strokes


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Two writers, one and seven; the last item is suspect."""
    write_strokes(tmp_path / "s.npz", "17", ("ann", "bob"))
    return tmp_path / "s.npz"


def arrays_of(path: Path) -> dict[str, Any]:
    with np.load(path) as archive:
        return {name: archive[name] for name in archive.files}


def test_a_file_gives_its_items(path: Path) -> None:
    strokes = load_strokes(path)
    assert len(strokes) == 4
    assert strokes.labels.tolist() == ["1", "7", "1", "7"]
    assert strokes.writers.tolist() == ["ann", "ann", "bob", "bob"]
    assert strokes.suspect.tolist() == [False, False, False, True]
    (stroke,) = strokes.item(1)
    assert stroke.dtype == np.float64 and stroke.shape == (4, 2)


def test_a_file_need_not_say_what_is_suspect(path: Path) -> None:
    arrays = arrays_of(path)
    del arrays["suspect"]
    np.savez(path, **arrays)
    assert not load_strokes(path).suspect.any()


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("writer", lambda a: a[:1]),
        ("label", lambda a: a[:0]),
        ("label", lambda a: a.reshape(2, 2)),
        ("suspect", lambda a: a[:2]),
        ("pts", lambda a: a[:-1]),
        ("pts", lambda a: a[:, :1]),
        ("pts", lambda a: a.astype(str)),
        ("item_start", lambda a: a[:-1]),
        ("item_start", lambda a: a + 1),
        ("item_start", lambda a: a[::-1]),
        ("item_start", lambda a: a * 1.0),
        ("stroke_start", lambda a: a[:-1]),
        ("stroke_start", lambda a: a[1:]),
        ("stroke_start", lambda a: a[:0]),
        ("stroke_start", lambda a: np.where(np.arange(len(a)) == 1, a[2], a)),
    ],
)
def test_arrays_that_do_not_fit_are_refused(
    path: Path, name: str, damage: Callable[[np.ndarray], np.ndarray]
) -> None:
    arrays = arrays_of(path)
    np.savez(path, **{**arrays, name: damage(arrays[name])})
    with pytest.raises(InputError, match=r"s\.npz: .* do not fit each other"):
        load_strokes(path)


def test_a_file_of_something_else_is_refused(path: Path) -> None:
    np.savez(path, label=np.arange(3))
    with pytest.raises(InputError, match=r"s\.npz: not a file of pen strokes"):
        load_strokes(path)
    with pytest.raises(InputError, match="absent"):
        load_strokes(path.with_name("absent.npz"))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 and no more", b"\x80\x04K\x01.", b"no archive"])
def test_a_damaged_file_is_an_input_error(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"s\.npz: not a file of pen strokes"):
        load_strokes(path)


def test_damage_within_is_an_input_error_too(path: Path) -> None:
    np.savez_compressed(path, **arrays_of(path))
    data = bytearray(path.read_bytes())
    data[60:140] = bytes(80)
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"s\.npz: not a file of pen strokes"):
        load_strokes(path)
