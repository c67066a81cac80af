from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.drawing import blank
from zipreader.config import SearchConfig
from zipreader.elements import (
    AddressBlock,
    Box,
    Page,
    Spelling,
    TextLine,
    UprightPage,
    ZipField,
    ZipHypothesis,
)
from zipreader.reading.rivals import ALONE, FAR
from zipreader.reading.search import Search, weighed
from zipreader.reading.wording import SAYS, Party

CONFIG = SearchConfig(first_fields=3)
GREY = blank(400, 200)
UPRIGHT = UprightPage(Page(GREY, "drawn.png"), GREY, np.eye(3), 0, 200.0)


def field(left: int, score: float) -> ZipField:
    """A field from ``left`` to the right end of the only line."""
    return ZipField(UPRIGHT, Box(left, 50, 300, 80), 0.0, 25.0, score)


class Pen:
    """Spells and reads fields as told, and keeps which were read."""

    def __init__(
        self,
        answers: dict[int, tuple[str, float]],
        spelled: dict[int, float] | None = None,
        named: float = 0.0,
    ) -> None:
        self.answers = answers
        self.spelled = spelled or {}
        self.named = named
        self.cut: list[int] = []
        self.looked: list[int] = []
        self.asked: list[AddressBlock] = []
        self.unwritten: set[int] = set()
        self.parties: dict[int, Party] = {}
        self.shown: list[TextLine] = []

    def spell(self, field: ZipField) -> Spelling:
        self.looked.append(field.box.x0)
        share = self.spelled.get(field.box.x0, 0.5)
        text, _ = self.answers.get(field.box.x0, ("30303", 0.0))
        return Spelling(np.zeros((32, 2), np.uint8), (), (text,), share)

    def is_written(self, block: AddressBlock, lines: Sequence[TextLine]) -> bool:
        self.shown = list(lines)
        self.asked.append(block)
        return block.box.x0 not in self.unwritten

    def party(self, block: AddressBlock, lines: Sequence[TextLine]) -> Party | None:
        return self.parties.get(block.box.x0)

    def miscounted(self, spelling: Spelling) -> float:
        """What lacks to the probability of a ZIP."""
        return 1 - spelling.probability

    def read(self, field: ZipField, spelling: Spelling) -> list[ZipHypothesis]:
        left = field.box.x0
        self.cut.append(left)
        if left not in self.answers:
            return []
        text, probability = self.answers[left]
        evidence = {"named": self.named}
        return [ZipHypothesis(text, None, field, (), 0.9, evidence, probability)]

    def judge(self, evidence: Mapping[str, float]) -> float:
        """The lead alone, from 0 to 1."""
        return (1 + evidence["lead"]) / 2


def search(pen: Pen, *fields: ZipField, config: SearchConfig = CONFIG) -> Search:
    return Search(UPRIGHT, (), fields, pen, config)


FIVE = tuple(field(50 * i, score) for i, score in enumerate((1.0, 0.9, 0.8, 0.7, 0.3)))


def test_only_the_likeliest_fields_are_looked_at_first() -> None:
    pen = Pen({100: ("10001", 0.2)})
    found = search(pen, *FIVE)
    found.look()
    assert pen.cut == [0, 50, 100]
    assert found.probability == 0.2


def test_what_spells_a_zip_is_read_first_and_what_spells_none_not_at_all() -> None:
    pen = Pen({}, {0: 0.2, 50: 0.0, 100: 0.9})
    search(pen, *FIVE).look()
    assert pen.cut == [100, 0]
    assert pen.looked == [0, 50, 100]


def test_what_promises_far_less_than_what_was_read_is_not_read() -> None:
    share = CONFIG.least_promise
    pen = Pen({}, {0: 0.6, 50: 0.6 * share / 0.9 * 1.01, 100: 0.6 * share / 0.8 * 0.99})
    search(pen, *FIVE).look()
    assert pen.cut == [0, 50]


def test_a_clear_and_certain_zip_spares_even_the_spelling_of_others() -> None:
    pen = Pen({0: ("10001", CONFIG.certain)}, {0: CONFIG.clearly_spelled})
    found = search(pen, *FIVE)
    found.look()
    found.finish()
    assert pen.looked == [0]
    assert pen.cut == [0]


