from __future__ import annotations

import numpy as np
import pytest

from tests.drawing import blank
from zipreader.elements import AddressBlock, Box, Page, TextLine, UprightPage
from zipreader.reading.measures import are_address, lines_within

UPRIGHT = UprightPage(Page(blank(400, 400), "drawn.png"), blank(400, 400), np.eye(3), 0, 200.0)


def lines(*widths: int, height: float = 25.0) -> list[TextLine]:
    """Lines of such widths below one another."""
    boxes = [Box(20, 30 * n, 20 + width, 30 * n + 25) for n, width in enumerate(widths)]
    return [TextLine((box,), 0.0, height) for box in boxes]


@pytest.mark.parametrize("widths", [(100, 100, 100), (100, 40, 100), (40, 100, 100, 30)])
def test_an_address_has_three_lines_of_which_one_may_be_short(widths: tuple[int, ...]) -> None:
    """As "Box 1" is."""
    assert are_address(lines(*widths))


@pytest.mark.parametrize("widths", [(), (300,), (100, 100), (40, 100, 40)])
def test_fewer_or_shorter_lines_make_none(widths: tuple[int, ...]) -> None:
    """A stamp, or an endorsement of two lines."""
    assert not are_address(lines(*widths))


def test_lines_are_long_beside_their_height() -> None:
    assert are_address(lines(100, 100, 100, height=25.0))
    assert not are_address(lines(100, 100, 100, height=27.0))


def test_small_print_inside_an_address_is_among_its_lines() -> None:
    def block(x: int, y: int, count: int) -> AddressBlock:
        own = [
            TextLine((Box(x, y + 20 * n, x + 100, y + 20 * n + 15),), 0.0, 15.0)
            for n in range(count)
        ]
        return AddressBlock(UPRIGHT, Box.around(line.box for line in own), tuple(own), 0.5)

    whole, inside, beside = block(20, 200, 3), block(40, 210, 1), block(120, 210, 1)
    found = lines_within(whole, (beside, whole, inside))
    assert found == [*whole.lines, *inside.lines]
