"""The pieces to measure on: generated ones, or a folder with the truth about it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from zipreader.errors import InputError, UsageError
from zipreader.files import is_file, is_folder
from zipreader.reading.formats import SUFFIXES
from zipreader.synth.plan import check_kind
from zipreader.synth.truth import Corners, DigitTruth, Truth
from zipreader.synth.write import piece_seed

TRUTH_JSON = "truth.jsonl"
TRUTH_CSV = "truth.csv"
_ZIP = re.compile(r"(\d{5})(?:-?(\d{4}))?")
_UNKNOWN_KIND = "mail"
_YES = frozenset({"yes", "true", "1", "x"})


@dataclass(frozen=True, slots=True)
class Job:
    """One piece: generated from ``kind`` and ``seed``, or the file ``path`` with its truth.

    ``name`` is unique in a run, and the same in every run over the same mail.
    """

    name: str
    kind: str
    seed: int = 0
    path: Path | None = None
    truth: Truth | None = None


def generated(kinds: Sequence[str], count: int, seeds: Sequence[int]) -> tuple[Job, ...]:
    """Pieces to be made when they are read, ``count`` with each seed, the kinds in turn.

    With one kind they are those that :func:`zipreader.synth.write_mail` writes.

    Raises:
        UsageError: an unknown kind, or a seed given twice.
    """
    for kind in kinds:
        check_kind(kind)
    if len(set(seeds)) < len(seeds):
        raise UsageError("the same seed twice makes the same mail twice")
    pieces = (
        (kind, piece_seed(seed, index))
        for seed in seeds
        for index, kind in enumerate(islice(cycle(kinds), count))
    )
    return tuple(Job(f"{kind}-{number}", kind, number) for kind, number in pieces)


@dataclass(frozen=True, slots=True)
class Folder:
    """The pieces of a folder; names of files that the truth lists in vain, and of others."""

    jobs: tuple[Job, ...]
    missing: tuple[str, ...]
    extra: tuple[str, ...]


def open_folder(folder: Path) -> Folder:
    """Match the images of a folder with its ``truth.jsonl``, or else ``truth.csv``.

    The first page of each file counts.  A ``truth.csv`` has a heading with at
    least ``file`` and ``zip``; ``plus4``, ``kind`` and ``must_flag`` are known too, and a row
    without a ZIP is mail that must be flagged.

    Raises:
        InputError: no folder, no truth, or a damaged line in it, which is named.
    """
    if not is_folder(folder):
        raise InputError(f"{folder}: no such folder")
    truths = _truths(folder)
    jobs, missing = [], []
    for name in sorted(truths):
        path = folder / name
        if is_file(path):
            jobs.append(Job(name, truths[name].kind, path=path, truth=truths[name]))
        else:
            missing.append(name)
    if not jobs:
        raise InputError(f"{folder}: none of the {len(truths)} files that its truth lists is here")
    return Folder(tuple(jobs), tuple(missing), tuple(_others(folder, truths)))


def _others(folder: Path, truths: Mapping[str, Truth]) -> Iterator[str]:
    known = {(folder / name).resolve() for name in truths}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in SUFFIXES and path.resolve() not in known:
            yield path.name


def _truths(folder: Path) -> dict[str, Truth]:
    for name, parse in ((TRUTH_JSON, _from_jsonl), (TRUTH_CSV, _from_csv)):
        path = folder / name
        if is_file(path):
            return _by_file(path, parse(path, _text(path)))
    raise InputError(
        f"{folder}: neither {TRUTH_JSON} nor {TRUTH_CSV} here; "
        f"a {TRUTH_CSV} has the columns file and zip"
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 text") from error


def _by_file(path: Path, truths: Iterator[tuple[int, Truth]]) -> dict[str, Truth]:
    found: dict[str, Truth] = {}
    for line, truth in truths:
        if not truth.file:
            raise InputError(f"{path}:{line}: no file is named")
        if truth.file in found:
            raise InputError(f"{path}:{line}: {truth.file} a second time")
        found[truth.file] = truth
    if not found:
        raise InputError(f"{path}: lists no files")
    return found


def _from_csv(path: Path, text: str) -> Iterator[tuple[int, Truth]]:
    heading = text.partition("\n")[0]
    delimiter = max(",;\t", key=heading.count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        names = [(name or "").strip().lower() for name in rows.fieldnames or ()]
        if not {"file", "zip"} <= set(names):
            raise InputError(f"{path}:1: the heading must name the columns file and zip")
        rows.fieldnames = names
        for row in rows:
            values = {k: (v or "").strip() for k, v in row.items() if isinstance(v, str | None)}
            if any(values.values()):
                yield rows.line_num, _simple_truth(values, f"{path}:{rows.line_num}")
    except csv.Error as error:
        raise InputError(f"{path}:{rows.line_num}: {error}") from error


def _simple_truth(values: Mapping[str, str], where: str) -> Truth:
    written = values["zip"]
    match = _ZIP.fullmatch(written)
    if written and match is None:
        raise InputError(
            f"{where}: {written!r} is no ZIP; five digits, or 12345-6789, or nothing "
            "(a spreadsheet may have dropped leading zeros)"
        )
    zip_code, plus4 = match.groups() if match else (None, None)
    return Truth(
        kind=values.get("kind") or _UNKNOWN_KIND,
        seed=0,
        zip=zip_code,
        plus4=values.get("plus4") or plus4,
        must_flag=zip_code is None or values.get("must_flag", "").lower() in _YES,
        orientation=0,
        writing=values.get("writing", ""),
        block=None,
        field=None,
        digits=(),
        page=(),
        file=values["file"],
    )


def _from_jsonl(path: Path, text: str) -> Iterator[tuple[int, Truth]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield number, _truth(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(f"{path}:{number}: not the truth about a piece ({error!r})") from error


def _truth(values: Mapping[str, Any]) -> Truth:
    zip_code = values["zip"]
    if zip_code is not None and not re.fullmatch(r"\d{5}", zip_code):
        raise ValueError(f"{zip_code!r} is no ZIP")
    return Truth(
        kind=str(values["kind"]),
        seed=int(values.get("seed", 0)),
        zip=zip_code,
        plus4=values.get("plus4"),
        must_flag=bool(values["must_flag"]),
        orientation=int(values.get("orientation", 0)),
        writing=str(values.get("writing", "")),
        block=_corners(values.get("block")),
        field=_corners(values.get("field")),
        digits=tuple(
            DigitTruth(str(digit["value"]), _four(digit["quad"])) for digit in values["digits"]
        ),
        page=_corners(values.get("page")) or (),
        city=values.get("city"),
        state=values.get("state"),
        file=str(values["file"]),
        variant=str(values.get("variant", "")),
    )


def _corners(value: Sequence[Sequence[float]] | None) -> Corners | None:
    return None if value is None else _four(value)


def _four(value: Sequence[Sequence[float]]) -> Corners:
    corners = tuple((float(x), float(y)) for x, y in value)
    if len(corners) != 4:
        raise ValueError(f"{len(corners)} corners instead of four")
    return corners
