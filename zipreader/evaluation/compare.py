"""An old report against a new one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from zipreader.evaluation.outcome import Outcome, Verdict
from zipreader.evaluation.rates import Rates, rates_by_kind
from zipreader.evaluation.report import Report
from zipreader.intervals import mcnemar


@dataclass(frozen=True, slots=True)
class Paired:
    """How a property of the same pieces changed.

    ``gained`` and ``lost`` count the pieces that have it only now, only
    before; ``p_value`` is McNemar's exact test that both are chance.
    """

    name: str
    gained: int
    lost: int
    p_value: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Rates before and after by kind, and what changed on the ``common`` pieces.

    ``changed`` pairs the outcomes, old and new, of pieces whose verdict differs.
    """

    old: Report
    new: Report
    rows: tuple[tuple[Rates, Rates], ...]
    common: int
    paired: tuple[Paired, ...]
    changed: tuple[tuple[Outcome, Outcome], ...]


_PROPERTIES: tuple[tuple[str, Callable[[Outcome], bool]], ...] = (
    ("read", lambda o: o.verdict is Verdict.READ),
    ("best guess right", lambda o: o.right),
    ("misread", lambda o: o.verdict is Verdict.MISREAD),
    ("accepted", lambda o: o.accepted),
)


def compare_reports(old: Report, new: Report) -> Comparison:
    """Compare by kind, and piece by piece where name, truth and kind are the same."""
    before = {row.name: row for row in rates_by_kind(old.outcomes)}
    rows = tuple(
        (before[row.name], row) for row in rates_by_kind(new.outcomes) if row.name in before
    )
    earlier = {_identity(outcome): outcome for outcome in old.outcomes}
    pairs = tuple(
        (earlier[_identity(outcome)], outcome)
        for outcome in new.outcomes
        if _identity(outcome) in earlier
    )
    paired = tuple(_paired(name, holds, pairs) for name, holds in _PROPERTIES) if pairs else ()
    changed = tuple((a, b) for a, b in pairs if a.verdict is not b.verdict)
    return Comparison(old, new, rows, len(pairs), paired, changed)


def _identity(outcome: Outcome) -> tuple[str, str, str | None]:
    return outcome.name, outcome.kind, outcome.truth


def _paired(
    name: str, holds: Callable[[Outcome], bool], pairs: tuple[tuple[Outcome, Outcome], ...]
) -> Paired:
    gained = sum(holds(new) and not holds(old) for old, new in pairs)
    lost = sum(holds(old) and not holds(new) for old, new in pairs)
    return Paired(name, gained, lost, mcnemar(gained, lost))


def comparison_to_dict(comparison: Comparison) -> dict[str, Any]:
    """The JSON form; the rates before are those of the old report."""
    return {
        "old": asdict(comparison.old.provenance),
        "common": comparison.common,
        "paired": [asdict(row) for row in comparison.paired],
        "changed": [
            {
                "name": new.name,
                "truth": new.truth,
                "before": {"verdict": old.verdict.value, "zip": old.zip},
                "now": {"verdict": new.verdict.value, "zip": new.zip},
            }
            for old, new in comparison.changed
        ],
    }