def test_unlikely_places_are_not_even_looked_at_where_there_is_hope() -> None:
    pen = Pen({0: ("10001", CONFIG.hopeful)})
    found = search(pen, *FIVE)
    found.look()
    found.finish()
    assert pen.looked == pen.cut == [0, 50, 100, 150]
    assert found.looked_at == FIVE[:4]


def test_without_hope_they_are_looked_at_and_read_where_they_spell_a_zip() -> None:
    for share in (CONFIG.rival_spelled, CONFIG.rival_spelled - 0.01):
        pen = Pen({}, {200: share})
        found = search(pen, *FIVE)
        found.look()
        found.finish()
        assert pen.looked == [0, 50, 100, 150, 200]
        assert pen.cut == [0, 50, 100, 150, 200][: 5 if share >= CONFIG.rival_spelled else 4]
        assert found.hypotheses == ()
        assert found.probability == 0.0
    assert found.looked_at == FIVE


def test_no_more_than_a_few_of_them_are() -> None:
    few = CONFIG.last_fields
    unlikely = [field(60 + n, 0.3 - 0.001 * n) for n in range(few + 3)]
    pen = Pen({}, dict.fromkeys(range(300), 0.0))
    search(pen, field(0, 1.0), *unlikely).finish()
    assert len(pen.looked) == 1 + few


def test_each_address_is_looked_at_where_there_is_no_hope() -> None:
    """However many fields of others are in better places."""
    first, second = lines_of(100, 70, 40, 10), addressed(5, 150, 0.2)
    for answers, looked in (({}, [0, 10, 20, 5]), ({0: ("10001", CONFIG.hopeful)}, [0, 10, 20])):
        pen = Pen(answers)
        page_of(pen, *first, second).look()
        assert pen.looked == looked


def test_a_certain_zip_stops_the_search() -> None:
    pen = Pen({50: ("10001", CONFIG.certain)})
    found = search(pen, *FIVE)
    found.look()
    found.finish()
    assert pen.cut == [0, 50]


def test_a_wider_field_around_a_likely_zip_is_not_read() -> None:
    pen = Pen({200: ("10001", CONFIG.likely)})
    found = search(pen, field(200, 1.0), field(100, 0.9), field(250, 0.8))
    found.finish()
    assert pen.cut == [200, 250]


def test_the_same_zip_of_two_fields_is_one_hypothesis() -> None:
    pen = Pen({0: ("10001", 0.2), 50: ("10001", 0.6), 100: ("10001", 0.1)})
    found = search(pen, *FIVE)
    found.finish()
    (only,) = found.hypotheses
    assert only.probability == pytest.approx(0.6)
    assert only.field is FIVE[1]


@given(st.lists(st.floats(0, 0.94), min_size=1, max_size=5))
def test_of_several_zips_at_most_one_is_right(probabilities: list[float]) -> None:
    pen = Pen({50 * i: (f"1000{i}", p) for i, p in enumerate(probabilities)})
    found = search(pen, *(field(50 * i, 1.0) for i in range(5)))
    found.finish()
    shares = [hypothesis.probability for hypothesis in found.hypotheses]
    read = {hypothesis.zip for hypothesis in found.hypotheses}
    alone = sorted((p for i, p in enumerate(probabilities) if f"1000{i}" in read), reverse=True)
    assert all(share <= p + 1e-9 for share, p in zip(shares, alone, strict=True))
    assert sum(shares) <= 1 + 1e-9
    assert shares == sorted(shares, reverse=True)


def test_two_zips_that_both_look_right_are_as_likely_as_their_odds_say() -> None:
    """Odds of 49 and 24 to 1 that nothing is right but one of them."""
    pen = Pen({0: ("10001", 49 / 50), 50: ("94110", 24 / 25)})
    found = search(pen, *FIVE[:2], config=replace(CONFIG, certain=1.0))
    found.finish()
    best, rival = found.hypotheses
    assert best.probability == pytest.approx(49 / 74)
    assert rival.probability == pytest.approx(24 / 74)


def test_no_fields_give_nothing() -> None:
    found = search(Pen({}))
    found.look()
    found.finish()
    assert found.probability == 0.0
    assert found.hypotheses == ()


