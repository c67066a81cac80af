"""Strings of digits in one hand, with the ink of each digit apart; wrong and right cuts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.elements import NOT_A_DIGIT, InkMap, Mask
from zipreader.training.strokes import PenConfig, Points, extent, hand, ink_strokes, pen, slanted

OWN_SIZE = 0.1
"""``StringConfig.own_size`` where hands vary."""


@dataclass(frozen=True, slots=True)
class StringConfig:
    """Ranges of a written string; lengths in heights of a digit."""

    pen: PenConfig = PenConfig(height=(20.0, 90.0), width=(0.045, 0.19), rotation=4.0)
    gap: tuple[float, float] = (-0.16, 0.24)
    """Room between neighbours; below 0 they overlap."""
    touching: float = 0.4
    """Share of strings whose neighbours are drawn close together."""
    baseline: float = 0.08
    size: float = 0.12
    """Standard deviation of the relative size of digits."""
    own_size: float = 0.0
    """The same of the size that a hand gives to all digits of one value."""
    small_zero: float = 0.2
    """How often zeros are written small."""
    letter_size: tuple[float, float] = (0.55, 1.15)


@dataclass(frozen=True, slots=True, eq=False)
class WrittenString:
    """``coverage`` (H, W) and the coverage of each digit alone, (N, H, W)."""

    coverage: InkMap
    parts: InkMap
    labels: tuple[int, ...]
    height: float
    """Typical height of a digit in pixels."""


@dataclass(frozen=True, slots=True)
class LabelRule:
    """When a candidate is a digit, by the overlap (intersection over union) of ink masks."""

    digit: float = 0.92
    not_a_digit: float = 0.72

    def label(self, candidate: Mask, parts: Sequence[Mask], labels: Sequence[int]) -> int | None:
        """The class of a candidate; ``None`` between the two."""
        overlaps = [_overlap(candidate, part) for part in parts]
        best = int(np.argmax(overlaps))
        if overlaps[best] >= self.digit:
            return labels[best]
        return NOT_A_DIGIT if overlaps[best] <= self.not_a_digit else None


def compose(
    items: Sequence[Sequence[Points]],
    labels: Sequence[int],
    rng: np.random.Generator,
    config: StringConfig,
    room: Sequence[float] = (),
) -> WrittenString:
    """Write items of one hand beside each other with one pen.

    ``room`` is what is left free after each item, besides the usual gap.

    Items that are no digits (label ``NOT_A_DIGIT``) may be smaller, and flat
    ones are hyphens: short and half-way up.

    Source: the digits of one writer share slant, aspect and pen; gaps,
    baseline and size vary from digit to digit.
    """
    matrix, bend = hand(rng, config.pen)
    width, height = pen(rng, config.pen), rng.uniform(*config.pen.height)
    low, high = config.gap
    gaps = (low, low + 0.4 * (high - low)) if rng.random() < config.touching else (low / 3, high)
    own = np.exp(rng.normal(0, config.own_size, NOT_A_DIGIT + 1))
    own[NOT_A_DIGIT] = 1.0
    placed: list[list[Points]] = []
    edge = 0.0
    for strokes, label, extra in zip(items, labels, room or [0.0] * len(items), strict=True):
        turned = slanted(strokes, matrix)
        flat = label == NOT_A_DIGIT and _is_flat(turned)
        tall = rng.uniform(0.2, 0.5) if flat else own[label] * _size(label, rng, config)
        turned = [bend(stroke * (tall / extent(turned))) for stroke in turned]
        points = np.concatenate(turned)
        left, floor = float(points[:, 0].min()), float(points[:, 1].max())
        raised = 0.5 if flat else 0.5 * (1 - tall) * (rng.random() < 0.4)
        lift = rng.normal(0, config.baseline) + raised
        shift = np.array([edge - left, -floor - lift])
        placed.append([stroke + shift for stroke in turned])
        edge += float(np.ptp(points[:, 0])) + width + rng.uniform(*gaps) + extra
    return _drawn(placed, tuple(labels), height, width, rng, config)


def cut(
    string: WrittenString, rng: np.random.Generator, rule: LabelRule
) -> tuple[InkMap, int] | None:
    """Cut a random piece out of a string between two slanted seams.

    Returns:
        Its coverage (H, W) and class, or ``None`` where it is neither a whole
        digit nor clearly something else.
    """
    height, width = string.coverage.shape
    columns = np.arange(width)[None, :] - rng.normal(0, 0.25) * (np.arange(height)[:, None])
    inked = string.coverage > 0.3
    reach = columns[inked]
    if reach.size < 12:
        return None
    first, last = float(reach.min()), float(reach.max())
    span = min(float(np.exp(rng.uniform(np.log(0.2), np.log(1.7)))) * string.height, last - first)
    start = rng.uniform(first - 0.2 * span, last - 0.8 * span)
    inside = (columns >= start) & (columns < start + span)
    kept = inked & inside
    if kept.sum() < 0.06 * string.height**2 * 0.3:
        return None
    label = rule.label(kept, [part > 0.3 for part in string.parts], string.labels)
    if label is None:
        return None
    return (string.coverage * inside).astype(np.float32), label


def _is_flat(strokes: Sequence[Points]) -> bool:
    """A hyphen or a dash."""
    width, height = np.ptp(np.concatenate(list(strokes)), axis=0)
    return bool(height < 0.35 * width)


def _size(label: int, rng: np.random.Generator, config: StringConfig) -> float:
    size = float(np.exp(rng.normal(0, config.size)))
    if label == NOT_A_DIGIT:
        return size * rng.uniform(*config.letter_size)
    small = label == 0 and rng.random() < config.small_zero
    return size * rng.uniform(0.5, 0.85) if small else size


def _drawn(
    placed: Sequence[Sequence[Points]],
    labels: tuple[int, ...],
    height: float,
    width: float,
    rng: np.random.Generator,
    config: StringConfig,
) -> WrittenString:
    """Draw every digit alone into one frame."""
    everything = np.concatenate([np.concatenate(list(strokes)) for strokes in placed])
    low, high = everything.min(axis=0) - width, everything.max(axis=0) + width
    columns, rows = np.ceil((high - low) * height).astype(int) + 8
    parts: npt.NDArray[np.float32] = np.zeros((len(placed), rows, columns), np.float32)
    for index, strokes in enumerate(placed):
        corner = np.concatenate(list(strokes)).min(axis=0)
        image = ink_strokes(strokes, height, width, rng, config.pen)
        margin = width * (1 + config.pen.pressure)
        x, y = np.rint((corner - low - margin) * height).astype(int) + 4
        _paste(parts[index], image, int(x), int(y))
    coverage = np.max(parts, axis=0)
    return WrittenString(coverage, parts, labels, height)


def _paste(frame: InkMap, image: InkMap, x: int, y: int) -> None:
    """Put an image into a frame in place, what does not fit left out."""
    x0, y0 = max(x, 0), max(y, 0)
    x1, y1 = min(x + image.shape[1], frame.shape[1]), min(y + image.shape[0], frame.shape[0])
    if x1 > x0 and y1 > y0:
        frame[y0:y1, x0:x1] = image[y0 - y : y1 - y, x0 - x : x1 - x]


def _overlap(one: Mask, other: Mask) -> float:
    union = int(np.count_nonzero(one | other))
    return int(np.count_nonzero(one & other)) / union if union else 0.0


def trimmed(coverage: InkMap) -> InkMap:
    """The part that holds ink."""
    x, y, width, height = cv2.boundingRect((coverage > 0.02).astype(np.uint8))
    return coverage[y : y + height, x : x + width]


def with_rule(coverage: InkMap, height: float, rng: np.random.Generator) -> InkMap:
    """The ink with a thin line across its whole width, mostly low."""
    ruled = coverage.copy()
    rows, width = ruled.shape
    row = rows * (rng.uniform(0.75, 0.98) if rng.random() < 0.8 else rng.uniform(0.2, 0.75))
    rise = rng.normal(0, 0.01) * width
    thick = max(1, round(height * rng.uniform(0.01, 0.04)))
    ends = (0, round(row - rise / 2)), (width, round(row + rise / 2))
    cv2.line(ruled, *ends, rng.uniform(0.4, 0.9), thick, cv2.LINE_AA)
    return np.maximum(ruled, coverage)


def in_box(coverage: InkMap, height: float, rng: np.random.Generator) -> InkMap:
    """The ink in a printed frame, often with a bar in each gap, as forms have them."""
    margin = round(height * rng.uniform(0.08, 0.4))
    strength, thick = rng.uniform(0.4, 1), max(1, round(height * rng.uniform(0.01, 0.05)))
    framed = cv2.copyMakeBorder(
        coverage, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=0
    )
    rows, width = framed.shape
    inset = int(rng.integers(0, margin // 2 + 1))
    edge = inset + thick // 2
    lines = np.zeros_like(framed)
    cv2.rectangle(lines, (edge, edge), (width - 1 - edge, rows - 1 - edge), strength, thick)
    if rng.random() < 0.6:
        for x in _gaps(coverage, 0.12 * height):
            cv2.line(lines, (x + margin, edge), (x + margin, rows - 1 - edge), strength, thick)
    return np.maximum(framed, lines)


def _gaps(coverage: InkMap, least: float) -> list[int]:
    """The middle columns of the gaps in the ink that are wider than ``least``."""
    inked = np.flatnonzero(coverage.max(axis=0) > 0.1)
    ends = np.flatnonzero(np.diff(inked) > max(least, 2))
    return [int((inked[end] + inked[end + 1]) // 2) for end in ends]
