from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.drawing import blank, draw_envelope, print_text, upright
from zipreader.config import LinesConfig, LocateConfig
from zipreader.elements import AddressBlock, Box, GreyImage, TextLine
from zipreader.reading.lines import find_lines
from zipreader.reading.locate import locate

CONFIG = LocateConfig()
PAGE = upright(blank(1900, 825))


def blocks_of(grey: GreyImage) -> tuple[AddressBlock, ...]:
    page = upright(grey)
    return locate(page, find_lines(page, LinesConfig()).lines, CONFIG)


def text_line(box: Box, parts: int = 10) -> TextLine:
    """A line of evenly wide parts."""
    edges = [box.x0 + round(box.width * i / parts) for i in range(parts + 1)]
    boxes = [Box(a, box.y0, b - 2, box.y1) for a, b in zip(edges, edges[1:], strict=False)]
    return TextLine(tuple(boxes), 0.0, float(box.height))


def paragraph(x: int, y: int, count: int = 3, height: int = 22) -> list[TextLine]:
    return [
        text_line(Box(x, y + 2 * i * height, x + 300, y + 2 * i * height + height))
        for i in range(count)
    ]


@pytest.mark.parametrize("code", ["38117", "38117-0246"])
def test_the_delivery_address_comes_first(code: str) -> None:
    envelope = draw_envelope(code)
    best = blocks_of(envelope.grey)[0]
    assert best.box.intersection(envelope.address).area > 0.9 * envelope.address.area
    assert len(best.lines) == 3


def test_the_return_address_ranks_below() -> None:
    envelope = draw_envelope()
    blocks = blocks_of(envelope.grey)
    back = [b for b in blocks if b.box.intersection(envelope.return_address).area > 0]
    assert back, "it is a block all the same"
    assert all(block.score < 0.5 * blocks[0].score for block in back)


def test_blocks_are_ranked_and_few() -> None:
    grey = blank(1900, 1200)
    for column in range(3):
        for row in range(4):
            print_text(grey, "SOME WORDS", 60 + 620 * column, 90 + 300 * row, 24)
    blocks = blocks_of(grey)
    scores = [block.score for block in blocks]
    assert len(blocks) == CONFIG.most_blocks
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)


def test_no_lines_make_no_blocks() -> None:
    assert locate(PAGE, (), CONFIG) == ()


def test_lines_of_a_block_go_from_top_to_bottom() -> None:
    lines = paragraph(800, 400)
    (block,) = locate(PAGE, tuple(reversed(lines)), CONFIG)
    assert [line.box.y0 for line in block.lines] == [400, 444, 488]
    assert block.box == Box.around(line.box for line in lines)
    assert block.page is PAGE


def test_a_wide_gap_parts_blocks() -> None:
    lines = (*paragraph(800, 200, 2), *paragraph(800, 450, 2))
    assert len(locate(PAGE, lines, CONFIG)) == 2


def test_lines_typed_with_a_free_line_between_are_one_block() -> None:
    lines = [text_line(Box(100 + 60 * n, 200 + 74 * n, 500, 222 + 74 * n)) for n in range(3)]
    assert [len(block.lines) for block in locate(PAGE, tuple(lines), CONFIG)] == [3]


def test_a_sender_so_far_above_an_address_is_another_block() -> None:
    sender = [text_line(Box(100, 100 + 44 * n, 400, 122 + 44 * n)) for n in range(3)]
    address = [text_line(Box(120, 264 + 44 * n, 500, 286 + 44 * n)) for n in range(2)]
    found = locate(PAGE, (*sender, *address), CONFIG)
    assert sorted(len(block.lines) for block in found) == [2, 3]


def test_writing_of_another_size_is_another_block() -> None:
    small, large = text_line(Box(800, 400, 1100, 412)), text_line(Box(800, 420, 1100, 480))
    assert len(locate(PAGE, (small, large), CONFIG)) == 2


@given(st.permutations(range(6)))
def test_the_order_of_the_lines_does_not_matter(order: list[int]) -> None:
    lines = [*paragraph(820, 400), *paragraph(60, 60, height=16)]
    shuffled = tuple(lines[i] for i in order)
    assert [(b.box, b.score) for b in locate(PAGE, shuffled, CONFIG)] == [
        (b.box, b.score) for b in locate(PAGE, tuple(lines), CONFIG)
    ]


@given(st.integers(0, 1600), st.integers(0, 650))
def test_the_usual_place_is_the_best(x: int, y: int) -> None:
    width, height = PAGE.page.size
    middle = [(CONFIG.place[0] * width - 150), (CONFIG.place[1] * height - 55)]
    usual = locate(PAGE, tuple(paragraph(round(middle[0]), round(middle[1]))), CONFIG)
    other = locate(PAGE, tuple(paragraph(x, y)), CONFIG)
    assert other[0].score <= usual[0].score + 1e-3


LABEL = upright(blank(800, 1200))
"""The front of a parcel label, of 4 by 6 inches."""
ADDRESSEE, ROUTING = paragraph(140, 240), [text_line(Box(300, 560, 640, 610))]
SERVICE = [text_line(Box(60, 800, 420, 840)), text_line(Box(60, 860, 460, 885))]
BARS = Box(300, 640, 640, 740), Box(90, 920, 700, 1120)
"""Of the route and of the tracking number; what stands over each is no address."""


def test_the_address_on_a_parcel_label_is_the_last_above_its_bars() -> None:
    lines = (*paragraph(40, 40, height=15), *ADDRESSEE, *ROUTING, *SERVICE)
    best = locate(LABEL, lines, CONFIG, BARS)[0]
    assert set(best.lines) == set(ADDRESSEE)
    unlike = locate(LABEL, lines, CONFIG)[0]
    assert set(unlike.lines) == set(SERVICE), "the bars are what tells"


def test_the_sender_above_it_gains_nothing_by_the_bars() -> None:
    sender = paragraph(40, 40)
    without, beside = (
        {frozenset(b.lines): b.score for b in locate(LABEL, (*sender, *ADDRESSEE), CONFIG, bars)}
        for bars in ((), BARS)
    )
    assert beside[frozenset(sender)] == without[frozenset(sender)]
    assert beside[frozenset(ADDRESSEE)] > without[frozenset(ADDRESSEE)]


@pytest.mark.parametrize(
    "code", [Box(300, 640, 500, 840), Box(300, 640, 420, 700)], ids=["of cells", "narrow"]
)
def test_a_matrix_code_and_a_narrow_barcode_are_below_no_address(code: Box) -> None:
    scores = [block.score for block in locate(LABEL, tuple(ADDRESSEE), CONFIG, (code,))]
    assert scores == [block.score for block in locate(LABEL, tuple(ADDRESSEE), CONFIG)]
