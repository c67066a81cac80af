"""Damaged and hostile files: what a scanner, a bad disk or an enemy may leave in a folder."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator

import cv2
import numpy as np
from PIL import Image

from tests.drawing import draw_envelope

_QUARTERS = (0.0, 0.02, 0.25, 0.5, 0.75, 0.98)
_FLIPS = 12

PAGELESS_TIFF = b"II*\0" + bytes(4)
"""A header that names no first page."""

Named = tuple[str, bytes]


def corpus() -> Iterator[Named]:
    """(name, bytes) of some 400 files; always the same."""
    whole = dict(sound())
    yield from whole.items()
    for name, data in whole.items():
        stem, _, suffix = name.rpartition(".")
        for share in _QUARTERS:
            yield f"{stem}-cut-{share}.{suffix}", data[: round(len(data) * share)]
        for number in range(_FLIPS):
            yield f"{stem}-flip-{number}.{suffix}", _flipped(data, f"{name}/{number}")
        yield f"{stem}-twice.{suffix}", data + data
        yield f"{stem}-wrong-suffix.{'png' if suffix != 'png' else 'pdf'}", data
    yield from odd_pictures()
    yield from bombs()
    yield from strangers()


def sound() -> Iterator[Named]:
    """One envelope in every format that is read."""
    grey = cv2.resize(draw_envelope("97358", height=30).grey, None, fx=0.5, fy=0.5)
    picture = Image.fromarray(np.ascontiguousarray(grey))
    colour = picture.convert("RGB")
    for name, image, kind, options in (
        ("grey.jpg", picture, "JPEG", {"quality": 80, "dpi": (100, 100)}),
        ("colour.jpg", colour, "JPEG", {"quality": 80, "exif": _exif(6)}),
        ("progressive.jpg", colour, "JPEG", {"quality": 80, "progressive": True}),
        ("grey.png", picture, "PNG", {"dpi": (100, 100)}),
        ("palette.png", colour.quantize(8), "PNG", {}),
        ("lzw.tif", picture, "TIFF", {"compression": "tiff_lzw", "dpi": (100, 100)}),
        ("fax.tif", picture.convert("1"), "TIFF", {"compression": "group4", "dpi": (204, 98)}),
        ("pages.tif", picture, "TIFF", {"save_all": True, "append_images": [picture] * 2}),
        ("grey.bmp", picture, "BMP", {}),
        ("lossy.webp", colour, "WEBP", {"quality": 70}),
        ("moving.gif", picture, "GIF", {"save_all": True, "append_images": [colour]}),
        ("scan.pdf", picture, "PDF", {"resolution": 100}),
    ):
        yield name, _encoded(image, kind, **options)


def odd_pictures() -> Iterator[Named]:
    """Sound files of pictures that no scanner makes."""
    for name, size in (("1x1", (1, 1)), ("30000x2", (30000, 2)), ("2x30000", (2, 30000))):
        for suffix, kind in (("png", "PNG"), ("tif", "TIFF"), ("bmp", "BMP")):
            yield f"{name}.{suffix}", _encoded(Image.new("L", size, 200), kind)
    noise = np.random.default_rng(5).integers(0, 256, (300, 600, 3)).astype(np.uint8)
    yield "noise.png", _encoded(Image.fromarray(noise), "PNG")
    for level in (0, 127, 255):
        yield f"flat-{level}.png", _encoded(Image.new("L", (900, 400), level), "PNG")
    yield "cmyk.jpg", _encoded(Image.fromarray(noise).convert("CMYK"), "JPEG")
    yield "lab.tif", _encoded(Image.fromarray(noise).convert("LAB"), "TIFF")
    yield "clear.png", _encoded(Image.new("RGBA", (900, 400), (0, 0, 0, 0)), "PNG")
    deep = (noise[..., 0].astype(np.uint16) << 8) + 7
    yield "deep.png", _encoded(Image.fromarray(deep), "PNG")
    real = np.full((200, 400), np.nan, np.float32)
    yield "nan.tif", _encoded(Image.fromarray(real), "TIFF")
    for number, dpi in enumerate((0.0, 1e-9, 1e9, float("inf"), float("nan"))):
        yield f"dpi-{number}.tif", _tiff_with_dpi(dpi)


def bombs() -> Iterator[Named]:
    """Small files that claim, or unpack to, far too much, or that never end."""
    for side in (65_000, 1_000_000, 2**31 - 1):
        yield f"claims-{side}.png", _png_header(side, side)
    rows = zlib.compress(b"\0" * (20_001 * 400), 9)
    yield "unpacks.png", _png(20_000, 20_000, rows)
    yield (
        "claims.bmp",
        _encoded(Image.new("L", (9, 9)), "BMP")[:18] + struct.pack("<ii", 2**30, 2**30),
    )
    tiff = bytearray(_encoded(Image.new("L", (9, 9)), "TIFF"))
    (first,) = struct.unpack_from("<I", tiff, 4)
    (count,) = struct.unpack_from("<H", tiff, first)
    struct.pack_into("<I", tiff, first + 2 + 12 * count, first)
    yield "loop.tif", bytes(tiff)
    struct.pack_into("<I", tiff, 4, 2**32 - 2)
    yield "nowhere.tif", bytes(tiff)
    yield "pageless.tif", PAGELESS_TIFF
    yield "many.tif", _tiff_of_many_pages(10_050)
    yield "exif-loop.jpg", _encoded(Image.new("L", (400, 200), 255), "JPEG", exif=_looping_exif())
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %s]>>"
    pages = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    yield "huge.pdf", _pdf(pages, page % b"1e9 1e9")
    yield "inverted.pdf", _pdf(pages, page % b"-500 -200")
    yield "nothing.pdf", _pdf(b"<</Type/Pages/Kids[]/Count 0>>")
    yield "lies.pdf", _pdf(b"<</Type/Pages/Kids[3 0 R]/Count 2000000000>>", page % b"500 200")
    yield "loop.pdf", _pdf(b"<</Type/Pages/Kids[2 0 R]/Count 1>>")


def strangers() -> Iterator[Named]:
    """What is no picture at all, under a picture's name."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("grey.jpg", b"\xff\xd8\xff")
    contents = {
        "empty": b"",
        "zeros": bytes(4096),
        "text": b"dear sir,\n" * 200,
        "page": b"<!doctype html><img src=x onerror=alert(1)>",
        "drawing": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><svg>&a;</svg>',
        "archive": packed.getvalue(),
        "database": b"SQLite format 3\0" + bytes(200),
        "program": b"\x7fELF" + bytes(200),
        "random": random.Random(3).randbytes(5000),
        "jpeg-marks": b"\xff\xd8" + b"\xff\xe1\xff\xff" * 500,
        "script": b"%!PS-Adobe-3.0\n(%stdin) (r) file {} loop",
    }
    for name, data in contents.items():
        yield f"{name}.jpg", data
        yield f"{name}.tif", data


