"""File -> pages: the only place where image files are opened.

Formats are told apart by their content, never by the name.  Pillow decodes
JPEG, PNG, TIFF, BMP, WebP and GIF; OpenCV takes the TIFF pixel formats that
Pillow does not know; PDFium renders PDF.  Whatever the bytes, a file yields
pages or raises a :class:`~zipreader.errors.ZipReaderError` of one line.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from zipreader.config import ImageConfig
from zipreader.elements import Page
from zipreader.errors import UnreadableImageError
from zipreader.files import is_folder
from zipreader.reading.formats.pdf import pdf_pages
from zipreader.reading.formats.picture import PICTURES, picture_page
from zipreader.reading.formats.source import Source, is_plausible, one_line
from zipreader.reading.formats.tiff import tiff_pages

__all__ = ["open_pages", "page_from_array", "pages_from_bytes"]

_DEFAULTS = ImageConfig()
_HEAD_LENGTH = 1024
_READABLE = "JPEG, PNG, TIFF, BMP, WebP, GIF or PDF"

# The images that are read, then others that deserve a better answer than "no image".
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8", "JPEG"),
    (0, b"\x89PNG", "PNG"),
    (0, b"II*\0", "TIFF"),
    (0, b"MM\0*", "TIFF"),
    (0, b"II+\0", "TIFF"),
    (0, b"MM\0+", "TIFF"),
    (0, b"BM", "BMP"),
    (8, b"WEBP", "WebP"),
    (0, b"GIF8", "GIF"),
    (4, b"ftypavif", "AVIF"),
    (4, b"ftyp", "HEIC or video"),
    (4, b"jP  ", "JPEG 2000"),
    (0, b"\xff\x4f\xff\x51", "JPEG 2000"),
    (0, b"8BPS", "Photoshop"),
    (0, b"%!PS", "PostScript"),
    (0, b"AT&TFORM", "DjVu"),
    (0, b"PK\3\4", "ZIP or Office"),
    (0, b"<svg", "SVG"),
)


def open_pages(path: str | Path, config: ImageConfig = _DEFAULTS, first: int = 0) -> Iterator[Page]:
    """Yield every page of an image or PDF file from number ``first`` on, decoding one at a time.

    Images are uint8, (H, W) grey where the file is grey, else (H, W, 3) BGR,
    with EXIF orientation applied, transparency on white and square pixels.

    Raises:
        UnreadableImageError: missing, a folder, empty, damaged, protected or no image; pages
            before a damaged one have been yielded by then.
        ImageTooLargeError: over ``config.max_pixels`` or ``max_side``; it was not decoded.
        InputError: over ``config.max_pages``; these have been yielded by then.
    """
    name = os.fspath(path)
    with ExitStack() as stack:
        try:
            file = stack.enter_context(Path(path).open("rb"))
        except (OSError, ValueError) as error:
            raise UnreadableImageError(one_line(name, _why_not_opened(path, error))) from error
        yield from _pages(file, name, config, first)


def pages_from_bytes(
    data: bytes, name: str = "<bytes>", config: ImageConfig = _DEFAULTS, first: int = 0
) -> Iterator[Page]:
    """Yield the pages of an image or PDF held in memory; otherwise as :func:`open_pages`."""
    yield from _pages(io.BytesIO(data), name, config, first)


def page_from_array(
    image: npt.NDArray[Any],
    path: str = "<array>",
    dpi: float | None = None,
    config: ImageConfig = _DEFAULTS,
) -> Page:
    """Take an image from memory: uint8, (H, W) or (H, W, 1) grey or (H, W, 3) BGR.

    Raises:
        UnreadableImageError: another type, shape or resolution, or no pixels.
        ImageTooLargeError: over ``config.max_pixels`` or ``max_side``.
    """
    if not isinstance(image, np.ndarray) or image.dtype != np.uint8:
        kind = getattr(image, "dtype", type(image).__name__)
        raise UnreadableImageError(one_line(path, f"pixels must be a uint8 array, not {kind}"))
    if image.ndim == 3 and image.shape[2] == 1:
        image = image[:, :, 0]
    if image.ndim != 2 and (image.ndim != 3 or image.shape[2] != 3):
        cause = f"the array must be (H, W) grey or (H, W, 3) BGR, not {image.shape}"
        raise UnreadableImageError(one_line(path, cause))
    if dpi is not None and not is_plausible(dpi, config):
        cause = f"{dpi} dpi is not within {config.min_dpi:g} to {config.max_dpi:g}"
        raise UnreadableImageError(one_line(path, cause))
    Source(io.BytesIO(), path, config).check_size(image.shape[1], image.shape[0])
    return Page(np.ascontiguousarray(image), path, 0, dpi)


def _why_not_opened(path: str | Path, error: OSError | ValueError) -> str:
    match error:
        case FileNotFoundError() | NotADirectoryError():
            return "no such file"
        case IsADirectoryError():
            return "this is a folder, not an image file"
        case PermissionError():
            told = is_folder(path)  # as Windows says it
            return "this is a folder, not an image file" if told else "no permission to read"
        case OSError():
            return f"cannot be opened ({error.strerror or error})"
    return "this is not a valid file name"


def _format_of(head: bytes) -> str | None:
    for offset, signature, kind in _SIGNATURES:
        if head[offset:].startswith(signature):
            return kind
    return "PDF" if b"%PDF-" in head else None


def _pages(stream: BinaryIO, name: str, config: ImageConfig, first: int) -> Iterator[Page]:
    source = Source(stream, name, config)
    with source.decoding("file"):
        if not stream.seekable():
            source = Source(io.BytesIO(stream.read()), name, config)
        head = source.stream.read(_HEAD_LENGTH)
    if not head:
        raise source.error("the file is empty")
    kind = _format_of(head)
    if kind == "TIFF":
        yield from tiff_pages(source, first)
    elif kind == "PDF":
        yield from pdf_pages(source, first)
    elif kind in PICTURES:
        if first == 0:
            yield picture_page(source, kind)
    elif kind is None:
        raise source.error(f"this is not an image ({_READABLE})")
    else:
        raise source.error(f"{kind} files are not supported; save it as {_READABLE}")