@pytest.mark.parametrize("count", [1, 2])
def test_a_second_call_reads_nothing_again(count: int) -> None:
    pen = Pen({})
    found = search(pen, *FIVE)
    for _ in range(count):
        found.finish()
    assert pen.cut == [0, 50, 100, 150, 200]


# --- rivals ----------------------------------------------------------------------------------


def addressed(left: int, top: int, score: float, count: int = 3, height: float = 12.0) -> ZipField:
    """The field of an address of its own, of three lines or so many, in a text height."""
    boxes = [Box(left, top + 15 * n, left + 100, top + 15 * n + 15) for n in range(count)]
    lines = tuple(TextLine((box,), 0.0, height) for box in boxes)
    block = AddressBlock(UPRIGHT, Box.around(boxes), lines, score)
    return ZipField(UPRIGHT, boxes[-1], 0.0, 12.0, score, block)


def page_of(pen: Pen, *fields: ZipField) -> Search:
    blocks = tuple(dict.fromkeys(item.block for item in fields if item.block is not None))
    return Search(UPRIGHT, blocks, fields, pen, CONFIG)


def test_an_address_in_as_good_a_place_is_read_however_certain_the_first_is() -> None:
    upper, lower = addressed(0, 20, 0.8), addressed(5, 120, 0.7)
    pen = Pen({0: ("10001", 0.99), 5: ("94110", 0.97)}, {0: 0.9, 5: 0.9})
    found = page_of(pen, upper, lower)
    found.look()
    assert pen.cut == [0]
    found.finish()
    assert pen.cut == [0, 5]
    best, rival = found.hypotheses
    assert (best.zip, best.evidence["lead"]) == ("94110", 0.5)
    assert (rival.zip, rival.evidence["lead"]) == ("10001", -0.5)
    assert best.probability == pytest.approx(3 / (1 + 3 + 1 / 3))


def test_an_address_in_a_far_worse_place_is_left_alone() -> None:
    pen = Pen({0: ("10001", 0.99), 5: ("94110", 0.97)}, {0: 0.9, 5: 0.9})
    found = page_of(pen, addressed(0, 120, 0.8), addressed(5, 20, 0.8 * CONFIG.comparable - 0.01))
    found.look()
    found.finish()
    assert pen.looked == pen.cut == [0]
    assert found.hypotheses[0].probability == 0.99


@pytest.mark.parametrize(
    ("zip_code", "probability", "share"),
    [
        ("10001", 0.97, 0.9),
        ("94110", CONFIG.rival - 0.01, 0.9),
        ("94110", 0.97, CONFIG.rival_spelled - 0.01),
    ],
)
def test_what_says_the_same_or_hardly_anything_is_no_rival(
    zip_code: str, probability: float, share: float
) -> None:
    pen = Pen({0: (zip_code, probability), 5: ("10001", 0.99)}, {0: share, 5: 0.9})
    found = page_of(pen, addressed(0, 20, 0.7), addressed(5, 120, 0.8))
    found.look()
    found.finish()
    best = found.hypotheses[0]
    assert best.zip == "10001"
    assert "lead" not in best.evidence, "it was judged again"
    assert best.probability >= 0.98


@pytest.mark.parametrize(
    ("second", "third", "crowded"),
    [("94110", "60601", True), ("94110", "94110", False), ("10001", "60601", False)],
)
def test_two_further_addresses_with_other_zips_are_of_another_mailpiece(
    second: str, third: str, crowded: bool
) -> None:
    fields = addressed(0, 20, 0.8), addressed(5, 80, 0.7), addressed(9, 140, 0.6)
    pen = Pen({0: ("10001", 0.99), 5: (second, 0.9), 9: (third, 0.8)}, {0: 0.9, 5: 0.9, 9: 0.9})
    found = page_of(pen, *fields)
    assert not found.crowded
    found.finish()
    assert found.crowded == crowded


@pytest.mark.parametrize(("lines", "unwritten"), [(2, set()), (3, {9})])
def test_a_postmark_beside_the_sender_is_no_further_address(
    lines: int, unwritten: set[int]
) -> None:
    """Two lines, or a dial."""
    fields = addressed(0, 140, 0.8), addressed(5, 80, 0.7), addressed(9, 20, 0.6, count=lines)
    pen = Pen({0: ("10001", 0.99), 5: ("94110", 0.9), 9: ("60601", 0.8)}, {0: 0.9, 5: 0.9, 9: 0.9})
    pen.unwritten = unwritten
    found = page_of(pen, *fields)
    found.finish()
    assert pen.cut == [0, 5, 9]
    assert found.hypotheses[0].zip == "10001"
    assert not found.crowded


