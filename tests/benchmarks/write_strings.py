"""Write strings of digits of writers that no training saw, for ``strings.py``.

    python tests/benchmarks/write_strings.py unipen_digits.npz strings/
    python tests/benchmarks/strings.py strings/

Five digits of one writer of the file's test part stand beside one another, touching or
overlapping in ``--touching`` of the strings, each string scanned from paper of its own.
The digits are as they were written; ``--vary`` slants, stretches and bends each hand besides.
Writers come by how many digits there are of them, so that no digit comes oftener than others.
"""

from __future__ import annotations

import argparse
import csv
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from rich.progress import track

from zipreader.training.scanning import ScanConfig, scan
from zipreader.training.sources import Sources, given, hands
from zipreader.training.splits import Part
from zipreader.training.strings import StringConfig, compose
from zipreader.training.writers import RealWriter

_DIGITS = 5
_HEIGHT = (30.0, 90.0)
"""Digits in pixels, as scans of 150 to 300 dpi show them."""


def write_string(
    strokes: Path, rng: np.random.Generator, config: StringConfig
) -> tuple[cv2.typing.MatLike, str]:
    """The image of a string, grey, and what it says."""
    sources = Sources(strokes=strokes)
    writers = hands(given(sources.strokes), Part.TEST)
    names = sorted(writers)
    shares = np.array([len(writers[name]) for name in names], float)
    name = names[int(rng.choice(len(names), p=shares / shares.sum()))]
    writer = RealWriter(sources, Part.TEST, name, writers[name])
    items, labels = zip(*(writer.digit(rng) for _ in range(_DIGITS)), strict=True)
    string = compose(items, labels, rng, config)
    return scan(string.coverage, rng, ScanConfig()), "".join(map(str, labels))


def main() -> None:
    """Write the images and their ``truth.csv``."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("strokes", type=Path, help="digits by stroke, as for training")
    parser.add_argument("folder", type=Path, help="where to write")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--touching", type=float, default=StringConfig().touching)
    parser.add_argument("--vary", action="store_true", help="make other hands of them")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    pen = StringConfig().pen if chosen.vary else StringConfig().pen.as_written()
    config = StringConfig(pen=replace(pen, height=_HEIGHT), touching=chosen.touching)
    chosen.folder.mkdir(parents=True, exist_ok=True)
    with (chosen.folder / "truth.csv").open("w", encoding="utf-8", newline="") as file:
        truth = csv.writer(file)
        truth.writerow(["file", "label"])
        for number in track(range(chosen.count), "Writing strings"):
            rng = np.random.default_rng((chosen.seed, number))
            image, label = write_string(chosen.strokes, rng, config)
            name = f"{number:05d}.png"
            cv2.imwrite(str(chosen.folder / name), image)
            truth.writerow([name, label])


if __name__ == "__main__":
    main()
