from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.synth.test_sources import LETTERS, write_strokes
from zipreader.synth import Sources
from zipreader.synth.address import Line
from zipreader.synth.compose import Strip
from zipreader.synth.handwriting import Hand, choose_hand, write_digits, write_line
from zipreader.synth.pens import choose_pen
from zipreader.synth.sources import strokes_of
from zipreader.synth.strokefile import load_strokes
from zipreader.synth.strokes import StrokeLetters

PAIRS = frozenset({0, 1, 2, 3})


def hand_of(sources: Sources, seed: int) -> Hand:
    rng = np.random.default_rng(seed)
    return choose_hand(sources, 200, 0.25, choose_pen(rng), rng)


def test_each_writer_of_strokes_writes_as_much_as_any_hand_with_scanned_digits(
    sources: Sources, tmp_path: Path
) -> None:
    path = tmp_path / "strokes.npz"
    write_strokes(path, "0123456789", ("ann", "bob", "one whose 9 is suspect"))
    letters = tmp_path / "letters.npz"
    write_strokes(letters, LETTERS, ("ann", "bob"))
    mixed = replace(
        sources,
        strokes=strokes_of(load_strokes(path), None),
        letters=strokes_of(load_strokes(letters), None),
    )
    assert mixed.pool is not None and mixed.pool.hands == 5000 // 120
    hands = [hand_of(mixed, seed) for seed in range(400)]
    by_strokes = [hand for hand in hands if hand.strokes is not None]
    assert 8 <= len(by_strokes) <= 32  # 2 of 43 hands are 19 of 400
    scanned = [hand for hand in hands if hand.images is not None]
    assert len(scanned) + len(by_strokes) == 400
    lettered = sum(isinstance(hand.letters, StrokeLetters) for hand in scanned)
    assert 0.4 < lettered / len(scanned) < 0.6


def is_joined(strip: Strip, first: int) -> bool:
    """Whether the ink of two neighbouring digits is connected."""
    _, labels = cv2.connectedComponents((strip.alpha > 0.15).astype(np.uint8))
    seen = []
    for mark in strip.marks[first : first + 2]:
        x0, y0, x1, y1 = (int(v) for v in mark.bounds)
        seen.append(set(np.unique(labels[y0:y1, x0:x1])) - {0})
    return bool(seen[0] & seen[1])


@pytest.mark.parametrize("seed", range(6))
def test_every_digit_is_marked_where_its_ink_is(sources: Sources, seed: int) -> None:
    rng = np.random.default_rng(seed)
    strip = write_digits("90210", hand_of(sources, seed), frozenset(), True, rng)
    assert "".join(mark.value for mark in strip.marks) == "90210"
    for mark in strip.marks:
        x0, y0, x1, y1 = (int(v) for v in mark.bounds)
        assert strip.alpha[y0:y1, x0:x1].max() > 0.25
        assert 0.55 * 50 < y1 - y0 < 1.4 * 50
    outside = strip.alpha.copy()
    for mark in strip.marks:
        x0, y0, x1, y1 = (int(v) for v in mark.bounds)
        outside[max(0, y0 - 2) : y1 + 2, max(0, x0 - 2) : x1 + 2] = 0
    assert outside.max() < 0.5


def test_digits_touch_where_they_should(sources: Sources) -> None:
    touching = apart = 0
    for seed in range(8):
        hand = replace(hand_of(sources, seed), gap=0.2)
        rng = np.random.default_rng(seed)
        joined = write_digits("36285", hand, PAIRS, True, rng)
        loose = write_digits("36285", hand, frozenset(), True, rng)
        touching += sum(is_joined(joined, k) for k in PAIRS)
        apart += sum(not is_joined(loose, k) for k in PAIRS)
    assert touching >= 0.75 * 32
    assert apart >= 0.75 * 32


def test_digits_in_boxes_keep_their_pitch(sources: Sources) -> None:
    rng = np.random.default_rng(5)
    strip = write_digits("48207", hand_of(sources, 5), frozenset(), True, rng, pitch=60.0)
    centers = [(mark.bounds[0] + mark.bounds[2]) / 2 for mark in strip.marks]
    assert np.allclose(np.diff(centers), 60, atol=2.5)


def test_a_line_marks_only_its_zip(sources: Sources) -> None:
    rng = np.random.default_rng(2)
    line = Line("Box 77 Salem, OR", "97301-1234", "USA")
    strip = write_line(line, hand_of(sources, 2), frozenset(), rng)
    assert "".join(mark.value for mark in strip.marks) == "973011234"
    assert strip.marks[0].bounds[0] > 0.3 * strip.width
    assert strip.marks[-1].bounds[2] < strip.width


def test_a_hand_written_smaller_keeps_its_habits(sources: Sources) -> None:
    hand = hand_of(sources, 1)
    small = hand.sized(20.0, 200)
    assert small.height == 20 and small.slant == hand.slant and small.images is hand.images
    assert small.radius <= 0.072 * 20 + 1e-9
