"""An address becomes a block of ink, by hand or by machine, that fits where it is to stand."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import fmean

import numpy as np

from zipreader.synth.address import Address, Line
from zipreader.synth.compose import Block, Colour, Rng, Strip, assemble, stack
from zipreader.synth.handwriting import Hand, write_digits, write_line
from zipreader.synth.printing import Press, typeset
from zipreader.synth.truth import Bounds

Size = tuple[float, float]
"""(width, height) in sheet pixels."""

_TRIES = 4
_LETTER_WIDTH = 0.62
_LINE_HEIGHT = 1.5
"""Of handwriting, in heights of a digit; only to begin with a size that may fit."""
_GAP = (0.0, 0.35, 1.0), (-0.5, -0.05, 0.3)
"""The least room between the tails of a line and the tops of the next one, in heights of a digit,
by the share of hands that leave less: in two of five both run into each other."""
_WIDE, _NARROW, _CROWDED = (1.25, 2.0), (1.0, 1.4), 0.1
"""From one line to the next, in heights of a digit, and of the share of hands that crowd their
lines, whatever runs into one another."""
_PITCH, _APART = (0.9, 1.5), (0.02, 0.07)
"""Boxes for single digits: from one to the next, in heights of a digit, and how much of that is
left free on either side where they do not share their sides."""


@dataclass(frozen=True, slots=True)
class HandStyle:
    """How an address is set out by hand.

    ``touching`` is the chance that two neighbouring digits of the ZIP touch;
    ``forced`` makes at least one pair touch.  ``boxed`` writes the ZIP into
    printed boxes.
    """

    touching: float = 0.03
    forced: bool = False
    boxed: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Script:
    """A block, the ink it is written in, and the technology or ``handwritten``.

    ``boxes`` are the printed boxes of a ZIP, in block pixels; ``unit`` the
    height of the digits or the em.
    """

    block: Block
    colour: Colour
    writing: str
    unit: float
    boxes: tuple[Bounds, ...] = ()


Writer = Callable[[Address, Size], Script]
"""Writes an address no larger than a size, always in the same hand or face."""


def write_by_hand(
    address: Address, hand: Hand, dpi: int, fit: Size, style: HandStyle, rng: Rng
) -> Script:
    """Write an address no larger than ``fit``, if need be smaller than the hand likes."""
    longest = max(len(line.text) + len(line.zip or "") + 2 for line in address.lines)
    likely = min(fit[0] / (_LETTER_WIDTH * longest), fit[1] / (_LINE_HEIGHT * len(address.lines)))
    hand = hand.sized(min(hand.height, 1.1 * likely), dpi)
    for _ in range(_TRIES):
        script = _written(address, hand, style, rng)
        width, height = script.block.size
        ratio = min(fit[0] / width, fit[1] / height)
        if ratio >= 1:
            break
        hand = hand.sized(0.95 * ratio * hand.height, dpi)
    return script


def _written(address: Address, hand: Hand, style: HandStyle, rng: Rng) -> Script:
    strips: list[Strip] = []
    boxes: tuple[Bounds, ...] = ()
    pitch = hand.height * float(rng.uniform(*_PITCH))
    for line in address.lines:
        boxed = style.boxed and line.zip is not None
        if boxed:
            strips.append(_write_boxed(line, hand, pitch, rng))
        else:
            strips.append(write_line(line, hand, _touching(line, style, rng), rng))
    between, gap = _spacing(rng)
    indents = _indents(len(strips), hand.height, rng)
    block = stack(strips, hand.height * between, hand.height * gap, indents)
    if style.boxed:
        boxes = _boxes(block, pitch, hand.height, rng)
    return Script(block, hand.pen.colour, "handwritten", hand.height, boxes)


def _spacing(rng: Rng) -> tuple[float, float]:
    """From one line to the next, and the least room between them, in heights of a digit."""
    if rng.random() < _CROWDED:
        return float(rng.uniform(*_NARROW)), -math.inf
    return float(rng.uniform(*_WIDE)), float(np.interp(rng.random(), *_GAP))


def _touching(line: Line, style: HandStyle, rng: Rng) -> frozenset[int]:
    if line.zip is None or len(line.zip) < 2:
        return frozenset()
    pairs = min(len(line.zip), 5) - 1
    places = {k for k in range(pairs) if rng.random() < style.touching}
    if style.forced and not places:
        places = {int(rng.integers(pairs))}
    return frozenset(places)


def _write_boxed(line: Line, hand: Hand, pitch: float, rng: Rng) -> Strip:
    digits = write_digits(line.zip or "", hand, frozenset(), True, rng, pitch)
    if not line.text:
        return digits
    text = write_line(Line(line.text), hand, frozenset(), rng)
    return assemble([(text, 0.0, 0.0), (digits, text.width + 0.7 * hand.height, 0.0)])


def _boxes(block: Block, pitch: float, height: float, rng: Rng) -> tuple[Bounds, ...]:
    """Boxes round the marked digits, each in the middle of its pitch; half of them apart."""
    if block.field is None:
        return ()
    first = fmean(
        (m.bounds[0] + m.bounds[2]) / 2 - pitch * (k + 0.5) for k, m in enumerate(block.marks)
    )
    middle = (block.field[1] + block.field[3]) / 2
    half = max(0.75 * height, 0.56 * (block.field[3] - block.field[1]))
    side = pitch * float(rng.choice([0, rng.uniform(*_APART)]))
    return tuple(
        (first + pitch * k + side, middle - half, first + pitch * (k + 1) - side, middle + half)
        for k in range(len(block.marks))
    )


def _indents(count: int, unit: float, rng: Rng) -> list[float]:
    """Left edges: flush, stepped ever further in, or careless."""
    draw = rng.random()
    if draw < 0.18:
        step = unit * float(rng.uniform(0.4, 1.6))
        return [step * number for number in range(count)]
    careless = unit * (0.1 if draw < 0.7 else 0.5)
    return [float(abs(rng.normal(0, careless))) for _ in range(count)]


def print_out(address: Address, press: Press, fit: Size, rng: Rng, least: float = 0.0) -> Script:
    """Print an address no larger than ``fit``, its em not below ``least`` pixels unless it must."""
    leading = float(rng.uniform(1.1, 1.5))
    for _ in range(_TRIES):
        strips = [typeset(line, press, rng) for line in address.lines]
        indents = [0.0] * len(strips)
        block = stack(strips, leading * press.size, 0.08 * press.size, indents)
        ratio = min(fit[0] / block.size[0], fit[1] / block.size[1])
        if ratio >= 1 or press.size <= least:
            break
        press = replace(press, size=max(least, 0.97 * ratio * press.size))
    return Script(block, press.colour, press.technology, press.size)
