from __future__ import annotations

import io
import os
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from tests.hostile import PAGELESS_TIFF
from zipreader.config import ImageConfig
from zipreader.elements import Page
from zipreader.errors import (
    ImageTooLargeError,
    InputError,
    UnreadableImageError,
    ZipReaderError,
)
from zipreader.reading import images
from zipreader.reading.formats import pdf, tiff
from zipreader.reading.images import open_pages, page_from_array, pages_from_bytes

pytestmark = pytest.mark.filterwarnings("error")

WIDTH, HEIGHT = 120, 50
Pixels = npt.NDArray[np.uint8]


def drawn(channels: int = 3) -> Pixels:
    """A light page with a dark bar at the top left, and a blue one if it has colour."""
    image = np.full((HEIGHT, WIDTH, 3), 230, np.uint8)
    image[5:15, 5:60] = 20
    if channels == 3:
        image[30:40, 5:30] = (200, 60, 30)
        return image
    return np.ascontiguousarray(image[:, :, 0])


def picture(mode: str = "RGB") -> Image.Image:
    if mode in ("1", "L", "LA"):
        return Image.fromarray(drawn(1)).convert(mode)
    return Image.fromarray(np.ascontiguousarray(drawn()[:, :, ::-1])).convert(mode)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def only(data: bytes, config: ImageConfig | None = None) -> Page:
    (page,) = pages_from_bytes(data, "mail.bin", config or ImageConfig())
    return page


def difference(page: Page, expected: Pixels) -> float:
    assert page.image.dtype == np.uint8
    assert page.image.shape == expected.shape
    return float(np.abs(page.image.astype(int) - expected).mean())


def message_of(data: bytes, config: ImageConfig | None = None) -> str:
    with pytest.raises(InputError) as caught:
        list(pages_from_bytes(data, "mail.bin", config or ImageConfig()))
    text = str(caught.value)
    assert text.startswith("mail.bin: ")
    assert "\n" not in text
    return text.removeprefix("mail.bin: ")


# --- formats ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "mode", "options"),
    [
        ("JPEG", "RGB", {"quality": 95}),
        ("JPEG", "L", {"quality": 95}),
        ("JPEG", "RGB", {"quality": 95, "progressive": True}),
        ("PNG", "RGB", {}),
        ("PNG", "L", {}),
        ("TIFF", "RGB", {}),
        ("TIFF", "L", {"compression": "tiff_lzw"}),
        ("TIFF", "RGB", {"compression": "tiff_adobe_deflate"}),
        ("TIFF", "RGB", {"compression": "jpeg", "quality": 95}),
        ("TIFF", "L", {"compression": "packbits"}),
        ("TIFF", "RGB", {"big_tiff": True}),
        ("BMP", "RGB", {}),
        ("BMP", "L", {}),
        ("WEBP", "RGB", {"lossless": True}),
        ("GIF", "L", {}),
    ],
)
def test_every_format_shows_the_picture(kind: str, mode: str, options: dict[str, object]) -> None:
    page = only(encoded(picture(mode), kind, **options))
    assert difference(page, drawn(1 if mode == "L" else 3)) < 4
    assert (page.path, page.index) == ("mail.bin", 0)
    assert page.image.flags.c_contiguous


@pytest.mark.parametrize(
    ("kind", "options"),
    [("TIFF", {}), ("TIFF", {"compression": "group4"}), ("PNG", {}), ("BMP", {})],
)
def test_one_bit_is_black_on_white(kind: str, options: dict[str, object]) -> None:
    expected = np.where(drawn(1) > 127, 255, 0).astype(np.uint8)
    page = only(encoded(Image.fromarray(expected).convert("1"), kind, **options))
    assert difference(page, expected) == 0


@pytest.mark.parametrize("kind", ["TIFF", "JPEG"])
def test_cmyk_becomes_bgr(kind: str) -> None:
    assert difference(only(encoded(picture("CMYK"), kind, quality=95)), drawn()) < 6


@pytest.mark.parametrize("kind", ["PNG", "GIF", "TIFF", "BMP"])
def test_palette_becomes_bgr(kind: str) -> None:
    assert difference(only(encoded(picture().quantize(16), kind)), drawn()) < 3


