"""Where an envelope lies when its picture is taken: on a scanner's glass or on a desk."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from zipreader.elements import Image, Matrix, Quad, transform_points
from zipreader.synth.compose import Colour, Rng, cloud
from zipreader.synth.plan import Plan

_DESKS: tuple[Colour, ...] = (
    (60, 95, 140), (40, 62, 98), (95, 140, 185), (60, 60, 62), (150, 150, 148), (90, 70, 50),
    (205, 210, 212), (35, 33, 32),
)  # fmt: skip
_MOST_SKEW = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A picture before the sensor: ``to_image`` maps sheet to image pixels."""

    image: Image
    to_image: Matrix


def scan(sheet: Image, dpi: int, plan: Plan, rng: Rng) -> Shot:
    """Lay a sheet on a scanner, a little askew, perhaps with the bed showing round it."""
    height, width = sheet.shape[:2]
    skew = float(np.clip(rng.normal(0, 0.9), -_MOST_SKEW, _MOST_SKEW))
    cropped = rng.random() < 0.45
    low, high = (-0.03, 0.05) if cropped else (0.03, 0.5)
    left, top, right, bottom = (float(v) * dpi for v in rng.uniform(low, high, 4))
    size = (round(width + left + right), round(height + top + bottom))
    rotation = cv2.getRotationMatrix2D((width / 2, height / 2), skew, 1.0)
    matrix: Matrix = np.vstack([rotation, (0, 0, 1)])
    matrix[:2, 2] += left, top
    bed = _bed(rng)
    image = cv2.warpAffine(
        sheet, matrix[:2], size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT,
        borderValue=bed,
    )  # fmt: skip
    edge = np.round(transform_points(matrix, _outline(width, height)) * 16).astype(np.int32)
    shade = tuple(int(0.8 * c) for c in bed)
    cv2.polylines(image, [edge], True, shade, max(1, round(0.008 * dpi)), cv2.LINE_AA, 4)
    return _turned(Shot(np.asarray(image, np.uint8), matrix), plan.turn)


def _outline(width: int, height: int) -> list[tuple[int, int]]:
    return [(0, 0), (width, 0), (width, height), (0, height)]


def _bed(rng: Rng) -> Colour:
    """The lid or glass round the sheet: mostly white, also grey or black."""
    draw = rng.random()
    if draw < 0.6:
        level = int(rng.integers(235, 256))
    else:
        level = int(rng.integers(120, 200)) if draw < 0.75 else int(rng.integers(5, 50))
    return level, level, level


def _turned(shot: Shot, turn: int) -> Shot:
    """The picture turned clockwise by a multiple of 90 degrees."""
    image, matrix = shot.image, shot.to_image
    for _ in range(turn // 90):
        height = image.shape[0]
        quarter = np.array([(0, -1, height), (1, 0, 0), (0, 0, 1)], np.float64)
        image, matrix = cv2.rotate(image, cv2.ROTATE_90_CLOCKWISE), quarter @ matrix
    return Shot(np.asarray(image, np.uint8), matrix)


def photograph(sheet: Image, plan: Plan, rng: Rng) -> Shot:
    """Take a picture of a sheet on a desk: perspective, its shadow, and the camera askew."""
    height, width = sheet.shape[:2]
    size = (round(width * rng.uniform(1.1, 1.4)), round(height * rng.uniform(1.2, 1.8)))
    matrix = _perspective(width, height, size, rng)
    image = _desk(size, rng)
    corners = transform_points(matrix, _outline(width, height))
    _cast_shadow(image, corners, rng)
    cv2.warpPerspective(
        sheet, matrix, size, dst=image, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT
    )
    return _turned(Shot(image, matrix), plan.turn)


def _perspective(width: int, height: int, size: tuple[int, int], rng: Rng) -> Matrix:
    """A view of the sheet that stays inside the picture."""
    corners = np.array(_outline(width, height), np.float64) - (width / 2, height / 2)
    angle = np.deg2rad(np.clip(rng.normal(0, 4), -11, 11))
    corners = corners @ [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
    tilt = rng.normal(0, 0.055, 2).clip(-0.13, 0.13) / (width / 2, width / 2)
    depth = 1 + corners @ tilt
    seen = corners / depth[:, None]
    extent = np.ptp(seen, axis=0)
    scale = min(0.97 * size[0] / extent[0], 0.97 * size[1] / extent[1], rng.uniform(0.85, 1.05))
    play = (np.array(size) - scale * extent) / 2
    shift = np.array(size) / 2 + rng.uniform(-0.8, 0.8, 2) * play
    middle = (seen.max(axis=0) + seen.min(axis=0)) / 2
    target = ((seen - middle) * scale + shift).astype(np.float32)
    source = np.array(_outline(width, height), np.float32)
    return np.asarray(cv2.getPerspectiveTransform(source, target), np.float64)


def _desk(size: tuple[int, int], rng: Rng) -> Image:
    """A table top: plain, speckled, or wood with its grain."""
    width, height = size
    base = _DESKS[int(rng.integers(len(_DESKS)))]
    texture = 1 + float(rng.uniform(0.01, 0.04)) * cloud(rng, (height, width), 3)
    if rng.random() < 0.55:
        coarse = rng.standard_normal((max(4, height // 8), 6), dtype=np.float32)
        texture += 0.09 * cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    planes = [cv2.convertScaleAbs(texture, alpha=float(level)) for level in base]
    return np.asarray(cv2.merge(planes), np.uint8)


def _cast_shadow(desk: Image, corners: Quad, rng: Rng) -> None:
    """Darken the desk along two sides of the sheet, in place."""
    reduce = 4
    height, width = desk.shape[0] // reduce + 1, desk.shape[1] // reduce + 1
    mask = np.zeros((height, width), np.uint8)
    shift = rng.uniform(-1, 1, 2) * 0.012 * width
    cv2.fillConvexPoly(mask, np.round(corners / reduce + shift).astype(np.int32), 255)
    soft = cv2.GaussianBlur(mask, (0, 0), 0.006 * width + 1).astype(np.float32) / 255
    factor = cv2.resize(1 - 0.55 * soft, (desk.shape[1], desk.shape[0]))
    cv2.multiply(desk, cv2.merge([factor] * 3), dst=desk, dtype=cv2.CV_8U)
