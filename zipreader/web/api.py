"""The HTTP API: an image in, its record out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from zipreader import __version__
from zipreader.errors import StoreError
from zipreader.web.bodies import body_of, refusal
from zipreader.web.config import ApiConfig
from zipreader.web.desks import Desks
from zipreader.web.openapi import MOST_PAGES, description, summary
from zipreader.web.reading import Busy, NoSuchPage, ReadingQueue, Refused, TooSlow


@dataclass(frozen=True, slots=True)
class Api:
    """The calls of the API, and the page that describes them."""

    queue: ReadingQueue
    config: ApiConfig
    desks: Desks
    templates: Jinja2Templates

    def routes(self) -> list[Route]:
        """Where everything is."""
        return [
            Route("/v1/read", self.read, methods=["POST"]),
            Route("/v1/health", self.health),
            Route("/v1/openapi.json", self.openapi),
            Route("/api", self.page),
        ]

    async def read(self, request: Request) -> Response:
        """Read a page of the image that is the body."""
        page = _page(request)
        if request.headers.get("content-type", "").startswith("multipart/"):
            raise HTTPException(415, "send the bytes of the image themselves, not a form")

        async def image() -> bytes:
            return await body_of(request, self.config.most_bytes, self.config.upload_seconds)

        try:
            read = await self.queue.read(image, page)
        except Busy as error:
            busy = refusal(503, f"{error}; try again")
            busy.headers["retry-after"] = "1"
            return busy
        except TooSlow:
            return refusal(504, f"not read within {self.config.read_seconds:g} seconds")
        except NoSuchPage:
            return refusal(404, f"the image has no page {page}")
        if isinstance(read, Refused):
            return refusal(413 if read.too_large else 422, read.message)
        answer = JSONResponse(read.record)
        if read.more:
            answer.headers["link"] = f'</v1/read?page={page + 1}>; rel="next"'
        return answer

    async def health(self, request: Request) -> Response:
        """Say that the server is there with its database, and how busy it is."""
        try:
            await run_in_threadpool(self.desks.check)
        except StoreError:  # where it lies is nothing for those without a token
            return refusal(503, "the database cannot be used")
        places = self.config.workers + self.config.waiting
        return JSONResponse(
            {
                "status": "ok",
                "version": __version__,
                "busy": self.queue.taken,
                "places": places,
            }
        )

    async def openapi(self, request: Request) -> Response:
        """The API for programs to read."""
        return JSONResponse(description(self.config))

    async def page(self, request: Request) -> Response:
        """The API for people to read."""
        words = {"calls": summary(self.config), "config": self.config}
        return self.templates.TemplateResponse(request, "api.html", words)


def _page(request: Request) -> int:
    text = request.query_params.get("page", "1")
    number = int(text) if re.fullmatch("[0-9]{1,6}", text) else 0
    if not 1 <= number <= MOST_PAGES:
        raise HTTPException(400, f"page is a number from 1 to {MOST_PAGES}")
    return number
