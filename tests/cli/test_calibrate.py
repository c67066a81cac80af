from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Command
from zipreader.errors import ExitCode
from zipreader.mailroom.desk import Desk
from zipreader.mailroom.identity import FileIdentity
from zipreader.mailroom.rules import Answer, Rules
from zipreader.mailroom.store import Store
from zipreader.reading.classifier import Classifier
from zipreader.reading.modelfolder import model_name
from zipreader.reading.probability import load_calibration
from zipreader.reading.reader import Reader
from zipreader.reading.record import error_record
from zipreader.training.certify import Scored
from zipreader.training.kept import PieceRead
from zipreader.training.ownmail import Labelled, OwnPiece
from zipreader.training.promise import Promise, PromiseConfig
from zipreader.training.sources import Sources

SAMPLES = Path(__file__).parents[2] / "samples"
ZIP = "97358"


@pytest.fixture
def labelled(monkeypatch: pytest.MonkeyPatch) -> list[Labelled]:
    """Read nothing: what has a truth is right and certain; remembers the pieces."""
    seen: list[Labelled] = []

    def read(pieces: list[Labelled], *_: object) -> list[OwnPiece]:
        seen.extend(pieces)
        certain = [Scored(0.999, bool(piece.truth)) for piece in pieces]
        return [
            OwnPiece(p.name, PieceRead(p.kind, scored if p.path else p.otherwise, ()))
            for p, scored in zip(pieces, certain, strict=True)
        ]

    monkeypatch.setattr("zipreader.training.ownpromise.read_labelled", read)
    return seen


def folder_of(path: Path, count: int) -> Path:
    """A keyed folder, every tenth piece without a ZIP; the images are empty."""
    path.mkdir()
    rows = [f"{n:03d}.png,{'' if n == 7 else ZIP}" for n in range(count)]
    (path / "truth.csv").write_text("\n".join(["file,zip", *rows]))
    for n in range(count):
        (path / f"{n:03d}.png").touch()
    return path


# --- a folder --------------------------------------------------------------------------------


def test_a_keyed_folder_gives_a_file_for_calibration(
    zipreader: Command, tmp_path: Path, labelled: list[Labelled]
) -> None:
    mail, out = folder_of(tmp_path / "mail", 700), tmp_path / "own.json"
    done = zipreader("calibrate", mail, "--out", out)
    assert (done.code, done.err) == (ExitCode.OK, "")
    assert "Certified" in done.out
    assert "2,995" in done.out, "what stricter bounds need"
    calibration = load_calibration(out)
    assert calibration.model == model_name()
    assert Reader(calibration=out).threshold == calibration.certificate().threshold
    truths = {piece.name: piece.truth for piece in labelled}
    assert (truths["000.png"], truths["007.png"]) == (ZIP, None)


def test_json(zipreader: Command, tmp_path: Path, labelled: list[Labelled]) -> None:
    mail, out = folder_of(tmp_path / "mail", 300), tmp_path / "own.json"
    values = json.loads(zipreader("calibrate", mail, "--out", out, "--json").out)
    assert values["file"] == str(out)
    assert values["certificates"][0]["alpha"] == 0.05
    assert values["kinds"]["mail"]["pieces"] == values["certificates"][0]["pieces"]


def test_missing_files_are_named(
    zipreader: Command, tmp_path: Path, labelled: list[Labelled]
) -> None:
    mail = folder_of(tmp_path / "mail", 300)
    (mail / "001.png").rename(mail / "other.png")
    done = zipreader("calibrate", mail, "--out", tmp_path / "own.json")
    assert done.code == ExitCode.INPUT
    assert "001.png: named by the truth, but missing" in done.err
    assert "other.png: not named by the truth" in done.err


@pytest.mark.parametrize(
    "kinds", [("flagged", "accepted"), ("flagged", "flagged"), ("accepted", "accepted")]
)
def test_an_export_of_reviewed_mail_is_no_fair_sample(
    zipreader: Command, tmp_path: Path, kinds: tuple[str, str]
) -> None:
    mail = tmp_path / "mail"
    mail.mkdir()
    rows = (f"{name},{ZIP},{kind}\n" for name, kind in zip("ab", kinds, strict=True))
    (mail / "truth.csv").write_text("".join(("file,zip,kind\n", *rows)))
    for name in "ab":
        (mail / name).touch()
    done = zipreader("calibrate", mail, "--out", tmp_path / "own.json")
    assert done.code == ExitCode.INPUT
    assert "name the database instead" in done.complaint


def test_too_little_mail_is_told_of_the_pieces_that_start_the_search(
    zipreader: Command, tmp_path: Path, labelled: list[Labelled]
) -> None:
    mail = folder_of(tmp_path / "mail", 30)
    done = zipreader("calibrate", mail, "--out", tmp_path / "own.json")
    assert done.code == ExitCode.INPUT
    assert re.search(r"\d+ pieces of 30, as the others start the search, are too", done.complaint)


