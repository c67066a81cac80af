"""A calibration of the user's own mail: thresholds certified on it, the confidence as it was.

The certificate is that of ``training.certify``: it needs mail drawn like the
mail to come, and thresholds in an order that was fixed without a look at the
mail on which they are certified.  So the calibration mail must be a fair sample
(a folder of which every piece is keyed, or ``mailroom.sample``), and where the
walk over the thresholds starts is told by other mail: by the machine's
confidence in mail outside of the sample, or else by a fifth of the pieces,
chosen by a hash of their names, which then certify nothing.

The weights of the confidence stay, because they need more mail than thresholds
do.  With enough of it they are fitted again on half of the pieces, chosen in
the same way, and the other half, read anew, certifies.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from zipreader.errors import InputError
from zipreader.reading.modelfolder import default_model_dir, model_name
from zipreader.reading.probability import Calibration, load_calibration
from zipreader.training.certify import (
    DELTA,
    Scored,
    certify_all,
    error_of,
)
from zipreader.training.kept import PieceRead
from zipreader.training.mail import rescored
from zipreader.training.ownmail import (
    Labelled,
    OwnPiece,
    Progress,
    ReaderPlan,
    read_labelled,
)
from zipreader.training.promise import (
    Promise,
    accepted_by_kind,
    default_bound,
    fit_calibration,
)

Stage = Callable[[str, int, int], None]
"""Called with what is going on, pieces done and pieces planned."""

_SALT = "zipreader-own-mail"
_START = 0.2
"""Share of the pieces that only say where the walk starts."""
_FEWEST_OTHERS = 100
"""From so many pieces outside of the sample on, these say it instead."""


@dataclass(frozen=True, slots=True)
class OwnConfig:
    """How the mail is used; ``refit`` fits the confidence, too, on ``half`` of the pieces."""

    refit: bool = False
    fewest_to_refit: int = 1000
    half: float = 0.5
    default_alpha: float = 0.01


@dataclass(frozen=True, slots=True)
class OwnMail:
    """Pieces whose ZIP is known, a fair sample of the mail to come.

    ``origin`` is where they come from, in words; ``others`` the machine's
    confidences in mail that is not among them.
    """

    origin: str
    pieces: tuple[Labelled, ...]
    others: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnPromise:
    """A calibration with its figures; ``unread`` are the pieces that could not be read, and why."""

    promise: Promise
    unread: tuple[str, ...]


def part_of_tuning(name: str, share: float) -> bool:
    """Whether a piece tunes, by the SHA-256 of its name; a share of all names does."""
    digest = hashlib.sha256(f"{_SALT}/{name}".encode(errors="surrogateescape")).digest()
    return int.from_bytes(digest[:8], "big") / float(1 << 64) < share


def certify_own_mail(
    mail: OwnMail,
    model: Path | None = None,
    base: Path | None = None,
    config: OwnConfig | None = None,
    workers: int = 1,
    stage: Stage | None = None,
) -> OwnPromise:
    """Read a user's mail and certify thresholds on it.

    Args:
        mail: the pieces.
        model: the network; the shipped one by default.
        base: the calibration whose confidence is used; that of the model by default.
        config: how the mail is used.
        workers: processes that read.
        stage: told how far it is.

    Raises:
        ModelError: the network or the calibration cannot be used.
        InputError: the mail is too little to certify or to fit anything.
    """
    config = config or OwnConfig()
    present = load_calibration(base or (model or default_model_dir()) / "calibration.json")
    # Only its weights are used, so it may have been certified with another network.
    plan = ReaderPlan(model, replace(present, model=None))
    name = model_name(model)
    if config.refit and len(mail.pieces) < config.fewest_to_refit:
        raise InputError(
            f"{mail.origin}: {len(mail.pieces):,} pieces are too few to fit the confidence: at "
            f"least {config.fewest_to_refit:,} are needed"
        )
    use = _refitted if config.refit else _as_it_is
    used = use(mail, plan, config, workers, stage)
    measured = [piece.read for piece in used.certify]
    scored = [piece.scored for piece in measured]
    of_all = f" of {len(used.read):,}, as the others start the search," if used.spent else ""
    try:
        certificates = certify_all(used.start, scored, among=of_all)
    except InputError as error:
        accepted = [s for s in scored if s.probability >= _threshold_in_use(present)]
        wrong = sum(not s.right for s in accepted)
        raise InputError(
            f"{mail.origin}: {error}; here {len(accepted):,} reach the threshold in use, {wrong} "
            f"of them with a wrong ZIP{_not_read(used.read)}"
        ) from error
    calibration = replace(
        used.calibration,
        certificates=certificates,
        default_alpha=default_bound(certificates, config.default_alpha),
        mail=_described(mail.origin, measured, used.spent),
        date=date.today().isoformat(),
        model=name,
    )
    promise = Promise(
        calibration,
        error_of(scored),
        accepted_by_kind(measured, calibration.certificate().threshold),
    )
    return OwnPromise(promise, tuple(piece.error for piece in used.read if piece.error))


def _not_read(pieces: Sequence[OwnPiece]) -> str:
    """In words, how many pieces could not be read, and why the first could not."""
    errors = [piece.error for piece in pieces if piece.error]
    return f"; {len(errors):,} could not be read: {errors[0]}" if errors else ""


@dataclass(frozen=True, slots=True)
class _Used:
    """What became of the pieces: those that certify, and what says where the walk starts."""

    calibration: Calibration
    read: list[OwnPiece]
    certify: list[OwnPiece]
    start: list[Scored]
    spent: str


def _as_it_is(
    mail: OwnMail, plan: ReaderPlan, config: OwnConfig, workers: int, stage: Stage | None
) -> _Used:
    """Keep the confidence; only thresholds are certified."""
    read = read_labelled(mail.pieces, plan, workers, _told(stage, "mail"))
    if len(mail.others) >= _FEWEST_OTHERS:
        start = [Scored(confidence, right=True) for confidence in mail.others]
        return _Used(plan.calibration, read, read, start, "")
    tuning, certify = _split(read, _START)
    spent = f"; {len(tuning)} more said where to start"
    return _Used(plan.calibration, read, certify, [p.read.scored for p in tuning], spent)


def _refitted(
    mail: OwnMail, plan: ReaderPlan, config: OwnConfig, workers: int, stage: Stage | None
) -> _Used:
    """Fit the confidence on one half; the other is read with it."""
    halves: tuple[list[Labelled], list[Labelled]] = ([], [])
    for piece in mail.pieces:
        halves[not part_of_tuning(piece.name, config.half)].append(piece)
    tuning = read_labelled(halves[0], plan, workers, _told(stage, "mail to fit on"))
    fitted = fit_calibration([piece.read for piece in tuning], config.default_alpha)
    again = replace(plan, calibration=fitted)
    certify = read_labelled(halves[1], again, workers, _told(stage, "mail to certify on"))
    start = [rescored(piece.read, fitted) for piece in tuning]
    spent = f"; the confidence was fitted on {len(tuning)} others"
    return _Used(fitted, [*tuning, *certify], certify, start, spent)


def _split(read: Sequence[OwnPiece], share: float) -> tuple[list[OwnPiece], list[OwnPiece]]:
    tuning = [piece for piece in read if part_of_tuning(piece.name, share)]
    certify = [piece for piece in read if not part_of_tuning(piece.name, share)]
    return tuning, certify


def _threshold_in_use(calibration: Calibration) -> float:
    return calibration.certificate().threshold if calibration.certificates else 0.5


def _described(origin: str, pieces: Sequence[PieceRead], spent: str) -> str:
    counts = Counter(piece.kind for piece in pieces)
    mix = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
    kinds = f" ({mix})" if len(counts) > 1 else ""
    return f"{len(pieces)} pieces of {origin}{kinds}{spent}; confidence {1 - DELTA:.0%}"


def _told(stage: Stage | None, name: str) -> Progress | None:
    if stage is None:
        return None
    return lambda done, planned: stage(name, done, planned)
