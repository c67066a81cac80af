"""Distortions of finished tiles."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.elements import Tiles
from zipreader.reading.normalize import TILE, normalize
from zipreader.training.elastic import elastic

_UP = 3
"""Scale of the copy on which strokes are made thicker and thinner."""
_MARGIN = 8
_SIDE = _UP * TILE + 2 * _MARGIN
_PART = 7
"""How far apart parts of a tile are displaced differently, in pixels."""


@dataclass(frozen=True, slots=True)
class DistortConfig:
    """Ranges of the heavy distortion of whole digits (as another hand would write them)."""

    rotation: float = 12.0
    shear: float = 0.3
    aspect: tuple[float, float] = (0.75, 1.35)
    elastic: float = 0.06
    """Displacement in tile widths."""
    waves: int = 4
    """Nodes of the elastic grid in each direction."""
    thickness: tuple[int, int] = (-3, 7)
    """Pixels added to the stroke on a copy three times as large."""
    cut: float = 0.1
    """How often a margin of the digit is cut off."""
    cut_depth: float = 0.08
    blur: tuple[float, float] = (0.3, 2.0)
    crisp: float = 0.3
    """How often the edge is as sharp as that of a black and white scan."""


@dataclass(frozen=True, slots=True)
class JitterConfig:
    """Ranges of the light jitter of tiles while training."""

    rotation: float = 8.0
    scale: float = 0.1
    shear: float = 0.15
    shift: float = 1.2
    gamma: tuple[float, float] = (0.7, 1.4)
    bent: float = 0.4
    """How often the parts of a tile are displaced, neighbours alike."""
    bend: float = 0.5
    """Largest standard deviation of the displacement, in pixels."""


def distort(
    tile: npt.NDArray[np.uint8], rng: np.random.Generator, config: DistortConfig
) -> npt.NDArray[np.uint8]:
    """Another hand, pen and cut of the same digit, normalized again; (28, 28) to (28, 28)."""
    large = cv2.resize(tile, None, fx=_UP, fy=_UP, interpolation=cv2.INTER_CUBIC)
    large = cv2.copyMakeBorder(
        large, _MARGIN, _MARGIN, _MARGIN, _MARGIN, cv2.BORDER_CONSTANT, value=0
    )
    large = cv2.remap(large, *_warp(rng, config), cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    large = _thicken(large, int(rng.integers(config.thickness[0], config.thickness[1] + 1)))
    if rng.random() < config.crisp:
        large = _crisp(large, rng.uniform(80, 150))
    large = cv2.GaussianBlur(large, (0, 0), rng.uniform(*config.blur))
    if rng.random() < config.cut:
        large = _cut(large, rng, config.cut_depth)
    moved = normalize((large.astype(np.float32) / 255).astype(np.float32))
    return moved if moved.any() else tile


def jitter(tiles: Tiles, rng: np.random.Generator, config: JitterConfig) -> Tiles:
    """Small random affine maps, bends and gammas of (N, 28, 28) tiles."""
    count = len(tiles)
    turn = np.deg2rad(rng.uniform(-config.rotation, config.rotation, count))
    scale = rng.uniform(1 - config.scale, 1 + config.scale, (count, 2))
    shear = rng.uniform(-config.shear, config.shear, count)
    shift = rng.uniform(-config.shift, config.shift, (count, 2))
    low, high = np.log(config.gamma)
    gamma = np.exp(rng.uniform(low, high, count))
    levels = np.arange(256) / 255
    tables = np.rint(255 * levels[None] ** gamma[:, None]).astype(np.uint8)
    cos, sin = np.cos(turn), np.sin(turn)
    matrices = np.empty((count, 2, 3))
    matrices[:, 0, 0], matrices[:, 0, 1] = scale[:, 0] * cos, shear - sin
    matrices[:, 1, 0], matrices[:, 1, 1] = sin, scale[:, 1] * cos
    centre = np.full(2, (TILE - 1) / 2)
    matrices[:, :, 2] = centre - matrices[:, :, :2] @ centre + shift
    bends = rng.uniform(0, config.bend, count) * (rng.random(count) < config.bent)
    moved = np.empty_like(tiles)
    for index in range(count):
        warped = cv2.warpAffine(tiles[index], matrices[index], (TILE, TILE))
        if bends[index]:
            warped = elastic(warped, rng, bends[index], _PART)
        moved[index] = tables[index][warped]
    return moved


def _warp(
    rng: np.random.Generator, config: DistortConfig
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    turn = np.deg2rad(rng.uniform(-config.rotation, config.rotation))
    aspect = float(np.exp(rng.uniform(*np.log(config.aspect)) / 2))
    shear = rng.uniform(-config.shear, config.shear)
    shrink = 1 + 0.3 * abs(shear)
    cos, sin = np.cos(turn) * shrink, np.sin(turn) * shrink
    matrix = np.array([[cos, -sin], [sin, cos]]) @ np.array([[1 / aspect, shear], [0, aspect]])
    axis = np.arange(_SIDE, dtype=np.float32) - (_SIDE - 1) / 2
    x, y = np.meshgrid(axis, axis)
    amount = rng.uniform(0, config.elastic) * TILE * _UP
    nodes = rng.standard_normal((2, config.waves, config.waves)).astype(np.float32)
    bend = [cv2.resize(n, (_SIDE, _SIDE), interpolation=cv2.INTER_CUBIC) for n in nodes]
    middle = (_SIDE - 1) / 2
    map_x = matrix[0, 0] * x + matrix[0, 1] * y + middle + amount * bend[0]
    map_y = matrix[1, 0] * x + matrix[1, 1] * y + middle + amount * bend[1]
    return map_x.astype(np.float32), map_y.astype(np.float32)


def _thicken(large: npt.NDArray[np.uint8], pixels: int) -> npt.NDArray[np.uint8]:
    """Grow or shrink strokes; never lose half of the ink."""
    if pixels == 0:
        return large
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (abs(pixels) + 1,) * 2)
    changed = cv2.dilate(large, kernel) if pixels > 0 else cv2.erode(large, kernel)
    enough = pixels > 0 or int(changed.sum()) > 0.5 * int(large.sum())
    return changed.astype(np.uint8, copy=False) if enough else large


def _crisp(large: npt.NDArray[np.uint8], level: float) -> npt.NDArray[np.uint8]:
    """Black and white only, unless that breaks thin strokes."""
    sharp = ((large > level) * np.uint8(255)).astype(np.uint8)
    return sharp if int(sharp.sum()) > 0.8 * int(large.sum()) else large


def _cut(
    large: npt.NDArray[np.uint8], rng: np.random.Generator, depth: float
) -> npt.NDArray[np.uint8]:
    """Cut a strip off one side of the ink."""
    rows = np.flatnonzero(large.max(axis=1) > 40)
    columns = np.flatnonzero(large.max(axis=0) > 40)
    if rows.size < 8 or columns.size < 8:
        return large
    cut = large.copy()
    strip = rng.uniform(0, depth)
    side = rng.integers(4)
    if side == 0:
        cut[: rows[0] + int(strip * rows.size)] = 0
    elif side == 1:
        cut[rows[-1] + 1 - int(strip * rows.size) :] = 0
    elif side == 2:
        cut[:, : columns[0] + int(strip * columns.size)] = 0
    else:
        cut[:, columns[-1] + 1 - int(strip * columns.size) :] = 0
    return cut