def test_a_grey_palette_stays_grey() -> None:
    assert only(encoded(picture("L").convert("P"), "PNG")).image.ndim == 2


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
@pytest.mark.parametrize("bits", [16, 12])
def test_sixteen_bits_are_scaled_by_the_bits_in_use(kind: str, bits: int) -> None:
    deep = drawn(1).astype(np.uint16) << (bits - 8)
    assert difference(only(encoded(Image.fromarray(deep), kind)), drawn(1)) == 0


def test_thirty_two_bit_and_float_grey() -> None:
    counts = Image.fromarray(drawn(1).astype(np.int32))
    fractions = Image.fromarray(drawn(1).astype(np.float32) / 255)
    assert difference(only(encoded(counts, "TIFF")), drawn(1)) == 0
    assert difference(only(encoded(fractions, "TIFF")), drawn(1)) == 0


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
def test_sixteen_bit_colour(suffix: str) -> None:
    _, data = cv2.imencode(suffix, drawn().astype(np.uint16) * 257)
    assert difference(only(data.tobytes()), drawn()) < 1


def test_tiff_pixel_formats_that_only_opencv_knows() -> None:
    _, data = cv2.imencode(".tiff", drawn().astype(np.float32) / 255)
    assert difference(only(data.tobytes()), drawn()) < 1


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_transparency_shows_white(mode: str, kind: str) -> None:
    image = picture(mode)
    alpha = Image.new("L", image.size, 255)
    alpha.paste(0, (60, 0, WIDTH, HEIGHT))
    image.putalpha(alpha)
    page = only(encoded(image, kind, **({"lossless": True} if kind == "WEBP" else {})))
    assert (page.image[:, 60:] == 255).all()
    assert int(page.image[10, 10].max()) == 20
    if kind != "WEBP":
        assert page.image.ndim == (2 if mode == "LA" else 3)


def test_an_unused_alpha_channel_hides_nothing() -> None:
    image = picture("RGBA")
    image.putalpha(0)
    assert difference(only(encoded(image, "PNG")), drawn()) == 0


def test_a_transparent_palette_colour_shows_white() -> None:
    image = picture("P")
    background = image.getpixel((0, 0))
    assert only(encoded(image, "PNG", transparency=background)).image[0, 0].min() == 255


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_frame_counts(kind: str) -> None:
    other = Image.new("RGB", (WIDTH, HEIGHT), "red")
    options = {"lossless": True} if kind == "WEBP" else {}
    data = encoded(picture(), kind, save_all=True, append_images=[other], **options)
    assert difference(only(data), drawn()) < 20


def test_every_page_of_a_tiff_is_a_mailpiece() -> None:
    others = [picture("1"), Image.new("L", (30, 40), 77)]
    pages = list(pages_from_bytes(encoded(picture(), "TIFF", save_all=True, append_images=others)))
    assert [page.index for page in pages] == [0, 1, 2]
    assert [page.size for page in pages] == [(WIDTH, HEIGHT), (WIDTH, HEIGHT), (30, 40)]
    assert [page.image.ndim for page in pages] == [3, 2, 2]


def test_a_thumbnail_in_a_tiff_is_no_mailpiece() -> None:
    stream = io.BytesIO()
    with Image.new("L", (9, 9)) as thumbnail:
        thumbnail.encoderinfo = {"tiffinfo": {254: 1}}
        picture().save(stream, "TIFF", save_all=True, append_images=[thumbnail])
    assert only(stream.getvalue()).size == (WIDTH, HEIGHT)


def test_pages_come_one_at_a_time() -> None:
    data = encoded(picture(), "TIFF", save_all=True, append_images=[picture()] * 4)
    pages = pages_from_bytes(data)
    assert isinstance(pages, Iterator)
    assert next(pages).index == 0


def test_the_content_decides_not_the_name(tmp_path: Path) -> None:
    misnamed = tmp_path / "letter.jpg"
    misnamed.write_bytes(encoded(picture(), "PNG"))
    (page,) = open_pages(misnamed)
    assert difference(page, drawn()) == 0
    assert page.path == str(misnamed)


