"""The dashboard: read, flagged, reviewed, and the misread estimate against the promise."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from zipreader.mailroom.audit import Estimate
from zipreader.mailroom.statistics import Overview, overview
from zipreader.web.desks import Desks
from zipreader.web.session import Sessions

Promises = Mapping[float, float]
"""The certified share of misreads by the threshold that certifies it, as records round it."""


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The page that shows the state of the mailroom."""

    desks: Desks
    sessions: Sessions
    promises: Promises
    templates: Jinja2Templates

    def routes(self) -> list[Route]:
        """Where it is."""
        return [Route("/", self.page)]

    def page(self, request: Request) -> Response:
        """Count everything and show it."""
        with self.desks.desk() as desk:
            found = overview(desk.store)
        words = {
            "found": found,
            "promise": promise_of(found, self.promises),
            "rules": self.desks.rules,
            "name": self.sessions.name(request),
            "gauge": gauge(found.total.estimate, promise_of(found, self.promises)),
        }
        return self.templates.TemplateResponse(request, "dashboard.html", words)


def promise_of(found: Overview, promises: Promises) -> float | None:
    """What is promised about all accepted mail: the loosest promise that any of it was read under.

    ``None`` where nothing is accepted, or some of it was accepted without a certificate.
    """
    alphas = [promises.get(threshold) for threshold in found.thresholds]
    known = [alpha for alpha in alphas if alpha is not None]
    return max(known) if known and len(known) == len(alphas) else None


@dataclass(frozen=True, slots=True)
class Gauge:
    """Where rate, interval and promise lie on a scale, in 0..100."""

    low: float
    high: float
    rate: float | None
    promise: float | None
    end: float
    kept: bool | None
    """Whether the interval is below the promise, above it, or (``None``) cannot tell."""


_SCALES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


def gauge(estimate: Estimate, promise: float | None) -> Gauge:
    """Lay the estimate beside the promise."""
    low, high = estimate.interval
    end = next(scale for scale in _SCALES if scale >= min(1.0, 1.1 * max(high, promise or 0)))

    def place(share: float) -> float:
        return round(100 * min(share / end, 1.0), 2)

    kept = None
    if promise is not None and estimate.audited and not low <= promise < high:
        kept = high <= promise
    return Gauge(
        place(low),
        place(high),
        None if estimate.rate is None else place(estimate.rate),
        None if promise is None else place(promise),
        end,
        kept,
    )


def printable(name: str) -> str:
    """A name as a page can show it: bytes that are no UTF-8 as backslash and code."""
    return name.encode("utf-8", "backslashreplace").decode()


def percent(share: float | None) -> str:
    """A share for people: three figures below 10%, a dash for none."""
    if share is None or math.isnan(share):
        return "–"
    return f"{share:.2%}" if 0 < share < 0.1 else f"{share:.1%}"
