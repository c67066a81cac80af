"""Seams: top-to-bottom paths of least ink, where touching digits may be cut."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from zipreader.config import SegmentConfig
from zipreader.elements import InkMap

Path = npt.NDArray[np.int32]
_CROSSING_ROWS = (0.3, 0.5, 0.7)
_PAPER_COST = 0.01


def find_seams(ink: InkMap, stroke: float, config: SegmentConfig) -> list[Path]:
    """The cheapest distinct seams through one component, from left to right.

    A seam is a path from the top to the bottom of the component, one column a
    row, that moves at most one column a row; it costs the ink that it crosses
    and ``config.cut_slope`` a diagonal step.  Seams are traced from the local
    minima of the cheapest path through each point of three rows.

    Args:
        ink: (H, W) float32 in 0..1, the component alone.
        stroke: stroke width in pixels.
        config: ``digit_height``, ``cut_cost``, ``cut_distance`` and ``cut_slope`` apply.

    Returns:
        Paths of length H; a pixel (y, x) lies right of path p if x >= p[y].
    """
    height, width = ink.shape
    cost = ink + np.float32(_PAPER_COST)
    down, from_above = _accumulate(cost, config.cut_slope)
    up, from_below = _accumulate(cost[::-1], config.cut_slope)
    up, from_below = up[::-1], from_below[::-1]
    through = down + up - cost
    distance = config.cut_distance * config.digit_height
    candidates: list[tuple[float, Path]] = []
    for share in _CROSSING_ROWS:
        row = min(int(share * height), height - 1)
        for column in _minima(through[row], distance / 2):
            total = float(through[row, column])
            if total <= config.cut_cost * stroke + _PAPER_COST * height:
                candidates.append((total, _trace(from_above, from_below, row, column)))
    most = 2 + round(4 * width / config.digit_height)
    return _distinct(candidates, distance, most)


def _accumulate(cost: InkMap, slope: float) -> tuple[InkMap, npt.NDArray[np.int8]]:
    """The cheapest path from the first row to each pixel, and the step that led there."""
    total = cost.copy()
    step = np.zeros(cost.shape, np.int8)
    width = cost.shape[1]
    for y in range(1, len(cost)):
        above = total[y - 1]
        options = np.full((3, width), np.inf, np.float32)
        options[0] = above
        options[1, 1:] = above[:-1] + slope
        options[2, :-1] = above[1:] + slope
        choice = options.argmin(axis=0)
        total[y] += options[choice, np.arange(width)]
        step[y] = np.array([0, -1, 1], np.int8)[choice]
    return total, step


def _minima(values: InkMap, reach: float) -> list[int]:
    """Columns that no other column within ``reach`` undercuts; the middle of a plateau."""
    reach_columns = max(1, round(reach))
    padded = np.pad(values, reach_columns, constant_values=np.inf)
    lowest = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach_columns + 1).min(axis=1)
    is_lowest = np.concatenate([[False], values <= lowest + 1e-4, [False]])
    edges = np.flatnonzero(np.diff(is_lowest.astype(np.int8)))
    return [int(a + b - 1) // 2 for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _trace(
    from_above: npt.NDArray[np.int8], from_below: npt.NDArray[np.int8], row: int, column: int
) -> Path:
    path = np.empty(len(from_above), np.int32)
    path[row] = column
    for y in range(row, 0, -1):
        path[y - 1] = path[y] + from_above[y, path[y]]
    for y in range(row, len(path) - 1):
        path[y + 1] = path[y] + from_below[y, path[y]]
    return path


def _distinct(candidates: list[tuple[float, Path]], distance: float, most: int) -> list[Path]:
    """The cheapest that differ on average by ``distance`` from each cheaper one."""
    chosen: list[Path] = []
    for _, path in sorted(candidates, key=lambda item: item[0]):
        if all(np.abs(path - other).mean() >= distance for other in chosen):
            chosen.append(path)
        if len(chosen) == most:
            break
    return sorted(chosen, key=lambda path: float(path.mean()))
