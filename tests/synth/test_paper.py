from __future__ import annotations

import numpy as np
import pytest

from zipreader.synth import Sources
from zipreader.synth.paper import Paper, choose_paper, make_sheet, wear_out


def test_papers_are_of_many_colours_and_seldom_dark() -> None:
    papers = [choose_paper(np.random.default_rng(k), 0.0) for k in range(200)]
    white = [paper for paper in papers if min(paper.colour) > 225]
    dark = [paper for paper in papers if paper.is_dark]
    assert len(white) > 80 and 0 < len(dark) < 20
    assert all(max(paper.colour) < 130 for paper in dark)


def test_a_sheet_has_its_colour_and_texture() -> None:
    paper = Paper((98, 140, 178), 0.01, 0.01, False)
    sheet = make_sheet(paper, 300, 200, 200, np.random.default_rng(0))
    assert sheet.shape == (200, 300, 3) and sheet.dtype == np.uint8
    assert sheet.reshape(-1, 3).mean(axis=0) == pytest.approx((98, 140, 178), abs=3)
    assert 0.5 < sheet[..., 1].std() < 8


@pytest.mark.parametrize("seed", range(8))
def test_wear_shows_but_leaves_the_sheet_legible(sources: Sources, seed: int) -> None:
    wear = wear_out(400, 300, 200, 1.0, np.random.default_rng(seed), sources.faces)
    if wear is None:
        return
    assert wear.shape == (300, 400, 3)
    assert wear.min() < 0.99 and wear.max() < 1.4
    assert np.median(wear) > 0.7


def test_well_kept_mail_is_mostly_clean(sources: Sources) -> None:
    worn = [
        wear_out(300, 200, 200, 0.0, np.random.default_rng(k), sources.faces) for k in range(40)
    ]
    assert sum(wear is not None for wear in worn) < 16
