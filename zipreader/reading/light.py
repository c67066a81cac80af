"""Image -> grey levels: coloured, shaded or dark paper becomes white, and writing dark.

That of a whole page is found on a reduced image; what is read is taken from the original
in the same light.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.config import PageConfig
from zipreader.elements import GreyImage, Image, Light, Mask, Matrix, Paper, UprightPage
from zipreader.reading import imageops

Weights = tuple[float, float, float]
"""Of blue, green and red."""

_BRIGHT = 250.0
"""Grey level of the brightest paper in a sum of channels."""
_LABEL = (0.5, 3.5)
"""Widest stroke on a light label on dark paper and its least side, in reaches of the paper."""
_RIM = np.ones((3, 3), np.uint8)
"""What is left out of a label around it, for it is of neither paper."""
_LIGHTER = 1.3
"""So many times as light as the paper is a label on it."""
_FAR_LIGHTER = 2.5
"""So many times as light, it is one however dark the picture is."""
_SAMPLED = 12_000
"""Single pixels on which the noise of the channels is measured."""
_LEAST_PAPER = 16
"""What is darker is no paper."""
_SEEN_PAPER, _SEEN_STROKES = 6.0, 6.0
"""Reach of the paper in an image so far reduced that colours are compared on it, and strokes with
what is around them."""


def flatten(image: Image, reach: float, config: PageConfig) -> GreyImage:
    """Grey levels with white paper, whatever its colour and light; see ``lit``."""
    return lit(image, reach, config)[0]


def lit(
    image: Image,
    reach: float,
    config: PageConfig,
    around: Mask | None = None,
    light_ink: bool = False,
) -> tuple[GreyImage, Light]:
    """Grey levels with white paper, whatever its colour and light, and how they came about.

    Light writing on dark paper is inverted, but for the light labels on it.

    Args:
        image: (H, W) or (H, W, 3) BGR, uint8.
        reach: of the estimate of the paper in pixels, above the widest stroke.
        config: what dark paper and light strokes are.
        around: where the surroundings of the mailpiece are, which become white.
        light_ink: whether nothing but light writing is looked for, on whatever is dark.
    """
    grey = imageops.to_grey(image)
    weights = None
    if light_ink:
        papers: tuple[Paper, ...] = (_only_dark(grey, reach, config),)
    elif _is_light_on_dark(grey, reach, config):
        papers = _dark_papers(grey, reach, config)
    else:
        weights = _most_telling(image, reach) if image.ndim == 3 else None
        grey = _channel(image, weights)
        papers = (Paper(_below(grey, reach)),)
    if around is not None:
        papers = tuple(_without(paper, around) for paper in papers)
    size = grey.shape[::-1]
    levels = [cv2.resize(paper.below, size, interpolation=cv2.INTER_LINEAR) for paper in papers]
    x, y = np.array(papers[0].below.shape[::-1]) / size
    return _divided(grey, papers, levels), Light(weights, papers, np.diag([x, y, 1.0]))


def flat_part(page: UprightPage, matrix: Matrix, size: tuple[int, int]) -> GreyImage:
    """A part of the page as ``lit`` makes it, resampled once and from the original.

    ``matrix`` maps its pixels to upright ones; ``size`` is (width, height).
    """
    if page.light is None:
        return imageops.warp(page.grey, matrix, size)
    return _divided(*_part(page, page.light, matrix, size))


def even_part(page: UprightPage, matrix: Matrix, size: tuple[int, int]) -> GreyImage:
    """As ``flat_part``, but in one light all over, the middle one of this part.

    What is wider than the reach of the paper, as a blot, is as light as paper in a flat
    part; here it stays dark.
    """
    if page.light is None:
        return imageops.warp(page.grey, matrix, size)
    channel, papers, levels = _part(page, page.light, matrix, size)
    return _divided(channel, papers, [_evened(level) for level in levels])


def _part(
    page: UprightPage, light: Light, matrix: Matrix, size: tuple[int, int]
) -> tuple[GreyImage, tuple[Paper, ...], list[GreyImage]]:
    """The channel of a part as it was scanned, the papers, and the level of each there."""
    to_original = page.to_original @ matrix
    seen = imageops.warp(page.page.image, imageops.by_middles(to_original), size)
    to_paper = imageops.by_middles(light.to_paper @ to_original)
    levels = [
        cv2.warpPerspective(
            paper.below,
            to_paper,
            size,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=0,
        )
        for paper in light.papers
    ]
    return _channel(seen, light.weights), light.papers, levels


def _evened(level: GreyImage) -> GreyImage:
    """The middle level wherever there is this paper."""
    there = level >= _LEAST_PAPER
    if not there.any():
        return level
    return np.where(there, np.uint8(imageops.median(level[there])), np.uint8(0))


def _channel(image: Image, weights: Weights | None) -> GreyImage:
    """The one channel of an image that is read."""
    if image.ndim == 2 or weights is None:
        return imageops.to_grey(image)
    factors = np.zeros((3, 3), np.float32)
    factors[0] = weights
    summed: GreyImage = cv2.extractChannel(cv2.transform(image, factors), 0)
    return summed


def _most_telling(image: Image, reach: float) -> Weights:
    """Of the channels of a BGR image, so that in their sum ink tells itself best from paper.

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
    counts = np.cumsum(np.bincount(total.astype(np.intp)))  # quantiles of whole numbers
    half, most = np.searchsorted(counts, (0.5 * total.size, 0.97 * total.size))
    masks = np.stack([total >= most, total <= half]).astype(np.float32)
    ink, paper = masks @ taken.T / masks.sum(axis=1, keepdims=True)
    contrast = (ink - paper).clip(1)
    step = max(1, round((image.size / (3 * _SAMPLED)) ** 0.5))
    pixels = cv2.split(np.ascontiguousarray(image[::step, ::step]))
    sample = _taken(pixels, [cv2.resize(below, pixels[0].shape[::-1]) for below in papers])
    covered = sample.sum(axis=0)
    noise = sample[:, covered <= imageops.quantile(covered, 0.85)].std(axis=1).clip(3)
    weights = contrast / noise**2
    brightest = np.array([max(imageops.quantile(below, 0.99), 16.0) for below in papers])
    blue, green, red = (_BRIGHT * weights / weights.sum() / brightest).tolist()
    return blue, green, red


