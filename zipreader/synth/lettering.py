"""Plain lettering for whatever is printed on an envelope besides the address."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from PIL import Image as PillowImage
from PIL import ImageDraw

from zipreader.synth.compose import Alpha, ink_bounds
from zipreader.synth.fonts import Face, load


def letter(lines: Sequence[str], face: Face, em: float, center: bool = False) -> Alpha:
    """Lines of text, ``em`` pixels to the em, cropped to their ink."""
    font = load(face, round(em))
    widths = [font.getlength(line) for line in lines]
    ascent, descent = font.getmetrics()
    pitch = ascent + descent
    margin = 2 + round(0.2 * em)
    size = (round(max(widths)) + 2 * margin, round(pitch * len(lines)) + 2 * margin)
    sheet = PillowImage.new("L", size)
    draw = ImageDraw.Draw(sheet)
    for number, (line, width) in enumerate(zip(lines, widths, strict=True)):
        x = margin + ((max(widths) - width) / 2 if center else 0)
        draw.text((x, margin + ascent + number * pitch), line, font=font, fill=255, anchor="ls")
    return cropped(np.asarray(sheet, np.float32) / np.float32(255))


def cropped(alpha: Alpha) -> Alpha:
    """The part that holds ink; one bare pixel where there is none."""
    x0, y0, x1, y1 = (int(v) for v in ink_bounds(alpha, 0.05) or (0, 0, 1, 1))
    return alpha[y0:y1, x0:x1]


def framed(alpha: Alpha, pad: float, line: float) -> Alpha:
    """Ink inside a printed rectangle; ``pad`` and ``line`` in pixels."""
    margin = round(pad + line) + 1
    sheet = np.pad(alpha, margin)
    height, width = sheet.shape
    frame = np.zeros((height, width), np.uint8)
    thickness = max(1, round(line))
    cv2.rectangle(frame, (0, 0), (width - 1, height - 1), 255, 2 * thickness - 1)
    return np.asarray(np.maximum(sheet, frame / np.float32(255)), np.float32)


def curled(alpha: Alpha, radius: float, middle: float) -> Alpha:
    """Text bent round a circle.

    Args:
        alpha: A line of text, its middle to come at the angle ``middle``.
        radius: Of the circle through the middle of the text, in pixels.
        middle: Radians clockwise from the top; text below reads upright too.
    """
    height, width = alpha.shape
    side = 2 * int(radius + height) + 3
    ys, xs = np.mgrid[0:side, 0:side].astype(np.float32) - side / 2
    under = abs(middle) > np.pi / 2
    angle = np.arctan2(xs, -ys) - middle
    angle = (angle + np.pi) % (2 * np.pi) - np.pi
    along = width / 2 + (-1 if under else 1) * angle * radius
    out = np.hypot(xs, ys) - radius
    across = height / 2 + (out if under else -out)
    return np.asarray(
        cv2.remap(alpha, along.astype(np.float32), across.astype(np.float32), cv2.INTER_LINEAR),
        np.float32,
    )
