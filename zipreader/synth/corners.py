"""What surrounds the address: sender, postage, postmark, barcode, endorsements, marks."""

from __future__ import annotations

from zipreader.synth import clutter, postage
from zipreader.synth.address import invent
from zipreader.synth.addressing import HandStyle, Script, Size, print_out, write_by_hand
from zipreader.synth.barcodes import draw_intelligent, draw_postnet
from zipreader.synth.compose import Alpha, Colour
from zipreader.synth.drawing import Drawing
from zipreader.synth.layout import barcode_area, grown, scaled
from zipreader.synth.plan import SHOWS_SENDER
from zipreader.synth.printing import choose_press
from zipreader.synth.truth import Bounds

_BLACK: Colour = (30, 28, 28)
_POSTMARK_BLACK: Colour = (50, 45, 45)
_HANDLING_ORANGE: Colour = (120, 170, 250)
_SENDER_SHARE = 0.6
_PICTURE_SHARE, _WIDE_FACE = 0.12, 8.0
"""Printed mail so wide, in inches, that shows a picture or a band of colour."""
_CROSSING_SHARE = 0.35
"""Of the postmarks of dirty mail, how many run into the address."""
_ASTRAY_SHARE = 0.03
"""The same of other mail."""


def add_postage(drawing: Drawing) -> None:
    """A stamp with its postmark, a meter imprint, or a permit, in the upper right."""
    rng, dpi = drawing.rng, drawing.dpi
    stamped = 0.72 if drawing.plan.handwritten else 0.22
    draw = rng.random()
    margin = float(rng.uniform(0.12, 0.35)) * dpi
    right = drawing.canvas.width - margin
    face = drawing.plain_face()
    place = drawing.sources.place(rng)
    if draw < stamped:
        stamp = postage.draw_stamp(dpi, face, rng)
        bounds = drawing.stick(stamp, right - stamp.alpha.shape[1], margin)
        if drawing.chance(0.12):
            second = postage.draw_stamp(dpi, face, rng)
            drawing.stick(second, bounds[0] - second.alpha.shape[1] - 0.05 * dpi, margin)
        if drawing.chance(0.72):
            _cancel(drawing, bounds)
    elif draw < stamped + 0.5 * (0.95 - stamped):
        imprint, colour = postage.draw_meter(dpi, face, place, rng)
        drawing.lay(imprint, right - imprint.shape[1], margin, colour)
    elif draw < 0.95:
        permit = postage.draw_permit(dpi, face, place, rng)
        drawing.lay(permit, right - permit.shape[1], margin, _BLACK)


def _cancel(drawing: Drawing, stamp: Bounds) -> None:
    """Postmark to the left of a stamp, its waves over it; on dirty mail also further down."""
    rng, dpi = drawing.rng, drawing.dpi
    ink, waves = postage.draw_postmark(dpi, drawing.plain_face(), drawing.sources.place(rng), rng)
    x = stamp[0] - waves - float(rng.uniform(0.0, 0.4)) * dpi
    y = stamp[1] + float(rng.uniform(-0.1, 0.15)) * dpi
    astray = drawing.chance(_CROSSING_SHARE if drawing.plan.dirt > 0.4 else _ASTRAY_SHARE)
    if astray:
        far = drawing.chance(0.4)
        x -= float(rng.uniform(0.0, 3.5 if far else 0.8)) * dpi
        y += float(rng.uniform(0.4, 2.2 if far else 1.2)) * dpi
    drawing.canvas.lay(ink, x, max(0.0, y), _POSTMARK_BLACK)
    if not astray:
        drawing.room.take((x, y, x + waves + dpi, y + ink.shape[0]))


def add_picture(drawing: Drawing) -> None:
    """On some printed mail a picture left of the address, or a band of colour below it."""
    plan, canvas, rng = drawing.plan, drawing.canvas, drawing.rng
    wide = canvas.width >= _WIDE_FACE * drawing.dpi
    if plan.handwritten or drawing.white or not wide or not drawing.chance(_PICTURE_SHARE):
        return
    width, height = float(canvas.width), float(canvas.height)
    if drawing.chance(0.7):
        x, y = (float(share) for share in rng.uniform((0.02, 0.34), (0.06, 0.5)))
        right, bottom = (float(share) for share in rng.uniform((0.28, 0.84), (0.38, 0.95)))
        bounds = x * width, y * height, right * width, bottom * height
    else:
        margin = float(rng.uniform(0.0, 0.04)) * width
        bounds = margin, float(rng.uniform(0.8, 0.88)) * height, width - margin, 0.985 * height
    x0, y0, x1, y1 = (round(edge) for edge in bounds)
    drawing.stick(clutter.draw_picture(x1 - x0, y1 - y0, rng), x0, y0)


def add_sender(drawing: Drawing) -> None:
    """A return address with a ZIP of its own, upper left, perhaps under a logo."""
    rng, dpi = drawing.rng, drawing.dpi
    if drawing.plan.variant not in SHOWS_SENDER and not drawing.chance(_SENDER_SHARE):
        return
    x, y = (float(v) * dpi for v in rng.uniform(0.18, 0.4, 2))
    edge = min((b[0] for b in drawing.room.taken), default=float(drawing.canvas.width))
    fit = (
        max(1.3 * dpi, min(0.5 * drawing.canvas.width, edge) - x - 0.1 * dpi),
        max(0.7 * dpi, 0.33 * drawing.canvas.height - y),
    )
    if not drawing.plan.handwritten and drawing.chance(0.35):
        logo = clutter.draw_logo(dpi, drawing.plain_face(), rng)
        colour = clutter.bright(rng)
        if logo.shape[1] < fit[0]:
            y = drawing.lay(logo, x, y, colour)[3] + 0.06 * dpi
            fit = (fit[0], max(0.5 * dpi, fit[1] - logo.shape[0]))
    script = write_sender(drawing, fit)
    colour = drawing.white or script.colour
    drawing.canvas.lay_block(script.block, round(x), round(y), colour, drawing.white is not None)
    width, height = script.block.size
    drawing.room.take(grown((x, y, x + width, y + height), 0.06 * dpi))


