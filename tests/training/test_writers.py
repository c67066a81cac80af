from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

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


def test_who_trains_writes_all_digits_and_spoils_some(sources: Sources) -> None:
    for kind, spoilt in ((InventedWriter, (50, 160)), (RealWriter, (25, 110))):
        writer = kind.random(sources, Part.TRAIN, np.random.default_rng(1))
        labels = digits_of(writer, 1000)
        assert set(labels) == {*range(10), NOT_A_DIGIT}
        assert spoilt[0] < labels.count(NOT_A_DIGIT) < spoilt[1]


def test_a_digit_over_another_is_that_of_the_same_hand(
    sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zipreader.training.writers._OVER", 1.0)
    writer = RealWriter.random(sources, Part.TRAIN, np.random.default_rng(3))
    rng = np.random.default_rng(0)
    written = [writer.digit(rng) for _ in range(40)]
    over = [strokes for strokes, label in written if label == NOT_A_DIGIT]
    assert len(over) > 10
    for strokes in over:
        assert len(strokes) >= 2
        assert np.ptp(np.concatenate(strokes), axis=0).max() > 0


def test_letters_are_of_the_part_and_none_where_no_file_is_given(sources: Sources) -> None:
    rng = np.random.default_rng(1)
    for kind in (RealWriter, InventedWriter):
        assert kind.random(sources, Part.TUNE, rng).letter(rng)
        assert kind.random(replace(sources, letters=None), Part.TUNE, rng).letter(rng) is None