@pytest.mark.parametrize(
    ("spells", "lines", "unwritten", "there"),
    [
        (CONFIG.clearly_spelled, 3, set(), True),
        (CONFIG.clearly_spelled - 0.01, 3, set(), False),
        (0.9, 2, set(), False),
        (0.9, 3, {5}, False),
    ],
)
def test_an_address_is_there_even_if_its_zip_cannot_be_read(
    spells: float, lines: int, unwritten: set[int], there: bool
) -> None:
    pen = Pen({5: ("94110", 0.01)}, {5: spells})
    pen.unwritten = unwritten
    found = page_of(pen, addressed(5, 80, 0.7, count=lines))
    assert found.addressed == there
    found.look()
    assert found.probability < CONFIG.rival
    assert found.addressed == there


@pytest.mark.parametrize(
    ("above", "spells", "crowded"), [(20, 0.9, True), (20, 0.0, False), (150, 0.9, True)]
)
def test_two_addresses_side_by_side_below_a_sender_are_two_addressees(
    above: int, spells: float, crowded: bool
) -> None:
    """What stands above may be a company's name: the left one is the sender's then."""
    fields = addressed(200, 100, 0.8), addressed(40, 105, 0.7), addressed(5, above, 0.02)
    pen = Pen({200: ("10001", 0.99), 40: ("94110", 0.9)}, {200: 0.9, 40: 0.9, 5: spells})
    found = page_of(pen, *fields)
    found.finish()
    assert found.hypotheses[0].zip == "10001"
    assert found.crowded == crowded


def test_an_address_below_that_only_an_earlier_look_showed_is_no_senders_either() -> None:
    label = addressed(5, 160, 0.7)
    earlier = page_of(Pen({5: ("94110", 0.9)}, {5: 0.9}), label)
    earlier.finish()
    found = page_of(Pen({200: ("10001", 0.99)}, {200: 0.9}), addressed(200, 100, 0.8))
    found.finish()
    assert not found.crowded
    found.heed(earlier)
    assert found.crowded


@pytest.mark.parametrize(("other", "likely"), [("10008", 0.51), ("10001", 0.8)])
def test_looks_at_one_mailpiece_are_held_against_each_other(other: str, likely: float) -> None:
    looks = []
    for text, probability in ((other, 0.74), ("10001", 0.8)):
        looks.append(page_of(Pen({200: (text, probability)}), addressed(200, 100, 0.8)))
        looks[-1].finish()
    best = weighed(looks)[0]
    assert best.zip == "10001"
    assert best.probability == pytest.approx(likely, abs=0.02)
    assert weighed([]) == ()


@pytest.mark.parametrize(
    ("top", "spells", "text", "crowded"),
    [
        (160, 0.9, "94110", True),
        (160, 0.9, "10001-2345", False),
        (160, 0.5, "94110", False),
        (20, 0.9, "94110", False),
    ],
)
def test_an_address_below_another_is_no_senders(
    top: int, spells: float, text: str, crowded: bool
) -> None:
    """As on the label that tells the new address of somebody who moved."""
    fields = addressed(200, 100, 0.8), addressed(5, top, 0.02)
    pen = Pen({200: ("10001", 0.99), 5: (text, 0.1)}, {200: 0.9, 5: spells})
    found = page_of(pen, *fields)
    found.finish()
    assert found.hypotheses[0].zip == "10001"
    assert found.crowded == crowded


def test_the_zip_of_an_address_below_may_be_in_its_second_field() -> None:
    end, whole = addressed(80, 160, 0.02), addressed(5, 160, 0.02)
    pen = Pen({200: ("10001", 0.99), 5: ("94110", 0.1)}, {200: 0.9, 80: 0.0, 5: 0.9})
    other = replace(end, block=whole.block)
    found = page_of(pen, addressed(200, 100, 0.8), other, whole)
    found.finish()
    assert found.crowded


