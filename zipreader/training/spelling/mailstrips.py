"""The fields that reading finds on synthetic mail, with what stands in them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from zipreader.config import ReaderConfig
from zipreader.elements import Page, Quad, UprightPage, ZipField, transform_points
from zipreader.reading.fields import zip_fields
from zipreader.reading.lines import find_lines
from zipreader.reading.locate import locate
from zipreader.reading.page import upright_pages
from zipreader.reading.strip import strip
from zipreader.synth import Mailpiece
from zipreader.training.mail import page_of
from zipreader.training.spelling.labels import OTHER, Labelled, merged

_ZIP = 5
_BESIDE = 0.45
"""What reaches so far beyond the digits, in H, is something else than they."""


def mail_strips(piece: Mailpiece, config: ReaderConfig) -> Iterator[Labelled]:
    """The strips of all fields of a piece that hold a digit of its ZIP.

    A field without any is left out: house numbers are digits too, and nothing
    says where they stand.
    """
    page = page_of(piece, config.images)
    upright = _upright(page, piece.truth.orientation, config)
    if upright is None:
        return
    text = find_lines(upright, config.lines)
    blocks = locate(upright, text.lines, config.locate, text.barcodes)
    for field in zip_fields(blocks, config.fields):
        labels = _labels(field, piece)
        if labels:
            yield Labelled(strip(field, config.strip), labels)


def _upright(page: Page, orientation: int, config: ReaderConfig) -> UprightPage | None:
    """The page turned as it should be, if reading would turn it so."""
    for upright in upright_pages(page, config.page):
        if upright.orientation == orientation:
            return upright
    return None


def _labels(field: ZipField, piece: Mailpiece) -> tuple[int, ...]:
    """What stands in a field, by where the digits of the truth are; empty if unknown."""
    quads = [np.array(digit.quad) for digit in piece.truth.digits]
    if not quads:
        return ()
    to_upright = np.linalg.inv(field.page.to_original).astype(np.float64)
    placed = [transform_points(to_upright, quad) for quad in quads]
    spans = [(quad[:, 0].min(), quad[:, 0].max()) for quad in placed]
    inside = [_inside(field, quad) for quad in placed]
    if not any(inside) or any(abs(one[0] - one[1]) < 1 for one in spans):
        return ()
    values = [int(digit.value) for digit in piece.truth.digits]
    held = [i for i, there in enumerate(inside) if there]
    labels: list[int] = []
    reach = _BESIDE * field.digit_height
    if spans[held[0]][0] - field.box.x0 > reach:
        labels.append(OTHER)
    for before, i in zip([None, *held], held, strict=False):
        if (before, i) == (_ZIP - 1, _ZIP):
            labels.append(OTHER)
        labels.append(values[i])
    if field.box.x1 - spans[held[-1]][1] > reach:
        labels.append(OTHER)
    return merged(labels)


def _inside(field: ZipField, quad: Quad) -> bool:
    x, y = quad.mean(axis=0)
    box = field.box
    return bool(box.x0 <= x <= box.x1 and box.y0 <= y <= box.y1)
