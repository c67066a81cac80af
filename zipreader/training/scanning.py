"""Drawn ink -> grey scan -> ink as reading finds it -> tile."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.elements import GreyImage, InkMap
from zipreader.reading.inkmap import ink
from zipreader.reading.normalize import normalize


@dataclass(frozen=True, slots=True)
class ScanConfig:
    """Ranges of paper, ink and scanner."""

    paper: tuple[float, float] = (150.0, 255.0)
    strength: tuple[float, float] = (0.3, 0.97)
    """Share of the light that full ink takes."""
    skip: float = 0.3
    """How often a pen leaves uneven ink."""
    blur: tuple[float, float] = (0.3, 1.3)
    """Standard deviation in pixels."""
    noise: tuple[float, float] = (0.0, 9.0)
    jpeg: float = 0.3
    jpeg_quality: tuple[int, int] = (35, 92)
    reach: tuple[float, float] = (0.32, 0.55)
    """Reach of the paper estimate in heights of the glyph."""
    field_height: float = 56.0
    """Height to which reading brings a field before it looks at the ink."""
    bitonal: float = 0.12
    """How often the scanner gives black and white only."""
    rescaled: float = 0.5
    """How often the grey image is brought to that height before the ink is found."""


def scan(coverage: InkMap, rng: np.random.Generator, config: ScanConfig) -> GreyImage:
    """Print coverage (H, W) on paper and scan it: (H + margin, W + margin) uint8."""
    margin = 4 + round(0.12 * max(coverage.shape))
    covered = cv2.copyMakeBorder(
        coverage, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=0
    )
    if rng.random() < config.skip:
        covered = covered * _patches(covered.shape, rng)
    covered = cv2.GaussianBlur(covered, (0, 0), rng.uniform(*config.blur))
    paper, strength = rng.uniform(*config.paper), rng.uniform(*config.strength)
    grey = paper * (1 - strength * covered)
    noise = rng.uniform(*config.noise) * min(1.0, strength * 1.5)
    grey = grey + noise * rng.standard_normal(grey.shape, np.float32)
    image = np.clip(grey, 0, 255).astype(np.uint8)
    if rng.random() < config.jpeg:
        quality = int(rng.integers(*config.jpeg_quality))
        _, code = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
        image = cv2.imdecode(code, cv2.IMREAD_GRAYSCALE)
    if rng.random() < config.bitonal:
        level = paper * (1 - strength * rng.uniform(0.35, 0.65))
        image = np.where(image < level, np.uint8(20), np.uint8(240))
    return image.astype(np.uint8, copy=False)


def found_ink(
    grey: GreyImage, height: float, rng: np.random.Generator, config: ScanConfig
) -> InkMap:
    """The ink that reading would find; ``height`` of the glyph in pixels."""
    if rng.random() < config.rescaled:
        factor = config.field_height * rng.uniform(0.75, 1.3) / height
        size = (max(8, round(grey.shape[1] * factor)), max(8, round(grey.shape[0] * factor)))
        method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
        grey = cv2.resize(grey, size, interpolation=method).astype(np.uint8, copy=False)
        height *= factor
    return ink(grey, max(height * rng.uniform(*config.reach), 9.0))


def scanned_tile(
    coverage: InkMap, rng: np.random.Generator, config: ScanConfig
) -> npt.NDArray[np.uint8]:
    """Coverage (H, W) of one glyph -> (28, 28) tile as reading would make it."""
    height = float(max(coverage.shape))
    return normalize(found_ink(scan(coverage, rng, config), height, rng, config))


def _patches(shape: tuple[int, ...], rng: np.random.Generator) -> InkMap:
    """Uneven ink: slow and fast patches between a floor and 1."""
    coarse = rng.random((max(2, shape[0] // 6), max(2, shape[1] // 6)), np.float32)
    field = cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    floor = rng.uniform(0.35, 0.9)
    return np.clip(floor + (1 - floor) * 1.6 * field, 0, 1).astype(np.float32)
