"""Seams: top-to-bottom paths of least ink, where touching digits may be cut."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.config import SegmentConfig
from zipreader.elements import InkMap, Mask

Path = npt.NDArray[np.int32]
_CROSSING_ROWS = (0.3, 0.5, 0.7)
_PAPER_COST = 0.01
_BARRED = 1e6


def find_seams(inks: Sequence[InkMap], stroke: float, config: SegmentConfig) -> list[list[Path]]:
    """The cheapest distinct seams through each of some components, from left to right.

    A seam is a path from the top to the bottom of the component, one column a
    row, that moves at most one column a row; it costs the ink that it crosses
    and ``config.cut_slope`` a diagonal step.  Seams are traced from the local
    minima of the cheapest path through each point of three rows.

    Args:
        inks: components, each alone in its (H, W) float32 in 0..1.
        stroke: stroke width in pixels.
        config: ``digit_height``, ``cut_cost``, ``cut_distance`` and ``cut_slope`` apply.

    Returns:
        For each component paths of length H; a pixel (y, x) lies right of path p if x >= p[y].
    """
    if not inks:
        return []
    totals, steps = accumulate(_stacked(inks), config.cut_slope)
    distance = config.cut_distance * config.digit_height
    starts: list[tuple[int, int, int]] = []
    prices: list[float] = []
    for index, ink in enumerate(inks):
        height, width = ink.shape
        rows = [min(int(share * height), height - 1) for share in _CROSSING_ROWS]
        back = [height - 1 - row for row in rows]
        through = totals[2 * index, rows, :width] + totals[2 * index + 1, back, :width]
        through -= ink[rows] + np.float32(_PAPER_COST)
        limit = config.cut_cost * stroke + _PAPER_COST * height
        for row, values, lowest in zip(rows, through, _lowest(through, distance / 2), strict=True):
            columns = [column for column in middles(lowest) if values[column] <= limit]
            starts += [(index, row, column) for column in columns]
            prices += [float(values[column]) for column in columns]
    paths = _trace(steps, [ink.shape[0] for ink in inks], starts)
    seams: list[list[Path]] = []
    for index, ink in enumerate(inks):
        height, width = ink.shape
        own = [i for i, start in enumerate(starts) if start[0] == index]
        most = 2 + round(4 * width / config.digit_height)
        seams.append(_distinct(paths[own, :height], [prices[i] for i in own], distance, most))
    return seams


def _stacked(inks: Sequence[InkMap]) -> npt.NDArray[np.float32]:
    """(2N, H, W) costs of all components, upright and upside down; what is no component bars."""
    size = np.max([ink.shape for ink in inks], axis=0)
    costs = np.full((2 * len(inks), *size), _BARRED, np.float32)
    for index, ink in enumerate(inks):
        height, width = ink.shape
        cost = ink + np.float32(_PAPER_COST)
        costs[2 * index, :height, :width] = cost
        costs[2 * index + 1, :height, :width] = cost[::-1]
    return costs


def accumulate(
    costs: npt.NDArray[np.float32], slope: float
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int8]]:
    """The cheapest path from the first row to each pixel, and the step that led there.

    Args:
        costs: (N, H, W), N images at once.
        slope: what a diagonal step costs.

    Returns:
        Totals and steps, (N, H, W) both.
    """
    totals = costs.copy()
    steps = np.zeros(costs.shape, np.int8)
    for y in range(1, costs.shape[1]):
        above = totals[:, y - 1]
        cheapest, came = above.copy(), steps[:, y]
        from_left, from_right = above[:, :-1] + slope, above[:, 1:] + slope
        np.copyto(came[:, 1:], -1, where=from_left < cheapest[:, 1:])
        np.minimum(cheapest[:, 1:], from_left, out=cheapest[:, 1:])
        np.copyto(came[:, :-1], 1, where=from_right < cheapest[:, :-1])
        np.minimum(cheapest[:, :-1], from_right, out=cheapest[:, :-1])
        totals[:, y] += cheapest
    return totals, steps


def _lowest(values: InkMap, reach: float) -> Mask:
    """Where no other column of the same row within ``reach`` undercuts, (N, W)."""
    window = np.ones((1, 2 * max(1, round(reach)) + 1), np.uint8)
    lowest: Mask = values <= cv2.erode(values, window) + 1e-4
    return lowest


def middles(lowest: Mask) -> list[int]:
    """The middles of the runs of true columns."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], lowest, [False]]).astype(np.int8)))
    return [int(a + b - 1) // 2 for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _trace(
    steps: npt.NDArray[np.int8], heights: Sequence[int], starts: Sequence[tuple[int, int, int]]
) -> Path:
    """The (N, H) paths through N points, each given by component, row and column."""
    paths = np.zeros((len(starts), steps.shape[1]), np.int32)
    if not starts:
        return paths
    component, row, column = np.array(starts, np.int32).T
    height = np.array(heights, np.int32)[component]
    paths[np.arange(len(starts)), row] = column
    for image, at in ((2 * component, row), (2 * component + 1, height - 1 - row)):
        x, y = column.copy(), at.copy()
        while (going := y > 0).any():
            x[going] += steps[image[going], y[going], x[going]]
            y[going] -= 1
            upright = np.where(image % 2 == 0, y, height - 1 - y)
            paths[going, upright[going]] = x[going]
    return paths


def _distinct(paths: Path, prices: Sequence[float], distance: float, most: int) -> list[Path]:
    """The cheapest that differ on average by ``distance`` from each cheaper one."""
    apart = np.abs(paths[:, np.newaxis] - paths).mean(axis=2)
    chosen: list[int] = []
    for index in np.argsort(prices, kind="stable"):
        if not chosen or apart[index, chosen].min() >= distance:
            chosen.append(int(index))
        if len(chosen) == most:
            break
    return sorted((paths[index] for index in chosen), key=lambda path: float(path.mean()))
