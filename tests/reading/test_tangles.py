from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from tests.drawing import DPI, blank, print_text, upright
from zipreader.config import LinesConfig
from zipreader.elements import GreyImage, TextLine
from zipreader.reading import imageops
from zipreader.reading.lines import find_lines
from zipreader.reading.tangles import untangled

Boxes = npt.NDArray[np.float64]
ADDRESS = ("PAMELA FERNANDEZ", "2741 WEST HARBOUR RD", "MONTGOMERY AL 36104")
NONE = np.zeros((0, 4))


def close_lines(pitch: int, *texts: str, height: int = 36) -> GreyImage:
    grey = blank(1200, 240 + pitch * len(texts))
    for number, text in enumerate(texts or ADDRESS):
        print_text(grey, text, 80, 120 + pitch * number, height)
    return grey


def lines_of(grey: GreyImage) -> tuple[TextLine, ...]:
    return find_lines(upright(grey, DPI), LinesConfig()).lines


def boxes_of(ink: np.ndarray) -> Boxes:
    _, stats = imageops.components(ink)
    x, y, width, height = stats[1:, :4].T
    return np.column_stack([x, y, x + width, y + height]).astype(np.float64)


def tangle(ink: np.ndarray, large: Boxes = NONE) -> list[Boxes]:
    """What one chain of all components is parted into."""
    parts = boxes_of(ink)
    whole = np.arange(len(parts), dtype=np.intp)
    chains, found = untangled(ink, [whole], parts, np.zeros(1), large)
    return [found[chain] for chain in chains]


@pytest.mark.parametrize(
    ("pitch", "tails", "thick"), [(38, 0, 3), (38, 4, 3), (42, 7, 1), (42, 7, 3)]
)
def test_lines_that_touch_are_lines_of_their_own(pitch: int, tails: int, thick: int) -> None:
    grey = close_lines(pitch)
    rng = np.random.default_rng(1)
    for _ in range(tails):
        x, y = int(rng.integers(100, 500)), 120 + pitch * int(rng.integers(0, 2))
        cv2.line(grey, (x, y - 15), (x - 8, y + 25), 30, 4)
    found = lines_of(cv2.erode(grey, np.ones((thick, thick))))
    assert len(found) == 3
    for number, line in enumerate(found):
        assert line.box.y1 == pytest.approx(120 + pitch * number, abs=16)
        assert line.text_height == pytest.approx(36, abs=8)


def test_the_last_line_keeps_its_digits() -> None:
    grey = close_lines(38, *ADDRESS)
    alone = blank(*grey.shape[::-1])
    print_text(alone, ADDRESS[2], 80, 196, 36)
    digits = lines_of(alone)[0].parts[-5:]
    last = lines_of(grey)[-1]
    for digit in digits:
        near = max(last.parts, key=lambda part: part.intersection(digit).area)
        assert near.intersection(digit).area >= 0.8 * digit.area
        assert near.width <= 1.2 * digit.width


def test_strokes_that_join_three_lines_part_between_them() -> None:
    ink = (close_lines(44, *ADDRESS) < 128).astype(np.uint8)
    for x in (120, 260, 420):
        cv2.line(ink, (x, 100), (x, 200), 1, 3)
    lines = tangle(ink)
    assert len(lines) == 3
    assert all(np.median(line[:, 3] - line[:, 1]) < 44 for line in lines)


def test_what_is_too_large_for_a_part_is_parted_with_them() -> None:
    ink = (close_lines(44, *ADDRESS) < 128).astype(np.uint8)
    cv2.line(ink, (90, 100), (90, 200), 1, 3)
    every = boxes_of(ink)
    tall = every[:, 3] - every[:, 1] > 90
    assert tall.sum() == 1
    parts = every[~tall]
    whole = np.arange(len(parts), dtype=np.intp)
    chains, found = untangled(ink, [whole], parts, np.zeros(1), every[tall])
    assert len(chains) == 3
    assert min(found[chain, 0].min() for chain in chains) == every[tall][0, 0]


@pytest.mark.parametrize("text", ["MONTGOMERY AL 36104", "Jay Quigley, Yoyo Pkwy 11"])
def test_one_line_stays_as_it_is(text: str) -> None:
    ink = (close_lines(50, text) < 128).astype(np.uint8)
    (line,) = tangle(ink)
    assert np.array_equal(line, boxes_of(ink))


def test_letters_that_all_cross_one_level_are_of_two_lines_where_these_are_too_high() -> None:
    grey = blank(900, 240)
    for place in range(16):
        print_text(grey, "C", 80 + 30 * place, 120 + 31 * (place % 2), 36)
    upper, lower = sorted(tangle((grey < 128).astype(np.uint8)), key=lambda line: line[0, 1])
    assert upper[:, 3].max() < 130
    assert lower[:, 1].min() > 100


def test_two_lines_apart_stay_as_they_are() -> None:
    ink = (close_lines(70, *ADDRESS[:2]) < 128).astype(np.uint8)
    parts = boxes_of(ink)
    upper = parts[:, 3] < 140
    chains = [np.flatnonzero(upper), np.flatnonzero(~upper)]
    kept, found = untangled(ink, chains, parts, np.zeros(2), NONE)
    assert [chain.tolist() for chain in kept] == [chain.tolist() for chain in chains]
    assert len(found) == len(parts)


def test_a_picture_is_not_taken_for_lines() -> None:
    """It is taller than any address in letters as low as its specks."""
    rng = np.random.default_rng(3)
    ink = (cv2.GaussianBlur(rng.random((400, 300)), (0, 0), 4) > 0.52).astype(np.uint8)
    parts = boxes_of(ink)
    chains = [np.arange(len(parts), dtype=np.intp)]
    kept, found = untangled(ink, chains, parts, np.zeros(1), NONE)
    assert kept is not chains
    assert [chain.tolist() for chain in kept] == [chain.tolist() for chain in chains]
    assert np.array_equal(found, parts)


def test_nothing_is_nothing() -> None:
    ink = np.zeros((50, 50), np.uint8)
    chains, parts = untangled(ink, [], NONE, np.zeros(0), NONE)
    assert chains == []
    assert len(parts) == 0
