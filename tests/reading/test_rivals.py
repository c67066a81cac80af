from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.drawing import blank
from zipreader.elements import AddressBlock, Box, Page, TextLine, UprightPage
from zipreader.reading.rivals import (
    ALONE,
    FAR,
    LIGHT,
    apart_from,
    are_peers,
    blocks_above,
    lead_of,
    lead_over_silent,
    not_among,
    seen_from,
    shadow_over,
)

GREY = blank(400, 400)
UPRIGHT = UprightPage(Page(GREY, "drawn.png"), GREY, np.eye(3), 0, 200.0)


def address(x: int, y: int, height: float = 25.0, lines: int = 3) -> AddressBlock:
    """An address of 100 by 60 pixels whose lines are of a text height."""
    parts = [(Box(x, y + 20 * i, x + 100, y + 20 * (i + 1)),) for i in range(3)]
    written = tuple(TextLine(part, 0.0, height) for part in parts[:lines])
    return AddressBlock(UPRIGHT, Box(x, y, x + 100, y + 60), written, 0.5)


def line_of(x: int, y: int) -> AddressBlock:
    """What is left of an address."""
    box = Box(x, y, x + 100, y + 20)
    return AddressBlock(UPRIGHT, box, (TextLine((box,), 0.0, 20.0),), 0.5)


BELOW, RIGHT = address(20, 100), address(150, 25)
SENDER = address(20, 20)


@pytest.mark.parametrize("addressee", [BELOW, RIGHT])
def test_the_address_is_below_the_sender_or_right_of_it(addressee: AddressBlock) -> None:
    assert lead_of(addressee, SENDER) == 0.5
    assert lead_of(SENDER, addressee) == -0.5


def test_a_sender_stands_neither_below_nor_to_the_right() -> None:
    lower, higher = address(20, 200), address(250, 100)
    assert lead_of(lower, higher) == lead_of(higher, lower) == 0
    assert lead_of(address(250, 200), address(20, 100)) == 0.5


def test_taller_writing_tells_the_address_the_surer_the_taller_it_is() -> None:
    sender, places = address(20, 200, 20), (20, 24, 32, 50)
    leads = [lead_of(address(20, 20, height), sender) for height in places]
    assert leads == pytest.approx([-0.5, -0.112, 0.5, 1], abs=1e-3)
    assert [lead_of(sender, address(20, 20, height)) for height in places] == [-x for x in leads]


places = st.builds(address, st.integers(0, 300), st.integers(0, 300), st.floats(5, 25))


@given(places, places)
def test_what_one_leads_the_other_lags(one: AddressBlock, other: AddressBlock) -> None:
    ours, theirs = one.box.center, other.box.center
    lead = lead_of(one, other)
    assert -1 <= lead <= 1 < ALONE
    if abs(ours[0] - theirs[0]) > 0 and abs(ours[1] - theirs[1]) > 0:
        assert lead_of(other, one) == -lead


@given(places, places)
def test_an_address_without_a_zip_matters_where_it_leads_and_then_less(
    one: AddressBlock, other: AddressBlock
) -> None:
    lead = lead_of(one, other)
    silent = lead_over_silent(one, other)
    if lead >= 0.5:
        assert silent == ALONE
    else:
        assert lead < silent < 0.75


@pytest.mark.parametrize(
    ("height", "score", "lines", "shadow"),
    [(50, 0.9, 3, 0.693), (25, 0.9, 2, 0.0), (50, 0.9, 1, LIGHT), (50, 0.4, 3, LIGHT)],
    ids=["taller", "as tall", "one line", "worse place"],
)
def test_a_better_place_of_two_lines_throws_a_shadow(
    height: float, score: float, lines: int, shadow: float
) -> None:
    other = replace(address(150, 100, height, lines), score=score)
    assert shadow_over(address(20, 20), [other]) == pytest.approx(shadow, abs=1e-3)
    small = address(150, 150, 5)
    assert shadow_over(address(20, 20), [other, small]) == pytest.approx(shadow, abs=1e-3)


