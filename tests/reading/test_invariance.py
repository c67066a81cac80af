"""What a reading must not depend on: compression, margins, orientation, resolution.

Drawn envelopes keep ZIP and decision, and their confidence within ``TOLERANCE``.  The samples are
harder: they keep their ZIP, and so does whatever is accepted; a decision may become a review,
because more paper around or fewer pixels change what else could be meant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.drawing import draw_envelope
from zipreader.elements import Box, Image, Page, Reading
from zipreader.reading.images import open_pages
from zipreader.reading.reader import Reader
from zipreader.reading.record import zip_quad

SAMPLES = Path(__file__).parents[2] / "samples"
TOLERANCE = 0.05
DPI = 200.0
MAY_BE_FLAGGED = {"stained.jpg"}
"""Samples that are accepted, and of which a change may make a review."""


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """Pixels and their resolution."""

    image: Image
    dpi: float

    def read(self, reader: Reader) -> Reading:
        return reader.read_page(Page(np.ascontiguousarray(self.image), "scan", 0, self.dpi))


Change = Callable[[Scan], Scan]


def compressed(scan: Scan, quality: int) -> Scan:
    done, code = cv2.imencode(".jpg", scan.image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    return Scan(np.asarray(cv2.imdecode(code, cv2.IMREAD_UNCHANGED), np.uint8), scan.dpi)


def padded(scan: Scan, margins: tuple[int, int, int, int]) -> Scan:
    """More of the same paper at top, bottom, left and right."""
    paper = np.median(np.atleast_3d(scan.image), axis=(0, 1)).tolist()
    return Scan(
        cv2.copyMakeBorder(scan.image, *margins, cv2.BORDER_CONSTANT, value=paper), scan.dpi
    )


def turned(scan: Scan, quarters: int) -> Scan:
    return Scan(np.rot90(scan.image, quarters), scan.dpi)


def scanned_at(scan: Scan, dpi: float) -> Scan:
    scale = dpi / scan.dpi
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return Scan(cv2.resize(scan.image, None, fx=scale, fy=scale, interpolation=way), dpi)


FEW: dict[str, Change] = {
    "jpeg": partial(compressed, quality=90),
    "padded": partial(padded, margins=(40, 90, 10, 120)),
    "upside down": partial(turned, quarters=2),
    "on its side": partial(turned, quarters=1),
    "150 dpi": partial(scanned_at, dpi=150.0),
    "300 dpi": partial(scanned_at, dpi=300.0),
}
DRAWN = {
    zip_code: Scan(draw_envelope(zip_code, town=town, height=height).grey, DPI)
    for zip_code, town, height in (
        ("97358", "LYONS OR", 30),
        ("02134", "ALLSTON MA", 24),
        ("38117", "MEMPHIS TN", 20),
    )
}


def changes() -> st.SearchStrategy[Change]:
    margin = st.integers(0, 200)
    return st.one_of(
        st.builds(partial, st.just(compressed), quality=st.integers(85, 100)),
        st.builds(partial, st.just(padded), margins=st.tuples(margin, margin, margin, margin)),
        st.builds(partial, st.just(turned), quarters=st.integers(1, 3)),
        st.builds(partial, st.just(scanned_at), dpi=st.floats(150, 600)),
    )


def reads_the_same(before: Reading, after: Reading) -> None:
    """The same ZIP, about as certain; and the same decision, unless it hangs by a hair."""
    assert after.zip == before.zip
    hair = abs(before.decision.confidence - before.decision.threshold) <= TOLERANCE
    assert hair or after.decision.accepted == before.decision.accepted
    assert after.decision.confidence == pytest.approx(before.decision.confidence, abs=TOLERANCE)


@pytest.mark.parametrize("change", FEW.values(), ids=FEW)
def test_a_drawn_envelope_reads_the_same_however_it_was_scanned(
    reader: Reader, change: Change
) -> None:
    for zip_code, scan in DRAWN.items():
        before = scan.read(reader)
        assert before.zip == zip_code
        reads_the_same(before, change(scan).read(reader))


@pytest.mark.slow
@settings(max_examples=120)
@given(st.sampled_from(sorted(DRAWN)), st.lists(changes(), min_size=1, max_size=2))
def test_a_drawn_envelope_reads_the_same_after_any_changes(
    reader: Reader, zip_code: str, made: list[Change]
) -> None:
    scan = DRAWN[zip_code]
    for change in made:
        scan = change(scan)
    reads_the_same(DRAWN[zip_code].read(reader), scan.read(reader))


@pytest.mark.slow
@pytest.mark.parametrize("change", FEW.values(), ids=FEW)
@pytest.mark.parametrize("name", [path.name for path in sorted(SAMPLES.glob("*.jpg"))])
def test_a_sample_keeps_its_zip_and_accepts_no_other(
    reader: Reader, name: str, change: Change
) -> None:
    (page,) = open_pages(SAMPLES / name)
    scan = Scan(page.image, page.dpi or max(page.size) / 9)
    before, after = scan.read(reader), change(scan).read(reader)
    assert after.zip == before.zip
    assert after.decision.accepted or not before.decision.accepted or name in MAY_BE_FLAGGED


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_the_boxes_of_a_reading_lie_on_the_image_as_it_came(reader: Reader, quarters: int) -> None:
    envelope = draw_envelope("97358", town="LYONS OR", height=30)
    scan = turned(Scan(envelope.grey, DPI), quarters)
    marked = np.zeros(envelope.grey.shape, np.uint8)
    box = envelope.zip_box
    marked[box.y0 : box.y1, box.x0 : box.x1] = 1
    ys, xs = np.nonzero(np.rot90(marked, quarters))
    truth = Box(int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)
    reading = scan.read(reader)
    assert reading.best is not None
    found = Box.of_quad(zip_quad(reading.best))
    for mine, theirs in zip(
        (found.x0, found.y0, found.x1, found.y1), (truth.x0, truth.y0, truth.x1, truth.y1),
        strict=True,
    ):  # fmt: skip
        assert abs(mine - theirs) <= 4