# --- orientation and resolution --------------------------------------------------------------

TURNS: dict[int, Callable[[Pixels], Pixels]] = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: np.rot90(a, 2).swapaxes(0, 1),
    8: lambda a: np.rot90(a, 1),
}


@pytest.mark.parametrize("orientation", TURNS)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_exif_orientation_is_applied(kind: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    page = only(encoded(picture(), kind, exif=exif, quality=95))
    assert difference(page, TURNS[orientation](drawn())) < 4


@pytest.mark.parametrize("orientation", [1, 2, 3, 4, 5, 6, 7, 8])
def test_orientation_is_applied_to_what_opencv_decodes(orientation: int) -> None:
    _, data = cv2.imencode(".tiff", drawn().astype(np.float32) / 255)
    turned = with_tiff_tag(data.tobytes(), 274, orientation)
    assert difference(only(turned), TURNS[orientation](drawn())) < 1


def with_tiff_tag(data: bytes, tag: int, value: int) -> bytes:
    """Overwrite an unneeded tag (XResolution or software) of a little-endian TIFF."""
    assert data[:2] == b"II"
    start = int.from_bytes(data[4:8], "little")
    count = int.from_bytes(data[start : start + 2], "little")
    entries = [data[start + 2 + 12 * i : start + 14 + 12 * i] for i in range(count)]
    spare = {282, 283, 296, 305, tag}
    kept = [e for e in entries if int.from_bytes(e[:2], "little") not in spare]
    new = b"".join(n.to_bytes(s, "little") for n, s in ((tag, 2), (3, 2), (1, 4), (value, 4)))
    table = sorted([*kept, new], key=lambda e: int.from_bytes(e[:2], "little"))
    body = len(table).to_bytes(2, "little") + b"".join(table) + bytes(4)
    return data[:4] + len(data).to_bytes(4, "little") + data[8:] + body


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "BMP"])
def test_the_stated_dpi_is_kept(kind: str) -> None:
    dpi = only(encoded(picture(), kind, dpi=(300, 300))).dpi
    assert dpi == pytest.approx(300, abs=0.5)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "BMP", "WEBP", "GIF"])
def test_no_dpi_is_none(kind: str) -> None:
    assert only(encoded(picture(), kind)).dpi is None or kind == "BMP"


def test_dpi_from_exif_in_centimetres() -> None:
    exif = Image.Exif()
    exif[282], exif[283], exif[296] = 100.0, 100.0, 3
    assert only(encoded(picture(), "WEBP", exif=exif)).dpi == pytest.approx(254)


@pytest.mark.parametrize("dpi", [0, 1, 9999])
def test_implausible_dpi_is_none(dpi: int) -> None:
    assert only(encoded(picture(), "TIFF", dpi=(dpi, dpi))).dpi is None


def test_a_fax_gets_square_pixels() -> None:
    page = only(encoded(picture("1"), "TIFF", dpi=(204, 98), compression="group4"))
    assert page.size == (WIDTH, round(HEIGHT * 204 / 98))
    assert page.dpi == 204


def test_a_fax_on_its_side_gets_square_pixels() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    page = only(encoded(picture("L"), "TIFF", dpi=(204, 98), exif=exif))
    assert page.size == (round(HEIGHT * 204 / 98), WIDTH)


# --- PDF -------------------------------------------------------------------------------------


