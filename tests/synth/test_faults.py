from __future__ import annotations

import numpy as np
import pytest

from zipreader.synth import VARIANTS, Sources
from zipreader.synth.compose import Canvas
from zipreader.synth.faults import choose_address, spoil


def written_code(variant: str, sources: Sources, seed: int) -> str | None:
    """What stands in the place of the ZIP."""
    address, _ = choose_address(variant, sources, np.random.default_rng(seed))
    assert address is not None
    codes = [line.zip for line in address.lines if line.zip]
    return codes[0] if codes else None


@pytest.mark.parametrize("seed", range(10))
def test_codes_are_as_wrong_as_they_should_be(sources: Sources, seed: int) -> None:
    assert written_code("no-zip", sources, seed) is None
    assert len(written_code("four-digits", sources, seed) or "") == 4
    assert len(written_code("six-digits", sources, seed) or "") == 6
    unassigned = written_code("unassigned", sources, seed) or ""
    assert len(unassigned) == 5 and unassigned not in sources.assigned
    assert written_code("foreign", sources, seed) is None
    assert written_code("", sources, seed) is not None


@pytest.mark.parametrize("variant", VARIANTS)
def test_only_an_unassigned_zip_is_complete(sources: Sources, variant: str) -> None:
    _, code = choose_address(variant, sources, np.random.default_rng(8))
    assert (code is not None) == (variant == "unassigned")


@pytest.mark.parametrize("variant", ["struck-out", "covered"])
def test_a_spoilt_digit_cannot_be_seen_and_the_others_can(variant: str) -> None:
    rng = np.random.default_rng(3)
    canvas = Canvas(np.full((100, 300, 3), 250, np.uint8), 200)
    digits = [(20.0 + 50 * k, 30.0, 50.0 + 50 * k, 80.0) for k in range(5)]
    place = spoil(variant, canvas, digits, (30, 30, 30), 2.5, rng)
    assert place is not None
    for number, (x0, y0, x1, y1) in enumerate(digits):
        changed = canvas.image[int(y0) : int(y1), int(x0) + 8 : int(x1) - 8, 0] != 250
        assert changed.mean() > 0.3 if number == place else changed.mean() < 0.05


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_light_ink_strikes_out_on_dark_paper(seed: int) -> None:
    rng = np.random.default_rng(seed)
    canvas = Canvas(np.full((100, 300, 3), 40, np.uint8), 200)
    digit = (20.0, 30.0, 50.0, 80.0)
    assert spoil("struck-out", canvas, [digit], (235, 240, 240), 2.5, rng) == 0
    assert (canvas.image[30:80, 28:42, 0] > 150).mean() > 0.3


def test_what_is_not_to_be_spoilt_stays() -> None:
    canvas = Canvas(np.full((9, 9, 3), 250, np.uint8), 200)
    rng = np.random.default_rng(0)
    assert spoil("no-zip", canvas, [(0, 0, 5, 5)], (0, 0, 0), 1, rng) is None
    assert spoil("covered", canvas, [], (0, 0, 0), 1, rng) is None
    assert canvas.image.min() == 250
