"""Page -> upright page: find the envelope, rectify it, flatten its light, level its lines."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.config import PageConfig
from zipreader.elements import GreyImage, Image, Light, Mask, Matrix, Page, Quad, UprightPage
from zipreader.reading import imageops
from zipreader.reading.light import flatten, lit
from zipreader.reading.outline import find_outlines

_BAR = 0.3, 3.0, 0.5
"""What is so long, in inches, so many times as long as wide, and so full of ink is a bar or a rule
and no writing: barcodes run across the text beside them."""
_HALVED = 1000
"""In an image that is longer than so many pixels the outline is looked for in half of them."""
_LEVEL_BONUS = 0.3
"""What lines at the steepest angle lack in sharpness against level ones: a stamp often
stands askew, an address seldom does."""
_CROPPED = 3.0
"""An outline no farther off level, in degrees, is cropped and not resampled."""


@dataclass(frozen=True, slots=True, eq=False)
class _Sheet:
    """The mailpiece cut out of its surroundings, in the direction in which it came.

    All but ``scale`` concerns the page reduced by that: it is no finer than lines need.
    """

    grey: GreyImage
    to_original: Matrix
    dpi: float
    light: Light
    scale: float
    piece: int
    pieces: int


@dataclass(frozen=True, slots=True)
class _Evidence:
    """How much the ink gathers in lines of one direction, and how these are skewed."""

    weight: float
    skew: float
    """In degrees; 0 where there is no ink."""


def upright_pages(
    page: Page, config: PageConfig, piece: int = 0, light_ink: bool = False
) -> Iterator[UprightPage]:
    """The page in its possible orientations, the likeliest first.

    Each is cropped to the envelope's outline where there is one, its paper
    flattened to white, and its lines levelled.  Later ones cost nothing until
    they are asked for.  Of several envelopes in one image each is a ``piece``.  With
    ``light_ink`` all that they show is light writing on what is dark.
    """
    sheet = _cut_out(page, config, piece, light_ink)
    along, across = _line_evidence(sheet, config)
    lengthwise = tuple((turn, along.skew) for turn in (0, 180))
    sideways = tuple((turn, -across.skew) for turn in (90, 270))
    is_level = along.weight >= across.weight
    likely, other = (lengthwise, sideways) if is_level else (sideways, lengthwise)
    for turn, skew in (*likely, *other):
        turned = _turned(sheet, turn)
        level = turned if abs(skew) < config.least_skew else _levelled(turned, skew)
        yield _upright(page, level, turn)


def whole_page(page: Page, config: PageConfig) -> UprightPage:
    """The page as it is, for an image that shows nothing but a ZIP field."""
    height = page.image.shape[0]
    grey = flatten(page.image, config.field_paper_reach * height, config)
    return UprightPage(page, grey, np.eye(3), 0, page.dpi or height / config.field_height)


def _cut_out(page: Page, config: PageConfig, piece: int, light_ink: bool) -> _Sheet:
    image, outlines, dpi, scale = _reduced(page, config)
    around: Mask | None = None
    matrix: Matrix = np.eye(3)
    if outlines and _off_level(outlines[piece]) <= _CROPPED:
        image, matrix, around = _cropped(image, outlines[piece])
    elif outlines:
        size = _size_of(outlines[piece])
        corners = np.array([(0, 0), (size[0], 0), size, (0, size[1])], np.float32)
        matrix = cv2.getPerspectiveTransform(corners, outlines[piece].astype(np.float32))
        image = imageops.warp(image, matrix, size)
    grey, light = lit(image, config.paper_reach * dpi, config, around, light_ink)
    to_sheet = np.linalg.inv(matrix) @ _scaling(scale)
    light = replace(light, to_paper=light.to_paper @ to_sheet)
    return _Sheet(grey, matrix, dpi, light, scale, piece, max(1, len(outlines)))


def _reduced(page: Page, config: PageConfig) -> tuple[Image, tuple[Quad, ...], float, float]:
    """The image as far reduced as lines allow, the outlines on it, its resolution, and the scale.

    The outline is found first: how large the envelope is tells the resolution.
    """
    image, scale = page.image, 1.0
    if max(image.shape) >= _HALVED:
        image, scale = _half(image), 0.5
    outlines = find_outlines(image, config)
    size = _size_of(outlines[0]) if outlines else image.shape[1::-1]
    dpi = _dpi(page, max(size) / scale, config)
    found = scale
    if scale * dpi < config.sheet_dpi:
        image, found = page.image, 1.0
    while found * dpi >= 2 * config.sheet_dpi:
        image, found = _half(image), found / 2
    return image, tuple(each * (found / scale) for each in outlines), found * dpi, found


def _half(image: Image) -> Image:
    """Averages of two by two pixels; an odd last row or column is left out."""
    rows, columns = (max(1, side // 2) for side in image.shape[:2])
    whole = image[: 2 * rows, : 2 * columns]
    return cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA)


def _off_level(outline: Quad) -> float:
    """The most that a side deviates from the direction of the image's, in degrees."""
    run = np.abs(np.roll(outline, -1, axis=0) - outline)
    return float(np.degrees(np.arctan2(run.min(axis=1), run.max(axis=1))).max())


