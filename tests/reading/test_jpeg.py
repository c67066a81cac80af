"""JPEG pixels are those of Pillow, whichever library hands them over."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from zipreader.reading.formats.jpeg import jpeg_pixels
from zipreader.reading.formats.pixels import pixels_of
from zipreader.reading.images import pages_from_bytes


def encoded(picture: Pillow.Image, **options: object) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "JPEG", **options)
    return stream.getvalue()


def drawn(mode: str, width: int, height: int, seed: int = 0) -> Pillow.Image:
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 256, (height // 8 + 2, width // 8 + 2, 4), np.uint8)
    picture = Pillow.fromarray(coarse, "CMYK").resize((width, height), Pillow.Resampling.BICUBIC)
    return picture if mode == "CMYK" else picture.convert(mode)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["L", "RGB"]),
    st.integers(1, 90),
    st.integers(1, 70),
    st.integers(20, 95),
    st.sampled_from(["4:4:4", "4:2:2", "4:2:0"]),
    st.booleans(),
)
def test_every_pixel_is_as_pillow_decodes_it(
    mode: str, width: int, height: int, quality: int, sampling: str, progressive: bool
) -> None:
    picture = drawn(mode, width, height, quality)
    data = encoded(picture, quality=quality, subsampling=sampling, progressive=progressive)
    read = jpeg_pixels(data, mode)
    assert read is not None
    assert read.dtype == np.uint8
    assert np.array_equal(read, pixels_of(Pillow.open(io.BytesIO(data))))


def test_colours_that_are_not_luma_and_chroma_are_read() -> None:
    picture = drawn("RGB", 40, 30)
    data = encoded(picture, quality=90, keep_rgb=True)
    read = jpeg_pixels(data, "RGB")
    assert read is not None
    assert np.array_equal(read, pixels_of(Pillow.open(io.BytesIO(data))))


def test_four_inks_are_left_to_pillow() -> None:
    data = encoded(drawn("CMYK", 40, 30))
    assert jpeg_pixels(data, "CMYK") is None
    assert next(iter(pages_from_bytes(data))).image.shape == (30, 40, 3)


@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_half_a_file_is_left_to_pillow(kept: float, capfd: pytest.CaptureFixture[str]) -> None:
    data = encoded(drawn("L", 200, 100))
    assert jpeg_pixels(data[: round(kept * len(data))], "L") is None
    assert jpeg_pixels(b"\xff\xd8 no picture", "L") is None
    assert capfd.readouterr() == ("", "")
