"""Upright page -> text lines: ink, connected components, chains of neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zipreader.config import LinesConfig
from zipreader.elements import Box, TextLine, UprightPage
from zipreader.reading import imageops
from zipreader.reading.barcodes import barcodes
from zipreader.reading.cells import find_cells, without_cells
from zipreader.reading.inkmask import ink_mask
from zipreader.reading.levelrules import without_level_rules
from zipreader.reading.measures import text_height
from zipreader.reading.rings import without_rings
from zipreader.reading.spanning import parted
from zipreader.reading.strata import one_line_each
from zipreader.reading.tangles import untangled
from zipreader.reading.waves import without_waves

Boxes = npt.NDArray[np.float64]
"""(N, 4) x0, y0, x1, y1 in pixels of the working resolution."""

_LONE, _ALONE = 6.0, 1.5
"""A ZIP in the far corner is so long at the most, in text heights, and has so much room above and
below, in its own."""
_SPECK = 0.25
"""What is no taller than so much of a line is no writing in it."""
_SPANNING, _TWO_LINES, _INKED = (3.0, 2.0), 0.25, (0.12, 0.5)
"""What is too large for a part of one line may span several: so many times as tall and as wide as
one at the most, so tall at the least, in inches, and of its box such a share is ink."""


class _Measures(NamedTuple):
    """Of a chain, in pixels of the working resolution."""

    height: float
    """Of its text."""
    slope: float
    level: float
    """Where the line through the bottoms crosses the left rim."""


class PageText(NamedTuple):
    """What is written and printed on a page, in upright pixels."""

    lines: tuple[TextLine, ...]
    """From top to bottom."""
    barcodes: tuple[Box, ...]
    """Those of bars and of cells, but for postal codes."""


def find_lines(page: UprightPage, config: LinesConfig) -> PageText:
    """All lines of text-like parts, and the barcodes.

    Works at ``config.dpi``, so that the cost does not grow with the scan's
    resolution; boxes are returned in upright pixels.
    """
    scale = min(page.scale, config.dpi / page.dpi)
    small = imageops.shrink(page.grey, scale / page.scale)
    dpi = page.dpi * scale
    mask = without_waves(ink_mask(small, dpi, config), dpi)
    cells = find_cells(mask, dpi)
    mask = without_level_rules(without_cells(mask, cells, dpi), dpi, config)
    mask = without_rings(mask, dpi)
    parts, large, codes = _text_parts(mask, dpi, config)
    chains, parts = _of_one_line(mask, _chains(parts, config), parts, large)
    chains = _without_bars(chains, parts, dpi, config)
    framed = _rows(cells)
    lines = [
        _line(parts[chain], measured, framed, scale)
        for chain, measured in _joined(chains, parts, config)
    ]
    kept = [line for line in lines if _is_text(line, page.dpi, config)]
    ordered = tuple(sorted(kept, key=lambda line: line.box.center[1]))
    return PageText(ordered, _upright(codes, scale))


def _text_parts(
    mask: npt.NDArray[np.uint8], dpi: float, config: LinesConfig
) -> tuple[Boxes, Boxes, Boxes]:
    """Boxes of the components that may be letters, digits or words; of several lines; barcodes."""
    labels, stats = imageops.components(mask)
    x, y, width, height, area = stats[:, :5].T
    longer, shorter = np.maximum(width, height), np.minimum(width, height)
    keep = longer >= config.speck * dpi
    keep &= ~((longer >= config.rule[0] * dpi) & (shorter <= config.rule[1] * dpi))
    keep &= area < 0.9 * width * height + 0.01 * dpi * dpi
    keep[0] = False
    codes = barcodes(mask, stats[1:], dpi)
    for code in codes:
        within = (x >= code.x0) & (x + width <= code.x1) & (y >= code.y0) & (y + height <= code.y1)
        keep &= ~within
    usual = (height <= config.tallest * dpi) & (width <= config.widest * dpi)
    most_tall, most_wide = _SPANNING
    large = keep & ~usual & (height >= _TWO_LINES * dpi)
    large &= (height <= most_tall * config.tallest * dpi) & (
        width <= most_wide * config.widest * dpi
    )
    inked = area / (width * height)
    large &= (inked >= _INKED[0]) & (inked <= _INKED[1])
    chosen = np.flatnonzero(keep & usual)
    chosen = chosen[np.argsort(-area[chosen])][: config.most_parts]
    boxes = _boxes(parted(labels, stats, chosen))
    return boxes[np.argsort(boxes[:, 0])], _boxes(stats[large]), _rows(codes)


def _boxes(stats: npt.NDArray[np.int32]) -> Boxes:
    x, y, width, height = stats[:, :4].T
    return np.column_stack([x, y, x + width, y + height]).astype(np.float64)


def _rows(boxes: Sequence[Box]) -> Boxes:
    return np.array([(box.x0, box.y0, box.x1, box.y1) for box in boxes], np.float64).reshape(-1, 4)


def _chains(parts: Boxes, config: LinesConfig) -> list[npt.NDArray[np.intp]]:
    """Link each part to its nearest right neighbour of like height and level."""
    if len(parts) == 0:
        return []
    x0, y0, x1, y1 = parts.T
    height = y1 - y0
    taller = np.maximum(height[:, None], height)
    lower = np.minimum(height[:, None], height)
    common = np.minimum(y1[:, None], y1) - np.maximum(y0[:, None], y0)
    gap = x0[None, :] - x1[:, None]
    follows = (x0[None, :] + x1[None, :]) > (x0[:, None] + x1[:, None])
    fits = follows & (common >= 0.5 * lower) & (lower >= 0.33 * taller)
    fits &= gap <= config.link_gap * taller
    level = np.abs((y0 + y1)[:, None] - (y0 + y1)) / 2
    fits &= level <= 0.45 * taller
    distance = np.where(fits, np.maximum(gap, 0) + level, np.inf)
    nearest = distance.argmin(axis=1)
    linked = np.isfinite(distance[np.arange(len(parts)), nearest])
    return imageops.groups(len(parts), [(int(i), int(nearest[i])) for i in np.flatnonzero(linked)])


def _of_one_line(
    mask: npt.NDArray[np.uint8], chains: list[npt.NDArray[np.intp]], parts: Boxes, large: Boxes
) -> tuple[list[npt.NDArray[np.intp]], Boxes]:
    chains, parts = one_line_each(chains, parts, _slopes(chains, parts))
    return untangled(mask, chains, parts, _slopes(chains, parts), large)


def _slopes(chains: list[npt.NDArray[np.intp]], parts: Boxes) -> npt.NDArray[np.float64]:
    return np.array([_measure(parts[chain]).slope for chain in chains])


def _joined(
    chains: list[npt.NDArray[np.intp]], parts: Boxes, config: LinesConfig
) -> list[tuple[npt.NDArray[np.intp], _Measures]]:
    """Pieces of one line joined over wide gaps, as between state and ZIP; each measured.

    On forms state and ZIP stand farther still from the city, in places of their own, and some
    people write the ZIP into the far corner: pieces that are as short are joined to what stands
    next to them on the left, those of a ZIP's length that stand alone over any distance.
    """
    joined = [(chain, _measure(parts[chain])) for chain in chains]
    joined = _linked(joined, parts, config.join_gap, np.inf)
    joined = _linked(joined, parts, config.entry_gap, config.entry)
    return _linked(joined, parts, np.inf, _LONE, alone=True)


def _without_bars(
    chains: list[npt.NDArray[np.intp]], parts: Boxes, dpi: float, config: LinesConfig
) -> list[npt.NDArray[np.intp]]:
    """The chains but for a barcode which writing beside it would make a line with.

    One that stands alone may be in pieces, which only together can be told from words.
    """
    bars = [chain for chain in chains if _are_bars(parts[chain], dpi, config)]
    if not bars:
        return chains
    lines = (line for line, _ in _joined(chains, parts, config))
    mixed = {
        int(part) for line in lines if not _are_bars(parts[line], dpi, config) for part in line
    }
    beside = {int(chain[0]) for chain in bars} & mixed
    return [chain for chain in chains if int(chain[0]) not in beside]


def _linked(
    pieces: list[tuple[npt.NDArray[np.intp], _Measures]],
    parts: Boxes,
    most: float,
    longest: float,
    alone: bool = False,
) -> list[tuple[npt.NDArray[np.intp], _Measures]]:
    """Pieces of one level over gaps of up to ``most`` text heights.

    Where there is a ``longest`` one, in text heights, only the next piece is joined, if
    it is no longer and has several parts, and if need be stands ``alone``.
    """
    if not pieces:
        return []
    height, slope, level = np.array([measured for _, measured in pieces]).T
    left = np.array([parts[chain, 0].min() for chain, _ in pieces])
    right = np.array([parts[chain, 2].max() for chain, _ in pieces])
    taller = np.maximum(height[:, None], height)
    gap = left - right[:, None]
    middle = (left + right[:, None]) / 2
    rise = np.abs((slope - slope[:, None]) * middle + level - level[:, None])
    if np.isfinite(longest):  # so far apart the slope of a few letters tells too little alone
        foot = slope * (left + right) / 2 + level
        rise = np.minimum(rise, np.abs(foot - foot[:, None]))
    fits = (gap >= -0.5 * taller) & (rise <= 0.45 * taller)
    fits &= np.minimum(height[:, None], height) >= 0.5 * taller
    np.fill_diagonal(fits, False)
    if np.isfinite(longest):
        several = np.array([len(chain) > 1 for chain, _ in pieces])
        nearest = np.where(fits, gap, np.inf).argmin(axis=1)
        fits &= several & (right - left <= longest * height)
        fits &= np.arange(len(pieces)) == nearest[:, None]
    links = [(int(i), int(j)) for i, j in np.argwhere(fits & (gap <= most * taller))]
    if np.isfinite(longest):
        links = [(i, j) for i, j in links if _is_empty(pieces[i][0], pieces[j][0], parts)]
    if alone:
        links = [(i, j) for i, j in links if _is_alone(pieces[j][0], parts)]
    found: list[tuple[npt.NDArray[np.intp], _Measures]] = []
    for group in imageops.groups(len(pieces), links):
        if len(group) == 1:
            found.append(pieces[group[0]])
        else:
            whole = np.sort(np.concatenate([pieces[index][0] for index in group]))
            found.append((whole, _measure(parts[whole])))
    return found


def _is_empty(left: npt.NDArray[np.intp], right: npt.NDArray[np.intp], parts: Boxes) -> bool:
    """Whether there is nothing but paper between two pieces of a line, and specks of a rule."""
    top = max(parts[left, 1].min(), parts[right, 1].min())
    bottom = min(parts[left, 3].max(), parts[right, 3].max())
    between = (parts[:, 0] > parts[left, 2].max()) & (parts[:, 2] < parts[right, 0].min())
    between &= parts[:, 3] - parts[:, 1] >= _SPECK * (bottom - top)
    return not (between & (parts[:, 1] < bottom) & (parts[:, 3] > top)).any()


def _is_alone(piece: npt.NDArray[np.intp], parts: Boxes) -> bool:
    """Whether there is nothing but paper, and specks, above and below a piece of a line."""
    x0, y0 = parts[piece, :2].min(axis=0)
    x1, y1 = parts[piece, 2:].max(axis=0)
    room = _ALONE * (y1 - y0)
    near = (parts[:, 0] < x1) & (parts[:, 2] > x0)
    near &= (parts[:, 1] < y1 + room) & (parts[:, 3] > y0 - room)
    near &= parts[:, 3] - parts[:, 1] >= _SPECK * (y1 - y0)
    near[piece] = False
    return not near.any()


def _measure(parts: Boxes) -> _Measures:
    heights = parts[:, 3] - parts[:, 1]
    height = text_height(heights)
    body = parts[heights >= 0.5 * height]
    x = (body[:, 0] + body[:, 2]) / 2
    middle = (body[:, 1] + body[:, 3]) / 2
    if len(body) < 4 or np.ptp(x) < 4 * height:
        return _Measures(height, 0.0, imageops.median(body[:, 3]))
    slope = _robust_slope(x, middle)
    return _Measures(height, slope, imageops.median(body[:, 3] - slope * x))


def _robust_slope(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> float:
    """Median of the slopes between distant points (P. Sen, JASA 1968), at most 0.2."""
    dx = x[:, None] - x
    dy = y[:, None] - y
    far = dx > np.ptp(x) / 3
    return float(np.clip(imageops.median(dy[far] / dx[far]), -0.2, 0.2))


def _line(parts: Boxes, measured: _Measures, cells: Boxes, scale: float) -> TextLine:
    boxes = _upright(parts[np.argsort(parts[:, 0])], scale)
    level = (cells[:, 1] + cells[:, 3]) / 2
    own = cells[(level > parts[:, 1].min()) & (level < parts[:, 3].max())]
    return TextLine(boxes, measured.slope, measured.height / scale, _upright(own, scale))


def _upright(boxes: Boxes, scale: float) -> tuple[Box, ...]:
    """Boxes of the working resolution in upright pixels."""
    return tuple(
        Box(int(x0 / scale), int(y0 / scale), round(x1 / scale + 0.5), round(y1 / scale + 0.5))
        for x0, y0, x1, y1 in boxes
    )


def _is_text(line: TextLine, dpi: float, config: LinesConfig) -> bool:
    """Whether the line is wide enough for a word, and no barcode."""
    if line.box.width < 1.5 * line.text_height or line.text_height < 0.035 * dpi:
        return False
    boxes = np.array([(part.x0, part.y0, part.x1, part.y1) for part in line.parts], np.float64)
    return not _are_bars(boxes, dpi, config)


def _are_bars(parts: Boxes, dpi: float, config: LinesConfig) -> bool:
    """Whether parts of one line are a barcode, which writing beside it is no part of."""
    narrow = np.count_nonzero(parts[:, 2] - parts[:, 0] <= config.bar_width * dpi)
    return bool(narrow >= config.bars and narrow >= 0.85 * len(parts))