def _cropped(image: Image, outline: Quad) -> tuple[Image, Matrix, Mask]:
    """What the outline bounds, not resampled, with paper in place of what is around it."""
    limits = np.array(image.shape[1::-1])
    x0, y0 = np.clip(np.floor(outline.min(axis=0)), 0, limits - 1).astype(int).tolist()
    x1, y1 = np.clip(np.ceil(outline.max(axis=0)), (x0 + 1, y0 + 1), limits).astype(int).tolist()
    part = image[y0:y1, x0:x1].copy()
    around = np.ones(part.shape[:2], np.uint8)
    cv2.fillConvexPoly(around, np.rint(outline - (x0, y0)).astype(np.int32), 0)
    part[around > 0] = imageops.paper_level(part)
    return part, np.array([[1, 0, x0], [0, 1, y0], [0, 0, 1]], np.float64), around > 0


def _size_of(outline: Quad) -> tuple[int, int]:
    """Width and height of the rectangle that the outline shows."""
    top, right, bottom, left = (
        float(np.linalg.norm(outline[(i + 1) % 4] - outline[i])) for i in range(4)
    )
    return max(1, round((top + bottom) / 2)), max(1, round((left + right) / 2))


def _dpi(page: Page, longest: float, config: PageConfig) -> float:
    """Stated resolution where it makes an envelope of possible size, else estimated.

    ``longest`` is the longer side of the envelope in pixels.
    """
    least, most = config.envelope_length
    if page.dpi and least <= longest / page.dpi <= most:
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
    longer, shorter = sides.max(axis=1), sides.min(axis=1)
    text = (longer >= 0.04 * dpi) & (longer <= 1.2 * dpi) & (shorter <= 0.5 * dpi)
    length, slender, full = _BAR
    solid = stats[:, cv2.CC_STAT_AREA] >= full * longer * shorter
    text &= ~((longer >= length * dpi) & (longer >= slender * shorter) & solid)
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

    def sharpest(angles: npt.NDArray[np.float64]) -> tuple[float, float]:
        slopes = np.tan(np.radians(angles)).astype(np.float32)
        offsets = across - along * slopes[:, np.newaxis]
        offsets -= offsets.min(axis=1, keepdims=True)
        places = offsets.astype(np.int32)
        last = places.max(axis=1)
        size = int(last.max()) + 1
        places += size * np.arange(len(angles), dtype=np.int32)[:, np.newaxis]
        profiles = np.bincount(places.ravel(), minlength=size * len(angles)).reshape(-1, size)
        energy = (np.diff(profiles) ** 2).sum(axis=1)
        shorter = last < size - 1  # the fall behind the last ink counts nowhere
        energy[shorter] -= profiles[shorter, last[shorter]] ** 2
        sharpness = (1 - _LEVEL_BONUS * np.abs(angles) / limit) * energy / len(along)
        best = int(sharpness.argmax())
        return float(angles[best]), float(sharpness[best])

    coarse, _ = sharpest(np.arange(-limit, limit + 0.5, 1.0))
    return sharpest(np.arange(coarse - 1, coarse + 1.01, 0.2))


def _turned(sheet: _Sheet, turn: int) -> _Sheet:
    """The sheet turned clockwise by a multiple of 90 degrees."""
    height, width = sheet.grey.shape
    if turn == 0:
        return sheet
    code, rows = {
        90: (cv2.ROTATE_90_CLOCKWISE, [[0, 1, 0], [-1, 0, height], [0, 0, 1]]),
        180: (cv2.ROTATE_180, [[-1, 0, width], [0, -1, height], [0, 0, 1]]),
        270: (cv2.ROTATE_90_COUNTERCLOCKWISE, [[0, -1, width], [1, 0, 0], [0, 0, 1]]),
    }[turn]
    matrix = sheet.to_original @ np.array(rows, np.float64)
    return replace(sheet, grey=cv2.rotate(sheet.grey, code), to_original=matrix)


def _levelled(sheet: _Sheet, skew: float) -> _Sheet:
    """Rotate so that lines that rise or fall by ``skew`` degrees become level."""
    height, width = sheet.grey.shape
    cos, sin = math.cos(math.radians(skew)), math.sin(math.radians(skew))
    new_width = round(width * cos + height * abs(sin))
    new_height = round(width * abs(sin) + height * cos)
    x, y = width / 2, height / 2
    u, v = new_width / 2, new_height / 2
    matrix = np.array(
        [[cos, -sin, x - cos * u + sin * v], [sin, cos, y - sin * u - cos * v], [0, 0, 1]],
        np.float64,
    )
    grey = imageops.warp(sheet.grey, matrix, (new_width, new_height))
    return replace(sheet, grey=grey, to_original=sheet.to_original @ matrix)


def _upright(page: Page, sheet: _Sheet, turn: int) -> UprightPage:
    """The sheet in pixels of the original's size."""
    to_original = _scaling(1 / sheet.scale) @ sheet.to_original @ _scaling(sheet.scale)
    dpi = sheet.dpi / sheet.scale
    return UprightPage(
        page,
        sheet.grey,
        to_original,
        turn,
        dpi,
        sheet.scale,
        sheet.light,
        sheet.piece,
        sheet.pieces,
    )


def _scaling(factor: float) -> Matrix:
    return np.diag([factor, factor, 1.0])
