"""One reading for a person: the ZIP, its place, the decision and its reasons."""

from __future__ import annotations

from pathlib import Path

from rich.console import Group
from rich.panel import Panel
from rich.text import Text

from zipreader.elements import Reading, ZipHypothesis

_RIVALS = 3
_FAINTEST = 0.005


def panel(reading: Reading, several: bool = False) -> Panel:
    """A panel a page; ``several`` says that the file has further pages."""
    from zipreader.mailroom.work import one_line

    best = reading.guess
    accepted = reading.decision.accepted
    colour = "green" if accepted else "yellow"
    parts = [_headline(best), _decision(reading, colour)]
    if best is not None:
        parts.append(_digits(best))
    parts += [
        Text.assemble(("  • ", colour), str(objection)) for objection in reading.decision.objections
    ]
    rivals = _rivals(reading, best)
    if rivals:
        parts.append(rivals)
    page = f" · page {reading.page.index + 1}" if several or reading.page.index else ""
    title = Text(one_line(f"{Path(reading.page.path).name}{page}"), style="bold")
    seconds = f"{sum(reading.seconds.values()):.2f} s"
    return Panel(
        Group(*parts),
        title=title,
        title_align="left",
        subtitle=Text(seconds, style="dim"),
        subtitle_align="right",
        border_style=colour,
        width=72,
        padding=(0, 2),
    )


def _headline(best: ZipHypothesis | None) -> Text:
    if best is None:
        return Text("no ZIP", style="bold")
    code = best.zip + (f"-{best.plus4}" if best.plus4 else "")
    place = f"{best.place.city}, {best.place.state}" if best.place else "no place has this ZIP"
    return Text.assemble((code, "bold"), "   ", place)


def _decision(reading: Reading, colour: str) -> Text:
    decision = reading.decision
    word = "ACCEPT" if decision.accepted else "REVIEW"
    confidence, needed = _told_apart(decision.confidence, decision.threshold)
    figures = f"   confidence {confidence}, needed {needed}"
    return Text.assemble((word, f"bold {colour}"), figures)


def _told_apart(one: float, other: float) -> tuple[str, str]:
    """Two shares with as many decimals as show which is the larger."""
    written = [(f"{one:.{places}%}", f"{other:.{places}%}") for places in range(1, 5)]
    return next((pair for pair in written if pair[0] != pair[1]), written[0])


def _digits(best: ZipHypothesis) -> Text:
    cells = [f"{digit.value} {100 * digit.confidence:.0f}%" for digit in best.digits]
    lines = ["   ".join(cells[start : start + 5]) for start in range(0, len(cells), 5)]
    return Text("digits   " + "\n         ".join(lines), style="dim")


def _rivals(reading: Reading, best: ZipHypothesis | None) -> Text | None:
    others = [
        f"{rival.zip} {rival.probability:.1%}"
        for rival in reading.hypotheses
        if best and rival.zip != best.zip and rival.probability >= _FAINTEST
    ][:_RIVALS]
    return Text("else     " + "   ".join(others), style="dim") if others else None
