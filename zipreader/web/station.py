"""The keying page and what it calls.  The rules are the desk's; this only carries words."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from zipreader.elements import Place
from zipreader.errors import InputError, UsageError
from zipreader.mailroom.desk import LONGEST_NAME, Desk, Outcome, Task, checked_name
from zipreader.mailroom.pictures import Pictures
from zipreader.mailroom.rules import Answer, Verdict
from zipreader.mailroom.statistics import progress
from zipreader.mailroom.store import Piece
from zipreader.web.bodies import body_of, number, object_of, text_or_none, whole, wholes
from zipreader.web.desks import Desks, Gallery
from zipreader.web.session import Sessions

_AHEAD = 4
"""Pieces that one keyer may hold at a time."""
_KEYER = "x-keyer"
"""Whose name the page shows that calls."""
_KEEP = {"cache-control": "private, max-age=600"}
_MOST_FORM = 8 * 1024
_FORM_SECONDS = 10.0
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Station:
    """The pages and calls of the keying station."""

    desks: Desks
    gallery: Gallery
    sessions: Sessions
    templates: Jinja2Templates

    def routes(self) -> list[Route]:
        """Where everything is."""
        post = ["POST"]
        return [
            Route("/sign-in", self.sign_in, methods=["GET", "POST"]),
            Route("/sign-out", self.sign_out, methods=post),
            Route("/key", self.page),
            Route("/desk/next", self.next, methods=post),
            Route("/desk/answer", self.answer, methods=post),
            Route("/desk/skip", self.skip, methods=post),
            Route("/desk/undo", self.undo, methods=post),
            Route("/desk/keep", self.keep, methods=post),
            Route("/places/{zip_code}", self.place),
            Route("/pieces/{piece:int}/view", self.view),
            Route("/pieces/{piece:int}/zip.jpg", self.crop),
            Route("/pieces/{piece:int}/envelope.jpg", self.envelope),
        ]

    # --- pages -----------------------------------------------------------------------------

    async def sign_in(self, request: Request) -> Response:
        """Ask for a name, and for the token where there is one."""
        complaint = ""
        if request.method == "POST":
            form = await _form(request)
            try:
                name = checked_name(form.get("name", ""))
            except UsageError:
                complaint = f"Please give a name of up to {LONGEST_NAME} letters."
            else:
                if self.sessions.knows(form.get("token", "")):
                    response = RedirectResponse("/key", 303)
                    self.sessions.begin(response, name, request.url.scheme == "https")
                    return response
                complaint = "That is not the token of this mailroom."
        words = {"complaint": complaint, "token": self.sessions.token, "longest": LONGEST_NAME}
        status = 403 if complaint else 200
        return self.templates.TemplateResponse(request, "sign_in.html", words, status)

    async def sign_out(self, request: Request) -> Response:
        """Give everything back and forget who this is."""
        name = self.sessions.name(request)
        if name is not None:
            await self._at_desk(lambda desk: desk.release(name))
        response = RedirectResponse("/sign-in", 303)
        self.sessions.end(response)
        return response

    async def page(self, request: Request) -> Response:
        """The keying page; its pieces come by :meth:`next`."""
        name = self.sessions.name(request)
        if name is None:
            return RedirectResponse("/sign-in", 303)
        words = {"name": name, "lease": self.desks.rules.lease}
        return self.templates.TemplateResponse(request, "station.html", words)

    # --- calls -----------------------------------------------------------------------------

    async def next(self, request: Request) -> Response:
        """Lease the next pieces besides those that the page has."""
        name, sent = self._reviewer(request), await object_of(request)
        besides = wholes(sent.get("besides", []))
        count = max(0, _AHEAD - len(besides))

        def work(desk: Desk) -> dict[str, Any]:
            tasks = [_task(task) for task in desk.take(name, count, besides)]
            return {"tasks": tasks, "progress": _progress(desk, name)}

        return JSONResponse(await self._at_desk(work))

    async def answer(self, request: Request) -> Response:
        """Save a ZIP, or that there is none, or that it cannot be read."""
        name, sent = self._reviewer(request), await object_of(request)
        piece, seconds = whole(sent.get("piece")), number(sent.get("seconds"))
        answer = _answer(sent)
        confirmed, mark = sent.get("confirmed") is True, text_or_none(sent.get("mark"))

        def work(desk: Desk) -> dict[str, Any]:
            outcome = Outcome.LOST
            if _is_meant(desk, piece, mark):
                outcome = desk.answer(name, piece, answer, seconds, confirmed)
            return {"outcome": outcome.value, "progress": _progress(desk, name)}

        return JSONResponse(await self._at_desk(work))

    async def skip(self, request: Request) -> Response:
        """Leave a piece to others."""
        name, sent = self._reviewer(request), await object_of(request)
        piece, seconds = whole(sent.get("piece")), number(sent.get("seconds"))
        mark = text_or_none(sent.get("mark"))

        def work(desk: Desk) -> dict[str, Any]:
            outcome = Outcome.LOST
            if _is_meant(desk, piece, mark):
                outcome = desk.skip(name, piece, seconds)
            return {"outcome": outcome.value, "progress": _progress(desk, name)}

        return JSONResponse(await self._at_desk(work))

    async def undo(self, request: Request) -> Response:
        """Bring back the latest piece."""
        name = self._reviewer(request)

        def work(desk: Desk) -> dict[str, Any]:
            undone = desk.undo(name)
            answer = undone.answer if undone else None
            return {
                "task": _task(undone.task) if undone else None,
                "verdict": answer.verdict.value if answer else None,
                "zip": answer.zip if answer else None,
                "progress": _progress(desk, name),
            }

        return JSONResponse(await self._at_desk(work))

    async def keep(self, request: Request) -> Response:
        """Lengthen leases; the answer names those that are still held."""
        name, sent = self._reviewer(request), await object_of(request)
        pieces = wholes(sent.get("pieces"))
        return JSONResponse({"held": await self._at_desk(lambda desk: desk.keep(name, pieces))})

    async def place(self, request: Request) -> Response:
        """City and state of a ZIP."""
        zip_code = request.path_params["zip_code"]
        if not re.fullmatch("[0-9]{5}", zip_code):
            raise HTTPException(404, "a ZIP has five digits")
        found = self.desks.directory.place(zip_code)
        return JSONResponse({"place": _place(found)}, headers=_KEEP)

    # --- pictures --------------------------------------------------------------------------

    def view(self, request: Request) -> Response:
        """Where on the envelope to look; asking cuts the pictures."""
        pictures = self._pictures(request)
        return JSONResponse({"focus": pictures.focus, "size": pictures.size})

    def crop(self, request: Request) -> Response:
        """The ZIP, large."""
        return _jpeg(self._pictures(request).crop)

    def envelope(self, request: Request) -> Response:
        """The whole envelope."""
        return _jpeg(self._pictures(request).envelope)

    def _pictures(self, request: Request) -> Pictures:
        self._reviewer(request)
        try:
            pictures = self.gallery.pictures(whole(request.path_params["piece"]))
        except InputError as error:
            raise HTTPException(404, "its file is gone, has changed or is damaged") from error
        if pictures is None:
            raise HTTPException(404, "no such piece")
        return pictures

    # --- within ----------------------------------------------------------------------------

    def _reviewer(self, request: Request) -> str:
        name = self.sessions.name(request)
        if name is None:
            raise HTTPException(401, "please sign in")
        shown = unquote(request.headers.get(_KEYER, ""))
        if shown and shown != name:  # somebody else signed in, in another tab
            raise HTTPException(409, f"this browser is {name}'s by now: sign in again as {shown}")
        return name

    async def _at_desk(self, work: Callable[[Desk], _T]) -> _T:
        def with_desk() -> _T:
            with self.desks.desk() as desk:
                return work(desk)

        return await run_in_threadpool(with_desk)


def _answer(sent: dict[str, Any]) -> Answer:
    verdict, zip_code = text_or_none(sent.get("verdict")), text_or_none(sent.get("zip"))
    try:
        return Answer(Verdict(verdict or ""), zip_code)
    except ValueError as error:
        raise HTTPException(400, "the verdict is zip, no_zip or unreadable") from error


def _jpeg(image: bytes) -> Response:
    # Nothing of it is kept: the next server at this address may have another piece of that number.
    return Response(image, media_type="image/jpeg")


def _progress(desk: Desk, name: str) -> dict[str, object]:
    now = progress(desk.store, name, desk.rules.audit)
    hourly = None if now.hourly is None else round(now.hourly)
    return {"done": now.done, "waiting": now.waiting, "hourly": hourly}


def _task(task: Task) -> dict[str, object]:
    piece = task.piece
    name = PurePath(piece.file.path).name.encode("utf-8", "replace").decode()
    return {
        "piece": piece.id,
        "mark": _mark(piece),
        "name": name,
        "page": piece.page,
        "zip_found": task.shows_zip,
        "candidates": [{"zip": each.zip, "place": _place(each.place)} for each in task.candidates],
        "reasons": task.reasons,
    }


def _mark(piece: Piece) -> str:
    """What a piece is, whatever its number; tells nothing of it."""
    told = f"{piece.file.path} {piece.file.size} {piece.file.mtime_ns} {piece.page}"
    return hashlib.blake2b(os.fsencode(told), digest_size=8).hexdigest()


def _is_meant(desk: Desk, number: int, mark: str | None) -> bool:
    """Whether a page speaks of this piece, not of one of another database that lay here before."""
    if mark is None:
        return True
    piece = desk.store.piece(number)
    return piece is not None and _mark(piece) == mark


def _place(place: Place | None) -> str | None:
    return f"{place.city}, {place.state}" if place else None


async def _form(request: Request) -> dict[str, str]:
    body = await body_of(request, _MOST_FORM, _FORM_SECONDS)
    return dict(parse_qsl(body.decode("utf-8", "replace")))
