from __future__ import annotations

import numpy as np
import pytest

from zipreader.reading.strip import DIGIT, ROWS
from zipreader.training.sources import Sources
from zipreader.training.spelling.labels import OTHER, Labelled, merged
from zipreader.training.spelling.strips import INVENTED, STRIPS, StripConfig, make_strips
from zipreader.training.splits import Part

CONFIG = StripConfig()


MAKERS = STRIPS | INVENTED


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_every_maker_gives_ink_and_what_it_says(name: str, sources: Sources) -> None:
    maker = MAKERS[name][0]
    rng = np.random.default_rng(5)
    for _ in range(6):
        made = maker(sources, Part.TRAIN, rng, CONFIG)
        assert made.strip.shape[0] == ROWS
        assert made.strip.dtype == np.uint8
        assert made.strip.any()
        assert set(made.labels) <= {*range(10), OTHER}
        assert made.labels == merged(made.labels)


def test_words_hold_no_digit(sources: Sources) -> None:
    rng = np.random.default_rng(1)
    for _ in range(5):
        assert STRIPS["words"][0](sources, Part.TRAIN, rng, CONFIG).labels == (OTHER,)


def test_most_strips_hold_five_digits_about_as_tall_as_they_should_be(sources: Sources) -> None:
    made = make_strips(sources, Part.TRAIN, np.random.default_rng(3), 60)
    fives = [item for item in made if sum(label != OTHER for label in item.labels) == 5]
    assert len(fives) > 20
    tall = [np.ptp(np.flatnonzero(item.strip.max(axis=1) > 127)) for item in fives]
    assert np.median(tall) == pytest.approx(1.15 * DIGIT, abs=6)


def test_the_same_seed_makes_the_same_strips(sources: Sources) -> None:
    one, two = (make_strips(sources, Part.TUNE, np.random.default_rng(8), 12) for _ in range(2))
    assert [item.labels for item in one] == [item.labels for item in two]
    assert all(np.array_equal(a.strip, b.strip) for a, b in zip(one, two, strict=True))


def test_neighbouring_others_are_one() -> None:
    assert merged([OTHER, OTHER, 1, 1, OTHER, 2, OTHER, OTHER]) == (OTHER, 1, 1, OTHER, 2, OTHER)
    assert merged([]) == ()


def test_a_strip_must_have_ink_and_room_for_its_signs() -> None:
    ink = np.full((ROWS, 40), 255, np.uint8)
    assert Labelled(ink, (1, 2, 3)).fits()
    assert not Labelled(ink, (1,) * 11).fits()
    assert not Labelled(np.zeros_like(ink), (1,)).fits()
