"""Small data files of invented writers, so that no test needs real data."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from zipreader.training.sources import Sources

_CORNERS = np.array([(0, 0), (40, 0), (0, 40), (40, 40), (0, 80), (40, 80)], np.float64)
_PATHS = {
    "0": (0, 1, 5, 4, 0),
    "1": (1, 5),
    "2": (0, 1, 3, 2, 4, 5),
    "3": (0, 1, 3, 2, 3, 5, 4),
    "4": (0, 2, 3, 1, 5),
    "5": (1, 0, 2, 3, 5, 4),
    "6": (1, 0, 4, 5, 3, 2),
    "7": (0, 1, 5),
    "8": (2, 0, 1, 5, 4, 2, 3),
    "9": (3, 2, 0, 1, 5, 4),
    "H": (0, 4, 2, 3, 1, 5),
    "F": (1, 0, 2, 3, 2, 4),
    "n": (4, 2, 3, 5),
}
WRITERS = 40


def write_strokes(path: Path, characters: str, writers: int = WRITERS) -> Path:
    """A stroke file: each writer writes each character once."""
    rng = np.random.default_rng(7)
    points, labels, names = [], [], []
    for writer in range(writers):
        for character in characters:
            corners = _CORNERS[list(_PATHS[character])] + rng.normal(0, 2, 2)
            steps = np.linspace(0, len(corners) - 1, 8 * len(corners))
            line = [np.interp(steps, range(len(corners)), corners[:, axis]) for axis in (0, 1)]
            points.append(np.rint(np.stack(line, axis=1) * 10).astype(np.int16))
            labels.append(character)
            names.append(f"writer{writer:02d}")
    starts = np.concatenate([[0], np.cumsum([len(p) for p in points])]).astype(np.int32)
    np.savez(
        path,
        pts=np.concatenate(points),
        stroke_start=starts,
        item_start=np.arange(len(points) + 1, dtype=np.int32),
        label=np.array(labels),
        writer=np.array(names),
    )
    return path


def digit_images(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """(count, 28, 28) uint8 images of digits in a plotter's face, and their classes."""
    rng = np.random.default_rng(seed)
    labels = (np.arange(count) % 10).astype(np.uint8)
    images = np.zeros((count, 28, 28), np.uint8)
    for image, label in zip(images, labels, strict=True):
        at = (int(rng.integers(5, 9)), int(rng.integers(21, 25)))
        cv2.putText(image, str(label), at, cv2.FONT_HERSHEY_SIMPLEX, 0.7, 255, 2, cv2.LINE_AA)
    return images, labels


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Sources:
    """Files of invented digits, letters and words."""
    folder = tmp_path_factory.mktemp("data")
    x_train, y_train = digit_images(300)
    x_test, y_test = digit_images(60, seed=1)
    mnist = folder / "mnist.npz"
    np.savez(mnist, x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
    words = np.full((30, 64, 256), 235, np.uint8)
    for number, word in enumerate(words):
        cv2.putText(word, "Harnum", (10 + number, 45), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 30, 3)
    texts, writers = np.full(30, "Harnum"), np.arange(30, dtype=np.uint8)
    np.savez(folder / "words.npz", images=words, writers=writers, texts=texts)
    return Sources(
        mnist,
        write_strokes(folder / "strokes.npz", "0123456789"),
        write_strokes(folder / "letters.npz", "HFn"),
        folder / "words.npz",
    )


@pytest.fixture()
def glyph_folder(tmp_path: Path) -> Path:
    """Reviewed glyphs: sixteen a digit as cuts of a scan, and some that are none."""
    folder = tmp_path / "glyphs"
    images, labels = digit_images(160)
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        own = folder / str(label)
        own.mkdir(parents=True, exist_ok=True)
        cut = 255 - cv2.resize(image, (56, 56))
        cv2.imwrite(str(own / f"{number:03d}.png"), cut)
    none = folder / "none"
    none.mkdir()
    dash = np.full((40, 60), 240, np.uint8)
    dash[18:24, 10:50] = 20
    for number in range(8):
        cv2.imwrite(str(none / f"{number}.png"), dash)
    return folder
