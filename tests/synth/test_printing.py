from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from zipreader.synth import Sources
from zipreader.synth.address import Line
from zipreader.synth.fonts import Style
from zipreader.synth.printing import TECHNOLOGIES, Press, choose_press, typeset

LINE = Line("Salem, OR", "97301-1234", "USA")


@pytest.mark.parametrize("technology", TECHNOLOGIES)
def test_each_technology_prints_every_digit_where_it_is_marked(
    sources: Sources, technology: str
) -> None:
    rng = np.random.default_rng(4)
    face = sources.face(rng, Style.MONO)
    press = Press(technology, face, 12 / 72 * 200, (20, 20, 20), 0.0)
    strip = typeset(LINE, press, rng)
    assert "".join(mark.value for mark in strip.marks) == "973011234"
    for mark in strip.marks:
        x0, y0, x1, y1 = (int(v) for v in mark.bounds)
        ink = strip.alpha[y0:y1, x0:x1]
        assert ink.max() > 0.4 and ink.mean() > 0.12
        assert 0.5 < (y1 - y0) / (0.72 * press.size) < 1.3
    assert 0 <= strip.baseline <= strip.alpha.shape[0]


def test_printing_is_within_the_sizes_of_mail(sources: Sources) -> None:
    for seed in range(40):
        press = choose_press(sources, 200, np.random.default_rng(seed))
        assert 8 <= press.size * 72 / 200 <= 14
        assert press.face.style is not Style.HAND
        if press.technology in ("typewriter", "dot-matrix"):
            assert press.face.style is Style.MONO


def test_tracking_widens_a_line(sources: Sources) -> None:
    press = choose_press(sources, 200, np.random.default_rng(0))
    tight, wide = (
        typeset(LINE, replace(press, technology="laser", tracking=t), np.random.default_rng(1))
        for t in (0.0, 0.1)
    )
    assert wide.width > tight.width + 10
