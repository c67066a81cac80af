"""A small mailroom for tests: records without a reader, envelopes with a drawn ZIP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from zipreader.mailroom.identity import FileIdentity
from zipreader.mailroom.store import Store
from zipreader.reading.record import error_record

CHICAGO, ISLIP, AGAWAM, NOWHERE = "60614", "11751", "01001", "00000"
_DIGIT = 60
_LEFT, _TOP = 420, 260


@dataclass(slots=True)
class Clock:
    """A time that only moves when it is told to."""

    now: float = 1_750_000_000.0

    def __call__(self) -> float:
        return self.now


def record(
    path: object,
    zip_code: str | None = CHICAGO,
    decision: str = "review",
    rivals: Sequence[str] = (ISLIP, AGAWAM),
    page: int = 1,
) -> dict[str, object]:
    """What the machine could have read from :func:`envelope`."""
    found = [zip_code, *rivals] if zip_code else []
    return error_record(str(path), None) | {
        "page": page,
        "zip": zip_code,
        "decision": decision,
        "confidence": 0.5,
        "threshold": 0.9,
        "reasons": [{"code": "unclear_digit", "text": "A digit is unclear."}],
        "digits": [
            {"value": value, "confidence": 0.9, "box": _box(_LEFT + _DIGIT * n, _DIGIT)}
            for n, value in enumerate(zip_code or "")
        ],
        "zip_box": _box(_LEFT, 5 * _DIGIT) if zip_code else None,
        "block_box": [[200.0, 120.0], [760.0, 120.0], [760.0, 360.0], [200.0, 360.0]],
        "orientation": 0,
        "candidates": [{"zip": each, "probability": 0.3} for each in found],
        "model": "test",
    }


def _box(x0: float, width: float) -> list[list[float]]:
    x1, y1 = x0 + width, float(_TOP + 80)
    return [[x0, _TOP], [x1, _TOP], [x1, y1], [x0, y1]]


def envelope(path: Path, zip_code: str = CHICAGO) -> Path:
    """Draw an envelope with a ZIP where :func:`record` says it is."""
    image = np.full((420, 900, 3), 235, np.uint8)
    cv2.putText(image, "Jane Doe", (220, 180), cv2.FONT_HERSHEY_SIMPLEX, 1.5, (40, 40, 40), 3)
    for number, digit in enumerate(zip_code):
        place = (_LEFT + 6 + _DIGIT * number, _TOP + 68)
        cv2.putText(image, digit, place, cv2.FONT_HERSHEY_SIMPLEX, 2.4, (40, 40, 40), 5)
    assert cv2.imwrite(str(path), image)
    return path


def identity(path: str, size: int = 1) -> FileIdentity:
    """A file that need not exist."""
    return FileIdentity(path, size, 0)


def fill(store: Store, *decisions: str, folder: str = "/mail") -> None:
    """Add a piece for each decision: "review", "accept", "none" (no ZIP found) or "error"."""
    for number, decision in enumerate(decisions, 1):
        path = f"{folder}/{number}.png"
        match decision:
            case "error":
                records = [error_record(path, f"{path}: the file is empty")]
            case "none":
                records = [record(path, None)]
            case _:
                records = [record(path, decision=decision)]
        assert store.add_file(identity(path), records)


def drawn_mail(
    database: Path, count: int, decision: str = "review", zip_code: str = CHICAGO
) -> Path:
    """A database of drawn envelopes that lie beside it."""
    with Store.open(database, seed=1) as store:
        for number in range(1, count + 1):
            path = envelope(database.parent / f"piece-{number}.png", zip_code)
            store.add_file(FileIdentity.of(path), [record(path, zip_code, decision)])
    return database