def test_pdf_pages_are_rendered_at_the_configured_dpi() -> None:
    data = encoded(picture(), "PDF", resolution=72, save_all=True, append_images=[picture("L")])
    pages = list(pages_from_bytes(data, config=ImageConfig(pdf_dpi=144)))
    assert [page.size for page in pages] == [(2 * WIDTH, 2 * HEIGHT)] * 2
    assert [page.image.ndim for page in pages] == [3, 2]
    assert [page.dpi for page in pages] == [144, 144]
    small = cv2.resize(pages[1].image, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    assert np.abs(small.astype(int) - drawn(1)).mean() < 8


def test_a_pdf_page_over_the_limit_is_not_rendered() -> None:
    data = encoded(picture(), "PDF", resolution=1)
    with pytest.raises(ImageTooLargeError, match=r"36000 x 1500[01] pixels"):
        list(pages_from_bytes(data))


def test_a_pdf_without_pages_and_one_under_a_password() -> None:
    assert message_of(empty_pdf()) == "the PDF has no pages"
    assert message_of(locked_pdf()) == "the PDF is protected by a password"


@pytest.mark.parametrize("kind", ["TIFF", "PDF"])
def test_pages_before_the_first_that_is_wanted_are_not_decoded(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [picture("L"), picture()]
    data = encoded(picture(), kind, save_all=True, append_images=others)
    every = list(pages_from_bytes(data))
    module, name = {"TIFF": (tiff, "_tiff_pixels"), "PDF": (pdf, "_pdf_pixels")}[kind]
    decode, decoded = getattr(module, name), []

    def counted(*arguments: Any) -> Any:
        decoded.append(1)
        return decode(*arguments)

    monkeypatch.setattr(module, name, counted)
    for first in range(5):
        decoded.clear()
        pages = list(pages_from_bytes(data, first=first))
        assert len(pages) == len(decoded) == max(0, 3 - first)
        for page, expected in zip(pages, every[first:], strict=True):
            assert page.index == expected.index
            assert np.array_equal(page.image, expected.image)


def test_a_picture_has_no_second_page() -> None:
    assert not list(pages_from_bytes(encoded(picture(), "PNG"), first=1))


def pdf_of(*objects: bytes, trailer: bytes = b"") -> bytes:
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    tail = b"trailer\n<</Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF" % (
        size,
        trailer,
        len(body),
    )
    return body + head + tail


def empty_pdf() -> bytes:
    return pdf_of(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>")


def locked_pdf() -> bytes:
    lock = b"<</Filter/Standard/V 1/R 2/O<%s>/U<%s>/P -4>>" % (b"ab" * 32, b"cd" * 32)
    return pdf_of(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[]/Count 0>>",
        lock,
        trailer=b"/Encrypt 3 0 R /ID[<%s><%s>]" % (b"00" * 16, b"00" * 16),
    )


# --- bad input -------------------------------------------------------------------------------


def test_missing_file_folder_and_bad_name(tmp_path: Path) -> None:
    for path, cause in [
        (tmp_path / "none.png", "no such file"),
        (tmp_path, "this is a folder, not an image file"),
        (Path("a\0b"), "this is not a valid file name"),
    ]:
        with pytest.raises(UnreadableImageError, match=cause):
            list(open_pages(path))


def test_a_file_without_read_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(encoded(picture(), "PNG"))

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UnreadableImageError, match=r"secret.png: no permission to read"):
        list(open_pages(secret))


def test_the_message_stays_on_one_line_whatever_the_name() -> None:
    with pytest.raises(UnreadableImageError) as caught:
        list(pages_from_bytes(b"", "a\nb\x1b[2J.png"))
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", "the file is empty"),
        (b"Dear Sir or Madam", "this is not an image (JPEG, PNG, TIFF, BMP, WebP, GIF or PDF)"),
        (b"\0\0\0\x18ftypheic", "HEIC or video files are not supported; save it as"),
        (b"PK\3\4 docx", "ZIP or Office files are not supported; save it as"),
        (b"GIF89a\0\0\0\0\0\0\0", "the GIF image"),
        (b"\x89PNG\r\n\x1a\n", "the PNG image is truncated (its data end too early)"),
        (b"\xff\xd8\xff", "the JPEG image"),
        (b"II*\0\x08\0\0\0", "the TIFF image is truncated (its data end too early)"),
        (b"BM", "the BMP image"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "the WebP image is truncated"),
        (b"%PDF-1.4", "the PDF"),
    ],
)
def test_files_that_are_no_images(data: bytes, cause: str) -> None:
    assert message_of(data).startswith(cause)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("PNG", {}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("TIFF", {"compression": "group4"}),
        ("BMP", {}),
        ("WEBP", {}),
        ("GIF", {}),
    ],
)
@pytest.mark.parametrize("lenient", [False, True])
def test_half_a_file_is_an_error_even_where_the_process_is_lenient(
    kind: str, options: dict[str, object], lenient: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", lenient)
    noise = np.random.default_rng(5).integers(0, 256, (90, 80), np.uint8)
    image = Image.fromarray(noise).convert("1" if "group4" in options.values() else "L")
    data = encoded(image, kind, **options)
    assert "image is truncated" in message_of(data[: len(data) // 2]) or kind == "WEBP"
    assert lenient == ImageFile.LOAD_TRUNCATED_IMAGES


@pytest.mark.parametrize("padding", [b"\0", b"\xff"])
def test_half_a_jpeg_padded_to_its_length_is_an_error(padding: bytes) -> None:
    noise = np.random.default_rng(5).integers(0, 256, (90, 80), np.uint8)
    data = encoded(Image.fromarray(noise), "JPEG", exif=Image.Exif(), dpi=(300, 300))
    half = len(data) // 2
    assert "image is truncated" in message_of(data[:half] + padding * half)


def test_bytes_after_the_end_of_a_jpeg_do_no_harm() -> None:
    data = encoded(picture(), "JPEG", quality=95)
    assert difference(only(data + b"a motion photo's film \xff\xda"), drawn()) < 4


def test_pages_before_a_broken_one_are_yielded() -> None:
    data = encoded(picture(), "TIFF", save_all=True, append_images=[picture(), picture()])
    pages = pages_from_bytes(data[: len(data) * 2 // 3 + 500], "batch.tif")
    assert [next(pages).index, next(pages).index] == [0, 1]
    with pytest.raises(UnreadableImageError, match=r"batch.tif: page 3: .* truncated"):
        next(pages)


def test_a_tiff_without_a_page_is_refused() -> None:
    big = b"II+\0" + bytes((8, 0, 0, 0)) + bytes(8)
    for data in (PAGELESS_TIFF, PAGELESS_TIFF + bytes(100), big):
        assert message_of(data) == "the TIFF image is truncated (its data end too early)"


def test_too_many_pages() -> None:
    data = encoded(picture(), "TIFF", save_all=True, append_images=[picture()])
    pages = pages_from_bytes(data, "batch.tif", ImageConfig(max_pages=1))
    assert next(pages).index == 0
    with pytest.raises(InputError, match="more than 1 pages"):
        next(pages)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "BMP", "WEBP", "GIF"])
def test_the_pixel_limit_is_checked_before_decoding(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = encoded(picture(), kind)

    def decode(*_: object) -> None:
        pytest.fail("decoded")

    monkeypatch.setattr(ImageFile.ImageFile, "load", decode)
    limit = ImageConfig(max_pixels=WIDTH * HEIGHT - 1)
    with pytest.raises(ImageTooLargeError, match=r"120 x 50 pixels .* limit of 5999"):
        only(data, limit)


def test_a_side_too_long_to_be_warped() -> None:
    with pytest.raises(ImageTooLargeError, match="side is longer"):
        only(encoded(Image.new("1", (40_000, 2)), "TIFF"))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "BMP", "WEBP", "GIF"])
def test_our_own_limit_holds_not_that_of_pillow(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    assert only(encoded(picture("L"), kind)).size == (WIDTH, HEIGHT)


def test_decoding_leaves_the_settings_of_the_process_alone() -> None:
    before = (warnings.filters[:], Image.MAX_IMAGE_PIXELS, cv2.utils.logging.getLogLevel())
    data = encoded(picture(), "PNG")
    threads = [threading.Thread(target=only, args=(data,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    after = (warnings.filters[:], Image.MAX_IMAGE_PIXELS, cv2.utils.logging.getLogLevel())
    assert before == after


def test_damaged_exif_costs_only_the_orientation() -> None:
    data = encoded(picture(), "JPEG", quality=95, exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff\x12\x01")
    assert difference(only(data), drawn()) < 4


def test_a_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    data = encoded(picture(), "PNG")
    writer = threading.Thread(target=pipe.write_bytes, args=(data,))
    writer.start()
    (page,) = open_pages(pipe)
    writer.join()
    assert page.size == (WIDTH, HEIGHT)


# --- any bytes -------------------------------------------------------------------------------


def seeds() -> list[bytes]:
    some = [
        encoded(picture(), "JPEG"),
        encoded(picture("P"), "PNG", dpi=(300, 300)),
        encoded(picture("RGBA"), "WEBP"),
        encoded(picture("P"), "GIF"),
        encoded(picture("P"), "BMP"),
        empty_pdf(),
        encoded(picture("L"), "PDF", resolution=300),
    ]
    for compression in (None, "tiff_lzw", "group4"):
        image = picture("1") if compression == "group4" else picture()
        some.append(encoded(image, "TIFF", compression=compression, dpi=(204, 98)))
    return some


SEEDS = seeds()
LIMITS = ImageConfig(max_pixels=200_000, max_pages=20, pdf_dpi=72)


def yields_pages_or_raises_one_line(data: bytes) -> None:
    try:
        for page in pages_from_bytes(data, "mail.bin", LIMITS):
            assert page.image.dtype == np.uint8
            assert page.image.ndim == 2 or page.image.shape[2] == 3
            assert 0 < page.image.shape[0] * page.image.shape[1] <= LIMITS.max_pixels
    except ZipReaderError as error:
        assert str(error).isprintable()


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SEEDS), st.floats(0, 1))
def test_any_truncation(data: bytes, share: float) -> None:
    yields_pages_or_raises_one_line(data[: round(len(data) * share)])


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=4)), max_size=4),
)
def test_any_damage(data: bytes, edits: list[tuple[float, bytes]]) -> None:
    damaged = bytearray(data)
    for place, new in edits:
        at = round(place**2 * (len(data) - len(new)))
        damaged[at : at + len(new)] = new
    yields_pages_or_raises_one_line(bytes(damaged))


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([seed[:12] for seed in SEEDS] + [b""]), st.binary(max_size=200))
def test_any_bytes(head: bytes, rest: bytes) -> None:
    yields_pages_or_raises_one_line(head + rest)


