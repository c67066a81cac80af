"""Report -> one HTML file that needs nothing else: tables, plots and a gallery of misses."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape

from zipreader.evaluation.compare import Comparison
from zipreader.evaluation.curves import reliability
from zipreader.evaluation.outcome import Outcome, Stage, Verdict
from zipreader.evaluation.plots import reliability_plot, risk_coverage_plot
from zipreader.evaluation.rates import confusion, misses_by_stage
from zipreader.evaluation.report import TITLE, Report
from zipreader.evaluation.tables import Table, comparison_tables, report_tables

MOST_SHOWN = 60
"""Misses in the gallery, so that the file stays below some ten megabytes."""
_LEAST_OF_STAGE = 6
"""So many misses of each stage are shown before further ones of any."""
_WORST = (Verdict.MISREAD, Verdict.UNREAD, Verdict.WITHHELD)

# No source but the page itself: the browser then refuses every outside address.
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #fff; --soft: #6a6a6a; --line: #d7d7d7;
  --accent: #0072b2; --warn: #d55e00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8e8; --paper: #16181a; --soft: #a0a0a0;
  --line: #3a3d40; --accent: #56b4e9; --warn: #e69f00; } }
body { font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 76rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.2rem; }
p.note, .origin, figcaption small { color: var(--soft); max-width: 60rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .7rem; border-bottom: 1px solid var(--line); text-align: left; }
th { font-weight: 600; vertical-align: bottom; }
table.confusion td, table.confusion th { text-align: center; min-width: 2.2rem; padding: .2rem; }
.plots { display: flex; flex-wrap: wrap; gap: 1.5rem; }
.plots figure { flex: 1 1 26rem; margin: 0; }
svg { width: 100%; max-width: 36rem; font: 11px system-ui, sans-serif; }
svg text { fill: var(--soft); } svg .grid { stroke: var(--line); stroke-width: .6; }
svg polyline { fill: none; } svg .curve { stroke: var(--accent); stroke-width: 2; }
svg .ideal { stroke: var(--soft); stroke-dasharray: 4 4; }
svg .interval { stroke: var(--accent); stroke-width: 1.4; opacity: .6; }
svg .dot { fill: var(--warn); stroke: var(--paper); }
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(22rem, 1fr));
  gap: 1.5rem; }
.gallery figure { margin: 0; border: 1px solid var(--line); border-radius: 6px; padding: .8rem; }
.gallery img { max-width: 100%; display: block; margin: .3rem 0; }
.verdict { font-weight: 700; } .misread { color: var(--warn); }
.truth { color: #b4009c; } @media (prefers-color-scheme: dark) { .truth { color: #f29be4; } }
"""


def to_html(report: Report, comparison: Comparison | None = None) -> str:
    """The whole page."""
    tables = report_tables(report)
    body = [
        f"<h1>{TITLE}</h1>",
        _origin(report),
        *map(_table, tables[:3]),
        _plots(report),
        *map(_table, tables[3:]),
        *(map(_table, comparison_tables(comparison)) if comparison else ()),
        _confusion(report.outcomes),
        _gallery(report.outcomes),
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{TITLE}</title><style>{_STYLE}</style></head>\n<body>\n"
        + "\n".join(part for part in body if part)
        + "\n</body></html>\n"
    )


def _origin(report: Report) -> str:
    origin = report.provenance
    versions = ", ".join(f"{name} {number}" for name, number in origin.versions.items())
    lines = [f"{origin.mail}. Model {origin.model}.", f"{versions}."]
    if report.missing:
        lines.append(f"Named by the truth but missing: {', '.join(report.missing)}.")
    if report.extra:
        lines.append(f"Images without truth, not read: {', '.join(report.extra)}.")
    return f'<p class="origin">{"<br>".join(map(escape, lines))}</p>'


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in table.head)
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in table.rows
    )
    note = f'<p class="note">{escape(table.note)}</p>' if table.note else ""
    return (
        f'<h2>{escape(table.title)}</h2><div class="wide"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>{note}"
    )


