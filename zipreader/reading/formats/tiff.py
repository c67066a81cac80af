"""TIFF: every page of the file is a mailpiece, thumbnails and masks are none."""

from __future__ import annotations

import io
from collections.abc import Iterator

from PIL import Image as Pillow
from PIL import TiffImagePlugin

from zipreader.elements import Image, Page
from zipreader.reading.formats.opencv import opencv_pixels
from zipreader.reading.formats.pixels import (
    HEIGHT,
    ORIENTATION,
    PHOTOMETRIC,
    WIDTH,
    Tags,
    bgr,
    density_of_tags,
    oriented_density,
    pixels_of,
)
from zipreader.reading.formats.source import Source, make_page

_SUBFILE, _BITS, _COMPRESSION = 254, 258, 259
_REDUCED_OR_MASK = 0b101
_STRIP_OFFSETS, _STRIP_LENGTHS, _TILE_OFFSETS, _TILE_LENGTHS = 273, 279, 324, 325
_BIG_TIFF = 43
_UNCOMPRESSED = 1
_WHITE_IS_ZERO = 0


def tiff_pages(source: Source, first: int = 0) -> Iterator[Page]:
    """Yield the pages of the file from number ``first`` on; those before it are not decoded.

    The first of the file is one even if it calls itself a thumbnail.
    """
    frames: TiffImagePlugin.TiffImageFile | None = None
    index = 0
    for position, tags in enumerate(_tiff_directories(source)):
        with source.decoding("TIFF image", index):
            if position and int(tags.get(_SUBFILE, 0)) & _REDUCED_OR_MASK:
                continue
            source.check_page_count(index)
            if index < first:
                index += 1
                continue
            source.check_size(int(tags[WIDTH]), int(tags[HEIGHT]), index)
            frames = frames or _pillow_tiff(source)
            if tags.get(_COMPRESSION, 1) != _UNCOMPRESSED and _is_cut(source, tags):
                raise EOFError
            pixels = _tiff_pixels(source, frames, position, tags)
            density = oriented_density(density_of_tags(tags), tags.get(ORIENTATION))
            page = make_page(source, index, pixels, density)
        yield page
        index += 1


def _tiff_directories(source: Source) -> Iterator[Tags]:
    """The tags of every page, in file order; a loop in the chain ends it."""
    stream = source.stream
    with source.decoding("TIFF image"):
        stream.seek(0)
        header = stream.read(8)
        header += stream.read(8) if _BIG_TIFF in header[2:4] else b""
        offset = TiffImagePlugin.ImageFileDirectory_v2(header).next
        if not offset:  # as a scanner that was stopped leaves it: no page at all
            raise EOFError
    visited: set[int] = set()
    while offset and offset not in visited:
        with source.decoding("TIFF image", len(visited)):
            visited.add(offset)
            stream.seek(offset)
            tags = TiffImagePlugin.ImageFileDirectory_v2(header)
            tags.load(stream)
            if tags.next is None or WIDTH not in tags or HEIGHT not in tags:
                raise EOFError
            offset = tags.next
        yield tags


def _pillow_tiff(source: Source) -> TiffImagePlugin.TiffImageFile | None:
    """Pillow's view of the file; ``None`` where it does not know the pixel format."""
    source.stream.seek(0)
    try:
        return TiffImagePlugin.TiffImageFile(source.stream)
    except SyntaxError:
        return None


def _tiff_pixels(
    source: Source, frames: TiffImagePlugin.TiffImageFile | None, position: int, tags: Tags
) -> Image:
    """The decoded page, whose orientation both decoders have already applied."""
    # Both decoders turn white-is-zero round only up to eight bits.
    inverted = tags.get(PHOTOMETRIC) == _WHITE_IS_ZERO and max(tags.get(_BITS, (1,))) > 8
    try:
        if frames is not None:
            frames.seek(position)
            frames.load()
            pixels = pixels_of(frames)
            return bgr(255 - pixels) if inverted else pixels
    except (SyntaxError, ValueError, Pillow.DecompressionBombError):
        pass  # a pixel format or a size that is OpenCV's
    pixels = opencv_pixels(source, position)
    return bgr(255 - pixels) if inverted else pixels


def _is_cut(source: Source, tags: Tags) -> bool:
    """Whether compressed data lie beyond the end of the file, which libtiff only mutters about."""
    length = source.stream.seek(0, io.SEEK_END)
    starts = tags.get(_STRIP_OFFSETS, tags.get(_TILE_OFFSETS, ()))
    sizes = tags.get(_STRIP_LENGTHS, tags.get(_TILE_LENGTHS, ()))
    return any(start + size > length for start, size in zip(starts, sizes, strict=False))
