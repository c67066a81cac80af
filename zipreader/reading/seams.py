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
    totals, steps = _accumulate(np.stack([cost, cost[::-1]]), config.cut_slope)
    down, up = totals[0], totals[1, ::-1]
    from_above, from_below = steps[0], steps[1, ::-1]
    through = down + up - cost
    distance = config.cut_distance * config.digit_height
    candidates: list[tuple[float, Path]] = []
    for share in _CROSSING_ROWS:
        row = min(int(share * height), height - 1)
        limit = config.cut_cost * stroke + _PAPER_COST * height
        columns = [c for c in _minima(through[row], distance / 2) if through[row, c] <= limit]
        if columns:
            paths = _trace(from_above, from_below, row, np.array(columns, np.int32))
            candidates += [
                (float(through[row, column]), path)
                for column, path in zip(columns, paths, strict=True)
            ]
    most = 2 + round(4 * width / config.digit_height)
    return _distinct(candidates, distance, most)


def _accumulate(
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


def _minima(values: InkMap, reach: float) -> list[int]:
    """Columns that no other column within ``reach`` undercuts; the middle of a plateau."""
    reach_columns = max(1, round(reach))
    padded = np.pad(values, reach_columns, constant_values=np.inf)
    lowest = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach_columns + 1).min(axis=1)
    is_lowest = np.concatenate([[False], values <= lowest + 1e-4, [False]])
    edges = np.flatnonzero(np.diff(is_lowest.astype(np.int8)))
    return [int(a + b - 1) // 2 for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _trace(
    from_above: npt.NDArray[np.int8], from_below: npt.NDArray[np.int8], row: int, columns: Path
) -> Path:
    """The (N, H) paths through N columns of a row."""
    paths = np.empty((len(columns), len(from_above)), np.int32)
    paths[:, row] = columns
    for y in range(row, 0, -1):
        paths[:, y - 1] = paths[:, y] + from_above[y, paths[:, y]]
    for y in range(row, len(from_above) - 1):
        paths[:, y + 1] = paths[:, y] + from_below[y, paths[:, y]]
    return paths


def _distinct(candidates: list[tuple[float, Path]], distance: float, most: int) -> list[Path]:
    """The cheapest that differ on average by ``distance`` from each cheaper one."""
    chosen: list[Path] = []
    for _, path in sorted(candidates, key=lambda item: item[0]):
        if not chosen or np.abs(np.stack(chosen) - path).mean(axis=1).min() >= distance:
            chosen.append(path)
        if len(chosen) == most:
            break
    return sorted(chosen, key=lambda path: float(path.mean()))
