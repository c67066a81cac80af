from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from zipreader.synth import VARIANTS, Sources
from zipreader.synth.compose import Canvas, Mark, Strip, stack
from zipreader.synth.faults import choose_address, cross_out, fade, spoil


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
    assert written_code("note", sources, seed) is None
    assert written_code("", sources, seed) is not None


@pytest.mark.parametrize("variant", VARIANTS)
def test_only_an_unassigned_zip_is_complete(sources: Sources, variant: str) -> None:
    _, code = choose_address(variant, sources, np.random.default_rng(8))
    assert (code is not None) == (variant == "unassigned")


ROW = [(20.0 + 50 * k, 30.0, 50.0 + 50 * k, 80.0) for k in range(5)]


def spoilt(variant: str, alone: bool, paper: int = 250) -> Iterator[tuple[list[int], Canvas]]:
    """Pieces on which one digit is spoilt, or all are."""
    ink = (30, 30, 30) if paper > 128 else (235, 240, 240)
    for seed in range(40):
        canvas = Canvas(np.full((120, 320, 3), paper, np.uint8), 200)
        places = spoil(variant, canvas, ROW, ink, 2.5, np.random.default_rng(seed))
        if (len(places) == 1) == alone:
            yield places, canvas


@pytest.mark.parametrize("variant", ["struck-out", "covered"])
def test_a_spoilt_digit_cannot_be_seen_and_the_others_can(variant: str) -> None:
    for places, canvas in spoilt(variant, alone=True):
        for number, (x0, y0, x1, y1) in enumerate(ROW):
            changed = canvas.image[int(y0) : int(y1), int(x0) + 8 : int(x1) - 8, 0] != 250
            assert changed.mean() > 0.3 if number in places else changed.mean() < 0.05


def test_lines_through_the_zip_cross_every_digit_and_leave_most_of_it() -> None:
    """One line, two, or a cross; all digits count as spoilt then."""
    shares = []
    for places, canvas in spoilt("struck-out", alone=False):
        assert places == [0, 1, 2, 3, 4]
        inked = canvas.image[:, :, 0] < 200
        for x0, y0, x1, y1 in ROW:
            assert inked[int(y0) : int(y1), int(x0) : int(x1)].any(axis=0).all()
        shares.append(float(inked[30:80, 20:250].mean()))
    assert len(shares) >= 5
    assert 0.05 < min(shares) < max(shares) < 0.4


def test_light_ink_strikes_out_on_dark_paper() -> None:
    for (place,), canvas in spoilt("struck-out", alone=True, paper=40):
        x0, y0, x1, y1 = map(int, ROW[place])
        assert (canvas.image[y0:y1, x0 + 8 : x1 - 8, 0] > 150).mean() > 0.3


def test_what_is_not_to_be_spoilt_stays() -> None:
    canvas = Canvas(np.full((9, 9, 3), 250, np.uint8), 200)
    rng = np.random.default_rng(0)
    assert spoil("no-zip", canvas, [(0, 0, 5, 5)], (0, 0, 0), 1, rng) == []
    assert spoil("covered", canvas, [], (0, 0, 0), 1, rng) == []
    assert canvas.image.min() == 250


ROWS = [(40.0, 40.0 + 40 * k, 300.0, 62.0 + 40 * k) for k in range(3)]


@pytest.mark.parametrize("paper", [250, 40])
def test_every_row_of_an_address_is_crossed_out(paper: int) -> None:
    """By lines through each, from corner to corner, or to and fro; in sight on any paper."""
    ink = (30, 30, 30) if paper > 128 else (235, 240, 240)
    shares = []
    for seed in range(30):
        canvas = Canvas(np.full((190, 340, 3), paper, np.uint8), 200)
        cross_out(canvas, ROWS, ink, 1.5, np.random.default_rng(seed))
        drawn = np.abs(canvas.image.astype(int) - paper).max(axis=2) > 60
        for x0, y0, x1, y1 in ROWS:
            assert drawn[int(y0) : int(y1), int(x0) : int(x1)].sum() > 10
        shares.append(float(drawn[40:142, 40:300].mean()))
    assert max(shares) < 0.25


def test_what_fades_is_pale_and_its_zip_is_wiped() -> None:
    stripes = np.zeros((40, 200), np.float32)
    stripes[:, ::8] = stripes[:, 1::8] = 1
    line = Strip(stripes, 40)
    marked = Strip(stripes, 40, (Mark("1", (120.0, 0.0, 160.0, 40.0)),))
    for seed in range(5):
        pale = fade(stack([line, marked], 60, 5, [0, 0]), np.random.default_rng(seed))
        assert pale.marks == () and pale.field is not None
        first, last = (strip.alpha for strip, _, _ in pale.lines)
        assert 0.1 < first.max() < 0.35
        assert np.ptp(last[:, :80]) == pytest.approx(first.max())
        assert np.ptp(last[15:25, 130:150]) < 0.1 * first.max()
