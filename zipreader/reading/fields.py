"""Address block -> ranked places where the ZIP may stand.

The ZIP ends the last line or stands on a line of its own, so the right end of
each line is offered, cut at word gaps, the last line first; and cut at narrower
gaps where tight print leaves no word as long as a ZIP.  A stamp or a note beside
the address may have come into a line, so what ends before a wide space is offered too.
Letters that come along on the left are told from digits by the decoder.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, chain, repeat

import numpy as np

from zipreader.config import FieldsConfig
from zipreader.elements import AddressBlock, Box, TextLine, UprightPage, ZipField
from zipreader.reading import imageops, inkmap
from zipreader.reading.cells import cell_rows
from zipreader.reading.measures import piece

_DEFAULTS = FieldsConfig()
_DIGITS, _DIGITS_OF_ZIP4 = 5, 9
_BESIDE_CELLS = 0.5
"""Weight of the other ends of a line that has cells."""
_BESIDE, _PIECE_WEIGHT = 2.0, 0.6
"""A space of so many text heights may part a line from what stands beside the address, and the
weight of an end before such a space."""
_USUAL_HEIGHT, _SAME_HEIGHT = 0.6, 0.12
"""Of a cut-out ZIP: the height of its digits in heights of the image, and what is no other."""
_End = tuple[Box, float]
"""The right end of a line, and the height of its digits."""


def zip_fields(blocks: Iterable[AddressBlock], config: FieldsConfig) -> tuple[ZipField, ...]:
    """The places in all blocks, best first."""
    fields = [
        field
        for block in blocks
        for line, weight in _weighed_lines(block, config)
        for field in _ends(block, line, weight, config)
    ]
    return tuple(sorted(fields, key=lambda field: -field.score))


def whole_fields(page: UprightPage, config: FieldsConfig = _DEFAULTS) -> tuple[ZipField, ...]:
    """The field of an image that shows nothing but a ZIP, at the heights that its digits may have.

    Its tall parts may be pieces of digits, where these are faint or a pattern runs through them:
    people who cut a ZIP out leave little room above and below it.
    """
    found = whole_field(page, config)
    height = page.grey.shape[0]
    usual = replace(found, digit_height=_USUAL_HEIGHT * height)
    if abs(found.digit_height - usual.digit_height) < _SAME_HEIGHT * height:
        return (found,)
    return found, usual


def whole_field(page: UprightPage, config: FieldsConfig = _DEFAULTS) -> ZipField:
    """The field of an image that shows nothing but a ZIP; its digits are the tall parts.

    Of an image that is longer than any ZIP, the end of its ink is taken.
    """
    height, width = page.grey.shape
    mask = (inkmap.ink(page.grey, 0.4 * height) >= 0.5).astype(np.uint8)
    _, stats = imageops.components(mask)
    tall = [
        (float(h), int(x + w))
        for x, _, w, h, _ in stats[1:]
        if 0.25 * height <= h <= 0.98 * height and w <= 0.9 * width
    ]
    digit_height = (
        imageops.median(np.array([h for h, _ in tall])) if tall else _USUAL_HEIGHT * height
    )
    left, right, longest = 0, width, config.longest * digit_height
    if width > longest:
        end = max((x for _, x in tall), default=width)
        left, right = max(0, round(end - longest)), min(width, round(end + digit_height))
    return ZipField(page, Box(left, 0, right, height), 0.0, digit_height, 1.0)


def _weighed_lines(block: AddressBlock, config: FieldsConfig) -> Iterator[tuple[TextLine, float]]:
    """The lines of a block, the last first, each with its weight, and behind it its pieces."""
    *first, others = config.line_weights
    for line, weight in zip(reversed(block.lines), chain(first, repeat(others)), strict=False):
        yield line, weight
        for before in _pieces(line):
            weight *= _PIECE_WEIGHT
            yield before, weight


def _pieces(line: TextLine) -> Iterator[TextLine]:
    """What the line is without all that stands behind a wide space, the widest piece first."""
    words = _words(line, _BESIDE * line.text_height)
    for last in range(len(words) - 1, 0, -1):
        yield piece(line, [part for word in words[:last] for part in word])


def _ends(
    block: AddressBlock, line: TextLine, weight: float, config: FieldsConfig
) -> list[ZipField]:
    """Right ends of the line that may hold a ZIP, the shortest first, and what stands in cells.

    The longest end is as long as a ZIP+4 may be, so that a ZIP whose digits are far
    apart, or run into the state, is not missed.
    """
    words = _words(line, config.word_gap * line.text_height)
    ends: list[_End] = []
    for first in range(len(words) - 1, -1, -1):
        parts = [part for word in words[first:] for part in word]
        height = _digit_height(parts, line.text_height)
        box = Box.around(parts)
        if box.width < config.shortest * height:
            continue
        ends.append((_clip_left(box, parts, config.longest * height), height))
        if box.width > config.longest * height:
            break
    narrow = _narrow_ends(line, ends, config)
    tried = len(config.end_weights)
    if len(ends) > tried:
        ends = [*ends[: tried - 1], ends[-1]]
    celled = _in_cells(line)
    weighed = [*zip(ends, config.end_weights, strict=False)]
    weighed += [(end, config.narrow_weight) for end in narrow]
    share = _BESIDE_CELLS if celled else 1.0
    weighed = [(end, share * weight * _length_weight(*end, config)) for end, weight in weighed]
    weighed += [(end, 1.0) for end in celled]
    return [
        ZipField(
            block.page,
            box,
            line.slope,
            height,
            block.score * weight * share,
            block,
            _before(line, box, height),
            line.cells,
            line.circles,
        )
        for (box, height), share in weighed
    ]


def _in_cells(line: TextLine) -> list[_End]:
    """What stands in a row of cells, and in the first five if the next ones may be a ZIP+4's.

    A row with a sixth digit, and no nine, holds another number than a ZIP.
    """
    ends = []
    for row in cell_rows(line.cells):
        lengths = {len(row)}
        if len(row) >= _DIGITS_OF_ZIP4 or not _has_digit(line, row[_DIGITS : _DIGITS + 1]):
            lengths.add(_DIGITS)
        for count in sorted(lengths):
            within = Box.around(row[:count])
            parts = [part for part in line.parts if part.intersection(within).area]
            tall = [part for part in parts if part.height >= line.text_height / 2]
            if len(row) >= count and _filled(tall, row[:count]) >= _DIGITS:
                ends.append((Box.around(parts), _digit_height(parts, line.text_height)))
    return ends


def _filled(tall: Sequence[Box], cells: Sequence[Box]) -> int:
    """How many cells a part as tall as a digit reaches into, be it joined to the next one."""
    inner = [(cell.x0 + cell.width / 4, cell.x1 - cell.width / 4) for cell in cells]
    return sum(any(part.x0 < x1 and part.x1 > x0 for part in tall) for x0, x1 in inner)


def _has_digit(line: TextLine, cells: Sequence[Box]) -> bool:
    """Whether something as tall as a digit stands in one of the cells, and not just juts in."""
    tall = [part for part in line.parts if part.height >= line.text_height / 2]
    return any(cell.x0 <= part.center[0] <= cell.x1 for part in tall for cell in cells)


def _length_weight(box: Box, height: float, config: FieldsConfig) -> float:
    _, longest = config.narrow_lengths[-1]
    return 1.0 if box.width <= longest * height else config.long_weight


def _narrow_ends(line: TextLine, ends: Sequence[_End], config: FieldsConfig) -> list[_End]:
    """Ends as long as a ZIP or a ZIP+4, where the words of the line have none.

    Spaces of tight print are narrower than those between some people's digits, so that they
    part words only where hardly any space of the word behind them is wider.
    """
    found = []
    reached = accumulate((part.x1 for part in line.parts), max)
    starts = [part.x0 for part in line.parts[1:]]
    gaps = np.array([max(0, x - end) for x, end in zip(starts, reached, strict=False)])
    for low, high in config.narrow_lengths:
        if any(low * height <= box.width <= high * height for box, height in ends):
            continue
        widest, end = 0.0, None
        for first in range(len(gaps) - 1, 0, -1):
            gap, inside = float(gaps[first - 1]), gaps[first:]
            inside = inside[inside <= config.word_gap * line.text_height]
            middle, most = (share * gap for share in config.narrow_inside)
            if gap < widest or not inside.size or inside.max() > most:
                continue
            if imageops.median(inside) > middle:
                continue
            parts = line.parts[first:]
            height, box = _digit_height(parts, line.text_height), Box.around(parts)
            if box.width > high * height:
                break
            if gap >= config.narrow_gap * height and box.width >= low * height:
                widest, end = gap, (box, height)
        if end is not None:
            found.append(end)
    return found


def _before(line: TextLine, box: Box, height: float) -> float:
    """The gap to the sign before a box of the line, in digit heights."""
    signs = [p.x1 for p in line.parts if p.x0 < box.x0 and p.height >= line.text_height / 2]
    return max(0.0, box.x0 - max(signs)) / height if signs else math.inf


def _words(line: TextLine, gap: float) -> list[list[Box]]:
    """Split the line where the space between its parts is wide."""
    words: list[list[Box]] = []
    reached = -np.inf
    for part in line.parts:
        if part.x0 - reached > gap or not words:
            words.append([])
        words[-1].append(part)
        reached = max(reached, part.x1)
    return words


def _clip_left(box: Box, parts: list[Box], longest: float) -> Box:
    """Keep the right end where a word is longer than any ZIP."""
    if box.width <= longest:
        return box
    kept = [part for part in parts if part.x1 > box.x1 - longest]
    around = Box.around(kept)
    return Box(max(around.x0, round(box.x1 - longest)), around.y0, around.x1, around.y1)


def _digit_height(parts: Sequence[Box], text_height: float) -> float:
    """The usual height of the parts that are tall enough for digits."""
    heights = np.array([part.height for part in parts], dtype=np.float64)
    tall = heights[heights >= 0.6 * text_height]
    if tall.size == 0:
        return text_height
    return float(np.clip(imageops.median(tall), 0.6 * text_height, 1.8 * text_height))
