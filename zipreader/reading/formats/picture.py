"""The formats of one image a file: JPEG, PNG, BMP, WebP and GIF."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import BinaryIO

from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    WebPImagePlugin,
)
from PIL import Image as Pillow

from zipreader.elements import Image, Page
from zipreader.reading.formats.jpeg import jpeg_pixels
from zipreader.reading.formats.opencv import opencv_pixels
from zipreader.reading.formats.pixels import (
    ORIENTATION,
    Tags,
    oriented,
    oriented_density,
    pixels_of,
    stated_density,
)
from zipreader.reading.formats.quiet import LIBRARY_FAILURES
from zipreader.reading.formats.source import Source, make_page

# The classes are called directly: ``Image.open`` would first apply Pillow's own
# process-wide pixel limit, where ours comes with each call.
PICTURES: dict[str, Callable[[BinaryIO], ImageFile.ImageFile]] = {
    "JPEG": JpegImagePlugin.JpegImageFile,
    "PNG": PngImagePlugin.PngImageFile,
    "BMP": BmpImagePlugin.BmpImageFile,
    "WebP": WebPImagePlugin.WebPImageFile,
    "GIF": GifImagePlugin.GifImageFile,
}


_START_OF_SCAN = 0xDA


def picture_page(source: Source, kind: str) -> Page:
    """The image of the file; of an animation, the first frame."""
    with source.decoding(f"{kind} image"):
        source.stream.seek(0)
        if kind == "WebP":
            source.check_size(*_webp_size(source.stream))
        try:
            picture = PICTURES[kind](source.stream)
            source.check_size(*picture.size)
            pixels = _jpeg(source, picture) if kind == "JPEG" else pixels_of(_loaded(picture))
        except Pillow.DecompressionBombError:  # past Pillow's limit but within ours
            if kind != "WebP":
                raise
            return make_page(source, 0, opencv_pixels(source, 0), None)
        tags = _exif_tags(picture)
        orientation = tags.get(ORIENTATION)
        density = oriented_density(stated_density(picture, tags), orientation)
        return make_page(source, 0, oriented(pixels, orientation), density)


def _jpeg(source: Source, picture: ImageFile.ImageFile) -> Image:
    """The pixels of a JPEG whose header was read.

    Raises:
        EOFError: the picture has no end.
    """
    source.stream.seek(0)
    data = source.stream.read()
    pixels = jpeg_pixels(data, picture.mode)
    if pixels is None:
        pixels = pixels_of(_loaded(picture))
    if _is_unfinished(data):
        raise EOFError
    return pixels


def _loaded(picture: ImageFile.ImageFile) -> ImageFile.ImageFile:
    picture.load()
    return picture


def _exif_tags(picture: ImageFile.ImageFile) -> Tags:
    """The EXIF tags; damaged ones count as absent, for the pixels are sound."""
    try:
        return dict(picture.getexif())
    except LIBRARY_FAILURES:
        return {}


def _is_unfinished(data: bytes) -> bool:
    """Whether a JPEG's picture has no end marker.

    Half a file that was padded with zeros, as interrupted copies are, decodes
    to half a picture without a word.
    """
    at = 2
    while data[at : at + 1] == b"\xff" and data[at + 1] != _START_OF_SCAN:
        fill = data[at + 1] == 0xFF
        at += 1 if fill else 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return data.find(b"\xff\xd9", at) < 0


def _webp_size(stream: BinaryIO) -> tuple[int, int]:
    """Width and height from the header, as Pillow allocates the canvas on opening."""
    head = stream.read(30)
    stream.seek(0)
    if len(head) < 30:
        raise EOFError
    if head[12:16] == b"VP8X":
        return (
            int.from_bytes(head[24:27], "little") + 1,
            int.from_bytes(head[27:30], "little") + 1,
        )
    if head[12:16] == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    width, height = struct.unpack("<HH", head[26:30])
    return width & 0x3FFF, height & 0x3FFF