@pytest.mark.parametrize(
    ("left", "parties", "unwritten", "crowded"),
    [
        (addressed(40, 105, 0.7), {}, set(), True),
        (addressed(40, 139, 0.7), {}, set(), True),
        (addressed(40, 141, 0.7), {}, set(), True),
        (addressed(40, 40, 0.7), {}, set(), False),
        (addressed(40, 105, 0.7, height=7.4), {}, set(), False),
        (addressed(40, 105, 0.7, count=2), {}, set(), False),
        (addressed(40, 105, 0.7), {}, {40}, False),
        (addressed(40, 105, 0.7), {40: Party.SENDER}, set(), False),
        (addressed(40, 105, 0.7), {200: Party.ADDRESSEE}, set(), False),
        (addressed(40, 105, 0.7), {40: Party.ADDRESSEE, 200: Party.SENDER}, set(), True),
    ],
    ids=[
        "level",
        "lower",
        "far lower",
        "far higher",
        "smaller",
        "two lines",
        "unwritten",
        "from",
        "to",
        "other",
    ],
)
def test_two_addresses_of_which_none_stands_as_a_sender_are_two_addressees(
    left: ZipField, parties: dict[int, Party], unwritten: set[int], crowded: bool
) -> None:
    pen = Pen({200: ("10001", 0.99), 40: ("94110", 0.9)}, {200: 0.9, 40: 0.9})
    pen.parties, pen.unwritten = parties, unwritten
    found = page_of(pen, addressed(200, 100, 0.8), left)
    found.finish()
    assert found.crowded == crowded


def test_the_same_zip_in_both_addresses_is_no_silence() -> None:
    upper, lower = addressed(0, 20, 0.8), addressed(5, 120, 0.7)
    pen = Pen({0: ("10001", 0.9), 5: ("10001", 0.6)}, {0: 0.9, 5: 0.9})
    found = page_of(pen, upper, lower)
    found.finish()
    assert pen.cut == [0, 5]
    assert found.hypotheses[0].probability == 0.9
    assert found.hypotheses[0].field is upper


def test_an_address_without_a_zip_that_leads_makes_the_other_less_likely() -> None:
    upper, lower = addressed(0, 20, 0.8), addressed(5, 120, 0.7)
    pen = Pen({0: ("10001", 0.99)}, {0: 0.9, 5: 0.0})
    found = page_of(pen, upper, lower)
    found.finish()
    assert pen.looked == [0, 5]
    (only,) = found.hypotheses
    assert only.evidence["lead"] == -0.25
    assert only.probability == pytest.approx(0.375)


@pytest.mark.parametrize(
    ("named", "unwritten", "count", "probability", "written"),
    [
        (-6.0, {0}, 3, 0.9, 0.0),
        (-6.0, set(), 3, 0.9, None),
        (0.0, {0}, 3, 0.9, None),
        (-6.0, {0}, 1, 0.9, None),
        (-6.0, {0}, 2, 0.9, None),
        (-6.0, {0}, 3, 0.1, None),
    ],
)
def test_a_zip_that_nothing_names_must_stand_among_words(
    named: float, unwritten: set[int], count: int, probability: float, written: float | None
) -> None:
    """A dial has the ZIP of its office, and nothing that a line of an address has."""
    pen = Pen({0: ("10001", probability)}, {0: 0.9}, named=named)
    pen.unwritten = unwritten
    found = page_of(pen, addressed(0, 20, 0.8, count=count))
    found.finish()
    assert found.hypotheses[0].evidence.get("written") == written


def test_what_is_not_written_is_no_silent_address_and_asked_once() -> None:
    """The waves of a postmark, for one."""
    upper, lower = addressed(0, 20, 0.8), addressed(5, 120, 0.7)
    pen = Pen({0: ("10001", 0.99)}, {0: 0.9, 5: 0.0})
    pen.unwritten = {5}
    found = page_of(pen, upper, lower)
    found.finish()
    assert found.hypotheses[0].probability == 0.99
    assert pen.asked == [lower.block]