def test_the_libraries_print_and_log_nothing(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    for data in SEEDS:
        for share in (0.3, 0.6, 0.9):
            yields_pages_or_raises_one_line(data[: round(len(data) * share)])
        garbled = bytearray(data)
        garbled[len(data) // 2 : len(data) // 2 + 40] = b"\xa5" * 40
        yields_pages_or_raises_one_line(bytes(garbled))
    tiff = with_tiff_tag(encoded(picture(), "TIFF"), 277, 2048)
    assert "cannot be decoded" in message_of(tiff)
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []


# --- arrays ----------------------------------------------------------------------------------


def test_grey_and_bgr_arrays_become_pages() -> None:
    assert page_from_array(drawn()).image.shape == (HEIGHT, WIDTH, 3)
    assert page_from_array(drawn(1)[:, :, None], "crop", 300).image.shape == (HEIGHT, WIDTH)


def test_an_array_view_becomes_contiguous() -> None:
    assert page_from_array(drawn()[:, ::-1]).image.flags.c_contiguous


@pytest.mark.parametrize(
    ("array", "cause"),
    [
        (drawn().astype(np.float32), "uint8 array, not float32"),
        ([[1, 2]], "uint8 array, not list"),
        (np.zeros((5, 5, 4), np.uint8), r"not \(5, 5, 4\)"),
        (np.zeros(5, np.uint8), r"not \(5,\)"),
        (np.zeros((0, 5), np.uint8), "no pixels"),
    ],
)
def test_other_arrays_are_refused(array: npt.NDArray[np.uint8], cause: str) -> None:
    with pytest.raises(UnreadableImageError, match=cause):
        page_from_array(array)


def test_an_implausible_dpi_for_an_array_is_refused() -> None:
    with pytest.raises(UnreadableImageError, match="dpi is not within 50 to 2400"):
        page_from_array(drawn(), dpi=0)


def test_public_names() -> None:
    assert images.__all__ == ["open_pages", "page_from_array", "pages_from_bytes"]
