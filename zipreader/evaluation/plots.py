"""Curves -> SVG elements that stand in an HTML page; colours come from its style sheet."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from zipreader.evaluation.curves import Bin, RiskCoverage

_WIDTH, _HEIGHT = 460, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 14, 14, 48
_TENTHS = tuple(tenth / 10 for tenth in range(0, 11, 2))
_RISKS = (0.0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
_LEAST_RISK_SHOWN = 0.05
_LABEL = 12
"""Height of a label."""


@dataclass(frozen=True, slots=True)
class _Axes:
    """A frame for values 0..1 across and 0..``top`` up, the latter stretched by ``scale``."""

    top: float
    scale: Callable[[float], float]

    def x(self, value: float) -> float:
        return round(_LEFT + value * (_WIDTH - _LEFT - _RIGHT), 2)

    def y(self, value: float) -> float:
        share = self.scale(min(value, self.top)) / self.scale(self.top)
        return round(_HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM), 2)

    def polyline(self, points: Sequence[tuple[float, float]], kind: str) -> str:
        places = " ".join(f"{self.x(x)},{self.y(y)}" for x, y in points)
        return f'<polyline class="{kind}" points="{places}"/>'

    def frame(self, across: str, up: str, ticks: Sequence[float]) -> list[str]:
        """Grid, tick labels and titles of the axes."""
        base = _HEIGHT - _BOTTOM
        parts = []
        for tick in _TENTHS:
            x = self.x(tick)
            parts.append(f'<line class="grid" x1="{x}" y1="{_TOP}" x2="{x}" y2="{base}"/>')
            parts.append(f'<text x="{x}" y="{base + 16}" text-anchor="middle">{tick:.0%}</text>')
        lowest = float(base + _LABEL)
        for tick in (t for t in ticks if t <= self.top):
            y, right = self.y(tick), _WIDTH - _RIGHT
            if y > lowest - _LABEL:
                continue  # no room for its label
            lowest = y
            parts.append(f'<line class="grid" x1="{_LEFT}" y1="{y}" x2="{right}" y2="{y}"/>')
            label = f"{tick:.1%}" if 0 < tick < 0.01 else f"{tick:.0%}"
            parts.append(f'<text x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{label}</text>')
        middle = (_LEFT + _WIDTH - _RIGHT) / 2, (_TOP + base) / 2
        parts.append(
            f'<text x="{middle[0]}" y="{_HEIGHT - 10}" text-anchor="middle">{across}</text>'
            f'<text transform="translate(13,{middle[1]}) rotate(-90)" text-anchor="middle">'
            f"{up}</text>"
        )
        return parts


def risk_coverage_plot(curve: RiskCoverage, threshold: float) -> str:
    """Misreads over the share accepted; a dot where ``threshold`` stands."""
    coverage, risk = curve.coverage.tolist(), curve.risk.tolist()
    highest = max(risk, default=0.0)
    top = next((r for r in _RISKS if r >= max(highest, _LEAST_RISK_SHOWN)), 1.0)
    axes = _Axes(top, math.sqrt)
    parts = axes.frame("accepted", "wrong of the accepted (square-root scale)", _RISKS)
    if coverage:
        start = [(0.0, risk[0])]
        parts.append(axes.polyline([*start, *zip(coverage, risk, strict=True)], "curve"))
    within = [i for i, t in enumerate(curve.thresholds.tolist()) if t >= threshold]
    if within:
        x, y = coverage[within[-1]], risk[within[-1]]
        words = f"threshold {threshold:.4f}: {x:.1%} accepted, {y:.2%} of them wrong"
        parts.append(_dot(axes, x, y, 5, words))
    return _figure("Risk against coverage", parts)


def reliability_plot(bins: Sequence[Bin]) -> str:
    """Share right over confidence, with 95% intervals; dots grow with the number of pieces."""
    axes = _Axes(1.0, lambda value: value)
    parts = axes.frame("confidence", "right", _TENTHS)
    parts.append(axes.polyline([(0, 0), (1, 1)], "ideal"))
    most = max((b.right.whole for b in bins), default=0)
    for b in bins:
        if b.right.value is None:
            continue
        low, high = b.right.interval
        parts.append(axes.polyline([(b.confidence, low), (b.confidence, high)], "interval"))
        radius = 3 + 5 * math.sqrt(b.right.whole / most)
        words = f"confidence {b.confidence:.1%}: {b.right.part} of {b.right.whole} right"
        parts.append(_dot(axes, b.confidence, b.right.value, radius, words))
    return _figure("Reliability", parts)


def _dot(axes: _Axes, x: float, y: float, radius: float, words: str) -> str:
    place = f'cx="{axes.x(x)}" cy="{axes.y(y)}" r="{radius:.1f}"'
    return f'<circle class="dot" {place}><title>{escape(words)}</title></circle>'


def _figure(title: str, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{title}">'
        f"{''.join(parts)}</svg>"
    )