def test_too_little_mail_is_one_line_with_the_numbers_needed(
    zipreader: Command, tmp_path: Path
) -> None:
    mail = tmp_path / "mail"
    mail.mkdir()
    shutil.copy(SAMPLES / "printed.jpg", mail / "a.jpg")
    (mail / "truth.csv").write_text("file,zip\na.jpg,12345\n")
    done = zipreader("calibrate", mail, "--out", tmp_path / "own.json")
    assert done.code == ExitCode.INPUT
    assert "59 for 5.0%, 149 for 2.0%, 299 for 1.0%" in done.complaint
    assert not (tmp_path / "own.json").exists()


# --- a database ------------------------------------------------------------------------------


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """130 accepted pieces, whose images are there but for the last."""
    path = tmp_path / "mail.db"
    threshold = round(Reader().threshold, 4)
    with Store.open(path, seed=3) as store:
        for number in range(130):
            image = tmp_path / f"{number}.png"
            image.touch()
            record = error_record(str(image), None) | {
                "page": 1,
                "zip": ZIP,
                "decision": "accept",
                "confidence": 0.99,
                "threshold": threshold,
                "model": model_name(),
            }
            store.add_file(FileIdentity.of(image), [record])
    image.unlink()
    return path


def audit(path: Path, share: float) -> None:
    with Store.open(path) as store:
        desk = Desk(store, Rules(audit=share))
        while tasks := desk.take("ann", 50):
            for task in tasks:
                desk.answer("ann", task.piece.id, Answer.of(ZIP), 1.0)


def test_a_database_without_an_audit_is_refused(
    zipreader: Command, tmp_path: Path, database: Path
) -> None:
    done = zipreader("calibrate", database, "--out", tmp_path / "own.json")
    assert done.code == ExitCode.INPUT
    assert "no accepted mail was audited" in done.complaint


def test_a_database_gives_its_audit(
    zipreader: Command, tmp_path: Path, database: Path, labelled: list[Labelled]
) -> None:
    audit(database, 1.0)
    done = zipreader("calibrate", database, "--out", tmp_path / "own.json", "--json")
    assert done.code == ExitCode.OK
    assert "1 images are gone" in done.complaint
    assert len(labelled) == 130
    assert labelled[0].path == tmp_path / "0.png"
    assert labelled[-1].path is None
    assert labelled[-1].otherwise.probability == pytest.approx(0.98995)
    assert labelled[-1].otherwise.right
    assert "a random sample of 100.0%" in json.loads(done.out)["mail"]


# --- synthetic mail --------------------------------------------------------------------------


def test_synthetic_mail_is_made_as_before(
    zipreader: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    calibration = load_calibration(Classifier().model_dir / "calibration.json")

    def make(sources: Sources, model: Path | None, config: PromiseConfig, *_: object) -> Promise:
        asked.extend((sources, model, config))
        return Promise(calibration, 0.01, {"printed": (10, 9, 0)})

    monkeypatch.setattr("zipreader.training.promise.make_promise", make)
    out = tmp_path / "calibration.json"
    done = zipreader("calibrate", "--mnist", "m.npz", "--tuning", 700, "--seed", 3, "--out", out)
    assert (done.code, done.err) == (ExitCode.OK, "")
    assert asked == [Sources(mnist=Path("m.npz")), None, PromiseConfig(700, 3000, 3)]
    assert load_calibration(out) == calibration
    assert "9 (90.0%)" in done.out


# --- bad requests ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--out", "o.json"), ExitCode.USAGE, "on which mail?"),
        (("nowhere", "--out", "o.json"), ExitCode.INPUT, "no such folder or database"),
        (("mail", "--out", "o.json", "--mnist", "m"), ExitCode.USAGE, "--mnist goes with synth"),
        (("--out", "o.json", "--mnist", "m", "--refit"), ExitCode.USAGE, "--refit goes with your"),
        (("mail", "--out", "nowhere/o.json"), ExitCode.OUTPUT, "nowhere/o.json"),
        (("notes.txt", "--out", "o.json"), ExitCode.INPUT, "notes.txt"),
        (("mail", "--out", "notes.txt"), ExitCode.OUTPUT, "it is no calibration"),
        (("mail", "--out", "o.json", "--refit"), ExitCode.INPUT, "at least 1,000"),
    ],
)
def test_bad_requests_are_one_line(
    zipreader: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    code: ExitCode,
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    folder_of(tmp_path / "mail", 3)
    (tmp_path / "notes.txt").write_text("no database " * 100)
    done = zipreader("calibrate", *arguments)
    assert done.code == code
    assert words in done.complaint
    assert not (tmp_path / "o.json").exists()
    assert (tmp_path / "notes.txt").read_text() == "no database " * 100


def test_the_file_to_write_must_be_given(zipreader: Command) -> None:
    done = zipreader("calibrate", "mail")
    assert done.code == ExitCode.USAGE
    assert "Missing option '--out'" in done.err
    assert "[required]" in zipreader("calibrate", "--help").out


def test_a_calibration_of_another_network_is_refused(zipreader: Command, tmp_path: Path) -> None:
    content = json.loads((Classifier().model_dir / "calibration.json").read_text())
    own = tmp_path / "own.json"
    own.write_text(json.dumps({**content, "model": "lean-other"}))
    done = zipreader("read", SAMPLES / "printed.jpg", "--calibration", own)
    assert done.code == ExitCode.MODEL
    assert "of the network lean-other" in done.complaint
    assert "zipreader calibrate" in done.complaint
