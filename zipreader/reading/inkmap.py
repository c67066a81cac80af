"""Grey levels -> soft ink: what writing takes of the light, whatever the light and the paper."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.elements import GreyImage, InkMap, Mask
from zipreader.reading import imageops

_FEWEST_PLACES, _FAINT = 8, 0.08
"""Places without writing that tell a pattern, and the share of one that is then covered."""


def contrast(grey: GreyImage, reach: float) -> InkMap:
    """(paper - grey) / paper in 0..1: what the ink takes away, whatever the light."""
    below = imageops.paper(grey, reach).astype(np.float32)
    return np.clip((below - grey) / np.maximum(below, 1.0), 0, 1).astype(np.float32)


def otsu(values: npt.NDArray[np.float32]) -> float:
    """Otsu's threshold of values in 0..1 (N. Otsu, IEEE SMC 1979)."""
    levels = np.clip(values * 255, 0, 255).astype(np.uint8).reshape(1, -1)
    threshold, _ = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return float(threshold) / 255


def ink(grey: GreyImage, reach: float, least_contrast: float = 0.06) -> InkMap:
    """Soft ink of dark writing on lighter, unevenly lit paper.

    Contrast against the paper is split by Otsu's threshold into paper and ink;
    0.5 of the result lies 55% of the way from one to the other, and only ink
    that is connected to a firm stroke stays (hysteresis).

    Args:
        grey: (H, W) uint8.
        reach: see ``paper``, in pixels.
        least_contrast: below it there is no ink at all.

    Returns:
        (H, W) float32 in 0..1; at least 0.5 is ink.
    """
    taken = contrast(grey, reach)
    split = otsu(taken)
    dark = taken > split
    if not dark.any():
        return np.zeros_like(taken)
    pattern = printed_pattern(taken, reach)
    if pattern is not None:
        dark, ground = pattern
    else:
        ground = imageops.median(taken[~dark]) if not dark.all() else 0.0
    full = imageops.median(taken[dark])
    if full - ground < least_contrast:
        return np.zeros_like(taken)
    level = (taken - ground) / (full - ground)
    soft = np.clip((level - 0.55) / 0.6 + 0.5, 0, 1).astype(np.float32)
    return soft * near(level > 0.45, level > 0.65, soft)


def printed_pattern(taken: InkMap, reach: float, share: float = 0.5) -> tuple[Mask, float] | None:
    """Tell writing from a fainter pattern printed all over the paper.

    Contrast is split into three classes.  Where the middle one is found in most
    places that are away from the darkest, it is a pattern and no faint stroke.

    Args:
        taken: contrast, (H, W) float32 in 0..1.
        reach: as in ``paper``; places are squares of a third of it.
        share: of the places away from writing that hold the pattern.

    Returns:
        The mask of the writing and the contrast of the pattern; ``None`` if there is none.
    """
    low, high = otsu_twice(taken)
    firm = taken > high
    middle = (taken > low) & ~firm
    if not firm.any() or not middle.any():
        return None
    cell = max(3, round(reach / 3))
    away = cv2.distanceTransform((~firm).astype(np.uint8), cv2.DIST_L2, 3) > cell
    size = (max(1, taken.shape[1] // cell), max(1, taken.shape[0] // cell))
    empty = cv2.resize(away.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.7
    faint = cv2.resize((middle & away).astype(np.float32), size, interpolation=cv2.INTER_AREA)
    if empty.sum() < _FEWEST_PLACES or (faint[empty] > _FAINT).mean() < share:
        return None
    return firm, imageops.median(taken[middle & away])


def otsu_twice(values: npt.NDArray[np.float32]) -> tuple[float, float]:
    """Otsu's two thresholds that part values in 0..1 into three classes."""
    bins = 64
    places = np.minimum((values * bins).astype(np.uint8), bins - 1)
    counts = cv2.calcHist([places.reshape(1, -1)], [0], None, [bins], [0, bins]).ravel()
    edges = np.linspace(0, 1, bins + 1)
    weight = np.concatenate([[0], np.cumsum(counts)]) / max(values.size, 1)
    moment = np.concatenate([[0], np.cumsum(counts * (edges[:-1] + edges[1:]) / 2)])
    moment = moment / max(values.size, 1)

    def between(start: npt.NDArray[np.intp], end: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
        mass = weight[end] - weight[start]
        return (moment[end] - moment[start]) ** 2 / np.maximum(mass, 1e-9)

    first, second = _pairs(bins)
    zero, end = np.zeros_like(first), np.full_like(first, bins)
    variance = between(zero, first) + between(first, second) + between(second, end)
    best = int(variance.argmax())
    return float(edges[first[best]]), float(edges[second[best]])


@lru_cache(maxsize=1)
def _pairs(bins: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """All pairs of edges between bins, the lower ones and the upper ones."""
    first, second = np.triu_indices(bins - 1, 1)
    return first + 1, second + 1


def near(weak: Mask, firm: Mask, like: InkMap) -> InkMap:
    """1 where a weak pixel is connected to a firm one, else 0."""
    count, labels = cv2.connectedComponents(weak.astype(np.uint8), connectivity=8)
    kept = np.zeros(count, like.dtype)
    kept[labels[firm]] = 1
    kept[0] = 0
    result: InkMap = kept[labels]
    return result
