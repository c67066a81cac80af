from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zipreader.errors import InputError
from zipreader.reading.classifier import Classifier
from zipreader.reading.modelfolder import model_name
from zipreader.reading.probability import Spared, load_calibration
from zipreader.reading.reader import Reader
from zipreader.training.certify import Scored, needs
from zipreader.training.kept import PieceRead
from zipreader.training.mail import FIRST_GUESS
from zipreader.training.ownmail import Labelled, OwnPiece, Progress, ReaderPlan
from zipreader.training.ownpromise import (
    OwnConfig,
    OwnMail,
    OwnPromise,
    certify_own_mail,
    part_of_tuning,
)
from zipreader.training.promise import save_calibration

MODULE = "zipreader.training.ownpromise"


def drawn(random: np.random.Generator) -> tuple[float, float]:
    """A probability of a reader that is too sure of itself, and the true one."""
    logit = float(random.normal(4.0, 2.0))
    return 1 / (1 + math.exp(-logit)), 1 / (1 + math.exp(-0.9 * logit))


@dataclass(slots=True)
class Post:
    """Stands for the reading of mail; remembers the names of what it read."""

    read: tuple[str, ...] = ()

    def __call__(
        self,
        pieces: Sequence[Labelled],
        plan: ReaderPlan,
        workers: int = 1,
        progress: Progress | None = None,
    ) -> list[OwnPiece]:
        self.read += tuple(piece.name for piece in pieces)
        return [OwnPiece(piece.name, self.piece(piece)) for piece in pieces]

    def piece(self, piece: Labelled) -> PieceRead:
        random = np.random.default_rng(int(piece.name))
        said, true = drawn(random)
        scored = Scored(said, bool(random.random() < true))
        return PieceRead(piece.kind, scored, ())


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Post:
    post = Post()
    monkeypatch.setattr(f"{MODULE}.read_labelled", post)
    monkeypatch.setattr(f"{MODULE}.rescored", lambda piece, _: piece.scored)
    return post


def mail(count: int, others: int = 0, first: int = 0) -> OwnMail:
    pieces = (Labelled(str(n), None, None) for n in range(first, first + count))
    random = np.random.default_rng(99)
    return OwnMail("the folder mail", tuple(pieces), tuple(drawn(random)[0] for _ in range(others)))


def certify(mail: OwnMail, **options: Any) -> OwnPromise:
    return certify_own_mail(mail, config=OwnConfig(**options))


def test_thresholds_are_certified_for_this_network_with_its_confidence(post: Post) -> None:
    calibration = certify(mail(2000)).promise.calibration
    shipped = load_calibration(Classifier().model_dir / "calibration.json")
    assert (calibration.bias, calibration.weights) == (shipped.bias, shipped.weights)
    assert calibration.model == model_name()
    assert calibration.date is not None and len(calibration.date) == 10
    strict = calibration.certificate(0.01)
    assert 0.3 < strict.accepted / strict.pieces < 0.9
    assert calibration.default_alpha == 0.01
    assert "the folder mail" in calibration.mail


def test_a_fifth_by_name_says_where_to_start_and_certifies_nothing(post: Post) -> None:
    made = certify(mail(2000))
    spent = sum(part_of_tuning(str(n), 0.2) for n in range(2000))
    assert 300 < spent < 500
    assert made.promise.calibration.certificates[0].pieces == 2000 - spent
    assert f"{spent} more" in made.promise.calibration.mail


def test_mail_outside_of_the_sample_says_it_instead(post: Post) -> None:
    certificate = certify(mail(1000, others=500)).promise.calibration.certificates[0]
    assert certificate.pieces == 1000


def test_a_bound_that_fails_leaves_a_looser_default(post: Post) -> None:
    assert certify(mail(300)).promise.calibration.default_alpha > 0.01


def test_too_little_mail_says_how_much_is_needed(post: Post) -> None:
    with pytest.raises(InputError) as caught:
        certify(mail(40))
    message = str(caught.value)
    assert message.startswith("the folder mail: ")
    assert needs() in message
    assert "reach the threshold in use" in message
    assert "\n" not in message


def test_the_promise_is_kept_in_nearly_all_of_120_runs(post: Post) -> None:
    random = np.random.default_rng(5)
    said, true = np.array([drawn(random) for _ in range(50_000)]).T
    broken = certified = 0
    for run in range(120):
        with suppress(InputError):
            bound = certify(mail(500, first=1000 * run)).promise.calibration.certificates[0]
            certified += bound.alpha == 0.05
            broken += bool((1 - true[said >= bound.threshold]).mean() > bound.alpha)
    assert certified > 90, "nor is it kept by promising nothing"
    assert broken <= 0.08 * 120


# --- fitting anew ----------------------------------------------------------------------------


def test_fitting_needs_much_mail(post: Post) -> None:
    with pytest.raises(InputError, match="999 pieces are too few.*1,000"):
        certify(mail(999), refit=True)
    assert post.read == ()


def test_one_half_fits_and_the_other_is_read_anew(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted = replace(FIRST_GUESS, bias=-3.25)
    monkeypatch.setattr(f"{MODULE}.fit_calibration", lambda pieces, alpha: fitted)
    made = certify(mail(1500), refit=True)
    assert made.promise.calibration.bias == -3.25
    assert sorted(post.read, key=int) == [str(n) for n in range(1500)]
    tuning = sum(part_of_tuning(str(n), 0.5) for n in range(1500))
    assert made.promise.calibration.certificates[0].pieces == 1500 - tuning
    assert f"fitted on {tuning} others" in made.promise.calibration.mail


# --- the file --------------------------------------------------------------------------------


def test_the_file_comes_back_whole(post: Post, tmp_path: Path) -> None:
    calibration = certify(mail(2000)).promise.calibration
    first, *others = calibration.certificates
    second = replace(first, unreadable=Spared(0.02, 500, 4))
    calibration = replace(calibration, certificates=(second, *others))
    save_calibration(calibration, tmp_path / "own.json")
    assert load_calibration(tmp_path / "own.json") == calibration
    reader = Reader(calibration=tmp_path / "own.json")
    assert reader.threshold == calibration.certificate().threshold


def test_names_divide_steadily() -> None:
    assert [part_of_tuning(f"scan-{n}.png", 0.5) for n in range(6)] == [
        part_of_tuning(f"scan-{n}.png", 0.5) for n in range(6)
    ]
    assert part_of_tuning("caf\udce9.png", 1.0)
    assert not part_of_tuning("a", 0.0)
