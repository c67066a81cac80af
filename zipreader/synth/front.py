"""The face of an envelope: everything that is on it before a camera sees it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from zipreader.elements import Image
from zipreader.synth import clutter, corners
from zipreader.synth.address import Address, invent
from zipreader.synth.back import draw_back
from zipreader.synth.compose import Canvas, Colour, Mark, Rng
from zipreader.synth.drawing import Drawing
from zipreader.synth.faults import choose_address, cross_out, fade, spoil
from zipreader.synth.handwriting import choose_hand
from zipreader.synth.highlights import highlight
from zipreader.synth.labels import Surround, draw_surround
from zipreader.synth.layout import choose_format, choose_resolution
from zipreader.synth.overwriting import overwrite
from zipreader.synth.paper import choose_paper, make_sheet, wear_out
from zipreader.synth.pens import choose_pen
from zipreader.synth.placing import BARCODE_GAP, WHITE_INK, Placed, place_address
from zipreader.synth.plan import CROSSED_OUT, FADED, NO_ADDRESS, OVERWRITTEN, TWO_ADDRESSEES, Plan
from zipreader.synth.sources import Sources
from zipreader.synth.truth import Bounds

_BLACK: Colour = (30, 28, 28)
_RULE_GREY: Colour = (120, 110, 105)
_TAPES: tuple[Colour, ...] = ((32, 30, 30), (140, 60, 25), (40, 35, 150), (60, 95, 30))
"""Black, blue, red and green tape of label makers."""
_PARCELS = {False: 0.12, True: 0.04}
"""How much printed and hand-written mail bears a parcel label, with its sender."""
_NO_PARCELS = (*NO_ADDRESS, TWO_ADDRESSEES)
_HIGHLIGHTED = 0.02
"""How many ZIPs are ringed, boxed in or underlined by a pen."""
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
    white = WHITE_INK if paper.is_dark else None
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
    placed = place_address(drawing, address, barcode, boxed, surround)
    variant = drawing.plan.variant
    if variant == FADED:
        placed = placed.written(fade(placed.script.block, drawing.rng))
    ink = _lay(drawing, placed)
    drawing.room.take(placed.outer)
    if variant == TWO_ADDRESSEES:
        other = invent(drawing.sources, drawing.rng, plus4=0.0 if boxed else 0.2)
        _lay(drawing, place_address(drawing, other, None, False, None, placed))
    block = placed.script.block
    field = placed.on_sheet(block.field) if block.field else None
    marks = _spoil(drawing, placed, ink)
    if not variant and field is not None and drawing.chance(_HIGHLIGHTED):
        highlight(drawing.canvas, field, ink, drawing.rng)
    return Front(
        image=drawing.canvas.image,
        dpi=drawing.dpi,
        writing=placed.script.writing,
        dark=drawing.white is not None,
        address=address,
        zip=code,
        block=placed.bounds,
        field=field,
        marks=marks,
    )


def _spoil(drawing: Drawing, placed: Placed, ink: Colour) -> tuple[Mark, ...]:
    """Strike out, cover or write over digits where the plan asks for it; which can be read."""
    variant, canvas, rng = drawing.plan.variant, drawing.canvas, drawing.rng
    script, radius = placed.script, 0.05 * placed.script.unit
    marks = [mark.moved(placed.x, placed.y) for mark in script.block.marks]
    if variant == CROSSED_OUT:
        cross_out(canvas, placed.rows, ink, radius, rng)
        return ()
    if variant == OVERWRITTEN:
        height = _TYPICAL_DIGIT
        hand = drawing.hand or choose_hand(
            drawing.sources, drawing.dpi, height, choose_pen(rng), rng
        )
        over = overwrite(canvas, script.block, (placed.x, placed.y), hand, ink, rng)
        spoilt = [] if over is None else [over]
    else:
        spoilt = spoil(variant, canvas, [mark.bounds for mark in marks], ink, radius, rng)
    return tuple(mark for place, mark in enumerate(marks) if place not in spoilt)


def _lay(drawing: Drawing, placed: Placed) -> Colour:
    """Put the address on the paper with what belongs to it; the ink it came out in."""
    rng, canvas, script = drawing.rng, drawing.canvas, placed.script
    x0, y0, x1, y1 = placed.outer
    width, height = round(x1 - x0), round(y1 - y0)
    white = placed.white
    if placed.ground == "tape":
        _stick_tape(drawing, placed)
    elif placed.ground != "paper":
        radius = 0.02 if placed.ground == "label" else float(rng.uniform(0.05, 0.2))
        level = 250 if placed.ground == "label" else int(rng.integers(222, 248))
        tone = (level, level, level)
        patch = clutter.draw_label(width, height, round(radius * drawing.dpi), rng, tone)
        rim = clutter.soft_rim(patch.alpha, drawing.dpi)
        canvas.lay(rim, x0 - 0.02 * drawing.dpi, y0 - 0.02 * drawing.dpi, _BLACK)
        canvas.paste(patch.image, patch.alpha, x0, y0)
    if drawing.plan.handwritten:
        _rule(drawing, placed, white or _RULE_GREY)
    colour = white or script.colour
    canvas.lay_block(script.block, placed.x, placed.y, colour, white is not None)
    if placed.barcode is not None:
        y = placed.y - placed.barcode.shape[0] - BARCODE_GAP * drawing.dpi
        canvas.lay(placed.barcode, placed.x, y, white or _BLACK)
    if placed.surround is not None:
        corner = x0 + placed.pad, y0 + placed.pad
        placed.surround.lay(canvas, corner, y1, (placed.x, placed.y))
    if placed.ground == "window":
        canvas.lay(clutter.draw_glare(width, height, rng), x0, y0, WHITE_INK, opaque=True)
    return colour


def _stick_tape(drawing: Drawing, placed: Placed) -> None:
    """A label maker's tape under the address, or one under each of its lines."""
    rng, canvas, script = drawing.rng, drawing.canvas, placed.script
    colour = _TAPES[int(rng.integers(len(_TAPES)))]
    pad = 0.35 * script.unit
    parts = [placed.outer]
    if placed.barcode is None and drawing.chance(0.5):
        parts = [(x0 - pad, y0 - pad, x1 + pad, y1 + pad) for x0, y0, x1, y1 in placed.rows]
    for x0, y0, x1, y1 in parts:
        tape = clutter.draw_label(round(x1 - x0), round(y1 - y0), 1, rng, colour)
        canvas.paste(tape.image, tape.alpha, x0, y0)


def _rule(drawing: Drawing, placed: Placed, colour: Colour) -> None:
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
