"""The pixels of a JPEG, straight into an array: Pillow hands them over in half of a page's time."""

from __future__ import annotations

import simplejpeg

from zipreader.elements import Image
from zipreader.reading.formats.pixels import bgr

_SPACES = {"L": "GRAY", "RGB": "BGR"}


def jpeg_pixels(data: bytes, mode: str) -> Image | None:
    """Grey or BGR, bit by bit what Pillow decodes.

    Args:
        data: the file.
        mode: what Pillow says of its header.

    Returns:
        ``None`` for other modes, and for a damaged file: Pillow knows what ails it.
    """
    space = _SPACES.get(mode)
    if space is None:
        return None
    try:
        pixels = simplejpeg.decode_jpeg(data, space)
    except ValueError:
        return None
    return bgr(pixels[:, :, 0] if space == "GRAY" else pixels)
