"""Page -> upright page: find the envelope, rectify it, flatten its light, level its lines."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.config import PageConfig
from zipreader.elements import GreyImage, Image, Matrix, Page, Quad, UprightPage
from zipreader.reading import imageops
from zipreader.reading.light import flatten
from zipreader.reading.outline import find_outline

_CROPPED = 3.0
"""An outline no farther off level, in degrees, is cropped and not resampled."""


@dataclass(frozen=True, slots=True, eq=False)
class _Sheet:
    """The mailpiece cut out of its surroundings, in the direction in which it came."""

    grey: GreyImage
    to_original: Matrix
    dpi: float


@dataclass(frozen=True, slots=True)
class _Evidence:
    """How much the ink gathers in lines of one direction, and how these are skewed."""

    weight: float
    skew: float
    """In degrees; 0 where there is no ink."""


def upright_pages(page: Page, config: PageConfig) -> Iterator[UprightPage]:
    """The page in its possible orientations, the likeliest first.

    Each is cropped to the envelope's outline where there is one, its paper
    flattened to white, and its lines levelled.  Later ones cost nothing until
    they are asked for.
    """
    sheet = _cut_out(page, config)
    along, across = _line_evidence(sheet, config)
    level = tuple((turn, along.skew) for turn in (0, 180))
    sideways = tuple((turn, -across.skew) for turn in (90, 270))
    is_level = along.weight >= across.weight
    likely, other = (level, sideways) if is_level else (sideways, level)
    wide = sheet.grey.shape[1] >= sheet.grey.shape[0]
    weights = along.weight, across.weight
    sure = max(weights) >= config.sure_direction * min(weights) and is_level == wide
    for turn, skew in likely if sure else (*likely, *other):
        upright = _turned(page, sheet, turn)
        yield upright if abs(skew) < config.least_skew else _levelled(upright, skew)


def whole_page(page: Page, config: PageConfig) -> UprightPage:
    """The page as it is, for an image that shows nothing but a ZIP field."""
    height = page.image.shape[0]
    grey = flatten(page.image, config.field_paper_reach * height, config)
    return UprightPage(page, grey, np.eye(3), 0, page.dpi or height / config.field_height)


def _cut_out(page: Page, config: PageConfig) -> _Sheet:
    outline = find_outline(page.image, config)
    if outline is None:
        image: Image = page.image
        matrix: Matrix = np.eye(3)
    elif _off_level(outline) <= _CROPPED:
        image, matrix = _cropped(page.image, outline)
    else:
        size = _size_of(outline)
        corners = np.array([(0, 0), (size[0], 0), size, (0, size[1])], np.float32)
        matrix = cv2.getPerspectiveTransform(corners, outline.astype(np.float32))
        image = imageops.warp(page.image, matrix, size)
    dpi = _dpi(page, image, config)
    return _Sheet(flatten(image, config.paper_reach * dpi, config), matrix, dpi)


def _off_level(outline: Quad) -> float:
    """The most that a side deviates from the direction of the image's, in degrees."""
    run = np.abs(np.roll(outline, -1, axis=0) - outline)
    return float(np.degrees(np.arctan2(run.min(axis=1), run.max(axis=1))).max())


def _cropped(image: Image, outline: Quad) -> tuple[Image, Matrix]:
    """What the outline bounds, not resampled, with paper in place of what is around it."""
    limits = np.array(image.shape[1::-1])
    x0, y0 = np.clip(np.floor(outline.min(axis=0)), 0, limits - 1).astype(int).tolist()
    x1, y1 = np.clip(np.ceil(outline.max(axis=0)), (x0 + 1, y0 + 1), limits).astype(int).tolist()
    part = image[y0:y1, x0:x1].copy()
    around = np.ones(part.shape[:2], np.uint8)
    cv2.fillConvexPoly(around, np.rint(outline - (x0, y0)).astype(np.int32), 0)
    part[around > 0] = imageops.paper_level(part)
    return part, np.array([[1, 0, x0], [0, 1, y0], [0, 0, 1]], np.float64)


def _size_of(outline: Quad) -> tuple[int, int]:
    """Width and height of the rectangle that the outline shows."""
    top, right, bottom, left = (
        float(np.linalg.norm(outline[(i + 1) % 4] - outline[i])) for i in range(4)
    )
    return max(1, round((top + bottom) / 2)), max(1, round((left + right) / 2))


