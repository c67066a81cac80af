from __future__ import annotations

import numpy as np
import pytest

from zipreader.synth import Sources
from zipreader.synth import front as module
from zipreader.synth.front import draw_front
from zipreader.synth.plan import Plan
from zipreader.synth.truth import Bounds


@pytest.mark.parametrize("by_hand", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_two_addressees_stand_side_by_side_written_alike(
    sources: Sources, by_hand: bool, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed: list[Bounds] = []
    texts: list[str] = []
    place = module._place

    def watched(*args: object) -> object:
        found = place(*args)  # type: ignore[arg-type]
        placed.append(found.bounds)
        texts.append(str(found.script.writing))
        return found

    monkeypatch.setattr(module, "_place", watched)
    plan = Plan("must-flag", by_hand, variant="two-addressees")
    front = draw_front(plan, sources, np.random.default_rng(seed))
    (left, _, right, _), (other, _, end, _) = sorted(placed)
    assert left < right <= other < end
    assert texts[0] == texts[1]
    assert front.zip is None and front.block is None and not front.marks


@pytest.mark.parametrize("by_hand", [False, True])
def test_a_back_shows_a_sender_near_its_top_and_nothing_else(
    sources: Sources, by_hand: bool
) -> None:
    plan = Plan("must-flag", by_hand, variant="back")
    for seed in range(4):
        front = draw_front(plan, sources, np.random.default_rng(seed))
        assert front.zip is None and front.block is None and front.address is None
        grey = front.image.min(axis=2).astype(float)
        middle = np.median(grey)
        strong = np.abs(grey - middle) > 90
        rows = np.flatnonzero(strong.any(axis=1))
        if not front.dark and rows.size:
            assert rows[-1] < 0.65 * len(grey)
