"""Read strings of digits from a folder with truth: python tests/benchmarks/strings.py FOLDER.

The folder holds images that show one string each and a ``truth.csv`` with the
columns ``file`` and ``label``.  Strings of five digits are read as ``zipreader
read --field`` reads them; whether the directory knows them plays no part.
"""

from __future__ import annotations

import argparse
import csv
from dataclasses import dataclass
from pathlib import Path

import cv2
from rich.console import Console
from rich.table import Table

from zipreader.elements import ZipHypothesis
from zipreader.reading.images import open_pages
from zipreader.reading.modelfolder import default_model_dir
from zipreader.reading.reader import Reader


@dataclass(frozen=True, slots=True)
class Result:
    """One string: what was read, and whether the truth was among the hypotheses."""

    file: str
    label: str
    best: str
    among: bool


def read_string(path: Path, label: str, reader: Reader) -> Result:
    """Read one image as a ZIP field."""

    def undirected(hypothesis: ZipHypothesis) -> float:
        return reader.calibration.probability({**hypothesis.evidence, "assigned": 1.0})

    page = next(iter(open_pages(path, reader.config.images)))
    found = sorted(reader.read_field(page).hypotheses, key=undirected, reverse=True)
    texts = [hypothesis.zip + (hypothesis.plus4 or "") for hypothesis in found]
    return Result(path.name, label, texts[0] if texts else "", label in texts)


def main() -> None:
    """Print the share of right strings, and the strings that were misread."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", type=Path, default=default_model_dir())
    parser.add_argument("--misses", action="store_true", help="list them")
    given = parser.parse_args()
    cv2.setNumThreads(1)
    reader = Reader(given.model)
    with (given.folder / "truth.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if len(row["label"]) == 5]
    results = [read_string(given.folder / row["file"], row["label"], reader) for row in rows]
    console = Console()
    if given.misses:
        for result in results:
            if result.best != result.label:
                console.print(result.file, result.label, result.best, result.among)
    table = Table("strings", "right", "among the hypotheses")
    count, right = len(results), sum(r.best == r.label for r in results)
    among = sum(r.among for r in results)
    table.add_row(str(count), f"{right / count:.1%}", f"{among / count:.1%}")
    console.print(table)


if __name__ == "__main__":
    main()
