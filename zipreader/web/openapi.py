"""The API for programs to read: OpenAPI 3.1, and a summary of it for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from zipreader import __version__
from zipreader.web.config import ApiConfig

MOST_PAGES = 10_000
_BODIES = (
    "application/octet-stream",
    "image/jpeg",
    "image/png",
    "image/tiff",
    "image/webp",
    "application/pdf",
)
Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One call, for people: its answers by status."""

    method: str
    path: str
    title: str
    text: str
    answers: tuple[tuple[str, str], ...]


def summary(config: ApiConfig) -> tuple[Call, ...]:
    """Every call with what it answers, as :func:`description` says it."""
    return tuple(
        Call(
            method.upper(),
            path,
            call["summary"],
            call["description"],
            tuple((status, answer["description"]) for status, answer in call["responses"].items()),
        )
        for path, methods in description(config)["paths"].items()
        for method, call in methods.items()
    )


def description(config: ApiConfig) -> Schema:
    """The OpenAPI document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "zipreader",
            "version": __version__,
            "description": "Reads the ZIP code on scanned envelopes, and flags what is unsure.",
        },
        "paths": {
            "/v1/read": {"post": _read(config)},
            "/v1/health": {"get": _health()},
        },
        "components": {
            "schemas": {"Record": _record(), "Error": _error(), "Health": _health_schema()},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"token": []}],
    }


def _read(config: ApiConfig) -> Schema:
    image = {"schema": {"type": "string", "contentMediaType": "application/octet-stream"}}
    return {
        "operationId": "read",
        "summary": "Read the ZIP code of one page of an image",
        "description": (
            "The body is the image itself: JPEG, PNG, TIFF, BMP, WebP, GIF or PDF, told apart by "
            f"its content; at most {config.most_bytes // 2**20} MiB. The answer is the record "
            "that the command 'zipreader read --json' prints. If the file has a further page, "
            "the header Link leads to it: send the same body there."
        ),
        "parameters": [
            {
                "name": "page",
                "in": "query",
                "description": "The page to read, counted from 1.",
                "schema": {"type": "integer", "minimum": 1, "maximum": MOST_PAGES, "default": 1},
            }
        ],
        "requestBody": {"required": True, "content": dict.fromkeys(_BODIES, image)},
        "responses": {
            "200": {
                "description": "The record of the page.",
                "headers": {
                    "Link": {
                        "description": "Where the next page is read; absent after the last.",
                        "schema": {"type": "string"},
                    }
                },
                "content": _json("Record"),
            },
            **_errors(
                {
                    "400": "The page is no number.",
                    "401": "The token is missing or wrong.",
                    "403": "The request comes from a page of another site.",
                    "404": "The image has no such page.",
                    "408": "The image did not arrive in time.",
                    "413": "The image is too large.",
                    "415": "A form was sent, and not the bytes of the image themselves.",
                    "421": "The server is not called by that name.",
                    "422": "The body is no image that can be read.",
                    "503": "All readers are busy: try again after Retry-After seconds.",
                    "504": "The page was not read in time.",
                }
            ),
        },
    }


def _health() -> Schema:
    return {
        "operationId": "health",
        "summary": "Say whether the server and its database are there",
        "description": "Needs no token. 'busy' of 'places' in the queue are taken.",
        "responses": {
            "200": {"description": "They are.", "content": _json("Health")},
            **_errors(
                {
                    "421": "The server is not called by that name.",
                    "503": "The database cannot be used; images are read all the same.",
                }
            ),
        },
    }


def _errors(messages: dict[str, str]) -> Schema:
    return {
        status: {"description": message, "content": _json("Error")}
        for status, message in messages.items()
    }


def _json(name: str) -> Schema:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}


def _error() -> Schema:
    return {
        "type": "object",
        "required": ["error"],
        "properties": {"error": {"type": "string"}},
    }


def _health_schema() -> Schema:
    counted = {"type": "integer", "minimum": 0}
    return _object(
        {
            "status": {"const": "ok"},
            "version": {"type": "string"},
            "busy": counted,
            "places": counted,
        }
    )


def _record() -> Schema:
    zip_code = {"type": "string", "pattern": "^[0-9]{5}$"}
    share = {"type": "number", "minimum": 0, "maximum": 1}
    text = {"type": "string"}
    point = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
    corners = {"type": "array", "items": point, "minItems": 4, "maxItems": 4}
    return _object(
        {
            "schema": {"const": 1},
            "path": text,
            "page": {"type": "integer", "minimum": 1},
            "zip": _or_null(zip_code),
            "plus4": _or_null({"type": "string", "pattern": "^[0-9]{4}$"}),
            "decision": {"enum": ["accept", "review"]},
            "confidence": share,
            "threshold": share,
            "reasons": _list(_object({"code": text, "text": text})),
            "digits": _list(_object({"value": text, "confidence": share, "box": corners})),
            "zip_box": _or_null(corners),
            "block_box": _or_null(corners),
            "orientation": _or_null({"type": "integer"}),
            "place": _or_null(_object({"city": text, "state": text})),
            "candidates": _list(_object({"zip": zip_code, "probability": share})),
            "model": text,
            "seconds": {"type": "object", "additionalProperties": {"type": "number"}},
            "error": {"type": "null"},
        }
    )


def _object(properties: Schema) -> Schema:
    return {"type": "object", "required": list(properties), "properties": properties}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}
