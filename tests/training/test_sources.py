from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.training.conftest import digit_images
from zipreader.errors import InputError
from zipreader.training.lookalikes import LOOK_ALIKES
from zipreader.training.sources import (
    Kind,
    Sources,
    digit_rows,
    hands,
    letter_rows,
    load_mnist,
    load_words,
    mnist_rows,
    strokes_of,
)
from zipreader.training.splits import Part


def test_no_mnist_image_serves_two_parts(tmp_path: Path) -> None:
    images = np.zeros((60_000, 28, 28), np.uint8)
    images[:, 0, 0] = np.arange(60_000) // 250
    images[:, 0, 1] = np.arange(60_000) % 250
    labels = np.zeros(60_000, np.uint8)
    path = tmp_path / "mnist.npz"
    np.savez(path, x_train=images, y_train=labels, x_test=images[:9] + 1, y_test=labels[:9])
    used = []
    for part in (Part.TRAIN, Part.CALIBRATION, Part.TUNE):
        tiles, _ = mnist_rows(path, part)
        used.append(tiles[:, 0, 0].astype(int) * 250 + tiles[:, 0, 1])
    numbers = np.concatenate(used)
    assert len(np.unique(numbers)) == len(numbers)
    assert numbers.min() == 5848  # what came before serves evaluation


def test_hands_of_parts_do_not_meet(sources: Sources) -> None:
    assert sources.strokes is not None
    writers = strokes_of(sources.strokes).writers
    parts = [set(writers[digit_rows(sources.strokes, part)]) for part in Part]
    assert sum(map(len, parts)) == len(set().union(*parts)) == len(set(writers))


def test_each_hand_is_of_one_writer(sources: Sources) -> None:
    assert sources.strokes is not None
    writers = strokes_of(sources.strokes).writers
    for writer, rows in hands(sources.strokes, Part.TRAIN).items():
        assert set(writers[rows]) == {writer}


def test_look_alikes_are_left_out(sources: Sources) -> None:
    assert sources.letters is not None
    labels = strokes_of(sources.letters).labels[letter_rows(sources.letters, Part.TRAIN)]
    assert not set(labels) & LOOK_ALIKES


def test_kinds_without_their_file_are_not_there() -> None:
    assert Sources().has(Kind.PRINTED)
    assert not Sources().has(Kind.STROKES)
    assert Sources(strokes=Path("s.npz")).has(Kind.SEGMENTED)


@pytest.mark.parametrize("load", [load_mnist, load_words])
def test_damaged_files_are_named(load: object, tmp_path: Path) -> None:
    path = tmp_path / "bad.npz"
    for content in (None, b"", b"PK\3\4 nothing"):
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(InputError, match="bad.npz"):
            load(path)  # type: ignore[operator]


def test_mnist_of_another_shape_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mnist.npz"
    images, labels = digit_images(40)
    np.savez(path, x_train=images[:, :20], y_train=labels, x_test=images, y_test=labels)
    with pytest.raises(InputError, match="expected 28x28"):
        load_mnist(path)
    np.savez(path, x_train=images, y_train=labels + 5, x_test=images, y_test=labels)
    with pytest.raises(InputError, match="digits 0 to 9"):
        load_mnist(path)