@pytest.mark.parametrize("unwritten", [set(), {5}, {0, 5}])
def test_a_zip_in_what_is_not_written_is_behind_one_in_what_is(unwritten: set[int]) -> None:
    """The dial of a postmark that went astray, below the address."""
    upper, lower = addressed(0, 20, 0.8), addressed(5, 120, 0.7)
    pen = Pen({0: ("10001", 0.99), 5: ("94110", 0.97)}, {0: 0.9, 5: 0.9})
    pen.unwritten = unwritten
    found = page_of(pen, upper, lower)
    found.finish()
    leads = {each.zip: each.evidence["lead"] for each in found.hypotheses}
    ahead = 0.5 if unwritten == {5} else -0.5
    assert leads == {"10001": ahead, "94110": -ahead}


@pytest.mark.parametrize(("top", "apart"), [(120, 0.0), (165, 45 / 200), (20, FAR)])
def test_another_zip_beside_an_address_begins_so_far_apart(top: int, apart: float) -> None:
    left, right = addressed(0, top, 0.8), addressed(150, 120, 0.8)
    pen = Pen({0: ("10001", 0.99), 150: ("94110", 0.97)}, {0: 0.9, 150: 0.9})
    found = page_of(pen, left, right)
    found.finish()
    for each in found.hypotheses:
        assert each.evidence["apart"] == pytest.approx(apart)


@pytest.mark.parametrize(
    ("unwritten", "count", "apart"),
    [(set(), 3, 0.0), ({0}, 3, None), (set(), 2, None), ({150}, 3, 0.0)],
    ids=["silent", "unwritten", "two-lines", "own-unwritten"],
)
def test_an_address_without_a_zip_beside_another_begins_so_far_apart(
    unwritten: set[int], count: int, apart: float | None
) -> None:
    """It is the one that is meant, or not: its ZIP was not read."""
    left, right = addressed(0, 120, 0.8, count=count), addressed(150, 120, 0.8)
    pen = Pen({150: ("94110", 0.97)}, {0: 0.0, 150: 0.9})
    pen.unwritten = unwritten
    found = page_of(pen, left, right)
    found.finish()
    assert found.hypotheses[0].evidence.get("apart") == apart


def test_what_is_not_written_begins_beside_nothing() -> None:
    """A panel that asks to sign, with a number that passes for a ZIP."""
    left, right = addressed(0, 120, 0.8), addressed(150, 120, 0.8)
    pen = Pen({0: ("10001", 0.99), 150: ("94110", 0.97)}, {0: 0.9, 150: 0.9})
    pen.unwritten = {0}
    found = page_of(pen, left, right)
    found.finish()
    aparts = {each.zip: each.evidence["apart"] for each in found.hypotheses}
    assert aparts == {"10001": 0.0, "94110": FAR}


def test_what_stands_inside_a_block_tells_too_whether_it_is_an_address() -> None:
    silent, other = addressed(0, 120, 0.8), addressed(5, 20, 0.8)
    inside = addressed(20, 130, 0.1, 1)
    pen = Pen({5: ("10001", 0.99)}, {0: 0.0, 5: 0.9, 20: 0.0})
    page_of(pen, silent, other, inside).finish()
    assert silent.block is not None and inside.block is not None
    assert pen.asked == [silent.block]
    assert pen.shown == [*silent.block.lines, *inside.block.lines]


def test_an_address_without_a_zip_that_lags_changes_nothing() -> None:
    pen = Pen({5: ("10001", 0.99)}, {0: 0.0, 5: 0.9})
    found = page_of(pen, addressed(0, 20, 0.7), addressed(5, 120, 0.8))
    found.finish()
    assert found.hypotheses[0].probability == 0.99


def test_a_better_place_without_a_zip_throws_a_shadow() -> None:
    """An address under a postmark, and the sender's beside it."""
    pen = Pen({5: ("10001", 0.99)}, {0: 0.0, 5: 0.9})
    found = page_of(pen, addressed(0, 20, 0.8), addressed(5, 120, 0.7))
    found.finish()
    evidence = found.hypotheses[0].evidence
    assert (evidence["lead"], evidence["shadow"]) == (ALONE, 0.0)


def lines_of(*tops: int) -> list[ZipField]:
    """A field on each of the lines of one address, the first the likeliest."""
    boxes = [Box(10 * n, top, 200, top + 25) for n, top in enumerate(tops)]
    lines = tuple(TextLine((box,), 0.0, 25.0) for box in boxes)
    block = AddressBlock(UPRIGHT, Box.around(boxes), lines, 0.8)
    return [ZipField(UPRIGHT, box, 0.0, 25.0, 0.8 - 0.1 * n, block) for n, box in enumerate(boxes)]


