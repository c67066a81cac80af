"""Where the address stands on the face, and what it is written on, with and by."""

from __future__ import annotations

from dataclasses import dataclass, replace

from zipreader.synth.address import Address
from zipreader.synth.addressing import HandStyle, Script, Writer, print_out, write_by_hand
from zipreader.synth.compose import Alpha, Block, Colour
from zipreader.synth.drawing import Drawing
from zipreader.synth.labels import Surround
from zipreader.synth.layout import address_area, label_area, moved, scaled
from zipreader.synth.plan import TWO_ADDRESSEES
from zipreader.synth.printing import choose_press
from zipreader.synth.truth import Bounds

WHITE_INK: Colour = (238, 240, 240)
BARCODE_GAP = 0.08
"""Inches between a barcode and the address under it."""
_LEAST_POINTS = 8
_PLACING_TRIES = 4
_TAPES = 0.03
"""How much printed mail is addressed by a label maker, light on dark tape."""
_WHITE_PENS = 0.12
"""How often kraft paper and the like are addressed in white ink."""
_DIM = 165
"""Paper below this level shows white ink."""


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A script with the place of its top left; ``outer`` bounds its label or window too.

    ``white`` is the covering ink that what it stands on needs, else ``None``.
    """

    script: Script
    x: int
    y: int
    ground: str
    white: Colour | None
    outer: Bounds
    barcode: Alpha | None
    surround: Surround | None
    write: Writer
    pad: float
    """Paper between the edge of a label or window and what is on it."""

    @property
    def bounds(self) -> Bounds:
        width, height = self.script.block.size
        return self.x, self.y, self.x + width, self.y + height

    @property
    def rows(self) -> list[Bounds]:
        """Of each line what stands between its baseline and the top of its capitals."""
        unit, lines = self.script.unit, self.script.block.lines
        ends = [(x, x + strip.width, y + strip.baseline) for strip, x, y in lines]
        return [self.on_sheet((x0, y - 0.8 * unit, x1, y)) for x0, x1, y in ends]

    def written(self, block: Block) -> Placed:
        """The same place with other ink."""
        return replace(self, script=replace(self.script, block=block))

    def on_sheet(self, bounds: Bounds) -> Bounds:
        """Bounds given in block pixels."""
        return moved(bounds, self.x, self.y)


def place_address(
    drawing: Drawing,
    address: Address,
    barcode: Alpha | None,
    boxed: bool,
    surround: Surround | None,
    first: Placed | None = None,
) -> Placed:
    """Write the address so that it fits, and find room for it.

    Of two addressees each has a half of the area; the second is written like the ``first``.
    """
    rng, dpi = drawing.rng, drawing.dpi
    ground = _choose_ground(drawing) if surround is None else "label"
    pad = 0.0 if ground == "paper" else float(rng.uniform(0.1, 0.3)) * dpi
    above = pad + (barcode.shape[0] + BARCODE_GAP * dpi if barcode is not None else 0.0)
    loose = drawing.plan.handwritten
    area = scaled(address_area(drawing.shape, loose, bool(drawing.room.taken)), dpi)
    beside = below = least = 0.0
    if surround is not None:
        beside, over, below = surround.margins(dpi)
        above, least = above + over, surround.width()
        area = scaled(label_area(drawing.shape), dpi)
    if drawing.plan.variant == TWO_ADDRESSEES:
        middle = (area[0] + area[2]) / 2
        left = first.x >= middle if first is not None else drawing.chance(0.5)
        area = (area[0], area[1], middle, area[3]) if left else (middle, *area[1:])
    fit = (0.94 * (area[2] - area[0]) - 2 * pad - beside, area[3] - area[1] - pad - above - below)
    fit = (max(fit[0], 1.2 * dpi), max(fit[1], 0.45 * dpi))
    write = first.write if first is not None else _writer(drawing, boxed)
    center = (float(rng.uniform(0.2, 0.8)), float(rng.uniform(0.2, 0.9)))
    for _ in range(_PLACING_TRIES):
        script = write(address, fit)
        width, height = script.block.size
        if barcode is not None:
            width = max(width, barcode.shape[1])
        size = max(width + beside, least) + 2 * pad, height + pad + above + below
        outer = drawing.room.find(*size, area, center, rng)
        if drawing.room.overlap(outer) == 0:
            break
        fit = (0.85 * min(fit[0], width), 0.85 * min(fit[1], height))
    x, y = round(outer[0] + pad + beside), round(outer[1] + above)
    white = _covering_ink(drawing, ground)
    return Placed(script, x, y, ground, white, outer, barcode, surround, write, pad)


def _choose_ground(drawing: Drawing) -> str:
    """``paper``, ``label``, ``tape`` or ``window``: what the address is written on or behind."""
    if drawing.plan.handwritten:
        return "label" if drawing.chance(0.5 if drawing.white else 0.04) else "paper"
    draw = drawing.rng.random()
    if draw < 0.2 or drawing.white:
        return "label"
    if draw < 0.42:
        return "window"
    return "tape" if draw > 1 - _TAPES else "paper"


def _covering_ink(drawing: Drawing, ground: str) -> Colour | None:
    """White ink on tape and dark paper, and now and then by hand on any but light paper."""
    if ground == "tape":
        return WHITE_INK
    if ground != "paper":
        return None
    dim = drawing.hand is not None and float(drawing.canvas.image.mean()) < _DIM
    return WHITE_INK if dim and drawing.chance(_WHITE_PENS) else drawing.white


def _writer(drawing: Drawing, boxed: bool) -> Writer:
    rng, dpi, plan, hand = drawing.rng, drawing.dpi, drawing.plan, drawing.hand
    if hand is None:
        press = choose_press(drawing.sources, dpi, rng)
        least = _LEAST_POINTS / 72 * dpi
        return lambda address, fit: print_out(address, press, fit, rng, least)
    touching = 0.5 if plan.touching else 0.03 + 0.05 * plan.dirt
    style = HandStyle(touching, plan.touching, boxed)
    return lambda address, fit: write_by_hand(address, hand, dpi, fit, style, rng)
