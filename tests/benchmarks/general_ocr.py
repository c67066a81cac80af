"""General OCR on the same mail: python tests/benchmarks/general_ocr.py FOLDER.

FOLDER holds images and a ``truth.csv``, as ``zipreader synth`` writes them.
Each image is read by zipreader, by Tesseract (Debian's package
``tesseract-ocr``) and by RapidOCR (``pip install rapidocr onnxruntime``), those
that are not installed left out.  Of general OCR's text the lowest line with
five digits, or five and four, is taken for the ZIP, assigned ones first; this
is what a script around such a program does.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import io
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
from rich.console import Console
from rich.table import Table

from zipreader.evaluation.mail import open_folder
from zipreader.reading.directory import Directory
from zipreader.reading.reader import Reader

_ZIP = re.compile(r"(?<![\d-])(\d{5})(?:\s?-\s?\d{4})?(?![\d-])")


@dataclass(frozen=True, slots=True)
class Answer:
    """The ZIP that a system gives for one image; ``None`` where it gives none."""

    zip: str | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line of recognised text and the row where it begins, in pixels."""

    top: float
    text: str


System = Callable[[Path], str | None]


def systems() -> Iterator[tuple[str, System]]:
    """The systems that are installed, by name."""
    reader = Reader()
    yield "zipreader, accepted", lambda path: _ours(reader, path, accepted=True)
    yield "zipreader, best guess", lambda path: _ours(reader, path, accepted=False)
    directory = Directory()
    if shutil.which("tesseract"):
        yield "Tesseract", lambda path: lowest_zip(_tesseract(path), directory)
    if importlib.util.find_spec("rapidocr"):
        engine = importlib.import_module("rapidocr").RapidOCR()
        yield "RapidOCR", lambda path: lowest_zip(_rapidocr(engine, path), directory)


def lowest_zip(lines: Iterable[Line], directory: Directory) -> str | None:
    """The last ZIP of the lowest line that has one; assigned ones first."""
    found = [
        match.group(1)
        for line in sorted(lines, key=lambda line: -line.top)
        for match in reversed(list(_ZIP.finditer(line.text)))
    ]
    assigned = [text for text in found if directory.place(text) is not None]
    return next(iter(assigned or found), None)


def _ours(reader: Reader, path: Path, accepted: bool) -> str | None:
    reading = reader.read(path)[0]
    return reading.zip if reading.decision.accepted or not accepted else None


def _tesseract(path: Path) -> list[Line]:
    """One thread, its own page segmentation."""
    command = ["tesseract", str(path), "stdout", "-l", "eng", "--psm", "3", "tsv"]
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    lines: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for row in csv.DictReader(io.StringIO(done.stdout), delimiter="\t", quoting=csv.QUOTE_NONE):
        if row["level"] == "5" and (row["text"] or "").strip():
            place = tuple(row[name] for name in ("block_num", "par_num", "line_num"))
            lines.setdefault(place, []).append(row)
    return [
        Line(min(float(word["top"]) for word in words), " ".join(word["text"] for word in words))
        for words in lines.values()
    ]


def _rapidocr(engine: Callable[[str], object], path: Path) -> list[Line]:
    found = engine(str(path))
    boxes, texts = getattr(found, "boxes", None), getattr(found, "txts", None)
    if boxes is None or texts is None:
        return []
    return [Line(float(box[:, 1].min()), text) for box, text in zip(boxes, texts, strict=True)]


def main() -> None:
    """Print how many ZIPs each system gives, how many of them are wrong, and the time it takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", help="part of the name of the systems to run")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    jobs = [job for job in open_folder(options.folder).jobs if job.path is not None]
    table = Table(
        "system", "given", "right", "wrong of given", "s, median", title=f"{len(jobs)} pieces"
    )
    for name, system in systems():
        if options.only and options.only.lower() not in name.lower():
            continue
        answers = [_timed(system, job.path) for job in jobs if job.path is not None]
        truths = [job.truth.zip if job.truth else None for job in jobs]
        table.add_row(name, *_figures(answers, truths))
    Console().print(table)


def _timed(system: System, path: Path) -> Answer:
    start = time.perf_counter()
    text = system(path)
    return Answer(text, time.perf_counter() - start)


def _figures(answers: list[Answer], truths: list[str | None]) -> tuple[str, str, str, str]:
    given = sum(answer.zip is not None for answer in answers)
    right = sum(a.zip is not None and a.zip == t for a, t in zip(answers, truths, strict=True))
    median = sorted(answer.seconds for answer in answers)[len(answers) // 2]
    wrong = f"{(given - right) / given:.1%}" if given else "-"
    return f"{given / len(answers):.1%}", f"{right / len(answers):.1%}", wrong, f"{median:.2f}"


if __name__ == "__main__":
    main()
