from __future__ import annotations

import numpy as np
import pytest

from zipreader.synth import Sources, clutter, postage
from zipreader.synth.compose import Rng
from zipreader.synth.fonts import Face, Style
from zipreader.synth.lettering import curled, framed, letter


@pytest.fixture
def face(sources: Sources, rng: Rng) -> Face:
    return sources.face(rng, Style.SANS)


def test_a_stamp_has_the_size_of_a_stamp_and_perforations(face: Face, rng: Rng) -> None:
    stamp = postage.draw_stamp(200, face, rng)
    height, width = stamp.alpha.shape
    assert stamp.image.shape == (height, width, 3)
    assert min(height, width) >= 140 and max(height, width) <= 340
    edge = stamp.alpha[0] > 0.5
    assert 0.2 < edge.mean() < 0.9 and np.abs(np.diff(edge.astype(int))).sum() > 10


def test_a_postmark_has_waves_to_the_right(sources: Sources, face: Face, rng: Rng) -> None:
    ink, waves = postage.draw_postmark(200, face, sources.place(rng), rng)
    assert ink[:, : int(waves)].max() > 0.3
    assert (ink[:, int(waves) + 10 : -10].max(axis=0) > 0.05).mean() > 0.9


def test_imprints_fit_the_corner(sources: Sources, face: Face, rng: Rng) -> None:
    place = sources.place(rng)
    meter, _ = postage.draw_meter(200, face, place, rng)
    permit = postage.draw_permit(200, face, place, rng)
    for ink in (meter, permit):
        assert ink.max() == 1 and 0.4 * 200 < ink.shape[1] < 2.6 * 200


def test_clutter_has_ink_and_bounds(face: Face, rng: Rng) -> None:
    drawn = (
        clutter.draw_logo(200, face, rng),
        clutter.draw_endorsement(200, face, rng),
        clutter.draw_rubber_stamp(200, face, rng),
        clutter.draw_handling_bars(200, rng),
        clutter.draw_sticker(200, rng).alpha,
        clutter.draw_label(200, 100, 8, rng).alpha,
    )
    for ink in drawn:
        assert ink.dtype == np.float32
        assert 0.3 < ink.max() <= 1 and ink.min() >= 0
        assert ink.shape[1] < 4 * 200


def test_curled_text_lies_on_its_circle(face: Face) -> None:
    text = letter(["SALEM OR 97301"], face, 20)
    bent = curled(text, 70.0, 0.0)
    ys, xs = np.nonzero(bent > 0.5)
    distance = np.hypot(xs - bent.shape[1] / 2, ys - bent.shape[0] / 2)
    assert abs(float(distance.mean()) - 70) < 3
    assert ys.mean() < bent.shape[0] / 2
    assert bent.sum() == pytest.approx(text.sum(), rel=0.15)


def test_a_frame_leaves_the_text_alone() -> None:
    inked = framed(np.ones((5, 20), np.float32), 6, 2)
    assert inked[0].min() == 1 and inked[:, 0].min() == 1
    assert inked.sum() < inked.size
