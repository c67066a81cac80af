"""A reader for tests that does what the files say, so that a batch costs no reading."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from zipreader.errors import ModelError
from zipreader.mailroom.work import MailFile, Outcome, Record
from zipreader.reading.record import error_record


@dataclass(frozen=True, slots=True)
class Desk:
    """Opens the reader; ``delay`` in seconds a file, ``trouble`` when it opens."""

    delay: float = 0.0
    trouble: str = ""

    def __call__(self) -> Desk.Clerk:
        if self.trouble == "refuse":
            raise ModelError("no model today")
        if self.trouble == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        return Desk.Clerk(self.delay)

    @dataclass(frozen=True, slots=True)
    class Clerk:
        """Reads a file of text: its words are ZIPs, or what is to happen."""

        delay: float

        def __call__(self, path: str) -> Iterator[Record]:
            time.sleep(self.delay)
            try:
                words = Path(path).read_text().split()
            except OSError:
                yield error_record(path, f"{path}: no such file")
                return
            for number, word in enumerate(words, 1):
                yield _page(path, number, word)


def _page(path: str, number: int, word: str) -> Record:
    match word:
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "crash":
            ctypes.string_at(0)
        case "leave":
            raise SystemExit(7)
        case "hang":
            time.sleep(3600)
        case "slow":
            time.sleep(0.4)
        case "damage":
            return error_record(path, f"{path}: damaged")
    decision = "review" if word == "flag" else "accept"
    seconds = {"total": round(time.perf_counter() % 1, 4)}
    return error_record(path, None) | {
        "page": number,
        "zip": word,
        "decision": decision,
        "confidence": 0.5,
        "threshold": 0.9,
        "digits": [{"value": "1", "confidence": 0.5, "box": [[0.0, 1.5]]}],
        "place": {"city": "Lyons", "state": "OR"},
        "model": "desk",
        "seconds": seconds,
    }


def letters(folder: Path, *texts: str) -> list[MailFile]:
    """A file for each text, in a folder."""
    folder.mkdir(exist_ok=True)
    for number, text in enumerate(texts):
        (folder / f"{number:04d}.png").write_text(text)
    return [MailFile.at(str(path)) for path in sorted(folder.iterdir())]


def outcome(path: str = "mail/a.png", *words: str, size: int = 1) -> Outcome:
    """An outcome without any file."""
    from zipreader.mailroom.identity import FileIdentity

    file = MailFile(path, FileIdentity(f"/{path}", size, 2))
    pages = enumerate(words or ("97358",), 1)
    return Outcome(file, tuple(_page(path, number, word) for number, word in pages))