def _taken(channels: Sequence[GreyImage], papers: Sequence[GreyImage]) -> npt.NDArray[np.float32]:
    """(channels, pixels): what the ink takes of the light in each channel, 0..255."""
    over = [_over(channel, below) for channel, below in zip(channels, papers, strict=True)]
    return np.float32(255) - np.stack([each.ravel() for each in over])


def _is_light_on_dark(grey: GreyImage, reach: float, config: PageConfig) -> bool:
    """Whether the strokes on dark paper are lighter than it.

    Strokes are what differs from the median of the neighbourhood, and the cube
    of the difference tells on which side: noise and the two sides of an edge
    cancel out.  Dark strokes on a light label, a stamp or a barcode's strip do not count.
    """
    usual = _usual_level(grey)
    if usual > config.bright_paper:
        return False
    scale = min(1.0, _SEEN_STROKES / reach)
    small = imageops.shrink(grey, scale)
    around = cv2.medianBlur(small, imageops.odd(0.75 * reach * scale))
    above = cv2.GaussianBlur(small, (0, 0), 0.7).astype(np.float32) - around
    cubes = above[around <= _LIGHTER * usual] ** 3
    return float(cubes.sum()) > config.light_strokes * float(np.abs(cubes).sum())


def _dark_papers(grey: GreyImage, reach: float, config: PageConfig) -> tuple[Paper, ...]:
    """Dark paper, and the light labels on it where there are any.

    A label is lighter than the paper and than dark paper may be, and larger than a stroke; its
    rim is neither dark nor light writing and becomes paper.
    """
    dark = _below(cv2.bitwise_not(grey), reach)
    reduction = _reduction(reach)
    small = imageops.shrink(grey, 1 / reduction)
    stroke, side = (
        np.ones((imageops.odd(share * reach / reduction),) * 2, np.uint8) for share in _LABEL
    )
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, stroke)
    opened = cv2.morphologyEx(paper, cv2.MORPH_OPEN, side)
    usual = _usual_level(grey)
    level = max(_LIGHTER * usual, min(config.dark_paper, _FAR_LIGHTER * usual))
    labels, _ = imageops.components((paper > level).astype(np.uint8))
    wide = np.zeros(int(labels.max()) + 1, bool)
    wide[labels[opened > level]] = True
    label = cv2.morphologyEx(wide[labels].astype(np.uint8), cv2.MORPH_CLOSE, side)
    if not label.any():
        return (Paper(dark, inverted=True),)
    outside, inside = cv2.dilate(label, _RIM) == 0, cv2.erode(label, _RIM) > 0
    return Paper(dark * outside, inverted=True), Paper(_below(grey, reach) * inside)


def _only_dark(grey: GreyImage, reach: float, config: PageConfig) -> Paper:
    """Paper for light writing up to its rim, as a dark label's; none where all is bright."""
    reduction = _reduction(reach)
    stroke = np.ones((imageops.odd(_LABEL[0] * reach / reduction),) * 2, np.uint8)
    paper = cv2.morphologyEx(imageops.shrink(grey, 1 / reduction), cv2.MORPH_OPEN, stroke)
    dark = (paper <= config.bright_paper).astype(np.uint8)
    return Paper(_below(cv2.bitwise_not(grey), reach) * cv2.erode(dark, _RIM), inverted=True)


def _usual_level(grey: GreyImage) -> float:
    return imageops.median(grey[::8, ::8])


def _without(paper: Paper, around: Mask) -> Paper:
    """The paper without what is around the mailpiece."""
    size = paper.below.shape[::-1]
    outside = cv2.resize(around.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    return replace(paper, below=np.where(outside, np.uint8(0), paper.below))


def _below(channel: GreyImage, reach: float) -> GreyImage:
    """The paper of a channel, estimated on a reduced image."""
    reduction = _reduction(reach)
    return imageops.paper(imageops.shrink(channel, 1 / reduction), reach / reduction)


def _reduction(reach: float) -> int:
    """By how much an image is reduced before its paper is estimated."""
    return max(1, round(reach / 12))


def _divided(grey: GreyImage, papers: Sequence[Paper], levels: Sequence[GreyImage]) -> GreyImage:
    """Levels divided by those of the papers, 255 for paper and where there is none."""
    flat: GreyImage | None = None
    for paper, level in zip(papers, levels, strict=True):
        own = _over(cv2.bitwise_not(grey) if paper.inverted else grey, level)
        nowhere = cv2.threshold(level, _LEAST_PAPER - 1, 255, cv2.THRESH_BINARY_INV)[1]
        own = cv2.bitwise_or(own, nowhere)
        flat = own if flat is None else cv2.min(flat, own)
    assert flat is not None
    return flat


def _over(channel: GreyImage, below: GreyImage) -> GreyImage:
    return cv2.divide(channel, cv2.max(below, _LEAST_PAPER), scale=255)
