"""Image -> grey levels: coloured, shaded or dark paper becomes white, and writing dark."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.config import PageConfig
from zipreader.elements import GreyImage, Image
from zipreader.reading import imageops

_BRIGHT = 250.0
"""Grey level of the brightest paper in a sum of channels."""
_LABEL = (0.5, 3.5)
"""Widest stroke on a light label on dark paper and its least side, in reaches of the paper."""
_SEEN_PAPER = 6.0
"""Reach of the paper in an image so far reduced that colours are compared on it."""


def flatten(image: Image, reach: float, config: PageConfig) -> GreyImage:
    """Grey levels with white paper, whatever its colour and light.

    Light writing on dark paper is inverted, but for the light labels on it.

    Args:
        image: (H, W) or (H, W, 3) BGR, uint8.
        reach: of the estimate of the paper in pixels, above the widest stroke.
        config: what dark paper and light strokes are.
    """
    grey = imageops.to_grey(image)
    if _is_light_on_dark(grey, reach, config):
        return _with_labels(_divide(cv2.bitwise_not(grey), reach), grey, reach, config)
    return _divide(image if image.ndim == 2 else _most_telling(image, reach), reach)


def _most_telling(image: Image, reach: float) -> GreyImage:
    """The sum of the channels of a BGR image in which the ink tells itself best from the paper.

    Blue ink on kraft shows in red, and the blue channel adds noise only.  The weights
    are those of Fisher's linear discriminant (1936) for independent channels that were
    divided by their paper: contrast over the paper's variance.  They are found on a
    reduced image, and on single pixels for the noise.
    """
    scale = min(1.0, _SEEN_PAPER / reach)
    small = cv2.split(imageops.shrink(image, scale))
    papers = [imageops.paper(channel, scale * reach) for channel in small]
    taken = _taken(small, papers)
    total = taken.sum(axis=0)
    is_ink = total >= imageops.quantile(total, 0.97)
    is_paper = total <= imageops.median(total)
    contrast = (taken[:, is_ink].mean(axis=1) - taken[:, is_paper].mean(axis=1)).clip(1)
    pixels = cv2.split(np.ascontiguousarray(image[::7, ::7]))
    sample = _taken(pixels, [cv2.resize(below, pixels[0].shape[::-1]) for below in papers])
    covered = sample.sum(axis=0)
    noise = sample[:, covered <= imageops.quantile(covered, 0.85)].std(axis=1).clip(3)
    weights = contrast / noise**2
    brightest = np.array([max(imageops.quantile(below, 0.99), 16.0) for below in papers])
    factors = np.zeros((3, 3), np.float32)
    factors[0] = _BRIGHT * weights / weights.sum() / brightest
    summed: GreyImage = cv2.extractChannel(cv2.transform(image, factors), 0)
    return summed


def _taken(channels: Sequence[GreyImage], papers: Sequence[GreyImage]) -> npt.NDArray[np.float32]:
    """(channels, pixels): what the ink takes of the light in each channel, 0..255."""
    over = [_over(channel, below) for channel, below in zip(channels, papers, strict=True)]
    return np.float32(255) - np.stack([each.ravel() for each in over])


def _is_light_on_dark(grey: GreyImage, reach: float, config: PageConfig) -> bool:
    """Whether the strokes on dark paper are lighter than it.

    Strokes are what differs from the median of the neighbourhood, and the cube
    of the difference tells on which side: noise and the two sides of an edge
    cancel out.
    """
    if imageops.median(grey[::8, ::8]) > config.dark_paper:
        return False
    scale = min(1.0, 12 / reach)
    small = imageops.shrink(grey, scale)
    around = cv2.medianBlur(small, imageops.odd(0.75 * reach * scale)).astype(np.float32)
    cubes = (cv2.GaussianBlur(small, (0, 0), 0.7).astype(np.float32) - around) ** 3
    return float(cubes.sum()) > config.light_strokes * float(np.abs(cubes).sum())


def _with_labels(
    inverted: GreyImage, grey: GreyImage, reach: float, config: PageConfig
) -> GreyImage:
    """An inverted dark page with its light labels as they are.

    A label is lighter than dark paper may be, and larger than a stroke; its rim is
    neither dark nor light writing and becomes paper.
    """
    reduction = _reduction(reach)
    small = imageops.shrink(grey, 1 / reduction)
    stroke, side = (
        np.ones((imageops.odd(share * reach / reduction),) * 2, np.uint8) for share in _LABEL
    )
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, stroke)
    opened = cv2.morphologyEx(paper, cv2.MORPH_OPEN, side)
    label = (opened > config.dark_paper).astype(np.uint8)
    if not label.any():
        return inverted
    rim = np.ones((3, 3), np.uint8)
    inside, around = (
        cv2.resize(change(label, rim), grey.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
        for change in (cv2.erode, cv2.dilate)
    )
    flat = np.where(around, np.uint8(255), inverted)
    return np.where(inside, _divide(grey, reach), flat)


def _divide(channel: GreyImage, reach: float) -> GreyImage:
    """Divide a channel by its paper, 255 for paper; the paper is estimated on a reduced image."""
    reduction = _reduction(reach)
    small = imageops.shrink(channel, 1 / reduction)
    below = imageops.paper(small, reach / reduction)
    return _over(channel, cv2.resize(below, channel.shape[::-1], interpolation=cv2.INTER_LINEAR))


def _reduction(reach: float) -> int:
    """By how much an image is reduced before its paper is estimated."""
    return max(1, int(reach / 12))


def _over(channel: GreyImage, below: GreyImage) -> GreyImage:
    return cv2.divide(channel, cv2.max(below, 16), scale=255)