def write_sender(drawing: Drawing, fit: Size) -> Script:
    """A return address no larger than ``fit``, printed or in the hand of the piece."""
    rng, dpi = drawing.rng, drawing.dpi
    address = invent(drawing.sources, rng, plus4=0.15, few=True)
    if drawing.hand is not None and drawing.chance(0.7):
        height = min(float(rng.uniform(0.09, 0.15)) * dpi, 0.8 * drawing.hand.height)
        hand = drawing.hand.sized(max(height, 14.0), dpi)
        return write_by_hand(address, hand, dpi, fit, HandStyle(), rng)
    points = float(rng.uniform(6.5, 10))
    return print_out(address, choose_press(drawing.sources, dpi, rng, points), fit, rng)


def add_remarks(drawing: Drawing) -> None:
    """Endorsements, rubber stamps, stickers: where there is room, before the address."""
    rng, dpi = drawing.rng, drawing.dpi
    canvas = drawing.canvas
    if drawing.chance(0.08 if drawing.plan.handwritten else 0.25):
        text = clutter.draw_endorsement(dpi, drawing.plain_face(), rng)
        colour = clutter.bright(rng) if drawing.chance(0.3) else _BLACK
        _lay_free(drawing, text, (0.1, 0.1, 0.7, 0.55), colour)
    if drawing.chance(0.03 + 0.25 * drawing.plan.dirt):
        stamp = clutter.draw_rubber_stamp(dpi, drawing.plain_face(), rng)
        _lay_free(drawing, stamp, (0.02, 0.15, 0.98, 0.98), clutter.bright(rng))
    if drawing.plan.handwritten and drawing.chance(0.05):
        sticker = clutter.draw_sticker(dpi, rng)
        height, width = sticker.alpha.shape
        area = (0.0, 0.4 * canvas.height, 0.2 * canvas.width, float(canvas.height))
        bounds = drawing.room.find(width, height, area, (0.3, 0.5), rng)
        drawing.stick(sticker, bounds[0], bounds[1])


def _lay_free(drawing: Drawing, ink: Alpha, part: Bounds, colour: Colour) -> None:
    """Lay ink somewhere in a part of the face, given in fractions, if a place is free."""
    canvas = drawing.canvas
    height, width = ink.shape
    area = (
        part[0] * canvas.width,
        part[1] * canvas.height,
        part[2] * canvas.width,
        part[3] * canvas.height,
    )
    if width > area[2] - area[0]:
        return
    center = (float(drawing.rng.random()), float(drawing.rng.random()))
    bounds = drawing.room.find(width, height, area, center, drawing.rng)
    if drawing.room.overlap(bounds) == 0:
        drawing.lay(ink, bounds[0], bounds[1], colour)


def choose_barcode(drawing: Drawing, zip_code: str, plus4: str | None) -> Alpha | None:
    """A barcode as the sender prints it or the post sprays it, or none."""
    share = 0.25 if drawing.plan.handwritten else 0.5
    if not drawing.chance(share):
        return None
    if drawing.chance(0.7):
        return draw_intelligent(zip_code, plus4, drawing.dpi, drawing.rng)
    return draw_postnet(zip_code, plus4, drawing.dpi)


def lay_in_zone(drawing: Drawing, barcode: Alpha) -> None:
    """Lay a barcode in its clear zone, on a patch of white where the paper is dark."""
    zone = scaled(barcode_area(drawing.shape), drawing.dpi)
    height, width = barcode.shape
    pad = 0.12 * drawing.dpi
    right = min(zone[2] - 0.4 * drawing.dpi, float(drawing.canvas.width) - pad)
    x = right - width - float(drawing.rng.uniform(0, 0.5)) * drawing.dpi
    y = zone[3] - (0.25 + float(drawing.rng.uniform(0, 0.1))) * drawing.dpi - height / 2
    if drawing.white is not None:
        rounded = clutter.draw_label(round(width + 2 * pad), round(height + pad), 1, drawing.rng)
        drawing.stick(rounded, x - pad, y - pad / 2)
    drawing.canvas.lay(barcode, x, y, _BLACK)
    drawing.room.take((x, y, x + width, y + height))


def add_handling(drawing: Drawing) -> None:
    """The pale bars of the sorter along the lower edge, left of the barcode zone."""
    if not drawing.chance(0.08):
        return
    bars = clutter.draw_handling_bars(drawing.dpi, drawing.rng)
    y = drawing.canvas.height - bars.shape[0] - 0.12 * drawing.dpi
    bounds = (0.4 * drawing.dpi, y, 0.4 * drawing.dpi + bars.shape[1], y + bars.shape[0])
    if drawing.room.overlap(bounds) == 0:
        drawing.lay(bars, bounds[0], y, _HANDLING_ORANGE)
