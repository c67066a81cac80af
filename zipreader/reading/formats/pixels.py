"""A decoded picture -> uint8 grey or BGR: depth, transparency, orientation, square pixels.

The helpers under :mod:`~zipreader.reading.images`; nothing here opens a file.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow

from zipreader.elements import Image

AnyPixels = npt.NDArray[Any]
"""(H, W) or (H, W, 3 or 4), any depth."""
Density = tuple[float, float]
"""Horizontal and vertical dots per inch."""
Tags = Mapping[int, Any]
"""TIFF or EXIF tags by number."""

WIDTH, HEIGHT, PHOTOMETRIC, ORIENTATION = 256, 257, 262, 274
X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT = 282, 283, 296

_PER_INCH, _PER_CENTIMETRE = 2, 3
_CENTIMETRES_PER_INCH = 2.54
_GREY_MODES = {"1", "L", "LA", "La"}
_DEEP_MODES = {"I", "F", "I;16", "I;16B", "I;16L", "I;16N"}
_SAME_DENSITY = 1.02
_FIRST_SIDEWAYS_ORIENTATION = 5


def pixels_of(picture: Pillow.Image) -> Image:
    """The pixels of a loaded Pillow image: grey stays grey, transparent shows white."""
    if picture.mode in _DEEP_MODES:
        return eight_bits(np.asarray(picture))
    target = "L" if picture.mode in _GREY_MODES or _has_grey_palette(picture) else "RGB"
    if picture.has_transparency_data:
        picture = _on_white(picture.convert("RGBA"), target)
    elif picture.mode != target:
        picture = picture.convert(target)
    if target == "L":
        return np.array(picture)
    return bgr(cv2.cvtColor(np.asarray(picture), cv2.COLOR_RGB2BGR))


def bgr(array: AnyPixels) -> Image:
    """Narrow what OpenCV's stubs leave open."""
    return np.asarray(array, dtype=np.uint8)


def _has_grey_palette(picture: Pillow.Image) -> bool:
    if picture.mode not in ("P", "PA"):
        return False
    colours = np.array(picture.getpalette("RGB") or [], dtype=np.int64).reshape(-1, 3)
    return bool((colours == colours[:, :1]).all())


def _on_white(picture: Pillow.Image, target: str) -> Pillow.Image:
    alpha = picture.getchannel("A")
    canvas = Pillow.new(target, picture.size, "white")
    _, most_opaque = alpha.getextrema()
    # An alpha of 0 everywhere is the unused fourth byte of some BMP writers.
    canvas.paste(picture.convert(target), mask=alpha if most_opaque else None)
    return canvas


def pixels_of_array(array: AnyPixels) -> Image:
    """Grey, BGR or BGRA of any depth, as OpenCV decodes it, to grey or BGR uint8."""
    array = eight_bits(array)
    if array.ndim == 3 and array.shape[2] == 4:
        opacity = array[:, :, 3:].astype(np.uint16)
        array = bgr((array[:, :, :3] * opacity + 255 * (255 - opacity)) // 255)
    return without_idle_colour(array) if array.ndim == 3 else array


def eight_bits(array: AnyPixels) -> Image:
    """Scale by the bits in use, for 16-bit files often hold the 10 or 12 bits of a sensor.

    Floats are taken as 0..1, or as integers where they go beyond.
    """
    if array.dtype == np.uint8:
        return array
    if not np.issubdtype(array.dtype, np.floating):
        bits = max(8, int(array.max()).bit_length())
        return bgr(np.maximum(array, 0) >> (bits - 8))
    array = np.nan_to_num(array.astype(np.float32), posinf=0.0, neginf=0.0)
    peak = float(array.max())
    white = 1.0 if peak <= 1.0 else 2.0 ** max(8, math.ceil(math.log2(peak + 1.0))) - 1.0
    return bgr(np.rint(np.clip(array, 0.0, white) * (255.0 / white)))


def without_idle_colour(array: Image) -> Image:
    """Grey where all three channels are the same, else the image as it is."""
    blue, green, red = cv2.split(array)
    same = np.array_equal(blue, green) and np.array_equal(green, red)
    return bgr(green) if same else array


def oriented(array: Image, orientation: object) -> Image:
    """Apply an EXIF orientation (1 to 8; anything else leaves the image as it is)."""
    match orientation:
        case 2:
            return bgr(cv2.flip(array, 1))
        case 3:
            return bgr(cv2.rotate(array, cv2.ROTATE_180))
        case 4:
            return bgr(cv2.flip(array, 0))
        case 5:
            return bgr(cv2.transpose(array))
        case 6:
            return bgr(cv2.rotate(array, cv2.ROTATE_90_CLOCKWISE))
        case 7:
            return bgr(cv2.rotate(cv2.transpose(array), cv2.ROTATE_180))
        case 8:
            return bgr(cv2.rotate(array, cv2.ROTATE_90_COUNTERCLOCKWISE))
    return array


def oriented_density(density: Density | None, orientation: object) -> Density | None:
    """The density after :func:`oriented`: the axes change places where it turns sideways."""
    sideways = isinstance(orientation, int) and orientation >= _FIRST_SIDEWAYS_ORIENTATION
    return (density[1], density[0]) if density and sideways else density


def stated_density(picture: Pillow.Image, tags: Tags) -> Density | None:
    """What the format's own header states, else what the EXIF tags state."""
    stated = picture.info.get("dpi")
    if picture.format == "JPEG" and picture.info.get("jfif_unit") not in (1, 2):
        stated = None  # Pillow then says 72, whether the file does or not
    return _pair(stated) or density_of_tags(tags)


def density_of_tags(tags: Tags) -> Density | None:
    """Density from the TIFF resolution tags, whose unit is the inch unless stated."""
    density = _pair((tags.get(X_RESOLUTION), tags.get(Y_RESOLUTION)))
    unit = tags.get(RESOLUTION_UNIT, _PER_INCH)
    if density and unit == _PER_CENTIMETRE:
        return density[0] * _CENTIMETRES_PER_INCH, density[1] * _CENTIMETRES_PER_INCH
    return density if unit == _PER_INCH else None


def _pair(stated: object) -> Density | None:
    if not isinstance(stated, tuple) or len(stated) != 2:
        return None
    try:
        return float(stated[0]), float(stated[1])
    except (TypeError, ValueError, ArithmeticError):
        return None


def square_size(width: int, height: int, density: Density) -> tuple[int, int]:
    """The size with square pixels, at the finer of both densities."""
    finest = max(density)
    if finest <= _SAME_DENSITY * min(density):
        return width, height
    return round(width * finest / density[0]), round(height * finest / density[1])
