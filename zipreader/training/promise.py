"""The calibration that ships with the model: fitted on tuning mail, certified on other mail."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, astuple, dataclass, replace
from datetime import date
from pathlib import Path

from zipreader.config import TownConfig
from zipreader.files import write_whole
from zipreader.reading.modelfolder import model_name
from zipreader.reading.probability import Calibration, Certificate
from zipreader.reading.trees import BoostedTrees
from zipreader.synth import Population, SourcesSpec
from zipreader.training.certify import DELTA, certify_all, error_of
from zipreader.training.confidence import Judged, fit_confidence
from zipreader.training.kept import PieceRead, kept
from zipreader.training.madeby import code_digest
from zipreader.training.mail import MailPlan, mail_sources, read_mail, rescored
from zipreader.training.sources import Sources
from zipreader.training.splits import Part

Stage = Callable[[str, int, int], None]
"""Called with what is going on, pieces done and pieces planned."""

_LEAST = 1e-12
"""Probability below which a spelling is as unlikely as any."""
_PLACE_HIDDEN = 5
"""One piece in so many is fitted a second time without what the words about it say."""
MIX = (
    "handwritten", "printed", "handwritten", "touching", "dirty", "handwritten", "printed",
    "turned", "photo", "must-flag",
)  # fmt: skip
"""Kinds of the mail, in turn."""
_UNREADABLE = "must-flag"
_UNREADABLE_SHARE = 5
"""So many pieces of other mail come to one more that must be flagged, for the second promise."""
_TUNING_MIX = (*MIX, *(_UNREADABLE,) * 4)
"""What must not be read is told by rare evidence, so the fit sees much more of it."""


@dataclass(frozen=True, slots=True)
class PromiseConfig:
    """How much mail is made, and from which seeds."""

    tuning: int = 2000
    calibration: int = 3000
    seed: int = 1
    default_alpha: float = 0.01


@dataclass(frozen=True, slots=True)
class Promise:
    """A calibration with the figures of the mail on which it was certified."""

    calibration: Calibration
    calibration_error: float
    by_kind: dict[str, tuple[int, int, int]]
    """Pieces, accepted and misread at the default bound, by kind."""


def make_promise(
    sources: Sources,
    model: Path | None,
    config: PromiseConfig,
    workers: int = 1,
    stage: Stage | None = None,
    run: Path | None = None,
) -> Promise:
    """Fit on tuning mail, certify on calibration mail.

    The two kinds of mail share no writer, no digit, no face and no seed with each
    other, and no writer, digit or seed with what the networks were trained on.
    Calibration mail shares no face with that either; tuning mail is printed in
    faces that trained.  A fifth as much mail again that must be flagged is read for the
    second promise alone.  What is read is kept in the folder ``run``, if there is one, and is not
    read again where it lies there already.

    Raises:
        InputError: the mail is too little to fit or to certify anything.
    """
    tuning = MailPlan(
        _tuning_mail(sources), _TUNING_MIX, config.tuning, config.seed * 1_000_000, model
    )
    read = _MailRead(sources, model, workers, stage, run)
    pieces = read("tuning", tuning)
    fitted = fit_calibration(pieces, config.default_alpha, MIX.count(_UNREADABLE) / len(MIX))
    other = replace(
        tuning,
        kinds=MIX,
        calibration=fitted,
        sources=_calibration_mail(sources),
        count=config.calibration,
        first_seed=config.seed * 1_000_000 + 500_000,
    )
    measured = read("calibration", other)
    more = replace(
        other,
        kinds=(_UNREADABLE,),
        count=config.calibration // _UNREADABLE_SHARE,
        first_seed=config.seed * 1_000_000 + 750_000,
    )
    beside = read("must-flag", more)
    certificates = certify_all(
        [rescored(piece, fitted) for piece in pieces],
        [piece.scored for piece in measured],
        unreadable=[piece.scored for piece in (*measured, *beside) if not piece.scored.readable],
    )
    calibration = replace(
        fitted,
        certificates=certificates,
        default_alpha=default_bound(certificates, config.default_alpha),
        mail=_described(measured),
        date=date.today().isoformat(),
        model=model_name(model),
    )
    threshold = calibration.certificate().threshold
    return Promise(
        calibration,
        error_of([piece.scored for piece in measured]),
        accepted_by_kind(measured, threshold),
    )


def fit_calibration(
    pieces: Sequence[PieceRead], default_alpha: float, unreadable: float | None = None
) -> Calibration:
    """The confidence fitted to mail; nothing is certified yet.

    One piece in five is judged a second time as if no word about its digits could be read: so it
    is where a field is read alone.

    Args:
        pieces: the mail.
        default_alpha: the bound that is used where none is asked for.
        unreadable: the share of mail to come that has no readable ZIP; as of these pieces
            where nothing is said.

    Raises:
        InputError: too little mail.
    """
    judged = [
        (*piece.judged, *map(without_place, piece.judged))
        if number % _PLACE_HIDDEN == 0
        else piece.judged
        for number, piece in enumerate(pieces)
    ]
    fit = fit_confidence(judged, shares=_shares(pieces, unreadable))
    return Calibration(fit.bias, fit.weights, (), default_alpha, "", trees=fit.trees)


def _shares(pieces: Sequence[PieceRead], unreadable: float | None) -> list[float] | None:
    """How much each piece counts, so that such a share of all is mail without a readable ZIP."""
    readable = [piece.scored.readable for piece in pieces]
    count = len(pieces) - sum(readable)
    if unreadable is None or count in (0, len(pieces)):
        return None
    rest = (1 - unreadable) / sum(readable)
    return [rest if each else unreadable / count for each in readable]


def without_place(judged: Judged) -> Judged:
    """The same, judged as if no word about its digits could be read, as where they stand alone."""
    config = TownConfig()
    own, rival = (max(judged.evidence[name], _LEAST) for name in ("spelled", "spelled_rival"))
    hidden = {
        "named": config.unknown,
        "named_rival": config.unknown,
        "legible": 0.0,
        "stated": 0.0,
        "preceded": 0.0,
        "numbered": config.least,
        "ended": config.least,
        "together": math.log(own) - math.log(rival),
    }
    return replace(judged, evidence={**judged.evidence, **hidden})


@dataclass(frozen=True, slots=True)
class _MailRead:
    """Reads the mail of plans, but for what an earlier run has read."""

    sources: Sources
    model: Path | None
    workers: int
    stage: Stage | None
    run: Path | None

    def __call__(self, name: str, plan: MailPlan) -> list[PieceRead]:
        path = self.run / f"{name}.jsonl" if self.run is not None else None
        stage = self.stage
        told = None if stage is None else lambda done, planned: stage(name, done, planned)
        with kept(path, self._made_by(plan)) as before:
            return read_mail(plan, self.workers, told, before)

    def _made_by(self, plan: MailPlan) -> str:
        """A digest of all that the pieces depend on, but for how many there are."""
        code = code_digest(), model_name(self.model), _content(plan.calibration)
        text = json.dumps([*code, self.sources.state(), plan.kinds, plan.first_seed])
        return hashlib.sha256(text.encode()).hexdigest()


def save_calibration(calibration: Calibration, path: Path) -> None:
    """Write the file that ``load_calibration`` reads.

    Raises:
        OutputError: it cannot be written.
    """
    write_whole(path, _content(calibration).encode())


def _content(calibration: Calibration) -> str:
    content = {
        "mail": calibration.mail,
        "date": calibration.date,
        "model": calibration.model,
        "default_alpha": calibration.default_alpha,
        "bias": calibration.bias,
        "weights": dict(calibration.weights),
        "certificates": [asdict(certificate) for certificate in calibration.certificates],
    }
    text = json.dumps(content, indent=2).removesuffix("\n}")
    return f"{text},\n{_written(calibration.trees)}\n}}\n"


def _written(trees: BoostedTrees) -> str:
    """The last entry of the file: a line a tree, for people who look for what stands above."""
    lines = (json.dumps([astuple(node) for node in tree]) for tree in trees.trees)
    every = ",\n".join(f"      {line}" for line in lines)
    names = json.dumps(trees.features)
    return f'  "trees": {{\n    "features": {names},\n    "trees": [\n{every}\n    ]\n  }}'


def _tuning_mail(sources: Sources) -> SourcesSpec:
    return mail_sources(sources, Population.TRAINING, Part.TUNE)


def _calibration_mail(sources: Sources) -> SourcesSpec:
    return mail_sources(sources, Population.CALIBRATION, Part.CALIBRATION)


def default_bound(certificates: Sequence[Certificate], wanted: float) -> float:
    """The wanted bound, or the strictest one that could be certified above it."""
    return min(
        (c.alpha for c in certificates if c.alpha >= wanted - 1e-9),
        default=max(c.alpha for c in certificates),
    )


def _described(pieces: Sequence[PieceRead]) -> str:
    counts = Counter(piece.kind for piece in pieces)
    mix = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
    return (
        f"{len(pieces)} synthetic pieces ({mix}) by writers, digits and in faces of their own; "
        f"confidence {1 - DELTA:.0%}"
    )


def accepted_by_kind(
    pieces: Sequence[PieceRead], threshold: float
) -> dict[str, tuple[int, int, int]]:
    """Pieces, accepted and misread ones at a threshold, by kind."""
    table: dict[str, tuple[int, int, int]] = {}
    for piece in pieces:
        n, accepted, wrong = table.get(piece.kind, (0, 0, 0))
        taken = piece.scored.probability >= threshold
        bad = taken and not piece.scored.right
        table[piece.kind] = (n + 1, accepted + taken, wrong + bad)
    return table