def test_other_lines_are_read_where_no_place_agrees_with_a_certain_zip() -> None:
    fields = lines_of(100, 70, 40)
    answers, spelled = {0: ("44120", 0.96), 10: ("10001", 0.99)}, {0: 0.9, 10: 0.9, 20: 0.1}
    doubted = Pen(answers, spelled, named=SAYS - 0.1)
    found = page_of(doubted, *fields)
    found.finish()
    assert (doubted.looked, doubted.cut) == ([0, 10, 20], [0, 10])
    assert [each.zip for each in found.hypotheses] == ["10001", "44120"]
    believed = Pen(answers, spelled, named=SAYS)
    page_of(believed, *fields).finish()
    assert believed.looked == [0]


@pytest.mark.parametrize(("share", "named"), [(0.1, -6.0), (0.99, -6.0), (0.1, 0.0)])
def test_digits_that_are_none_in_a_better_place_below_speak_against_a_zip(
    share: float, named: float
) -> None:
    """Four digits on the last line, and a house number above that reads like a ZIP."""
    pen = Pen({10: ("10001", 0.9)}, {0: share, 10: 0.9}, named=named)
    found = page_of(pen, *lines_of(100, 70))
    found.finish()
    (only,) = found.hypotheses
    if named < SAYS:
        assert only.evidence["passed"] == pytest.approx(1 - share)
    else:
        assert "passed" not in only.evidence


def test_a_worse_place_below_and_a_better_one_above_are_not_passed() -> None:
    for tops in ((70, 100), (100, 95)):
        pen = Pen({0: ("10001", 0.9)}, {0: 0.9, 10: 0.0}, named=-6.0)
        found = page_of(pen, *lines_of(*tops))
        found.finish()
        assert "passed" not in found.hypotheses[0].evidence


def test_another_field_of_the_same_line_is_not_read_again() -> None:
    fields = lines_of(100, 95)
    pen = Pen({0: ("44120", 0.96)}, {0: 0.9, 10: 0.9}, named=-6.0)
    page_of(pen, *fields).finish()
    assert pen.looked == [0]


def test_all_ends_of_an_address_beside_are_looked_at_until_one_gives_a_zip() -> None:
    """The country may stand below the ZIP, and the last four digits behind it."""
    own, lower = addressed(0, 20, 0.8), addressed(5, 120, 0.7)
    assert lower.block is not None
    ends = [ZipField(UPRIGHT, lower.box, 0.0, 12.0, 0.7 - 0.1 * n, lower.block) for n in range(4)]
    ends = [replace(end, box=replace(end.box, x0=5 + n)) for n, end in enumerate(ends)]
    pen = Pen({0: ("10001", 0.99), 7: ("94110", 0.97)}, {0: 0.9, 5: 0.0, 6: 0.1, 7: 0.9, 8: 0.9})
    found = page_of(pen, own, *ends)
    found.finish()
    assert pen.looked == [0, 5, 6, 7]
    assert found.hypotheses[0].zip == "94110"


def test_against_a_rival_the_other_ends_of_its_own_line_are_read_too() -> None:
    """A field that holds the state as well made it less certain than it is."""
    own, lower = addressed(0, 20, 0.8), addressed(5, 120, 0.7)
    short = replace(own, box=replace(own.box, x0=40), score=0.7)
    answers = {0: ("10001", 0.96), 40: ("10001", 0.99), 5: ("94110", 0.97)}
    pen = Pen(answers, dict.fromkeys((0, 40, 5), 0.9))
    found = page_of(pen, own, short, lower)
    found.look()
    assert pen.cut == [0]
    found.finish()
    assert pen.cut == [0, 5, 40]
    assert {each.field for each in found.hypotheses if each.zip == "10001"} == {short}


def test_where_a_rival_only_lags_they_are_left() -> None:
    own, upper = addressed(0, 120, 0.8), addressed(5, 20, 0.7)
    short = replace(own, box=replace(own.box, x0=40), score=0.75)
    pen = Pen({0: ("10001", 0.96)}, {0: 0.9, 5: 0.0, 40: 0.9})
    page_of(pen, own, short, upper).finish()
    assert pen.looked == [0, 5]