def _plots(report: Report) -> str:
    figures = (
        ("Risk against coverage", risk_coverage_plot(report.curve, report.provenance.threshold)),
        ("Reliability of the confidence", reliability_plot(reliability(report.outcomes))),
    )
    shown = "".join(f"<figure><h2>{title}</h2>{picture}</figure>" for title, picture in figures)
    return f'<div class="plots">{shown}</div>'


def _confusion(outcomes: Sequence[Outcome]) -> str:
    """True digits down, what the network saw across; shades within a row."""
    table = confusion(outcomes)
    if not any(row.total() for row in table.values()):
        return ""
    classes = [*table, "-"]
    head = "".join(f'<th scope="col">{seen if seen != "-" else "none"}</th>' for seen in classes)
    rows = []
    for digit, row in table.items():
        total = max(row.total(), 1)
        cells = "".join(_shaded(row[seen], row[seen] / total, digit == seen) for seen in classes)
        rows.append(f'<tr><th scope="row">{digit}</th>{cells}</tr>')
    return (
        '<h2>Confusion of digits</h2><div class="wide"><table class="confusion"><thead><tr>'
        f"<th>true</th>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
        '<p class="note">Well-cut digits only; "none" is not-a-digit.</p>'
    )


def _shaded(count: int, share: float, right: bool) -> str:
    if not count:
        return "<td></td>"
    colour = "0,114,178" if right else "213,94,0"
    strength = 0.15 + 0.25 * share if right else min(0.15 + 6 * share, 0.7)
    return f'<td style="background:rgba({colour},{strength:.2f})">{count}</td>'


def _gallery(outcomes: Sequence[Outcome]) -> str:
    misses = [outcome for outcome in outcomes if outcome.missed]
    shown = worst_first(misses)[:MOST_SHOWN]
    if not shown:
        return "<h2>Misses</h2><p>None.</p>"
    stages = misses_by_stage(shown)
    parts = [
        f"<h2>Misses: {len(shown)} of {len(misses)}</h2>"
        '<p class="note">The worst of each stage. <span class="truth">Magenta</span> marks where '
        "the ZIP truly is; the other outlines show what the reader did, and its panel says why.</p>"
    ]
    for stage in stages:
        own = [outcome for outcome in shown if outcome.stage is stage]
        figures = "".join(map(_miss, own))
        parts.append(
            f'<h3>{stage.value}: {escape(stage.meaning)}</h3><div class="gallery">{figures}</div>'
        )
    return "".join(parts)


def worst_first(misses: Iterable[Outcome]) -> list[Outcome]:
    """Misreads first, then wrong guesses, the most confident first; every stage gets a share."""
    ordered = sorted(misses, key=lambda o: (_WORST.index(o.verdict), -o.confidence, o.name))
    seen: dict[Stage | None, int] = {}
    early: list[Outcome] = []
    late: list[Outcome] = []
    for outcome in ordered:
        seen[outcome.stage] = seen.get(outcome.stage, 0) + 1
        (early if seen[outcome.stage] <= _LEAST_OF_STAGE else late).append(outcome)
    return early + late


def _miss(outcome: Outcome) -> str:
    kind = " ".join(filter(None, (outcome.kind, outcome.writing, outcome.variant)))
    caption = (
        f'<span class="verdict {outcome.verdict.value}">{outcome.verdict.value}</span> '
        f'{escape(outcome.zip or "no ZIP")}, <span class="truth">truth '
        f"{escape(outcome.truth or 'no ZIP')}</span>, confidence {outcome.confidence:.3f}<br>"
        f"<small>{escape(outcome.name)} ({escape(kind)}): {escape(outcome.detail)}</small>"
    )
    pictures = ""
    if outcome.exhibit is not None:
        if outcome.exhibit.field is not None:
            pictures += _picture(outcome.exhibit.field, "png", f"The ZIP {outcome.truth}")
        pictures += _picture(outcome.exhibit.explained, "jpeg", "How it was read")
    return f"<figure><figcaption>{caption}</figcaption>{pictures}</figure>"


def _picture(code: bytes, kind: str, words: str) -> str:
    data = base64.b64encode(code).decode("ascii")
    return f'<img alt="{escape(words)}" src="data:image/{kind};base64,{data}">'
