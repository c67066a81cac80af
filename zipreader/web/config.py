"""What a server is told when it starts."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from zipreader.mailroom.rules import Rules
from zipreader.reading.spec import ReaderSpec


@dataclass(frozen=True, slots=True)
class ApiConfig:
    """Limits of the API.

    Args:
        workers: processes that read.
        waiting: requests that may wait for them; one more is answered with 503.
        most_bytes: largest image.
        upload_seconds: an image must have arrived by then.
        read_seconds: a page must be read by then.
    """

    workers: int = 1
    waiting: int = 16
    most_bytes: int = 32 * 1024 * 1024
    upload_seconds: float = 30.0
    read_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class WebConfig:
    """One server: its mailroom, its rules, its reader and who may use it.

    Args:
        database: the store.
        rules: of review.
        reader: of the API.
        api: limits of the API.
        token: what everybody must know; ``None`` only where nobody but this machine can call.
        hosts: names under which the server may be called; empty allows all, which needs a token.
    """

    database: Path
    rules: Rules = field(default_factory=Rules)
    reader: ReaderSpec = field(default_factory=ReaderSpec)
    api: ApiConfig = field(default_factory=ApiConfig)
    token: str | None = None
    hosts: frozenset[str] = frozenset({"127.0.0.1", "localhost", "[::1]"})
