"""Report -> tables of text, which the terminal, Markdown and HTML show alike."""

from __future__ import annotations

from dataclasses import dataclass

from zipreader.evaluation.compare import Comparison
from zipreader.evaluation.curves import error_of
from zipreader.evaluation.outcome import Verdict
from zipreader.evaluation.rates import (
    Rates,
    misses_by_stage,
    rates_by_kind,
    seconds_by_stage,
)
from zipreader.evaluation.report import BOUNDS, TITLE, Report, check_promises
from zipreader.intervals import Share

_CHANGED_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Table:
    """Cells as text; ``note`` says in a sentence what the columns mean."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def rates_table(report: Report) -> Table:
    """The rates that users ask for, one row a kind."""
    return Table(
        "Rates",
        ("mail", "pieces", "read", "misread of accepted", "best guess right", "must-flag caught"),
        tuple(
            (
                row.name,
                str(row.pieces),
                str(row.read),
                str(row.misread),
                str(row.forced),
                str(row.caught),
            )
            for row in rates_by_kind(report.outcomes)
        ),
        "Read: accepted with the right ZIP, of the pieces that have one. Misread: wrong ZIPs "
        "among the accepted, and accepted mail that must be flagged. Best guess: were all "
        "accepted, of the pieces that have a ZIP. In brackets exact 95% intervals in percent "
        "(Clopper-Pearson).",
    )


def parts_table(report: Report) -> Table:
    """How well the parts work, one row a kind."""
    return Table(
        "Parts",
        ("mail", "accepted", "ZIP in first 3 fields", "digits seen right", "ZIP+4 right"),
        tuple(
            (row.name, str(row.accepted), str(row.located), str(row.glyphs), str(row.plus4))
            for row in rates_by_kind(report.outcomes)
        ),
        "Digits: those cut well, with eleven classes. ZIP+4: the last four, where the ZIP is "
        "right.",
    )


def stages_table(report: Report) -> Table:
    """Misses by the stage that lost them."""
    verdicts = (Verdict.MISREAD, Verdict.UNREAD, Verdict.WITHHELD)
    stages = misses_by_stage(report.outcomes)
    return Table(
        "Misses by stage",
        ("lost at", "pieces", *(verdict.value for verdict in verdicts), "meaning"),
        tuple(
            (
                stage.value,
                str(count.total()),
                *(str(count[verdict]) for verdict in verdicts),
                stage.meaning,
            )
            for stage, count in stages.items()
        ),
        "Misread: accepted wrongly. Unread: flagged, best guess wrong. "
        "Withheld: flagged, best guess right.",
    )


def selection_table(report: Report) -> Table:
    """What thresholds could have accepted, and the quality of the confidence."""
    curve = report.curve
    ece = error_of(report.outcomes)
    limits = (
        (f"accepted at {bound:.1%} misread, in hindsight", str(curve.accepted_at(bound)))
        for bound in BOUNDS
    )
    return Table(
        "Confidence",
        ("figure", "value"),
        (
            ("threshold in use", f"{report.provenance.threshold:.4f}"),
            ("AURC (lower is better)", f"{curve.aurc:.5f}"),
            ("AUGRC (lower is better)", f"{curve.augrc:.5f}"),
            ("expected calibration error", f"{ece:.2%}"),
            *limits,
        ),
        "AURC: mean misread rate over all coverages. AUGRC: mean share of undetected misreads.",
    )


def promises_table(report: Report) -> Table:
    """The certified bounds, checked on this mail."""
    return Table(
        "Certified bounds on this mail",
        ("promised", "threshold", "accepted", "misread of accepted", "kept"),
        tuple(
            (
                f"{kept.promise.alpha:.1%}",
                f"{kept.promise.threshold:.4f}",
                str(kept.accepted),
                str(kept.wrong),
                _kept(kept.wrong, kept.promise.alpha),
            )
            for kept in check_promises(report)
        ),
        "A promise is broken beyond chance where even the low end of the interval is above it. "
        "Bounds looser than the reader's own are checked with --max-error.",
    )


def _kept(wrong: Share, alpha: float) -> str:
    if wrong.value is None:
        return "nothing accepted"
    if wrong.value <= alpha:
        return "yes"
    return "no" if wrong.interval[0] > alpha else "no, within chance"


def seconds_table(report: Report) -> Table:
    """Time a piece, by stage."""
    return Table(
        "Time",
        ("stage", "median", "95th percentile"),
        tuple(
            (row.stage, f"{1000 * row.median:.1f} ms", f"{1000 * row.percentile_95:.1f} ms")
            for row in seconds_by_stage(report.outcomes)
        ),
        "Of one process with one thread; several workers slow one another down.",
    )


def report_tables(report: Report) -> tuple[Table, ...]:
    """All tables of a report that have rows."""
    tables = (
        rates_table(report),
        parts_table(report),
        stages_table(report),
        selection_table(report),
        promises_table(report),
        seconds_table(report),
    )
    return tuple(table for table in tables if table.rows)


def comparison_tables(comparison: Comparison) -> tuple[Table, ...]:
    """What changed since an older report."""
    tables = (
        Table(
            "Change of rates",
            ("mail", "read", "misread of accepted", "best guess right", "must-flag caught"),
            tuple(_change(old, new) for old, new in comparison.rows),
            "Before -> now, difference in points.",
        ),
        Table(
            "Change on the same pieces",
            ("property", "gained", "lost", "P"),
            tuple(
                (row.name, str(row.gained), str(row.lost), f"{row.p_value:.3g}")
                for row in comparison.paired
            ),
            f"{comparison.common} pieces were read both times. P: McNemar's exact test that "
            "gains and losses are chance.",
        ),
        Table(
            "Pieces that changed",
            ("piece", "truth", "before", "now"),
            tuple(
                (
                    new.name,
                    new.truth or "-",
                    f"{old.verdict.value} {old.zip or ''}",
                    f"{new.verdict.value} {new.zip or ''}",
                )
                for old, new in comparison.changed[:_CHANGED_SHOWN]
            ),
            f"{len(comparison.changed)} in all.",
        ),
    )
    return tuple(table for table in tables if table.rows)


def _change(old: Rates, new: Rates) -> tuple[str, ...]:
    pairs = (
        (old.read, new.read),
        (old.misread, new.misread),
        (old.forced, new.forced),
        (old.caught, new.caught),
    )
    return (new.name, *(_difference(before, now) for before, now in pairs))


def _difference(old: Share, new: Share) -> str:
    if old.value is None or new.value is None:
        return "-"
    points = 100 * (new.value - old.value)
    return f"{old.value:.1%} -> {new.value:.1%} ({points:+.1f})"


def to_markdown(report: Report, comparison: Comparison | None = None) -> str:
    """The report as Markdown."""
    origin = report.provenance
    lines = [
        f"# {TITLE}",
        "",
        f"{origin.mail}; model {origin.model}; "
        + ", ".join(f"{name} {number}" for name, number in origin.versions.items())
        + ".",
    ]
    tables = report_tables(report) + (comparison_tables(comparison) if comparison else ())
    for table in tables:
        lines += ["", f"## {table.title}", "", _row(table.head), _row(("---",) * len(table.head))]
        lines += [_row(row) for row in table.rows]
        lines += ["", table.note] if table.note else []
    for title, names in (("missing", report.missing), ("without truth", report.extra)):
        if names:
            lines += ["", f"Files {title}: {', '.join(names)}."]
    return "\n".join(lines) + "\n"


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
