from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from zipreader.elements import NOT_A_DIGIT
from zipreader.errors import InputError, UnreadableImageError
from zipreader.training.glyphs import glyphs_of, load_glyphs, reviewed_glyphs
from zipreader.training.sources import Sources
from zipreader.training.splits import Part


def test_the_folder_names_the_class(glyph_folder: Path) -> None:
    tiles, labels = load_glyphs(glyph_folder)
    assert tiles.shape == (168, 28, 28)
    assert np.bincount(labels).tolist() == [16] * 10 + [8]
    assert (tiles.reshape(168, -1).max(axis=1) == 255).all()


def test_ink_may_be_light_on_dark(tmp_path: Path) -> None:
    (tmp_path / "7").mkdir()
    tile = np.zeros((28, 28), np.uint8)
    tile[4:8, 6:22] = tile[8:24, 18:22] = 255
    cv2.imwrite(str(tmp_path / "7" / "tile.png"), tile)
    cv2.imwrite(str(tmp_path / "7" / "cut.png"), cv2.resize(255 - tile, (84, 84)))
    (cut, tile), _ = load_glyphs(tmp_path)
    assert np.abs(cut.astype(int) - tile).mean() < 12


def test_glyphs_that_tune_do_not_train(glyph_folder: Path) -> None:
    train, _ = glyphs_of(glyph_folder, Part.TRAIN)
    tune, labels = glyphs_of(glyph_folder, Part.TUNE)
    assert len(train) + len(tune) == 168
    assert set(labels.tolist()) == set(range(NOT_A_DIGIT + 1))
    with pytest.raises(InputError, match="test"):
        glyphs_of(glyph_folder, Part.TEST)


def test_the_first_round_is_as_reviewed_and_later_ones_are_distorted(glyph_folder: Path) -> None:
    sources = Sources(glyphs=glyph_folder)
    train, _ = glyphs_of(glyph_folder, Part.TRAIN)
    made, _ = reviewed_glyphs(sources, Part.TRAIN, np.random.default_rng(0), 0, len(train) + 5)
    assert np.array_equal(made[: len(train)], train)
    assert not np.array_equal(made[len(train) :], train[:5])


def test_a_missing_or_empty_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        load_glyphs(tmp_path / "nowhere")
    with pytest.raises(InputError, match="0 to 9"):
        load_glyphs(tmp_path)


def test_a_file_without_a_page_is_named(
    glyph_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zipreader.training.glyphs.open_pages", lambda file: iter(()))
    with pytest.raises(UnreadableImageError, match="no page"):
        load_glyphs(glyph_folder)


def test_a_file_that_is_no_image_is_named(glyph_folder: Path) -> None:
    (glyph_folder / "3" / "notes.txt").write_text("not an image")
    with pytest.raises(UnreadableImageError, match=r"notes\.txt"):
        load_glyphs(glyph_folder)


def test_a_blank_glyph_is_named(glyph_folder: Path) -> None:
    cv2.imwrite(str(glyph_folder / "3" / "blank.png"), np.full((40, 40), 250, np.uint8))
    with pytest.raises(InputError, match=r"blank\.png.*no ink"):
        load_glyphs(glyph_folder)
