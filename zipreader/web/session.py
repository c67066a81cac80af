"""The signed cookie that says who somebody is; it is no more than name and signature."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from starlette.requests import HTTPConnection
from starlette.responses import Response

from zipreader.errors import UsageError
from zipreader.mailroom.desk import checked_name

COOKIE = "zipreader"
_DAYS = 30


@dataclass(frozen=True, slots=True)
class Sessions:
    """Makes and checks cookies; whoever has one has known the token."""

    token: str | None

    def knows(self, offered: str) -> bool:
        """Whether somebody knows the token, or none is asked for."""
        return self.token is None or _same(offered, self.token)

    def bears(self, connection: HTTPConnection) -> bool:
        """Whether a program sent the token along."""
        kind, _, offered = connection.headers.get("authorization", "").partition(" ")
        return self.token is not None and kind.lower() == "bearer" and _same(offered, self.token)

    def name(self, connection: HTTPConnection) -> str | None:
        """Who sent the request; ``None`` without a valid cookie."""
        packed, _, signature = connection.cookies.get(COOKIE, "").partition(".")
        if not _same(signature, self._signature(packed)):
            return None
        try:
            return checked_name(urlsafe_b64decode(packed).decode())
        except (ValueError, UsageError):
            return None

    def begin(self, response: Response, name: str, encrypted: bool) -> None:
        """Have the browser remember who this is; over an encrypted way only that way."""
        packed = urlsafe_b64encode(name.encode()).decode()
        response.set_cookie(
            COOKIE,
            f"{packed}.{self._signature(packed)}",
            max_age=_DAYS * 24 * 3600,
            httponly=True,
            samesite="strict",
            secure=encrypted,
        )

    def end(self, response: Response) -> None:
        """Have the browser forget it."""
        response.delete_cookie(COOKIE, httponly=True, samesite="strict")

    def _signature(self, packed: str) -> str:
        key = hashlib.sha256(f"zipreader session {self.token or ''}".encode()).digest()
        return hmac.new(key, packed.encode(), hashlib.sha256).hexdigest()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
