"""The keying station, the dashboard and the API as one application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from zipreader import __version__
from zipreader.errors import StoreError, UsageError, ZipReaderError
from zipreader.web.api import Api
from zipreader.web.bodies import refusal
from zipreader.web.config import WebConfig
from zipreader.web.dashboard import Dashboard, percent, printable
from zipreader.web.desks import Desks, Gallery
from zipreader.web.reading import PageReader, ReaderProcess, ReadingQueue
from zipreader.web.safety import Guard, SafeHeaders
from zipreader.web.session import Sessions
from zipreader.web.station import Station


def make_app(
    config: WebConfig,
    promises: Mapping[float, float] | None = None,
    reader: PageReader | None = None,
) -> Starlette:
    """The application of one server.

    Args:
        config: its mailroom, reader and limits.
        promises: certified share of misreads by threshold, for the dashboard.
        reader: what reads for the API, in place of a process; for tests.

    Raises:
        UsageError: it could be called from elsewhere without a token.
        StoreError: the database cannot be used.
    """
    if not config.hosts and not config.token:
        raise UsageError("a server that others can call needs a token")
    sessions = Sessions(config.token)
    desks = Desks(config.database, config.rules)
    templates = _templates()
    begin = partial(ReaderProcess, config.reader, config.api.read_seconds)
    queue = ReadingQueue(config.api, (lambda: reader) if reader else begin)

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        await run_in_threadpool(queue.start)
        yield
        await run_in_threadpool(queue.close)
        desks.close()

    station = Station(desks, Gallery(desks), sessions, templates)
    dashboard = Dashboard(desks, sessions, promises or {}, templates)
    return Starlette(
        routes=[
            *station.routes(),
            *dashboard.routes(),
            *Api(queue, config.api, desks, templates).routes(),
            Mount("/static", StaticFiles(packages=[("zipreader.web", "static")])),
        ],
        middleware=[
            Middleware(SafeHeaders),
            Middleware(Guard, sessions=sessions, hosts=config.hosts),
        ],
        exception_handlers={
            HTTPException: _http_error,
            UsageError: _usage_error,
            StoreError: _store_error,
            ZipReaderError: _usage_error,
        },
        lifespan=life,
    )


def _templates() -> Jinja2Templates:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("zipreader.web"), autoescape=True, undefined=StrictUndefined
    )
    environment.filters.update(percent=percent, printable=printable)
    environment.globals["version"] = __version__
    return Jinja2Templates(env=environment)


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    answer = refusal(error.status_code, str(error.detail))
    answer.headers.update(error.headers or {})
    return answer


def _usage_error(request: Request, error: Exception) -> Response:
    return refusal(400, str(error))


def _store_error(request: Request, error: Exception) -> Response:
    return refusal(503, str(error))