def _encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def _flipped(data: bytes, seed: str) -> bytes:
    """A few bits turned, half of the time near the beginning, where the headers are."""
    chance = random.Random(seed)
    damaged = bytearray(data)
    for _ in range(chance.randint(1, 20)):
        reach = len(data) if chance.random() < 0.5 else min(len(data), 300)
        damaged[chance.randrange(reach)] ^= 1 << chance.randrange(8)
    return bytes(damaged)


def _exif(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def _looping_exif() -> bytes:
    """A directory whose next directory is itself."""
    entry = struct.pack("<HHII", 0x0112, 3, 1, 6)
    return b"Exif\0\0" + b"II*\0" + struct.pack("<IH", 8, 1) + entry + struct.pack("<I", 8)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png_header(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header)


def _png(width: int, height: int, data: bytes) -> bytes:
    return _png_header(width, height) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _tiff_with_dpi(dpi: float) -> bytes:
    """A TIFF whose resolution is stated as a 32-bit float, which the standard does not allow."""
    data = bytearray(_encoded(Image.new("L", (900, 400), 255), "TIFF", dpi=(100, 100)))
    (first,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, first)
    for at in range(first + 2, first + 2 + 12 * count, 12):
        if struct.unpack_from("<H", data, at)[0] in (282, 283):
            struct.pack_into("<HIf", data, at + 2, 11, 1, dpi)
    return bytes(data)


def _tiff_of_many_pages(count: int) -> bytes:
    """Directories of 1x1 pages, one after the other."""
    tags = ((256, 1), (257, 1), (258, 8), (259, 1), (262, 1), (273, 8), (278, 1), (279, 1))
    size = 2 + 12 * len(tags) + 4
    pages = [b"II*\0", struct.pack("<I", 16), bytes(8)]
    for number in range(count):
        following = 16 + size * (number + 1) if number + 1 < count else 0
        entries = b"".join(struct.pack("<HHII", tag, 3, 1, value) for tag, value in tags)
        pages.append(struct.pack("<H", len(tags)) + entries + struct.pack("<I", following))
    return b"".join(pages)


def _pdf(pages: bytes, *objects: bytes) -> bytes:
    """A PDF without a table of its objects; readers search for them."""
    body = b"%PDF-1.4\n"
    for number, content in enumerate((b"<</Type/Catalog/Pages 2 0 R>>", pages, *objects), start=1):
        body += b"%d 0 obj%s endobj\n" % (number, content)
    return body + b"trailer<</Root 1 0 R>>\n%%EOF"
