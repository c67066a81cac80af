"""What the machine can learn from people: glyphs to train on, and mail to measure with."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np

from zipreader.elements import GreyImage, Image, Quad
from zipreader.errors import InputError, OutputError
from zipreader.mailroom.finals import Settled, settled
from zipreader.mailroom.pictures import cut_out, page_of
from zipreader.mailroom.rules import Verdict
from zipreader.mailroom.store import Piece, Store, from_column
from zipreader.reading.imageops import to_grey
from zipreader.reading.inkmap import ink

Missed = Callable[[str], None]
"""Told of each image that cannot be used any more."""

TRUTH = ("file", "zip", "plus4", "kind", "must_flag", "source", "page")
"""The columns of ``truth.csv``; ``file``, ``zip``, ``kind`` and ``must_flag`` are evaluated."""

_GLYPH_HEIGHT = 96
_GLYPH_MARGIN = (0.08, 0.08)
_PAPER_MARGIN = (0.6, 0.6)
"""Paper around a glyph by which its ink is told, in heights."""
_REACH = 0.45
"""Reach of the paper estimate in heights of the glyph, as in training."""
_DIGITS = 5
_MOST_CORRECTED = 2
"""With more digits corrected, the cuts between them are not to be trusted either."""


def export_glyphs(store: Store, folder: Path, missed: Missed) -> Counter[str]:
    """Cut the digits that people have confirmed into the folders 0 to 9.

    A digit that a person corrected carries the person's value.  Glyphs are white
    ink on black, as ``zipreader train --glyphs`` takes them.

    Returns:
        The number of glyphs by digit.

    Raises:
        OutputError: the folder is not empty, or cannot be written.
    """
    _make_empty(folder)
    counts: Counter[str] = Counter()
    for item in settled(store):
        labels = _labels(item)
        image = _image(item.piece, missed) if labels else None
        if image is None:
            continue
        for position, (value, quad) in enumerate(labels, 1):
            glyph = _glyph(image, quad)
            if glyph is not None:
                _save(glyph, folder / value / f"{item.piece.id}-{position}.png")
                counts[value] += 1
    return counts


def export_mail(store: Store, folder: Path, missed: Missed) -> int:
    """Copy the mail that people have settled into a folder with its ``truth.csv``.

    A file of one page is copied as it is; of others, the page becomes a PNG.
    ``kind`` says whether the machine had accepted or flagged the piece: audited
    mail is a fair sample of the accepted, flagged mail alone is none of all.

    Returns:
        The number of pieces.

    Raises:
        OutputError: the folder is not empty, or cannot be written.
    """
    _make_empty(folder)
    several = {from_column(path) for (path,) in store.rows(_SEVERAL_PAGES)}
    truths = []
    for item in settled(store):
        name = None
        if item.by_person:
            name = _copy(item.piece, folder, item.piece.file.path in several, missed)
        if name is not None:
            truths.append(_truth(item, name))
    try:
        with (folder / "truth.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, TRUTH)
            writer.writeheader()
            writer.writerows(truths)
    except OSError as error:
        raise _unwritable(folder, error) from error
    return len(truths)


_SEVERAL_PAGES = """
    SELECT DISTINCT path FROM pieces JOIN files ON files.id = pieces.file WHERE page > 1
"""


def _labels(item: Settled) -> list[tuple[str, Quad]]:
    """Digits that people vouch for, with their places; none where the cuts are doubtful."""
    answer = item.final.answer if item.final and item.final.by_person else None
    digits = cast("list[dict[str, Any]]", item.piece.record["digits"])[:_DIGITS]
    if answer is None or answer.zip is None or len(digits) < _DIGITS:
        return []
    read = [digit["value"] for digit in digits]
    if sum(ours != theirs for ours, theirs in zip(read, answer.zip, strict=True)) > _MOST_CORRECTED:
        return []
    return [
        (value, np.array(digit["box"], np.float64))
        for value, digit in zip(answer.zip, digits, strict=True)
    ]


def _glyph(image: Image, quad: Quad) -> GreyImage | None:
    """The ink of a digit, white on black; ``None`` where there is none."""
    height = float(np.linalg.norm(quad[3] - quad[0]))
    scale = _GLYPH_HEIGHT / max(height, 1.0)
    around = to_grey(cut_out(image, quad, scale, _PAPER_MARGIN))
    marks = ink(around, _REACH * _GLYPH_HEIGHT)
    dx, dy = (
        round((paper - own) * _GLYPH_HEIGHT)
        for paper, own in zip(_PAPER_MARGIN, _GLYPH_MARGIN, strict=True)
    )
    glyph = marks[dy:-dy, dx:-dx]
    return (255 * glyph).astype(np.uint8) if glyph.size and glyph.any() else None


def _image(piece: Piece, missed: Missed) -> Image | None:
    try:
        return page_of(piece).image
    except InputError as error:
        missed(str(error))
        return None


def _copy(piece: Piece, folder: Path, several: bool, missed: Missed) -> str | None:
    """Bring the image of a piece into the folder; the name that it has there."""
    source = Path(piece.file.path)
    if not several:
        name = f"{piece.id}-{source.name}".encode("utf-8", "replace").decode()
        if not piece.file.still_there():
            missed(f"{source}: the file is gone or has changed since it was read")
            return None
        try:
            shutil.copyfile(source, folder / name)
        except OSError as error:
            raise _unwritable(folder / name, error) from error
        return name
    image = _image(piece, missed)
    if image is None:
        return None
    name = f"{piece.id}-page-{piece.page}.png"
    _save(image, folder / name)
    return name


def _truth(item: Settled, name: str) -> dict[str, object]:
    assert item.final is not None
    answer = item.final.answer
    return {
        "file": name,
        "zip": answer.zip or "",
        "plus4": "",
        "kind": "accepted" if item.piece.decision == "accept" else "flagged",
        "must_flag": "no" if answer.verdict is Verdict.ZIP else "yes",
        "source": item.piece.file.path.encode("utf-8", "backslashreplace").decode(),
        "page": item.piece.page,
    }


def _make_empty(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        filled = next(folder.iterdir(), None) is not None
    except OSError as error:
        raise _unwritable(folder, error) from error
    if filled:
        raise OutputError(f"{folder}: the folder is not empty")


def _save(image: Image, path: Path) -> None:
    done, code = cv2.imencode(".png", image)
    try:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(code.tobytes() if done else b"")
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> OutputError:
    return OutputError(f"{path}: cannot be written ({error.strerror or error})")
