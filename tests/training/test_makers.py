from __future__ import annotations

import numpy as np
import pytest

from zipreader.elements import NOT_A_DIGIT
from zipreader.training.makers import MAKERS
from zipreader.training.sources import Kind, Sources
from zipreader.training.splits import Part

_OTHERS = {Kind.LETTERS, Kind.PRINTED_LETTERS, Kind.WORDS, Kind.MARKS}
_MIXED = {Kind.CUTS, Kind.SEGMENTED, Kind.SEGMENTED_IMAGES, Kind.INVENTED}
_FROM_FILES = [kind for kind in Kind if kind is not Kind.GLYPHS]


@pytest.mark.parametrize("kind", _FROM_FILES, ids=lambda kind: kind.name)
def test_every_maker_gives_inked_tiles_of_its_classes(kind: Kind, sources: Sources) -> None:
    tiles, labels = MAKERS[kind](sources, Part.TRAIN, np.random.default_rng(1), 0, 40)
    assert tiles.shape == (40, 28, 28)
    assert tiles.dtype == labels.dtype == np.uint8
    assert labels.shape == (40,)
    assert (tiles.reshape(40, -1).max(axis=1) == 255).mean() > 0.95
    if kind in _OTHERS:
        assert set(labels.tolist()) == {NOT_A_DIGIT}
    elif kind in _MIXED:
        assert NOT_A_DIGIT in labels
    else:
        assert labels.max() < NOT_A_DIGIT


def test_the_same_seed_makes_the_same_tiles(sources: Sources) -> None:
    for kind in _FROM_FILES:
        one, same = (
            MAKERS[kind](sources, Part.TUNE, np.random.default_rng(9), 3, 6) for _ in range(2)
        )
        assert np.array_equal(one[0], same[0]), kind
        assert np.array_equal(one[1], same[1]), kind


def test_there_is_a_maker_for_every_kind() -> None:
    assert set(MAKERS) == set(Kind)
