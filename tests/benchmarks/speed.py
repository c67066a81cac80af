"""Where the time of reading goes: python tests/benchmarks/speed.py.

Synthetic mail (extra 'synth') is read on one core, decoded from JPEG first.
Three tables: the time of each stage by kind of mail; how it grows with the
resolution of the same #10 envelopes; how it grows with text printed beside the
address.  Times are in milliseconds a page.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table

from zipreader.elements import Image, Page
from zipreader.reading.reader import Reader
from zipreader.synth import Mailpiece, make_mailpiece, open_sources
from zipreader.synth.write import piece_seed

_SEED = 10
_KINDS = ("printed", "handwritten", "touching", "dirty", "turned", "photo")
_PLAIN = ("printed", "handwritten")
_MOST_MADE = 50
"""So many pieces are made for one that is wanted, at the most."""
_RESOLUTIONS = (150, 300, 600)
_LINES_OF_TEXT = (0, 10, 30, 60)
_STAGES = ("page", "lines", "locate", "spell", "segment", "classify", "decode", "town")


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """A JPEG of a piece and its resolution."""

    jpeg: npt.NDArray[np.uint8]
    dpi: float
    pixels: int

    @classmethod
    def of(cls, image: Image, dpi: float) -> Scan:
        _, jpeg = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 92])
        return cls(np.asarray(jpeg, np.uint8), dpi, image.shape[0] * image.shape[1])


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds a page: decoding, each stage, and all of it."""

    decoding: float
    stages: dict[str, float]
    median: float
    mean: float


def measure(reader: Reader, scans: Sequence[Scan]) -> Times:
    """Read each scan once; medians of the stages, median and mean of the whole."""
    decoding, wholes = [], []
    stages: dict[str, list[float]] = {stage: [] for stage in _STAGES}
    for scan in scans:
        start = time.perf_counter()
        image = np.asarray(cv2.imdecode(scan.jpeg, cv2.IMREAD_UNCHANGED), np.uint8)
        decoded = time.perf_counter()
        reading = reader.read_page(Page(image, "scan.jpg", 0, scan.dpi))
        wholes.append(1e3 * (time.perf_counter() - start))
        decoding.append(1e3 * (decoded - start))
        for stage in _STAGES:
            stages[stage].append(1e3 * reading.seconds.get(stage, 0.0))
    medians = {stage: statistics.median(values) for stage, values in stages.items()}
    return Times(
        statistics.median(decoding), medians, statistics.median(wholes), statistics.fmean(wholes)
    )


def by_kind(count: int) -> Iterable[tuple[str, list[Scan]]]:
    """Mail of each kind."""
    for kind in _KINDS:
        yield kind, list(_pieces((kind,), count))


def by_resolution(count: int) -> Iterable[tuple[str, list[Scan]]]:
    """The same #10 envelopes at several resolutions."""
    for dpi in _RESOLUTIONS:
        scans = _pieces(_PLAIN, count, partial(_at, dpi=dpi), _is_number_10)
        yield f"#10, {dpi} dpi", list(scans)


def by_text(count: int) -> Iterable[tuple[str, list[Scan]]]:
    """The same envelopes with more and more lines of print in the upper left."""
    for lines in _LINES_OF_TEXT:
        yield f"{lines} lines", list(_pieces(_PLAIN, count, partial(_printed_on, lines=lines)))


Change = Callable[[Image, float], tuple[Image, float]]
Wanted = Callable[[Mailpiece], bool]


def _pieces(
    kinds: Sequence[str], count: int, change: Change | None = None, wanted: Wanted | None = None
) -> Iterable[Scan]:
    sources = open_sources()
    made = (
        make_mailpiece(kinds[index % len(kinds)], piece_seed(_SEED, index), sources)
        for index in range(_MOST_MADE * count)
    )
    for piece in itertools.islice(filter(wanted or (lambda _: True), made), count):
        image, dpi = change(piece.image, piece.dpi) if change else (piece.image, float(piece.dpi))
        yield Scan.of(image, dpi)


def _is_number_10(piece: Mailpiece) -> bool:
    """Whether it is an envelope of 9.5 by 4.125 inches."""
    corners = np.asarray(piece.truth.page, np.float64)
    sides = sorted(float(np.linalg.norm(corners[k] - corners[k - 1])) / piece.dpi for k in (1, 2))
    return all(abs(side - own) < 0.1 for side, own in zip(sides, (4.125, 9.5), strict=True))


def _at(image: Image, own: float, dpi: float) -> tuple[Image, float]:
    """In another resolution."""
    way = cv2.INTER_AREA if dpi < own else cv2.INTER_CUBIC
    return cv2.resize(image, None, fx=dpi / own, fy=dpi / own, interpolation=way), dpi


def _printed_on(image: Image, own: float, lines: int) -> tuple[Image, float]:
    image, dpi = _at(image, own, 300)
    height = 0.08 * dpi
    for line in range(lines):
        column, row = divmod(line, 20)
        place = (round((0.4 + 1.6 * column) * dpi), round(0.5 * dpi + 1.6 * height * row))
        words = "Return service asked"
        cv2.putText(image, words, place, cv2.FONT_HERSHEY_SIMPLEX, height / 22, (40, 40, 40), 2)
    return image, dpi


def _print(title: str, rows: Iterable[tuple[str, list[Scan]]], reader: Reader) -> None:
    table = Table(title=title)
    for column in ("mail", "pixels, M", "decoding", *_STAGES, "median", "mean", "a second"):
        table.add_column(column, justify="right")
    for name, scans in rows:
        times = measure(reader, scans)
        pixels = statistics.fmean(scan.pixels / 1e6 for scan in scans)
        table.add_row(
            name,
            f"{pixels:.1f}",
            f"{times.decoding:.0f}",
            *(f"{times.stages[stage]:.0f}" for stage in _STAGES),
            f"{times.median:.0f}",
            f"{times.mean:.0f}",
            f"{1e3 / times.mean:.1f}",
        )
    Console(width=140).print(table)


def main() -> None:
    """Print the three tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=24, help="pieces a row")
    count = parser.parse_args().count
    cv2.setNumThreads(1)
    reader = Reader()
    measure(reader, list(_pieces(_PLAIN, 2)))
    load = f"one core, ms, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    _print(f"By kind ({load})", by_kind(count), reader)
    _print("By resolution: printed and handwritten #10 envelopes", by_resolution(count), reader)
    _print("By further text, at 300 dpi", by_text(count), reader)


if __name__ == "__main__":
    main()
