from __future__ import annotations

import base64
import re
from dataclasses import replace
from html.parser import HTMLParser

import cv2
import numpy as np

from tests.evaluation.scene import outcome, scene
from tests.evaluation.test_report import report_of, some_report
from zipreader.evaluation.compare import compare_reports
from zipreader.evaluation.exhibit import TRUTH_COLOUR, make_exhibit
from zipreader.evaluation.html import MOST_SHOWN, to_html, worst_first
from zipreader.evaluation.outcome import Exhibit, GlyphCheck, Stage
from zipreader.evaluation.report import Report

VOID = {"meta", "img", "br"}


class Nesting(HTMLParser):
    """Fails where an element is not closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_well_formed_and_needs_nothing_else() -> None:
    page = to_html(some_report(), compare_reports(some_report(), some_report()))
    parser = Nesting()
    parser.feed(page)
    assert parser.open == []
    assert not re.search(r"https?:|//\w|<script|<link|@import|url\(", page)
    assert "default-src 'none'" in page


def test_the_page_shows_rates_plots_and_misses() -> None:
    page = to_html(some_report())
    assert page.count("<svg") == 2
    assert "95% intervals" in page
    assert "Misses: 2 of 2" in page
    assert "Named by the truth but missing: gone.png" in page


def test_names_from_outside_are_escaped() -> None:
    piece = replace(outcome(name="<script>alert(1)</script>", right=False), stage=Stage.BLOCK)
    assert "<script" not in to_html(report_of(piece))


def test_an_empty_report_is_a_page_too() -> None:
    page = to_html(Report(some_report().provenance, ()))
    assert "None." in page


def test_the_confusion_counts_digits() -> None:
    glyphs = (GlyphCheck("4", "9"),) * 7
    assert ">7</td>" in to_html(report_of(outcome(glyphs=glyphs)))


def test_every_stage_is_shown_before_more_of_one() -> None:
    many = [
        outcome(name=f"d{i}", right=False, stage=Stage.DECISION, confidence=0.99)
        for i in range(2 * MOST_SHOWN)
    ]
    rare = outcome(name="rare", accepted=False, right=False, stage=Stage.LINE, confidence=0.1)
    shown = worst_first([*many, rare])[:MOST_SHOWN]
    assert "rare" in [piece.name for piece in shown]


def test_pictures_are_embedded() -> None:
    code = bytes(cv2.imencode(".png", np.zeros((4, 4), np.uint8))[1])
    piece = replace(outcome(right=False, stage=Stage.FIELD), exhibit=Exhibit(code, code))
    page = to_html(report_of(piece))
    assert f"data:image/png;base64,{base64.b64encode(code).decode()}" in page
    assert page.count("<img") == 2


def test_an_exhibit_marks_the_truth_and_cuts_it_out() -> None:
    written = scene()
    exhibit = make_exhibit(written.reading(), written.truth)
    explained = cv2.imdecode(np.frombuffer(exhibit.explained, np.uint8), cv2.IMREAD_COLOR)
    assert explained is not None
    far = np.abs(explained.astype(int) - TRUTH_COLOUR).sum(axis=2)
    assert (far < 120).sum() > 200
    assert exhibit.field is not None
    field = cv2.imdecode(np.frombuffer(exhibit.field, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert field is not None
    assert field.shape[0] == 72
    assert 0.05 < (field < 128).mean() < 0.5


def test_an_exhibit_without_boxes_shows_the_page_alone() -> None:
    written = scene()
    truth = replace(written.truth, field=None, digits=())
    assert make_exhibit(written.reading(), truth).field is None
