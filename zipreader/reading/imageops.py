"""Image in, image out: the operations under the stages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.elements import GreyImage, Image, InkMap, Mask, Matrix

Labels = npt.NDArray[np.uint16] | npt.NDArray[np.int32]

_A_FEW = 100
"""Values that a list sorts faster than an array is parted."""
_MANY = 6000
"""Grey levels that are counted faster than parted."""
_LITTLE = 0.75
"""Reduced to no less, an image is interpolated and not averaged, and keeps thin strokes."""
_SMOOTHED = 1.5
"""Reduced by more, an image is smoothed first."""
_SAME_SCALE = 0.99
"""Above, an image is turned rather than enlarged."""
_SHORT_LABELS = 2**16 - 2
"""So many parts can be told by labels of two bytes."""


def to_grey(image: Image) -> GreyImage:
    """BGR or grey -> grey, without a copy where it is grey already."""
    return image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)


def to_ycc(image: Image) -> npt.NDArray[np.float32]:
    """BGR or grey -> (H, W, 3) float32: lightness and two colours, Y Cr Cb (ITU-R BT.601).

    CIE L*a*b* tells paper no better, and its first call takes longer than a whole page.
    """
    colour = image if image.ndim == 3 else cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
    return cv2.cvtColor(colour, cv2.COLOR_BGR2YCrCb).astype(np.float32)


def quantile(values: npt.NDArray[Any], share: float) -> float:
    """The value below which ``share`` of all values lie, interpolated.

    As ``np.quantile``, which takes ten times as long for a few values, and for many
    grey levels.
    """
    place = share * (values.size - 1)
    low = int(place)
    high = min(low + 1, values.size - 1)
    if values.size <= _A_FEW:
        ordered = sorted(values.ravel().tolist())
        below, above = ordered[low], ordered[high]
    elif values.dtype == np.uint8 and values.size >= _MANY:
        levels = np.ascontiguousarray(values).reshape(1, -1)
        counts = cv2.calcHist([levels], [0], None, [256], [0, 256]).ravel().astype(np.int64)
        places = np.searchsorted(np.cumsum(counts), (low, high), side="right")
        below, above = np.minimum(places, 255).tolist()
    else:
        parted = np.partition(values, (low, high), axis=None)
        below, above = float(parted[low]), float(parted[high])
    return float(below + (place - low) * (above - below))


def median(values: npt.NDArray[Any]) -> float:
    """As ``np.median``, at whose first call NumPy loads its masked arrays."""
    return quantile(values, 0.5)


def odd(length: float, least: int = 3) -> int:
    """The nearest odd whole number, at least ``least``."""
    return max(least, int(length) // 2 * 2 + 1)


def shrink(image: Image, scale: float, *, strokes: bool = True) -> Image:
    """Reduce by averaging; never to less than one pixel a side.

    Halving is many times faster than reducing by another factor, so that it
    does a part of the way.  It leaves out an odd last row or column, once.  Of an
    image that is hardly reduced interpolation sees each pixel, and is as fast; of what
    is left after halving it may miss strokes of one pixel, so that it does that only
    where none matter (``strokes``).
    """
    if scale >= 1:
        return image
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    odd_sides = False
    while not odd_sides and image.shape[1] >= 2 * size[0] and image.shape[0] >= 2 * size[1]:
        rows, columns = image.shape[0] // 2, image.shape[1] // 2
        whole = image[: 2 * rows, : 2 * columns]
        image = cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA)
        odd_sides = bool(rows % 2 or columns % 2)
    little = size[0] >= (_LITTLE if strokes else 0.5) * image.shape[1]
    return cv2.resize(image, size, interpolation=cv2.INTER_LINEAR if little else cv2.INTER_AREA)


def paper(grey: GreyImage, reach: float) -> GreyImage:
    """Estimate the paper under dark ink by grey closing, smoothed.

    ``reach`` in pixels exceeds the widest stroke and stays below the scale at
    which the light changes.
    """
    size = odd(reach)
    closed = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
    return _smoothed(closed, size)


def _smoothed(grey: GreyImage, size: int) -> GreyImage:
    """Weighed by a triangle of ``size`` pixels, close to a Gaussian of a fifth of it.

    It is two means, one after the other (W. M. Wells, IEEE PAMI 1986), whose cost does not
    grow with the size, and which are the same with any number of threads.
    """
    half = (size + 1) // 2
    for anchor in (half // 2, half - 1 - half // 2):
        grey = cv2.blur(
            grey, (half, half), anchor=(anchor, anchor), borderType=cv2.BORDER_REPLICATE
        )
    return grey


def components(mask: npt.NDArray[np.uint8]) -> tuple[Labels, npt.NDArray[np.int32]]:
    """Label the connected parts of what is not 0: labels (H, W), 0 elsewhere, and their statistics.

    The statistics are those of ``cv2.connectedComponentsWithStats``, a row a label.
    Short labels are found three times as fast, and are enough wherever fewer pixels
    are set than there are labels.
    """
    short = cv2.countNonZero(mask) <= _SHORT_LABELS
    _, labels, stats, _ = cv2.connectedComponentsWithStats(
        mask, connectivity=8, ltype=cv2.CV_16U if short else cv2.CV_32S
    )
    return labels, stats


def girths(mask: Mask) -> InkMap:
    """The diameter in pixels of the largest circle about each pixel that holds nothing but ink.

    What lies beyond the mask is no ink; 0 where the mask is false.
    """
    ink = cv2.copyMakeBorder(mask.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    return np.float32(2) * cv2.distanceTransform(ink, cv2.DIST_L2, cv2.DIST_MASK_5)[1:-1, 1:-1]


def stroke_width(mask: Mask) -> float:
    """Typical width of the strokes in pixels: twice the area over the perimeter.

    For a stroke of width w and length l >> w the area is w*l and the boundary
    2*l, whatever its shape.  0 where there is no ink.
    """
    pixels = mask.astype(np.uint8)
    area = int(pixels.sum())
    if area == 0:
        return 0.0
    inner = cv2.erode(pixels, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_REPLICATE)
    edge = area - int(inner.sum())
    return 2 * area / max(edge, 1)


def warp(image: Image, matrix: Matrix, size: tuple[int, int]) -> Image:
    """Resample ``image`` so that pixel p of the result shows ``matrix`` p of the source.

    ``matrix`` maps result to source pixels; ``size`` is (width, height).  When
    the result is smaller the source is smoothed first, so that thin strokes
    survive.  Only the part of the source that is shown costs time.
    """
    width, height = size
    corners = np.array([(0, 0, 1), (width, 0, 1), (width, height, 1), (0, height, 1)]) @ matrix.T
    seen = (corners[:, :2] / corners[:, 2:]).astype(np.float32)
    scale = float(np.sqrt(cv2.contourArea(seen) / (width * height)))
    outside = paper_level(image)
    if (corners[:, 2] > 0).all():
        reach = 4 + 2 * scale
        last = np.array(image.shape[1::-1])
        x0, y0 = np.clip(np.floor(seen.min(axis=0) - reach), 0, last - 1).astype(int).tolist()
        x1, y1 = np.clip(np.ceil(seen.max(axis=0) + reach), (x0 + 1, y0 + 1), last).astype(int)
        image = image[y0:y1, x0:x1]
        matrix = np.array([[1, 0, -x0], [0, 1, -y0], [0, 0, 1]], np.float64) @ matrix
    if scale > _SMOOTHED:
        image = cv2.GaussianBlur(image, (0, 0), 0.35 * scale)
    interpolation = cv2.INTER_CUBIC if scale < _SAME_SCALE else cv2.INTER_LINEAR
    return cv2.warpPerspective(
        image,
        matrix,
        size,
        flags=interpolation | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=outside,
    )


def by_middles(matrix: Matrix) -> Matrix:
    """What maps points of one image to another's, as a map between the middles of pixels."""
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]], np.float64)
    back = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1]], np.float64)
    mapped: Matrix = back @ matrix @ half
    return mapped


def paper_level(image: Image) -> tuple[float, ...]:
    """The typical value of the paper in each channel, for what lies outside of the image."""
    sample = image[:: max(1, image.shape[0] // 64), :: max(1, image.shape[1] // 64)]
    return tuple(median(channel) for channel in sample.reshape(-1, image[0, 0].size).T)


def groups(count: int, links: Iterable[tuple[int, int]]) -> list[npt.NDArray[np.intp]]:
    """Groups of 0 .. ``count`` - 1 that links connect."""
    parent = list(range(count))

    def root(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for first, second in links:
        parent[root(first)] = root(second)
    members: dict[int, list[int]] = {}
    for item in range(count):
        members.setdefault(root(item), []).append(item)
    return [np.array(group, np.intp) for _, group in sorted(members.items())]
