from __future__ import annotations

import numpy as np
import pytest

from zipreader.synth import Sources, front, placing
from zipreader.synth.address import Address, invent
from zipreader.synth.compose import Alpha, Block, Canvas
from zipreader.synth.drawing import Drawing
from zipreader.synth.front import draw_front
from zipreader.synth.placing import Placed
from zipreader.synth.plan import CROSSED_OUT, FADED, OVERWRITTEN, Plan
from zipreader.synth.truth import Bounds


@pytest.mark.parametrize("by_hand", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_two_addressees_stand_side_by_side_written_alike(
    sources: Sources, by_hand: bool, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed: list[Placed] = []
    addresses: list[Address] = []
    place = placing.place_address

    def watched(drawing: object, address: Address, *rest: object) -> Placed:
        addresses.append(address)
        placed.append(place(drawing, address, *rest))  # type: ignore[arg-type]
        return placed[-1]

    monkeypatch.setattr(front, "place_address", watched)
    plan = Plan("must-flag", by_hand, variant="two-addressees")
    drawn = draw_front(plan, sources, np.random.default_rng(seed))
    (left, _, right, _), (other, _, end, _) = sorted(each.bounds for each in placed)
    assert left < right <= other < end
    first, second = placed
    assert first.write is second.write
    assert first.script.colour == second.script.colour
    assert addresses[0].zip != addresses[1].zip
    assert drawn.zip is None and drawn.block is None and not drawn.marks


@pytest.mark.parametrize(("boxes", "share"), [(True, 0.0), (False, 0.2)])
def test_in_printed_boxes_the_second_addressee_has_no_zip4(
    sources: Sources, boxes: bool, share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares: list[float] = []

    def watched(sources: Sources, rng: np.random.Generator, plus4: float) -> Address:
        shares.append(plus4)
        return invent(sources, rng, plus4=plus4)

    monkeypatch.setattr(front, "invent", watched)
    monkeypatch.setattr(Drawing, "chance", lambda self, p: boxes if p == 0.06 else p > 0.5)
    plan = Plan("must-flag", True, variant="two-addressees")
    draw_front(plan, sources, np.random.default_rng(1))
    assert shares == [share]


@pytest.mark.parametrize("by_hand", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_a_back_shows_seams_and_a_sender_near_its_top(
    sources: Sources, by_hand: bool, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    senders: list[Bounds] = []
    seams: list[Alpha] = []
    lay_block, lay = Canvas.lay_block, Canvas.lay

    def block_watched(canvas: Canvas, block: Block, x: int, y: int, *rest: object) -> None:
        width, height = block.size
        senders.append((x, y, x + width, y + height))
        lay_block(canvas, block, x, y, *rest)  # type: ignore[arg-type]

    def watched(canvas: Canvas, alpha: Alpha, *rest: object, **more: object) -> None:
        if not senders:
            seams.append(alpha)
        lay(canvas, alpha, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Canvas, "lay_block", block_watched)
    monkeypatch.setattr(Canvas, "lay", watched)
    plan = Plan("must-flag", by_hand, variant="back")
    drawn = draw_front(plan, sources, np.random.default_rng(seed))
    ((x0, y0, x1, y1),), (shadow,) = senders, seams
    height, width = drawn.image.shape[:2]
    assert 0 <= x0 < x1 <= width and 0 <= y0 < y1 < 0.55 * height
    assert shadow.shape == (height, width)
    assert (shadow[: height // 2].max(axis=0) > 0.05).mean() > 0.5
    assert drawn.zip is None and drawn.block is None and drawn.address is None


def test_a_crossed_out_address_shows_no_zip(sources: Sources) -> None:
    rng = np.random.default_rng
    crossed, held = (
        draw_front(Plan("must-flag", True, variant=variant), sources, rng(5))
        for variant in (CROSSED_OUT, "")
    )
    assert crossed.zip is None and crossed.marks == ()
    assert held.zip is not None and len(held.marks) >= 5
    assert crossed.address is not None and crossed.block is not None
    x0, y0, x1, y1 = map(round, crossed.block)
    assert (crossed.image[y0:y1, x0:x1] != held.image[y0:y1, x0:x1]).any()


@pytest.mark.parametrize("by_hand", [False, True])
def test_of_an_overwritten_zip_four_digits_can_be_read(sources: Sources, by_hand: bool) -> None:
    plan = Plan("must-flag", by_hand, variant=OVERWRITTEN)
    over, held = (
        draw_front(each, sources, np.random.default_rng(6))
        for each in (plan, Plan("must-flag", by_hand, variant="two-addressees"))
    )
    assert over.zip is None and len(over.marks) == 4
    assert over.address is not None and over.field is not None
    assert held.marks == ()


@pytest.mark.parametrize("seed", range(3))
def test_a_faded_address_shows_no_zip_beside_its_sender(sources: Sources, seed: int) -> None:
    faded, whole = (
        draw_front(Plan("must-flag", True, variant=variant), sources, np.random.default_rng(seed))
        for variant in (FADED, OVERWRITTEN)
    )
    assert faded.zip is None and faded.marks == ()
    assert faded.block is not None and whole.block is not None
    x0, y0, x1, y1 = map(round, faded.block)
    corner = faded.image[: faded.image.shape[0] // 3, : faded.image.shape[1] // 3]
    assert _contrast(corner) > 2 * _contrast(faded.image[y0:y1, x0:x1]), "the sender stands out"


def _contrast(image: np.ndarray) -> float:
    grey = image.mean(axis=2)
    return float(np.ptp(np.percentile(grey, (1, 50, 99))))


def test_a_label_maker_writes_light_on_dark_beside_dark_print(
    sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zipreader.synth.placing._choose_ground", lambda drawing: "tape")
    monkeypatch.setattr(front, "_PARCELS", {False: 0.0})
    for seed in range(4):
        drawn = draw_front(Plan("printed", False), sources, np.random.default_rng(seed))
        assert drawn.block is not None and drawn.zip is not None
        x0, y0, x1, y1 = map(round, drawn.block)
        last = drawn.image[(y0 + y1) // 2 : y1, x0 : x0 + (x1 - x0) // 4].mean(axis=2)
        assert np.median(last) < 130 < last.max()


def test_white_ink_is_for_paper_that_shows_it(
    sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zipreader.synth.placing._WHITE_PENS", 1.0)
    seen = set()
    for seed in range(40):
        drawn = draw_front(Plan("handwritten", True), sources, np.random.default_rng(seed))
        assert drawn.block is not None
        x0, y0, x1, y1 = map(round, drawn.block)
        block = drawn.image[y0:y1, x0:x1].mean(axis=2)
        paper = float(np.median(block))
        light = np.percentile(block, 99.5) - paper > paper - np.percentile(block, 0.5)
        seen.add((bool(light), paper < 200))
        assert not light or paper < 200
    assert (True, True) in seen and (False, False) in seen


def test_now_and_then_a_pen_draws_around_a_zip(
    sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, drawn = (_with_highlights(share, sources, monkeypatch) for share in (0.0, 1.0))
    assert plain.zip == drawn.zip is not None and plain.field == drawn.field
    assert (plain.image != drawn.image).any()


def _with_highlights(share: float, sources: Sources, patch: pytest.MonkeyPatch) -> front.Front:
    patch.setattr(front, "_HIGHLIGHTED", share)
    return draw_front(Plan("printed", False), sources, np.random.default_rng(3))
