from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from zipreader.config import ImageConfig
from zipreader.reading.probability import Calibration
from zipreader.synth import Population, SourcesSpec, make_mailpiece
from zipreader.training import mail
from zipreader.training.certify import Scored
from zipreader.training.confidence import Judged
from zipreader.training.kept import Kept, PieceRead
from zipreader.training.mail import FIRST_GUESS, MailPlan, page_of, read_mail, rescored
from zipreader.training.promise import PromiseConfig

EVIDENCE = {
    "posterior": 0.9,
    "weakest": 0.9,
    "not_a_digit": 0.05,
    "baseline_spread": 0.05,
    "widest_gap": 0.2,
    "trailing": 0.1,
    "leading": 0.5,
    "together": 2.0,
    "lead": 2.0,
    "thickest": 1.2,
    "assigned": 1.0,
    "field_score": 0.5,
    "field_share": 1.0,
    "spelled": 0.9,
    "complete": 0.9,
    "four": 0.01,
    "six": 0.01,
    "spelled_least": 0.7,
    "spelled_rival": 0.05,
    "named": -0.3,
    "named_rival": -2.0,
    "numbered": -4.0,
    "preceded": 0.0,
    "ended": -4.0,
    "passed": 0.0,
    "struck": 0.0,
    "written": 1.0,
    "legible": 0.5,
    "stated": 0.0,
    "joined": -1.0,
    "height": 1.0,
    "shadow": -1.0,
    "apart": 4.0,
    "fall": 0.6,
    "pixel_height": 40.0,
}


def judged(right: bool, best: bool, **changed: float) -> Judged:
    return Judged({**EVIDENCE, **changed}, right, best)


def piece(*hypotheses: Judged) -> PieceRead:
    return PieceRead("printed", Scored(0.5, False), hypotheses)


def test_another_calibration_may_prefer_another_hypothesis() -> None:
    both = piece(judged(False, True, posterior=0.95), judged(True, False, field_score=1.0))
    by_posterior = Calibration(0.0, {"posterior": 1.0}, (), 0.01, "")
    by_place = Calibration(0.0, {"place": 5.0}, (), 0.01, "")
    assert not rescored(both, by_posterior).right
    assert rescored(both, by_place).right


def test_of_two_that_look_right_neither_is_as_likely_as_alone() -> None:
    even = Calibration(0.0, {}, (), 0.01, "")
    assert rescored(piece(judged(True, True)), even).probability == pytest.approx(1 / 2)
    two = piece(judged(True, True), judged(False, False))
    assert rescored(two, even).probability == pytest.approx(1 / 3)


def test_what_no_place_has_is_never_accepted() -> None:
    assert rescored(piece(judged(True, True, assigned=0.0)), FIRST_GUESS).probability == 0


def test_what_shows_another_addressee_is_never_accepted() -> None:
    hopeless = replace(piece(judged(True, True)), hopeless=True)
    assert rescored(hopeless, FIRST_GUESS).probability == 0


def test_a_piece_without_hypotheses_is_never_accepted() -> None:
    assert rescored(piece(), FIRST_GUESS) == Scored(0.0, False)


def test_mail_is_read_as_a_file_would_bring_it() -> None:
    """A scan states its resolution and a photo states none; both were compressed."""
    sources = SourcesSpec().open()
    scan, photo = (make_mailpiece(kind, 7, sources) for kind in ("printed", "photo"))
    page = page_of(scan, ImageConfig())
    assert page.dpi == pytest.approx(scan.dpi, abs=1)
    assert page.image.shape[:2] == scan.image.shape[:2]
    assert page_of(photo, ImageConfig()).dpi is None
    assert not np.array_equal(page_of(photo, ImageConfig()).image, photo.image)


def test_most_mail_is_for_certificates() -> None:
    assert PromiseConfig().calibration >= PromiseConfig().tuning


def test_what_was_read_before_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    every = [PieceRead("printed", Scored(number / 9, True), ()) for number in range(9)]
    asked: list[int] = []

    def spread(_: object, jobs: range, *rest: int) -> Iterator[PieceRead]:
        asked.extend(jobs)
        return (every[job] for job in jobs)

    monkeypatch.setattr(mail, "spread", spread)
    plan = MailPlan(SourcesSpec(Population.TRAINING), ("printed",), 7, 0)
    told: list[tuple[int, int]] = []
    found = read_mail(plan, 1, lambda *done: told.append(done), Kept(every[:4], None))
    assert (found, asked) == (every[:7], [4, 5, 6])
    assert told == [(5, 7), (6, 7), (7, 7)]
    fewer = replace(plan, count=3)
    assert read_mail(fewer, before=Kept(every[:4], None)) == every[:3]