def _dpi(page: Page, image: Image, config: PageConfig) -> float:
    """Stated resolution where it makes an envelope of possible size, else estimated."""
    longest = max(image.shape[:2])
    shortest, widest = config.envelope_length
    if page.dpi and shortest <= longest / page.dpi <= widest:
        return page.dpi
    return longest / config.usual_length


def _line_evidence(sheet: _Sheet, config: PageConfig) -> tuple[_Evidence, _Evidence]:
    """Evidence for lines along the width, and along the height."""
    xs, ys = _ink_points(sheet, config)
    if xs.size == 0:
        return _Evidence(1.0, 0.0), _Evidence(0.0, 0.0)
    height, width = sheet.grey.shape
    along, across = _best_skew(xs, ys, config.most_skew), _best_skew(ys, xs, config.most_skew)
    wide, tall = (
        config.landscape_bonus if long else 1.0 for long in (width >= height, height > width)
    )
    return _Evidence(along[1] * wide, along[0]), _Evidence(across[1] * tall, across[0])


def _ink_points(
    sheet: _Sheet, config: PageConfig
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Coordinates of text-sized ink at ``config.skew_dpi``."""
    scale = min(1.0, config.skew_dpi / sheet.dpi)
    small = imageops.shrink(sheet.grey, scale)
    faint = (imageops.quantile(small, 0.003) + 2 * 255) / 3
    level = min(max(config.skew_ink_level, faint), config.skew_ink_limit)
    mask = (small < level).astype(np.uint8)
    labels, stats = imageops.components(mask)
    dpi = sheet.dpi * scale
    sides = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]
    text = (sides.max(axis=1) >= 0.04 * dpi) & (sides.max(axis=1) <= 1.2 * dpi)
    text &= sides.min(axis=1) <= 0.5 * dpi
    text[0] = False
    ys, xs = np.nonzero(text[labels])
    return xs.astype(np.float32), ys.astype(np.float32)


def _best_skew(
    along: npt.NDArray[np.float32], across: npt.NDArray[np.float32], limit: float
) -> tuple[float, float]:
    """The angle (degrees) at which the projection profile is sharpest, and how sharp.

    Sharpness is the energy of the profile's differences per ink pixel (W. Postl,
    ICPR 1986).
    """

    def sharpness(angle: float) -> float:
        offsets = across - along * math.tan(math.radians(angle))
        low = float(offsets.min())
        profile = np.bincount((offsets - low).astype(np.int32)).astype(np.float64)
        return float((np.diff(profile) ** 2).sum()) / len(along)

    coarse = max(np.arange(-limit, limit + 0.5, 1.0), key=lambda a: sharpness(float(a)))
    fine = max(np.arange(coarse - 1, coarse + 1.01, 0.2), key=lambda a: sharpness(float(a)))
    return float(fine), sharpness(float(fine))


def _turned(page: Page, sheet: _Sheet, turn: int) -> UprightPage:
    """The sheet turned clockwise by a multiple of 90 degrees."""
    height, width = sheet.grey.shape
    if turn == 0:
        return UprightPage(page, sheet.grey, sheet.to_original, turn, sheet.dpi)
    code, rows = {
        90: (cv2.ROTATE_90_CLOCKWISE, [[0, 1, 0], [-1, 0, height], [0, 0, 1]]),
        180: (cv2.ROTATE_180, [[-1, 0, width], [0, -1, height], [0, 0, 1]]),
        270: (cv2.ROTATE_90_COUNTERCLOCKWISE, [[0, -1, width], [1, 0, 0], [0, 0, 1]]),
    }[turn]
    matrix = sheet.to_original @ np.array(rows, np.float64)
    return UprightPage(page, cv2.rotate(sheet.grey, code), matrix, turn, sheet.dpi)


def _levelled(upright: UprightPage, skew: float) -> UprightPage:
    """Rotate so that lines that rise or fall by ``skew`` degrees become level."""
    height, width = upright.grey.shape
    cos, sin = math.cos(math.radians(skew)), math.sin(math.radians(skew))
    new_width = round(width * cos + height * abs(sin))
    new_height = round(width * abs(sin) + height * cos)
    x, y = width / 2, height / 2
    u, v = new_width / 2, new_height / 2
    matrix = np.array(
        [[cos, -sin, x - cos * u + sin * v], [sin, cos, y - sin * u - cos * v], [0, 0, 1]],
        np.float64,
    )
    grey = imageops.warp(upright.grey, matrix, (new_width, new_height))
    return replace(upright, grey=grey, to_original=upright.to_original @ matrix)
