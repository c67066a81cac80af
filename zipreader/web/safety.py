"""Who may speak to the server, and what a browser may do with its pages.

A page of another site can make a browser send requests to this machine.  So
the name by which the server is called must be one of its own (else a foreign
name was pointed here, "DNS rebinding"), and what changes something must come
from its own pages, or from no browser at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from zipreader.web.session import Sessions

_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_OPEN = ("/sign-in", "/static/", "/v1/health")


@dataclass(frozen=True, slots=True)
class SafeHeaders:
    """Adds the headers that keep a page to itself; nothing is cached that does not say so."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        await self.app(scope, receive, send_safely)


@dataclass(frozen=True, slots=True)
class Guard:
    """Turns away foreign names, foreign sites, and who does not know the token."""

    app: ASGIApp
    sessions: Sessions
    hosts: frozenset[str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        refusal = self._refusal(connection, scope["method"])
        await (refusal or self.app)(scope, receive, send)

    def _refusal(self, connection: HTTPConnection, method: str) -> Response | None:
        host = connection.headers.get("host", "")
        if self.hosts and _name(host) not in self.hosts:
            return _error(421, "this server is not called by that name")
        if method not in _READING and not _same_site(connection, host):
            return _error(403, "a request from another site is refused")
        return None if self._known(connection) else _unknown(connection)

    def _known(self, connection: HTTPConnection) -> bool:
        if self.sessions.token is None or connection.scope["path"].startswith(_OPEN):
            return True
        return self.sessions.bears(connection) or self.sessions.name(connection) is not None


def _same_site(connection: HTTPConnection, host: str) -> bool:
    site, origin = (connection.headers.get(name) for name in ("sec-fetch-site", "origin"))
    if site is not None and site not in {"same-origin", "none"}:
        return False
    return origin is None or _netloc(origin) == host.lower()


def _netloc(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None


def _name(host: str) -> str:
    """A host without its port."""
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdigit() else host.lower()


def _unknown(connection: HTTPConnection) -> Response:
    wants_page = "text/html" in connection.headers.get("accept", "")
    if wants_page and not connection.scope["path"].startswith("/v1/"):
        return RedirectResponse("/sign-in", 303)
    refusal = _error(401, "the token is missing or wrong")
    refusal.headers["www-authenticate"] = "Bearer"
    return refusal


def _error(status: int, message: str) -> JSONResponse:
    return JSONResponse({"error": message}, status)
