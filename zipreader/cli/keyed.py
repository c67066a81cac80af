"""Where the user's own mail for ``zipreader calibrate`` comes from: a folder or a database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from zipreader.cli.console import complain
from zipreader.errors import InputError
from zipreader.files import is_folder, is_there

if TYPE_CHECKING:
    from zipreader.training.ownmail import Labelled
    from zipreader.training.ownpromise import OwnMail

_EXPORTED = {"accepted", "flagged"}
"""Kinds of mail by which ``zipreader export`` tells what people have settled."""


def open_own_mail(mail: Path, model: Path | None, calibration: Path | None) -> tuple[OwnMail, int]:
    """The pieces of a keyed folder or a database, and how many are named there but missing.

    Raises:
        InputError: there is no such mail, or it is no fair sample.
        StoreError: the database cannot be read.
    """
    if not is_there(mail):
        raise InputError(f"{mail}: no such folder or database")
    return _of_folder(mail) if is_folder(mail) else (_of_store(mail, model, calibration), 0)


def _of_folder(folder: Path) -> tuple[OwnMail, int]:
    """The pieces of a folder, and how many of those that its truth lists are missing."""
    from zipreader.evaluation.mail import open_folder
    from zipreader.training.ownmail import Labelled
    from zipreader.training.ownpromise import OwnMail

    found = open_folder(folder)
    if {job.kind for job in found.jobs} <= _EXPORTED:
        raise InputError(
            f"{folder}: an export of reviewed mail, in which flagged and accepted mail have not "
            "their shares: name the database instead"
        )
    for name in found.missing:
        complain(f"{folder / name}: named by the truth, but missing")
    for name in found.extra:
        complain(f"{folder / name}: not named by the truth, and left out")
    pieces: list[Labelled] = []
    for job in found.jobs:
        truth = job.truth.zip if job.truth and not job.truth.must_flag else None
        pieces.append(Labelled(job.name, truth, job.path, kind=job.kind))
    return OwnMail(f"the folder {folder}", tuple(pieces)), len(found.missing)


def _of_store(path: Path, model: Path | None, calibration: Path | None) -> OwnMail:
    """The fair sample of a database; its images are read again, as far as they are there."""
    from zipreader.mailroom.sample import fair_sample
    from zipreader.mailroom.store import Store
    from zipreader.reading.modelfolder import default_model_dir, model_name
    from zipreader.reading.probability import load_calibration
    from zipreader.training.ownmail import Labelled, scored_by_record
    from zipreader.training.ownpromise import OwnMail

    with Store.open(path, create=False) as store:
        sample = fair_sample(store)
    folder = model or default_model_dir()
    name = model_name(folder)
    certificates = load_calibration(calibration or folder / "calibration.json").certificates
    thresholds = [certificate.threshold for certificate in certificates]
    pieces, gone = [], 0
    for each in sample.pieces:
        file, number = each.piece.file, each.piece.page or 1
        there = file.still_there()
        gone += not there
        pieces.append(
            Labelled(
                f"{Path(file.path).name}:{number}",
                each.truth,
                Path(file.path) if there else None,
                number - 1,
                otherwise=scored_by_record(each.piece.record, each.truth, name, thresholds),
            )
        )
    if gone:
        complain(f"{path}: {gone} images are gone or have changed; their records count")
    if sample.unsettled:
        complain(
            f"{path}: {sample.unsettled} pieces of the sample are not settled, and count as wrong "
            "where they would be accepted"
        )
    origin = f"the database {path}, a random sample of {sample.share:.1%} of its mail"
    return OwnMail(origin, tuple(pieces), sample.others)
