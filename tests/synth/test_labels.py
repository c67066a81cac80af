from __future__ import annotations

import numpy as np
import pytest

from zipreader.synth import Sources
from zipreader.synth.address import invent
from zipreader.synth.compose import Canvas, Rng
from zipreader.synth.drawing import Drawing
from zipreader.synth.front import _add_address, draw_front
from zipreader.synth.labels import Surround, draw_surround
from zipreader.synth.layout import PARCELS, choose_format
from zipreader.synth.plan import Plan

DPI = 150


def drawing(sources: Sources, seed: int) -> Drawing:
    sheet = np.full((6 * DPI, 4 * DPI, 3), 255, np.uint8)
    rng = np.random.default_rng(seed)
    return Drawing(Canvas(sheet, DPI), PARCELS[0], Plan("printed", False), sources, rng, None, None)


@pytest.mark.parametrize("seed", range(12))
def test_a_label_names_a_sender_above_the_address_or_beside_it(sources: Sources, seed: int) -> None:
    surround = draw_surround(drawing(sources, seed))
    sender = surround.above if surround.beside is None else surround.beside
    assert sender is not None
    assert sender.max() == 1
    assert sender.shape[0] > 0.2 * DPI
    left, above, below = surround.margins(DPI)
    assert (left > 0) is (surround.beside is not None)
    assert (above > 0) is (surround.above is not None)
    assert (below > 0) is (surround.below is not None)
    assert surround.width() >= max(0 if ink is None else ink.shape[1] for ink in (surround.below,))


def test_bars_to_track_are_upright_and_many(sources: Sources) -> None:
    found = [draw_surround(drawing(sources, seed)).below for seed in range(20)]
    bars = [ink for ink in found if ink is not None]
    assert 5 < len(bars) < 18
    for ink in bars:
        rows = (ink > 0.5).astype(int)
        assert max(np.abs(np.diff(row)).sum() for row in rows) > 50


def test_nothing_takes_no_room() -> None:
    assert Surround().margins(DPI) == (0, 0, 0)
    assert Surround().width() == 0


def test_parcels_lie_on_labels_flats_and_envelopes(rng: Rng) -> None:
    names = {choose_format(rng, parcel=True).name for _ in range(60)}
    assert {shape.name for shape in PARCELS} < names
    assert not {choose_format(rng).name for _ in range(60)} & {shape.name for shape in PARCELS}


@pytest.mark.parametrize("variant", ["", "no-zip"])
def test_the_address_on_a_label_stays_inside_the_sheet(
    sources: Sources, variant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zipreader.synth.front._PARCELS", {False: 1.0, True: 1.0})
    for seed in range(6):
        front = draw_front(
            Plan("printed", seed % 2 == 0, variant=variant), sources, np.random.default_rng(seed)
        )
        height, width = front.image.shape[:2]
        assert front.block is not None
        x0, y0, x1, y1 = front.block
        assert 0 <= x0 < x1 <= width + 2
        assert 0 <= y0 < y1 <= height + 2
        assert (front.zip is None) is bool(variant)


@pytest.mark.parametrize("beside", [False, True])
def test_a_caption_stands_over_the_address_that_it_names(sources: Sources, beside: bool) -> None:
    caption, sender = np.ones((10, 30), np.float32), np.ones((60, 200), np.float32)
    surround = Surround(above=caption, beside=sender if beside else None)
    shown = drawing(sources, 3)
    front = _add_address(shown, invent(sources, shown.rng), "10001", False, surround)
    assert front.block is not None
    x0, y0, *_ = (round(side) for side in front.block)
    over = front.image[y0 - round(0.1 * DPI) - 10 : y0 - round(0.1 * DPI), x0 : x0 + 30]
    assert over.max() < 60
