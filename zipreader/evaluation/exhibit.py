"""Pictures of a miss for the gallery of a report."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from zipreader.elements import Image, Page, Quad, Reading
from zipreader.evaluation.outcome import Exhibit
from zipreader.reading.explain import explain
from zipreader.synth.truth import Truth

TRUTH_COLOUR = (180, 0, 200)
"""Blue, green, red: magenta, which the explained picture uses for nothing else."""


@dataclass(frozen=True, slots=True)
class ExhibitConfig:
    """Sizes of the pictures."""

    width: int = 900
    """Largest width of the explained picture, in pixels."""
    quality: int = 72
    """JPEG quality."""
    field_height: int = 72
    """Height of the picture of the true ZIP, in pixels."""
    field_width: int = 480
    """Its largest width, in pixels."""
    margin: float = 0.3
    """Paper shown around the true ZIP, in its heights."""
    line: float = 0.002
    """Width of the outline of the truth, in page widths."""


EXHIBIT = ExhibitConfig()


def make_exhibit(reading: Reading, truth: Truth) -> Exhibit:
    """Draw how a piece was read, with the true places outlined."""
    page = reading.page
    marked = replace(page, image=_marked(page, truth, EXHIBIT))
    picture = explain(replace(reading, page=marked))
    if picture.shape[1] > EXHIBIT.width:
        size = EXHIBIT.width, round(picture.shape[0] * EXHIBIT.width / picture.shape[1])
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    field = None
    if truth.field is not None:
        field = _encoded(".png", _cut_out(page.image, np.asarray(truth.field), EXHIBIT))
    return Exhibit(_encoded(".jpg", picture, cv2.IMWRITE_JPEG_QUALITY, EXHIBIT.quality), field)


def _marked(page: Page, truth: Truth, config: ExhibitConfig) -> Image:
    """The page in colour, with the true field and each of its digits outlined."""
    image = page.image
    colour = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR) if image.ndim == 2 else image.copy()
    thin = max(1, round(config.line * page.size[0] / 2))
    outlines = [(digit.quad, thin) for digit in truth.digits]
    if truth.field is not None:
        outlines.append((truth.field, 2 * thin))
    for corners, width in outlines:
        points = np.rint(np.asarray(corners)).astype(np.int32)
        cv2.polylines(colour, [points], True, TRUTH_COLOUR, width, cv2.LINE_AA)
    return colour


def _cut_out(image: Image, quad: Quad, config: ExhibitConfig) -> Image:
    """What a quadrilateral of the page shows, level and with some paper around."""
    along, down = quad[1] - quad[0], quad[3] - quad[0]
    ratio = float(np.linalg.norm(along)) / max(float(np.linalg.norm(down)), 1.0)
    inner = config.field_height / (1 + 2 * config.margin)
    pad = config.margin * inner
    width = min(round(ratio * inner + 2 * pad), config.field_width)
    corners = np.array(
        [(pad, pad), (width - pad, pad), (width - pad, pad + inner), (pad, pad + inner)]
    )
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), quad.astype(np.float32))
    size = width, config.field_height
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpPerspective(image, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)


def _encoded(suffix: str, image: Image, *parameters: int) -> bytes:
    _, code = cv2.imencode(suffix, image, parameters)
    return bytes(code)
