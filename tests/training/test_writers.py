from __future__ import annotations

from dataclasses import replace

import numpy as np

from zipreader.elements import NOT_A_DIGIT
from zipreader.training.sources import Sources, hands, strokes_of
from zipreader.training.splits import Part
from zipreader.training.writers import InventedWriter, RealWriter, Writer


def digits_of(writer: Writer, count: int, seed: int = 0) -> list[int]:
    rng = np.random.default_rng(seed)
    return [writer.digit(rng)[1] for _ in range(count)]


def test_a_real_writer_writes_his_own_digits_as_they_are_where_he_does_not_train(
    sources: Sources,
) -> None:
    assert sources.strokes is not None
    writer = RealWriter.random(sources, Part.TEST, np.random.default_rng(2))
    assert writer.name in hands(sources.strokes, Part.TEST)
    rng = np.random.default_rng(0)
    strokes = strokes_of(sources.strokes)
    for _ in range(20):
        item, label = writer.digit(rng)
        owned = [row for row in writer.rows if int(strokes.labels[row]) == label]
        assert any(
            all(np.array_equal(a, b) for a, b in zip(item, strokes.item(int(row)), strict=False))
            for row in owned
        )


def test_an_invented_writer_writes_all_digits_and_strikes_some_out(sources: Sources) -> None:
    writer = InventedWriter.random(sources, Part.TRAIN, np.random.default_rng(1))
    labels = digits_of(writer, 1000)
    assert set(labels) == {*range(10), NOT_A_DIGIT}
    assert 10 < labels.count(NOT_A_DIGIT) < 100


def test_letters_are_of_the_part_and_none_where_no_file_is_given(sources: Sources) -> None:
    rng = np.random.default_rng(1)
    for kind in (RealWriter, InventedWriter):
        assert kind.random(sources, Part.TUNE, rng).letter(rng)
        assert kind.random(replace(sources, letters=None), Part.TUNE, rng).letter(rng) is None
