"""Requests and answers, within limits."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse

_MOST_JSON = 64 * 1024
_JSON_SECONDS = 10.0


async def body_of(request: Request, most_bytes: int, seconds: float) -> bytes:
    """The body of a request.

    Raises:
        HTTPException: 413 where it is larger, 408 where it takes longer, 400 where it breaks off.
    """
    stated = request.headers.get("content-length", "")
    if stated.isdigit() and int(stated) > most_bytes:
        raise HTTPException(413, f"at most {most_bytes} bytes are taken")
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most_bytes:
                    raise HTTPException(413, f"at most {most_bytes} bytes are taken")
    except TimeoutError as error:
        raise HTTPException(408, f"nothing whole arrived within {seconds:g} seconds") from error
    except ClientDisconnect as error:
        raise HTTPException(400, "the connection ended before the body did") from error
    return bytes(body)


async def object_of(request: Request) -> dict[str, Any]:
    """The JSON object of a request.

    Raises:
        HTTPException: 415 where another kind of body was sent, 400 where it is no object.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise HTTPException(415, "JSON is expected")
    try:
        value = json.loads(await body_of(request, _MOST_JSON, _JSON_SECONDS))
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, "this is not JSON") from error
    if not isinstance(value, dict):
        raise HTTPException(400, "an object is expected")
    return value


def whole(value: object) -> int:
    """A whole number that SQLite can hold.

    Raises:
        HTTPException: 400 for anything else.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise HTTPException(400, "a whole number is expected")
    return value


def wholes(value: object) -> list[int]:
    """A list of whole numbers.

    Raises:
        HTTPException: 400 for anything else.
    """
    if not isinstance(value, list):
        raise HTTPException(400, "a list is expected")
    return [whole(each) for each in value]


def number(value: object) -> float:
    """A number.

    Raises:
        HTTPException: 400 for anything else.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e9:
        raise HTTPException(400, "a number is expected")
    return float(value)


def text_or_none(value: object) -> str | None:
    """A text, or nothing.

    Raises:
        HTTPException: 400 for anything else.
    """
    if value is not None and not isinstance(value, str):
        raise HTTPException(400, "a text is expected")
    return value


def refusal(status: int, message: str) -> JSONResponse:
    """An answer that says what is wrong."""
    return JSONResponse({"error": message}, status)
