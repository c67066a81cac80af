"""What a person sees of a piece: its ZIP cut out and enlarged, and the whole envelope, upright."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from zipreader.elements import Image, Matrix, Page, Quad, transform_points
from zipreader.errors import InputError
from zipreader.mailroom.desk import Task
from zipreader.mailroom.identity import FileIdentity
from zipreader.mailroom.store import Piece
from zipreader.mailroom.work import one_line
from zipreader.reading.images import open_pages


@dataclass(frozen=True, slots=True)
class PictureConfig:
    """Sizes in pixels; margins in heights of what is cut out."""

    crop_height: int = 320
    crop_width: int = 1400
    most_enlarged: float = 6.0
    zip_margin: tuple[float, float] = (1.2, 0.55)
    block_margin: tuple[float, float] = (0.1, 0.1)
    envelope_side: int = 1800
    quality: int = 88


@dataclass(frozen=True, slots=True)
class Pictures:
    """Two JPEG images, and where on the envelope to look.

    ``focus`` is (x0, y0, x1, y1) in shares of the envelope's width and height;
    the whole of it where nothing was found.  ``size`` is (width, height) of the envelope, and
    ``file`` what they were cut out of.
    """

    crop: bytes
    envelope: bytes
    focus: tuple[float, float, float, float]
    size: tuple[int, int]
    file: FileIdentity


_SIZES = PictureConfig()
_WHOLE = (0.0, 0.0, 1.0, 1.0)


def pictures_of(task: Task) -> Pictures:
    """Cut the pictures of a task out of its file.

    Raises:
        InputError: the file is gone, has changed since it was read, or is damaged.
    """
    piece = task.piece
    image = page_of(piece).image
    quad = shown_quad(task)
    envelope, turn = _upright(image, piece)
    if quad is None:
        crop, focus = _fitted(envelope, _SIZES.crop_width, 2 * _SIZES.crop_height), _WHOLE
    else:
        crop = _cut(image, quad, task.shows_zip, _SIZES)
        focus = _focus(transform_points(turn, quad), envelope.shape[1], envelope.shape[0])
    small = _fitted(envelope, _SIZES.envelope_side, _SIZES.envelope_side)
    size = small.shape[1], small.shape[0]
    return Pictures(
        _jpeg(crop, _SIZES.quality), _jpeg(small, _SIZES.quality), focus, size, piece.file
    )


def page_of(piece: Piece) -> Page:
    """The page as it was read.

    Raises:
        InputError: the file is gone, has changed since, or is damaged.
    """
    name = one_line(piece.file.path)
    if not piece.file.still_there():
        raise InputError(f"{name}: the file is gone or has changed since it was read")
    page = next(open_pages(piece.file.path, first=(piece.page or 1) - 1), None)
    if page is None:
        raise InputError(f"{name}: there is no page {piece.page}")
    return page


def shown_quad(task: Task) -> Quad | None:
    """What is shown large, in original pixels: the ZIP, or the address where that is unknown."""
    record = task.piece.record
    box = record["zip_box"] if task.shows_zip else record["block_box"]
    return None if box is None else np.array(box, np.float64)


def cut_out(image: Image, quad: Quad, scale: float, margin: tuple[float, float]) -> Image:
    """A rectangle, however it lies, upright and scaled; the paper's edge is drawn out."""
    along, down = quad[1] - quad[0], quad[3] - quad[0]
    width, height = float(np.linalg.norm(along)), float(np.linalg.norm(down))
    dx, dy = margin[0] * height, margin[1] * height
    right, below = along / max(width, 1e-6), down / max(height, 1e-6)
    corner = quad[0] - dx * right - dy * below
    to_original = np.column_stack([right / scale, below / scale, corner])
    size = round((width + 2 * dx) * scale), round((height + 2 * dy) * scale)
    fine = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    if scale < 1:  # a warp samples points: average first, so that thin strokes survive
        shrunk = cv2.resize(image, None, fx=scale, fy=scale, interpolation=fine)
        return cut_out(shrunk, quad * scale, 1.0, margin)
    return cv2.warpAffine(
        image,
        to_original,
        (max(1, size[0]), max(1, size[1])),
        flags=fine | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )


def _cut(image: Image, quad: Quad, is_zip: bool, config: PictureConfig) -> Image:
    margin = config.zip_margin if is_zip else config.block_margin
    height = float(np.linalg.norm(quad[3] - quad[0])) * (1 + 2 * margin[1])
    width = float(np.linalg.norm(quad[1] - quad[0])) + height * 2 * margin[0]
    tall = config.crop_height * (1 if is_zip else 2)
    scale = min(tall / height, config.crop_width / width, config.most_enlarged)
    return cut_out(image, quad, scale, margin)


def _upright(image: Image, piece: Piece) -> tuple[Image, Matrix]:
    """The image turned by the record's orientation, and the way from its pixels to these."""
    height, width = image.shape[:2]
    quarters = round(cast("int", piece.record["orientation"] or 0) / 90) % 4
    turned = np.ascontiguousarray(np.rot90(image, -quarters))
    matrix = np.eye(3)
    for _ in range(quarters):  # a quarter clockwise: (x, y) -> (height - y, x)
        matrix = np.array([(0, -1, height), (1, 0, 0), (0, 0, 1)], np.float64) @ matrix
        height, width = width, height
    return turned, matrix


def _focus(quad: Quad, width: int, height: int) -> tuple[float, float, float, float]:
    shares = quad / (width, height)
    (x0, y0), (x1, y1) = shares.min(axis=0).clip(0, 1), shares.max(axis=0).clip(0, 1)
    return float(x0), float(y0), float(x1), float(y1)


def _fitted(image: Image, width: int, height: int) -> Image:
    scale = min(width / image.shape[1], height / image.shape[0])
    if scale >= 1:
        return image
    size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def _jpeg(image: Image, quality: int) -> bytes:
    done, code = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise InputError("the picture cannot be encoded")
    return code.tobytes()
