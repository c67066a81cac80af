"""The face of an envelope: everything that is on it before a camera sees it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from zipreader.elements import Image
from zipreader.synth import clutter, corners
from zipreader.synth.address import Address, invent
from zipreader.synth.addressing import HandStyle, Script, Writer, print_out, write_by_hand
from zipreader.synth.back import draw_back
from zipreader.synth.compose import Alpha, Canvas, Colour, Mark, Rng
from zipreader.synth.drawing import Drawing
from zipreader.synth.faults import choose_address, cross_out, spoil
from zipreader.synth.handwriting import choose_hand
from zipreader.synth.labels import Surround, draw_surround
from zipreader.synth.layout import (
    address_area,
    choose_format,
    choose_resolution,
    label_area,
    moved,
    scaled,
)
from zipreader.synth.paper import choose_paper, make_sheet, wear_out
from zipreader.synth.pens import choose_pen
from zipreader.synth.plan import CROSSED_OUT, NO_ADDRESS, TWO_ADDRESSEES, Plan
from zipreader.synth.printing import choose_press
from zipreader.synth.sources import Sources
from zipreader.synth.truth import Bounds

_BLACK: Colour = (30, 28, 28)
_RULE_GREY: Colour = (120, 110, 105)
_WHITE_INK: Colour = (238, 240, 240)
_LEAST_POINTS = 8
_BARCODE_GAP = 0.08
"""Inches between a barcode and the address under it."""
_PLACING_TRIES = 4
_PARCELS = {False: 0.12, True: 0.04}
"""How much printed and hand-written mail bears a parcel label, with its sender."""
_NO_PARCELS = (*NO_ADDRESS, TWO_ADDRESSEES)
_PHOTO_DPI = 240
"""The finest that a phone shows of a whole envelope, about 2,300 pixels across a #10."""
_TYPICAL_DIGIT = 0.2
_DIGIT_SPREAD = 0.33
_SMALLEST_DIGIT, _LARGEST_DIGIT = 0.12, 0.45


@dataclass(frozen=True, slots=True, eq=False)
class Front:
    """A finished face, (H, W, 3) BGR, and where its address stands; sheet pixels.

    ``zip`` is what the ink shows complete, of one addressee; ``marks`` are the digits of the
    ZIP that can be read.
    """

    image: Image
    dpi: int
    writing: str
    dark: bool
    address: Address | None = None
    zip: str | None = None
    block: Bounds | None = None
    field: Bounds | None = None
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Placed:
    """A script with the place of its top left; ``outer`` bounds its label or window too."""

    script: Script
    x: int
    y: int
    ground: str
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

    def on_sheet(self, bounds: Bounds) -> Bounds:
        """Bounds given in block pixels."""
        return moved(bounds, self.x, self.y)


def draw_front(plan: Plan, sources: Sources, rng: Rng) -> Front:
    """Draw an envelope after a plan."""
    parcel = plan.variant not in _NO_PARCELS and rng.random() < _PARCELS[plan.handwritten]
    drawing = _begin(plan, sources, rng, parcel)
    surround = draw_surround(drawing) if parcel else None
    boxed = plan.handwritten and not plan.touching and drawing.chance(0.06)
    address, code = choose_address(plan.variant, sources, rng, boxed)
    shows_front = plan.variant not in ("blank", "back")
    if plan.variant == "back":
        draw_back(drawing)
    elif shows_front:
        if surround is None:
            corners.add_picture(drawing)
        corners.add_postage(drawing)
        if surround is None and plan.variant != TWO_ADDRESSEES:
            corners.add_sender(drawing)
    front = Front(drawing.canvas.image, drawing.dpi, _writing(plan), drawing.white is not None)
    if address is not None:
        addressed = _add_address(drawing, address, code, boxed, surround)
        front = front if plan.variant == TWO_ADDRESSEES else addressed
    if shows_front:
        corners.add_remarks(drawing)
        corners.add_handling(drawing)
    canvas = drawing.canvas
    wear = wear_out(canvas.width, canvas.height, canvas.dpi, plan.dirt, rng, sources.faces)
    if wear is not None:
        canvas.tint(wear)
    return replace(front, image=canvas.image)


def _begin(plan: Plan, sources: Sources, rng: Rng, parcel: bool) -> Drawing:
    """Choose an envelope, its paper, and the hand that writes on it."""
    shape = choose_format(rng, parcel)
    dpi = choose_resolution(shape, rng)
    if plan.photo:
        dpi = min(dpi, _PHOTO_DPI)
    paper = choose_paper(rng, plan.dirt)
    sheet = make_sheet(paper, round(shape.width * dpi), round(shape.height * dpi), dpi, rng)
    hand = None
    if plan.handwritten:
        digit = _TYPICAL_DIGIT * float(np.exp(_DIGIT_SPREAD * rng.standard_normal()))
        digit = min(max(digit, _SMALLEST_DIGIT), _LARGEST_DIGIT)
        pen = choose_pen(rng, faint=bool(rng.random() < 0.4 * plan.dirt))
        hand = choose_hand(sources, dpi, digit, pen, rng)
    white = _WHITE_INK if paper.is_dark else None
    return Drawing(Canvas(sheet, dpi), shape, plan, sources, rng, hand, white)


def _writing(plan: Plan) -> str:
    return "handwritten" if plan.handwritten else "printed"


