"""Upright page -> text lines: ink, connected components, chains of neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zipreader.config import LinesConfig
from zipreader.elements import Box, Points, TextLine, UprightPage
from zipreader.reading import imageops
from zipreader.reading.barcodes import barcodes
from zipreader.reading.cells import find_cells, without_cells
from zipreader.reading.circled import find_circles, without_circles
from zipreader.reading.inkmask import ink_mask
from zipreader.reading.joining import Boxes, Measures, joined, measured
from zipreader.reading.levelrules import without_level_rules
from zipreader.reading.rings import without_rings
from zipreader.reading.spanning import parted
from zipreader.reading.strata import one_line_each
from zipreader.reading.tangles import untangled
from zipreader.reading.waves import without_waves

_SPANNING, _TWO_LINES, _INKED = (3.0, 2.0), 0.25, (0.12, 0.5)
"""What is too large for a part of one line may span several: so many times as tall and as wide as
one at the most, so tall at the least, in inches, and of its box such a share is ink."""


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
    mask = ink_mask(small, dpi, config)
    circles = find_circles(mask, dpi)
    mask = without_waves(without_circles(mask, circles), dpi)
    cells = find_cells(mask, dpi)
    mask = without_level_rules(without_cells(mask, cells, dpi), dpi, config)
    mask = without_rings(mask, dpi)
    parts, large, codes = _text_parts(mask, dpi, config)
    chains, parts = _of_one_line(mask, _chains(parts, config), parts, large)
    chains = _without_bars(chains, parts, dpi, config)
    framed = _rows(cells)
    lines = [
        _line(parts[chain], measures, framed, circles, scale)
        for chain, measures in joined(chains, parts, config)
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
    return np.array([measured(parts[chain]).slope for chain in chains])


def _without_bars(
    chains: list[npt.NDArray[np.intp]], parts: Boxes, dpi: float, config: LinesConfig
) -> list[npt.NDArray[np.intp]]:
    """The chains but for a barcode which writing beside it would make a line with.

    One that stands alone may be in pieces, which only together can be told from words.
    """
    bars = [chain for chain in chains if _are_bars(parts[chain], dpi, config)]
    if not bars:
        return chains
    lines = (line for line, _ in joined(chains, parts, config))
    mixed = {
        int(part) for line in lines if not _are_bars(parts[line], dpi, config) for part in line
    }
    beside = {int(chain[0]) for chain in bars} & mixed
    return [chain for chain in chains if int(chain[0]) not in beside]


def _line(
    parts: Boxes, measures: Measures, cells: Boxes, circles: Sequence[Points], scale: float
) -> TextLine:
    boxes = _upright(parts[np.argsort(parts[:, 0])], scale)
    level = (cells[:, 1] + cells[:, 3]) / 2
    top, bottom = parts[:, 1].min(), parts[:, 3].max()
    own = _upright(cells[(level > top) & (level < bottom)], scale)
    drawn = tuple(
        (circle + 0.5) / scale for circle in circles if top < float(circle[:, 1].mean()) < bottom
    )
    return TextLine(boxes, measures.slope, measures.height / scale, own, drawn)


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
