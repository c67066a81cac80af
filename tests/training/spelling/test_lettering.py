from __future__ import annotations

import numpy as np
import pytest

from zipreader.reading.letters import OTHER, signs_of
from zipreader.reading.strip import ROWS
from zipreader.synth.names import STATES
from zipreader.training.mail import mail_sources
from zipreader.training.sources import Sources
from zipreader.training.spelling.lettering import LETTERING, TextConfig, make_lettering, text_of
from zipreader.training.splits import Part
from zipreader.training.typefaces import POPULATIONS


@pytest.mark.parametrize("name", sorted(LETTERING))
def test_every_maker_gives_ink_and_what_it_says(name: str, sources: Sources) -> None:
    rng = np.random.default_rng(5)
    for _ in range(6):
        made = LETTERING[name][0](sources, Part.TRAIN, rng)
        assert made.strip.shape[0] == ROWS
        assert made.strip.any()
        assert set(made.labels) <= set(range(OTHER + 1))


def test_scanned_words_are_what_the_file_says(sources: Sources) -> None:
    made = LETTERING["scanned"][0](sources, Part.TRAIN, np.random.default_rng(1))
    assert made.labels == signs_of("Harnum")


def test_without_scanned_words_there_are_the_others(sources: Sources) -> None:
    none = Sources(sources.mnist, sources.strokes, sources.letters)
    assert len(make_lettering(none, Part.TRAIN, np.random.default_rng(1), 12)) == 12


def test_the_same_seed_makes_the_same_strips(sources: Sources) -> None:
    one, two = (make_lettering(sources, Part.TUNE, np.random.default_rng(8), 8) for _ in range(2))
    assert [item.labels for item in one] == [item.labels for item in two]
    assert all(np.array_equal(a.strip, b.strip) for a, b in zip(one, two, strict=True))


def test_most_texts_are_places(sources: Sources) -> None:
    material = mail_sources(sources, POPULATIONS[Part.TRAIN], Part.TRAIN).open()
    rng = np.random.default_rng(2)
    cities = {place.city.upper() for place in material.places}
    config = TextConfig(place=1.0, digits=0.0, spelt_out=0.0)
    for _ in range(20):
        city, _, state = text_of(material, rng, config).upper().rpartition(" ")
        assert city.rstrip(",") in cities
        assert len(state) == 2
    spelt_out = TextConfig(place=0.0, city=0.0, state=1.0, spelt_out=1.0, upper=0.0)
    texts = {text_of(material, rng, spelt_out) for _ in range(60)}
    assert texts & set(STATES.values())