def _add_address(
    drawing: Drawing, address: Address, code: str | None, boxed: bool, surround: Surround | None
) -> Front:
    barcode = None
    if code is not None and not drawing.plan.variant:
        barcode = corners.choose_barcode(drawing, code, address.plus4)
    if barcode is not None and (drawing.plan.handwritten or drawing.chance(0.5)):
        corners.lay_in_zone(drawing, barcode)
        barcode = None
    placed = _place(drawing, address, barcode, boxed, surround)
    ink = _lay(drawing, placed)
    drawing.room.take(placed.outer)
    if drawing.plan.variant == TWO_ADDRESSEES:
        other = invent(drawing.sources, drawing.rng, plus4=0.0 if boxed else 0.2)
        _lay(drawing, _place(drawing, other, None, False, None, placed))
    block = placed.script.block
    marks = [mark.moved(placed.x, placed.y) for mark in block.marks]
    digits = [mark.bounds for mark in marks]
    variant, canvas, radius = drawing.plan.variant, drawing.canvas, 0.05 * placed.script.unit
    spoilt = spoil(variant, canvas, digits, ink, radius, drawing.rng)
    marks = [mark for place, mark in enumerate(marks) if place not in spoilt]
    if variant == CROSSED_OUT:
        cross_out(canvas, placed.rows, ink, radius, drawing.rng)
        marks = []
    return Front(
        image=drawing.canvas.image,
        dpi=drawing.dpi,
        writing=placed.script.writing,
        dark=drawing.white is not None,
        address=address,
        zip=code,
        block=placed.bounds,
        field=placed.on_sheet(block.field) if block.field else None,
        marks=tuple(marks),
    )


def _place(
    drawing: Drawing,
    address: Address,
    barcode: Alpha | None,
    boxed: bool,
    surround: Surround | None,
    first: _Placed | None = None,
) -> _Placed:
    """Write the address so that it fits, and find room for it.

    Of two addressees each has a half of the area; the second is written like the ``first``.
    """
    rng, dpi = drawing.rng, drawing.dpi
    ground = _choose_ground(drawing) if surround is None else "label"
    pad = 0.0 if ground == "paper" else float(rng.uniform(0.1, 0.3)) * dpi
    above = pad + (barcode.shape[0] + _BARCODE_GAP * dpi if barcode is not None else 0.0)
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
    return _Placed(script, x, y, ground, outer, barcode, surround, write, pad)


def _choose_ground(drawing: Drawing) -> str:
    """``paper``, ``label`` or ``window``: under what the address is written."""
    if drawing.plan.handwritten:
        return "label" if drawing.chance(0.5 if drawing.white else 0.04) else "paper"
    draw = drawing.rng.random()
    if draw < 0.2 or drawing.white:
        return "label"
    return "window" if draw < 0.42 else "paper"


def _writer(drawing: Drawing, boxed: bool) -> Writer:
    rng, dpi, plan, hand = drawing.rng, drawing.dpi, drawing.plan, drawing.hand
    if hand is None:
        press = choose_press(drawing.sources, dpi, rng)
        least = _LEAST_POINTS / 72 * dpi
        return lambda address, fit: print_out(address, press, fit, rng, least)
    touching = 0.5 if plan.touching else 0.03 + 0.05 * plan.dirt
    style = HandStyle(touching, plan.touching, boxed)
    return lambda address, fit: write_by_hand(address, hand, dpi, fit, style, rng)


def _lay(drawing: Drawing, placed: _Placed) -> Colour:
    """Put the address on the paper with what belongs to it; the ink it came out in."""
    rng, canvas, script = drawing.rng, drawing.canvas, placed.script
    x0, y0, x1, y1 = placed.outer
    width, height = round(x1 - x0), round(y1 - y0)
    white = drawing.white if placed.ground == "paper" else None
    if placed.ground != "paper":
        radius = 0.02 if placed.ground == "label" else float(rng.uniform(0.05, 0.2))
        level = 250.0 if placed.ground == "label" else float(rng.uniform(222, 248))
        patch = clutter.draw_label(width, height, round(radius * drawing.dpi), rng, level)
        rim = clutter.soft_rim(patch.alpha, drawing.dpi)
        canvas.lay(rim, x0 - 0.02 * drawing.dpi, y0 - 0.02 * drawing.dpi, _BLACK)
        canvas.paste(patch.image, patch.alpha, x0, y0)
    if drawing.plan.handwritten:
        _rule(drawing, placed, white or _RULE_GREY)
    colour = white or script.colour
    canvas.lay_block(script.block, placed.x, placed.y, colour, white is not None)
    if placed.barcode is not None:
        y = placed.y - placed.barcode.shape[0] - _BARCODE_GAP * drawing.dpi
        canvas.lay(placed.barcode, placed.x, y, white or _BLACK)
    if placed.surround is not None:
        corner = x0 + placed.pad, y0 + placed.pad
        placed.surround.lay(canvas, corner, y1, (placed.x, placed.y))
    if placed.ground == "window":
        canvas.lay(clutter.draw_glare(width, height, rng), x0, y0, _WHITE_INK, opaque=True)
    return colour


def _rule(drawing: Drawing, placed: _Placed, colour: Colour) -> None:
    """Printed boxes for the ZIP; now and then ruled lines, or a line drawn under the ZIP."""
    canvas, script = drawing.canvas, placed.script
    line = max(1, round(0.008 * drawing.dpi))
    for box in script.boxes:
        x0, y0, x1, y1 = placed.on_sheet(box)
        canvas.lay(clutter.outline(round(x1 - x0) + line, round(y1 - y0), line), x0, y0, colour)
    if drawing.chance(0.07):
        length = round(script.block.size[0] + float(drawing.rng.uniform(0, 0.6)) * drawing.dpi)
        for strip, _, dy in script.block.lines:
            y = placed.y + dy + strip.baseline + 0.12 * script.unit
            canvas.lay(np.full((line, length), 0.8, np.float32), placed.x, y, colour)
