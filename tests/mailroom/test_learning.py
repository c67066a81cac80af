from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.mailroom.office import AGAWAM, CHICAGO, drawn_mail, envelope, record
from zipreader.errors import OutputError
from zipreader.evaluation.mail import open_folder
from zipreader.mailroom.desk import Desk
from zipreader.mailroom.identity import FileIdentity
from zipreader.mailroom.learning import export_glyphs, export_mail
from zipreader.mailroom.rules import Answer, Rules, Verdict
from zipreader.mailroom.store import Store
from zipreader.training.glyphs import load_glyphs

CORRECTED = "60619"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Confirmed, corrected, another ZIP altogether, none, and one that waits."""
    with Store.open(drawn_mail(tmp_path / "mail.db", 5)) as opened:
        desk = Desk(opened, Rules())
        answers = [
            Answer.of(CHICAGO),
            Answer.of(CORRECTED),
            Answer.of(AGAWAM),
            Answer(Verdict.NO_ZIP),
        ]
        for piece, answer in enumerate(answers, 1):
            desk.answer("ann", piece, answer, 1.0, confirmed=True)
        yield opened


def test_reviewed_digits_can_be_trained_on(store: Store, tmp_path: Path) -> None:
    counts = export_glyphs(store, tmp_path / "glyphs", pytest.fail)
    assert counts == {"6": 4, "0": 2, "1": 2, "4": 1, "9": 1}
    names = sorted(path.name for path in (tmp_path / "glyphs").rglob("*.png"))
    assert names == [f"{piece}-{n}.png" for piece in (1, 2) for n in range(1, 6)]
    glyph = cv2.imread(str(tmp_path / "glyphs" / "6" / "1-1.png"), cv2.IMREAD_GRAYSCALE)
    assert glyph is not None
    assert np.median(np.concatenate([glyph[0], glyph[-1], glyph[:, 0], glyph[:, -1]])) < 30
    assert glyph.max() > 200
    tiles, labels = load_glyphs(tmp_path / "glyphs")
    assert sorted(labels.tolist()) == [0, 0, 1, 1, 4, 6, 6, 6, 6, 9]
    assert tiles.shape == (10, 28, 28)


def test_reviewed_mail_can_be_evaluated_and_calibrated_with(store: Store, tmp_path: Path) -> None:
    assert export_mail(store, tmp_path / "out", pytest.fail) == 4
    folder = open_folder(tmp_path / "out")
    assert (folder.missing, folder.extra) == ((), ())
    truths = [job.truth for job in folder.jobs if job.truth]
    assert [truth.zip for truth in truths] == [CHICAGO, CORRECTED, AGAWAM, None]
    assert [truth.must_flag for truth in truths] == [False, False, False, True]
    assert {truth.kind for truth in truths} == {"flagged"}
    copied = (tmp_path / "out" / "1-piece-1.png").read_bytes()
    assert copied == (tmp_path / "piece-1.png").read_bytes()


def test_a_page_of_several_becomes_a_file_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "scan.tif"
    pages = [cv2.imread(str(envelope(tmp_path / "p.png", zip_code))) for zip_code in ("1", "2")]
    cv2.imwritemulti(str(path), [page for page in pages if page is not None])
    with Store.open(tmp_path / "mail.db") as store:
        store.add_file(FileIdentity.of(path), [record(path), record(path, page=2)])
        Desk(store, Rules()).answer("ann", 2, Answer.of(CHICAGO), 1.0)
        assert export_mail(store, tmp_path / "out", pytest.fail) == 1
    with (tmp_path / "out" / "truth.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["file"], row["page"], row["zip"]) == ("2-page-2.png", "2", CHICAGO)
    image = cv2.imread(str(tmp_path / "out" / "2-page-2.png"))
    assert np.array_equal(np.asarray(image), np.asarray(pages[1]))


def test_a_name_that_is_no_text_is_exported_under_one_that_is(tmp_path: Path) -> None:
    path = envelope(tmp_path / "p.png").rename(os.fsdecode(os.fsencode(tmp_path) + b"/\xfe.pn\xff"))
    with Store.open(tmp_path / "mail.db") as store:
        store.add_file(FileIdentity.of(path), [record(path)])
        Desk(store, Rules()).answer("ann", 1, Answer.of(CHICAGO), 1.0)
        assert export_mail(store, tmp_path / "out", pytest.fail) == 1
    (job,) = open_folder(tmp_path / "out").jobs
    assert job.name == "1-?.pn?"


def test_an_image_that_is_gone_is_named_and_left_out(store: Store, tmp_path: Path) -> None:
    (tmp_path / "piece-1.png").unlink()
    missed: list[str] = []
    assert export_mail(store, tmp_path / "out", missed.append) == 3
    export_glyphs(store, tmp_path / "glyphs", missed.append)
    assert len(missed) == 2
    assert all("piece-1.png: the file is gone" in line for line in missed)


def test_a_folder_that_holds_something_is_left_alone(store: Store, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="not empty"):
        export_glyphs(store, tmp_path, pytest.fail)
