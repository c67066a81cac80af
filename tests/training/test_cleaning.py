from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.training.conftest import digit_images
from zipreader.elements import NOT_A_DIGIT
from zipreader.training.plan import CleaningConfig
from zipreader.training.pools import Pool

pytest.importorskip("keras")

# ruff: noqa: E402 - what needs Keras comes after the question whether it is there
from zipreader.training import cleaning
from zipreader.training.cleaning import clean


def test_only_others_that_surely_look_like_digits_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiles, labels = digit_images(6)
    labels[4:] = NOT_A_DIGIT
    logits = np.zeros((2, 11), np.float32)
    logits[0, 3] = 9  # surely a 3; the other is undecided
    monkeypatch.setattr(cleaning, "fit", lambda *args: (None, ()))
    monkeypatch.setattr(cleaning, "logits_of", lambda model, tiles: logits)
    pool = Pool(tiles, labels, np.zeros(6, np.uint8))
    kept = clean(pool, pool, CleaningConfig(), 1, tmp_path)
    assert np.array_equal(kept.tiles, tiles[[0, 1, 2, 3, 5]])
