"""OpenCV as the second decoder, for what Pillow does not know or allow."""

from __future__ import annotations

import cv2
import numpy as np

from zipreader.elements import Image
from zipreader.reading.formats.pixels import pixels_of_array
from zipreader.reading.formats.source import Source


def opencv_pixels(source: Source, position: int) -> Image:
    """One image as OpenCV decodes it; only for sizes that have been checked."""
    source.stream.seek(0)
    data = np.frombuffer(source.stream.read(), dtype=np.uint8)
    _, images = cv2.imdecodemulti(data, cv2.IMREAD_UNCHANGED, range=(position, position + 1))
    if not images:
        raise ValueError("unknown pixel format")
    source.check_size(images[0].shape[1], images[0].shape[0])
    return pixels_of_array(images[0])
