"""What all formats share: the limits, the errors, the page."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

import cv2
from PIL import Image as Pillow

from zipreader.config import ImageConfig
from zipreader.elements import Image, Page
from zipreader.errors import ImageTooLargeError, InputError, UnreadableImageError
from zipreader.reading.formats.pixels import Density, bgr, square_size
from zipreader.reading.formats.quiet import LIBRARY_FAILURES, QUIET_LIBRARIES

_LONGEST_CAUSE = 120


def one_line(name: str, cause: str, page: str = "") -> str:
    """An error message without line breaks or other control characters."""
    text = f"{name}: {page}{cause}"
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of one file, with what its errors must name."""

    stream: BinaryIO
    name: str
    config: ImageConfig

    def error(self, cause: str, index: int = 0) -> UnreadableImageError:
        """What to raise for a file, or its page ``index``, that cannot be read."""
        return UnreadableImageError(one_line(self.name, cause, _page_label(index)))

    def too_large(self, cause: str, index: int = 0) -> ImageTooLargeError:
        """What to raise for a page that is over a limit."""
        return ImageTooLargeError(one_line(self.name, cause, _page_label(index)))

    def check_size(self, width: int, height: int, index: int = 0) -> None:
        """Raise unless an image of so many pixels may be decoded."""
        limit, side = self.config.max_pixels, self.config.max_side
        if width < 1 or height < 1:
            raise self.error("the image has no pixels", index)
        if width * height > limit:
            cause = f"{width} x {height} pixels are more than the limit of {limit}"
            raise self.too_large(cause, index)
        if max(width, height) > side:
            cause = f"{width} x {height} pixels: a side is longer than the limit of {side}"
            raise self.too_large(cause, index)

    def check_page_count(self, index: int) -> None:
        """Raise if page ``index`` is one too many."""
        if index >= self.config.max_pages:
            cause = f"the file has more than {self.config.max_pages} pages; only these were read"
            raise InputError(one_line(self.name, cause))

    @contextmanager
    def decoding(self, kind: str, index: int = 0) -> Iterator[None]:
        """Turn what the libraries raise into our errors, and keep them silent."""
        try:
            with QUIET_LIBRARIES:
                yield
        except Pillow.DecompressionBombError as error:
            raise self.too_large("more pixels than can be decoded", index) from error
        except MemoryError as error:
            raise self.too_large("not enough memory to decode it", index) from error
        except LIBRARY_FAILURES as error:
            raise self.error(_damage(kind, error), index) from error


def _page_label(index: int) -> str:
    return f"page {index + 1}: " if index else ""


def _damage(kind: str, error: Exception) -> str:
    text = " ".join(str(error).split())[:_LONGEST_CAUSE]
    origin = error.__cause__ or error
    if isinstance(origin, EOFError | struct.error) or "truncated" in text.lower():
        return f"the {kind} is truncated (its data end too early)"
    return f"the {kind} cannot be decoded ({text or type(error).__name__})"


def make_page(source: Source, index: int, pixels: Image, density: Density | None) -> Page:
    """The page with square pixels, and its resolution where the file's is believable."""
    height, width = pixels.shape[:2]
    config = source.config
    if not density or not all(is_plausible(dpi, config) for dpi in density):
        return Page(pixels, source.name, index)
    if max(density) > config.max_anisotropy * min(density):
        return Page(pixels, source.name, index)
    square = square_size(width, height, density)
    if square != (width, height):
        source.check_size(*square, index)
        pixels = bgr(cv2.resize(pixels, square, interpolation=cv2.INTER_LINEAR))
    return Page(pixels, source.name, index, round(max(density), 2))


def is_plausible(dpi: float, config: ImageConfig) -> bool:
    """Whether a resolution can be one of a scan."""
    return math.isfinite(dpi) and config.min_dpi <= dpi <= config.max_dpi
