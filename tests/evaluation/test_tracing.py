from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.drawing import draw_envelope
from tests.evaluation.scene import (
    ELSEWHERE,
    ZIP,
    Scene,
    TemplateScorer,
    ToldReader,
    corners,
    scene,
)
from zipreader.elements import Box, Page, UprightPage
from zipreader.evaluation.outcome import GlyphCheck, Stage
from zipreader.evaluation.tracing import trace
from zipreader.synth.truth import DigitTruth

ALL_RIGHT = tuple(GlyphCheck(value, value) for value in ZIP)


@pytest.fixture(scope="module")
def written() -> Scene:
    return scene()


def test_a_read_piece_is_lost_nowhere(written: Scene) -> None:
    block, field = written.block(), written.field()
    best = written.hypothesis(ZIP, field, 0.99)
    reading = written.reading(best, accepted=True, blocks=(block,), fields=(field,))
    found = trace(reading, written.truth, ToldReader())
    assert (found.stage, found.field_rank, found.glyphs) == (None, 1, ALL_RIGHT)


def test_a_right_zip_that_was_flagged_is_lost_by_the_decision(written: Scene) -> None:
    field = written.field()
    other = written.field(ELSEWHERE)
    reading = written.reading(written.hypothesis(ZIP, field), fields=(other, field))
    found = trace(reading, written.truth, ToldReader())
    assert (found.stage, found.field_rank) == (Stage.DECISION, 2)
    assert "not certain enough" in found.detail


def test_must_flag_mail_is_lost_only_when_accepted(written: Scene) -> None:
    truth = replace(written.truth, must_flag=True, zip=None, variant="six-digits")
    best = written.hypothesis(ZIP, written.field(), 0.99)
    accepted = trace(written.reading(best, accepted=True), truth, ToldReader())
    assert accepted.stage is Stage.DECISION
    assert "six-digits" in accepted.detail
    assert trace(written.reading(best), truth, ToldReader()).stage is None


def test_without_boxes_only_the_decision_is_known(written: Scene) -> None:
    truth = replace(written.truth, field=None, block=None, digits=())
    field = written.field()
    right = written.reading(written.hypothesis(ZIP, field))
    wrong = written.reading(written.hypothesis("24151", field))
    assert trace(right, truth, ToldReader()).stage is Stage.DECISION
    assert trace(wrong, truth, ToldReader()).stage is Stage.UNTRACED


def test_a_zip_outside_the_page_is_lost_by_the_page(written: Scene) -> None:
    below = written.zip_box.grown(0, 0)
    away = Box(below.x0, 3000, below.x1, 3056)
    quad = corners(away.quad())
    truth = replace(
        written.truth, field=quad, digits=tuple(DigitTruth(value, quad) for value in ZIP)
    )
    assert trace(written.reading(), truth, ToldReader()).stage is Stage.PAGE


def test_nothing_found_is_lost_by_the_block(written: Scene) -> None:
    reading = written.reading(blocks=(written.block(ELSEWHERE),))
    found = trace(reading, written.truth, ToldReader())
    assert (found.stage, found.field_rank, found.glyphs) == (Stage.BLOCK, None, ())


def test_a_zip_torn_between_lines_is_lost_by_the_line(written: Scene) -> None:
    halves = (written.line(Box.around(written.digits[:3])), written.line(written.digits[4]))
    reading = written.reading(blocks=(written.block(None, *halves),))
    assert trace(reading, written.truth, ToldReader()).stage is Stage.LINE


def test_a_field_without_the_first_digit_is_lost_by_the_field(written: Scene) -> None:
    field = written.field(Box.around(written.digits[1:]))
    reading = written.reading(blocks=(written.block(),), fields=(field,))
    assert trace(reading, written.truth, ToldReader()).stage is Stage.FIELD


@pytest.mark.parametrize(("in_block", "stage"), [(True, Stage.FIELD), (False, Stage.BLOCK)])
def test_another_place_that_was_certain_is_to_blame(
    written: Scene, in_block: bool, stage: Stage
) -> None:
    block = written.block()
    home = block if in_block else written.block(ELSEWHERE)
    other, field = written.field(ELSEWHERE, home), written.field(None, block)
    reading = written.reading(
        written.hypothesis("97301", other, 0.99), blocks=(block,), fields=(other, field)
    )
    found = trace(reading, written.truth, ToldReader())
    assert (found.stage, found.field_rank) == (stage, 2)


def test_another_place_that_won_with_little_does_not_hide_what_failed(written: Scene) -> None:
    other, field = written.field(ELSEWHERE), written.field()
    reading = written.reading(written.hypothesis("97301", other, 0.3), fields=(field, other))
    reader = ToldReader(classifier=TemplateScorer({"1": 7}))
    assert trace(reading, written.truth, reader).stage is Stage.CLASSIFICATION
    assert trace(reading, written.truth, ToldReader()).stage is Stage.FIELD


def test_a_digit_without_a_glyph_is_lost_by_the_segmentation(written: Scene) -> None:
    third = written.digits[2]
    wide = Box(third.x0 - 25, third.y0, third.x1 + 25, third.y1)
    digits = list(written.truth.digits)
    digits[2] = DigitTruth(ZIP[2], corners(wide.quad()))
    truth = replace(written.truth, digits=tuple(digits))
    field = written.field()
    reading = written.reading(written.hypothesis("24757", field), fields=(field,))
    found = trace(reading, truth, ToldReader())
    assert (found.stage, found.detail) == (Stage.SEGMENTATION, "no glyph path through digit 3")
    assert len(found.glyphs) == 4


def test_a_digit_taken_for_another_is_lost_by_the_classification(written: Scene) -> None:
    field = written.field()
    reading = written.reading(written.hypothesis("24757", field), fields=(field,))
    reader = ToldReader(classifier=TemplateScorer({"1": 7, "5": 10}))
    found = trace(reading, written.truth, reader)
    assert found.stage is Stage.CLASSIFICATION
    assert found.detail == "took 1 for 7, 5 for no digit"


def test_right_digits_that_lost_to_another_path_are_lost_by_the_decoding(written: Scene) -> None:
    field = written.field()
    first, second = written.hypothesis("24757", field), written.hypothesis(ZIP, field, 0.4)
    reading = written.reading(first, second, fields=(field,))
    found = trace(reading, written.truth, ToldReader())
    assert (found.stage, found.glyphs) == (Stage.DECODING, ALL_RIGHT)


def test_a_page_read_upside_down_is_followed_again_the_right_way_up() -> None:
    envelope = draw_envelope("38117")
    box = envelope.zip_box
    height, width = envelope.grey.shape
    step = box.width / 5
    quads = [
        corners(
            Box(round(box.x0 + i * step), box.y0, round(box.x0 + (i + 1) * step), box.y1).quad()
        )
        for i in range(5)
    ]
    written = scene()
    truth = replace(
        written.truth,
        zip="38117",
        field=corners(box.quad()),
        digits=tuple(DigitTruth(v, quad) for v, quad in zip("38117", quads, strict=True)),
    )
    turned = np.array([[-1, 0, width], [0, -1, height], [0, 0, 1]], np.float64)
    page = Page(envelope.grey, "drawn.png")
    upside_down = UprightPage(page, envelope.grey[::-1, ::-1], turned, 180, 200)
    best = written.hypothesis("11111", replace(written.field(), page=upside_down), 0.99)
    reading = replace(written.reading(best, page=upside_down), page=page)
    found = trace(reading, truth, ToldReader())
    assert (found.stage, found.field_rank) == (Stage.PAGE, 1)