def test_a_block_is_seen_where_it_lies_in_another_look() -> None:
    """Which has another skew, so that the same pixel of the page is another one there."""
    turn = np.deg2rad(10)
    matrix = np.array(
        [[np.cos(turn), -np.sin(turn), 40], [np.sin(turn), np.cos(turn), -20], [0, 0, 1]]
    )
    there = UprightPage(UPRIGHT.page, GREY, matrix, 0, 200.0)
    assert seen_from(RIGHT, UPRIGHT) is RIGHT
    moved = seen_from(RIGHT, there)
    ours, theirs = (np.array([*block.box.center, 1.0]) for block in (RIGHT, moved))
    assert matrix @ theirs == pytest.approx(ours, abs=1.5)
    assert moved.lines == RIGHT.lines
    assert seen_from(replace(moved, page=there), UPRIGHT).box.center == pytest.approx(
        RIGHT.box.center, abs=2
    )


def test_without_another_place_there_is_light() -> None:
    assert shadow_over(address(20, 20), []) == LIGHT


LEFT = address(10, 200)
"""Level with another at (200, 210)."""


@pytest.mark.parametrize(
    ("other", "third", "sender"),
    [
        (address(200, 210), SENDER, True),
        (address(200, 210, 41), SENDER, False),
        (address(200, 300), SENDER, False),
        (address(200, 210), address(20, 300), False),
        (address(200, 210), address(220, 20), False),
        (address(200, 210), replace(SENDER, lines=SENDER.lines[:2]), False),
    ],
    ids=["above", "taller", "lower", "sender-below", "postmark", "two-lines"],
)
def test_of_two_addresses_beside_each_other_none_is_the_senders_if_one_stands_above(
    other: AddressBlock, third: AddressBlock, sender: bool
) -> None:
    blocks = (LEFT, other, third)
    for one, beside in ((LEFT, other), (other, LEFT)):
        assert blocks_above(one, beside, blocks) == ([third] if sender else [])


@pytest.mark.parametrize(
    ("other", "apart"),
    [
        (address(200, 200), 0.0),
        (address(200, 230), 0.075),
        (address(95, 140), 0.15),
        (address(200, 20), FAR),
        (address(60, 260), FAR),
        (replace(LEFT, box=Box(200, 260, 300, 380)), 0.15),
    ],
    ids=["level", "lower", "beside", "sender", "below", "taller"],
)
def test_two_addresses_side_by_side_begin_so_far_apart(other: AddressBlock, apart: float) -> None:
    assert apart_from(LEFT, other) == apart_from(other, LEFT) == apart


@pytest.mark.parametrize(
    ("other", "peers"),
    [
        (address(200, 210), True),
        (address(200, 290), False),
        (address(200, 100), True),
        (address(200, 210, 32), False),
        (address(200, 210, 19), True),
        (address(200, 210, 12), False),
        (address(10, 60), False),
    ],
    ids=["level", "lower", "higher", "right-taller", "left-taller", "left-far-taller", "above"],
)
def test_two_addresses_are_peers_unless_one_stands_as_a_sender(
    other: AddressBlock, peers: bool
) -> None:
    assert are_peers(LEFT, other) == are_peers(other, LEFT) == peers


@given(places, places)
def test_no_two_addresses_begin_farther_apart_than_where_one_is_above(
    one: AddressBlock, other: AddressBlock
) -> None:
    assert 0 <= apart_from(one, other) == apart_from(other, one) <= FAR


@pytest.mark.parametrize(
    ("left", "lost"),
    [
        ((), True),
        ((address(800, 600, lines=3),), False),
        ((address(810, 590, lines=4),), False),
        ((line_of(800, 620),), True),
        ((address(100, 100, lines=3), line_of(800, 640)), True),
    ],
    ids=["nothing", "the same", "much the same", "a line of it", "another, and a line of it"],
)
def test_an_address_is_lost_to_another_look_but_for_a_line(
    left: tuple[AddressBlock, ...], lost: bool
) -> None:
    assert not_among(address(800, 600, lines=3), left) == lost
