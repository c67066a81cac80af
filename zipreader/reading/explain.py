"""Reading -> picture: where was looked, what was seen there, and why it was so decided.

Above, the user's own image with its places outlined; below, the panel.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from zipreader.elements import Image, Quad, Reading
from zipreader.reading.panel import BLOCK, CANDIDATE, FIELD, GLYPH, LINE, Pen, draw_panel, outline
from zipreader.reading.record import address_block

_LONGEST_SIDE = 1600
_MOST_ENLARGED = 2.0
_PANEL_WIDTH = 1000
_BESIDE = 222
_CLEARANCE = 4
"""Paper left free between ink and outline, and between outlines, in pixels of the picture."""


def explain(reading: Reading) -> Image:
    """Draw one reading for a person.

    Args:
        reading: of any page, also one where nothing was found.

    Returns:
        (H, W, 3) BGR: the page in its own orientation, its longer side at most 1600 pixels and
        enlarged at most twofold, above a panel at least 1000 pixels wide.
    """
    page = _marked_page(reading)
    width = max(page.shape[1], _PANEL_WIDTH)
    left = (width - page.shape[1]) // 2
    right = width - page.shape[1] - left
    page = cv2.copyMakeBorder(page, 0, 0, left, right, cv2.BORDER_CONSTANT, value=(_BESIDE,) * 3)
    return np.vstack([page, draw_panel(reading, width)])


def _marked_page(reading: Reading) -> Image:
    """The original page as BGR, scaled to be looked at, with its places outlined."""
    width, height = reading.page.size
    scale = min(_MOST_ENLARGED, _LONGEST_SIDE / max(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    image: Image = cv2.resize(reading.page.image, size, interpolation=interpolation)
    if image.ndim == 2:
        image = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
    for pen, quad in _places(reading, _CLEARANCE / scale):
        outline(image, quad * scale, pen)
    return image


def _places(reading: Reading, gap: float) -> Iterator[tuple[Pen, Quad]]:
    """What to outline, in original pixels, the most important last; wider ones go around."""
    best, block = reading.guess, address_block(reading)
    for each in reading.blocks:
        for line in each.lines:
            yield LINE, each.page.original_quad(line.box.grown(gap, gap))
    for field in reading.fields:
        if best is None or field is not best.field:
            yield CANDIDATE, field.page.original_quad(field.box.grown(2 * gap, 2 * gap))
    if block:
        yield BLOCK, block.page.original_quad(block.box.grown(4 * gap, 4 * gap))
    if best:
        yield FIELD, best.field.page.original_quad(best.field.box.grown(2 * gap, 2 * gap))
        yield from ((GLYPH, digit.quad) for digit in best.digits)
