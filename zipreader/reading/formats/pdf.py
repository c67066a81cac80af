"""PDF: every page of the file is a mailpiece, rendered by PDFium."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from typing import Any

from zipreader.elements import Image, Page
from zipreader.reading.formats.pixels import bgr, without_idle_colour
from zipreader.reading.formats.source import Source

_POINTS_PER_INCH = 72.0
_PDFIUM = threading.Lock()
"""PDFium may be entered by one thread at a time."""


def pdf_pages(source: Source, first: int = 0) -> Iterator[Page]:
    """Yield the pages from number ``first`` on at ``pdf_dpi``: grey where there is no colour."""
    import pypdfium2 as pdfium  # here, as it would cost every other read its time

    with _PDFIUM, source.decoding("PDF"):
        source.stream.seek(0)
        try:
            document = pdfium.PdfDocument(source.stream)
        except pdfium.PdfiumError as error:
            if error.err_code == pdfium.raw.FPDF_ERR_PASSWORD:
                raise source.error("the PDF is protected by a password") from error
            if error.err_code == pdfium.raw.FPDF_ERR_SUCCESS:
                raise source.error("the PDF has no pages") from error
            raise
        count = len(document)
    try:
        if count < 1:
            raise source.error("the PDF has no pages")
        for index in range(first, count):
            source.check_page_count(index)
            with _PDFIUM, source.decoding("PDF", index):
                pixels = _pdf_pixels(source, document, index)
            yield Page(pixels, source.name, index, float(source.config.pdf_dpi))
    finally:
        with _PDFIUM:
            document.close()


def _pdf_pixels(source: Source, document: Any, index: int) -> Image:
    scale = source.config.pdf_dpi / _POINTS_PER_INCH
    page = document[index]
    try:
        width, height = (math.ceil(points * scale) for points in page.get_size())
        source.check_size(width, height, index)
        bitmap = page.render(scale=scale)
        try:
            return without_idle_colour(bgr(bitmap.to_numpy()[:, :, :3]).copy())
        finally:
            bitmap.close()
    finally:
        page.close()
