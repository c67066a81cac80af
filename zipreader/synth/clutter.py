"""What else is printed, stamped or stuck on envelopes: logos, endorsements, handling marks."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.elements import Image
from zipreader.synth.compose import Alpha, Colour, Rng, cloud
from zipreader.synth.fonts import Face
from zipreader.synth.lettering import framed, letter
from zipreader.synth.names import ENDORSEMENTS, SENDERS
from zipreader.synth.postage import Patch

_STAMPED = ("RETURN TO SENDER", "MISSENT", "POSTAGE DUE", "RECEIVED", "FRAGILE", "PRIORITY")
_BRIGHT: tuple[Colour, ...] = (
    (170, 80, 20), (50, 40, 200), (60, 130, 30), (40, 120, 230), (140, 40, 110), (30, 30, 30),
)  # fmt: skip


def bright(rng: Rng) -> Colour:
    """A colour for logos and rubber stamps."""
    return _BRIGHT[int(rng.integers(len(_BRIGHT)))]


def draw_logo(dpi: int, face: Face, rng: Rng) -> Alpha:
    """A company's mark with its name."""
    name = letter([SENDERS[int(rng.integers(len(SENDERS)))]], face, rng.uniform(0.16, 0.26) * dpi)
    side = round(rng.uniform(0.3, 0.5) * dpi)
    mark = np.zeros((side, side), np.uint8)
    middle, radius = (side // 2, side // 2), side // 2 - 2
    shape = int(rng.integers(3))
    if shape == 0:
        cv2.circle(mark, middle, radius, 255, -1, cv2.LINE_AA)
        cv2.circle(mark, middle, radius // 2, 0, max(2, side // 12), cv2.LINE_AA)
    elif shape == 1:
        cv2.rectangle(mark, (1, 1), (side - 2, side - 2), 255, -1)
        cv2.line(mark, (0, side - 1), (side - 1, 0), 0, max(2, side // 8), cv2.LINE_AA)
    else:
        corners = np.array([(side // 2, 1), (side - 2, side - 2), (1, side - 2)])
        cv2.fillPoly(mark, [corners], 255, cv2.LINE_AA)
    gap = round(0.08 * dpi)
    height = max(side, name.shape[0])
    sheet = np.zeros((height, side + gap + name.shape[1]), np.float32)
    sheet[:side, :side] = mark / np.float32(255)
    top = (height - name.shape[0]) // 2
    sheet[top : top + name.shape[0], side + gap :] = name
    return sheet


def draw_endorsement(dpi: int, face: Face, rng: Rng) -> Alpha:
    """An ancillary endorsement (DMM 507) or a line about the contents."""
    words = ENDORSEMENTS[int(rng.integers(len(ENDORSEMENTS)))]
    return letter([words], face, rng.uniform(0.1, 0.16) * dpi)


def draw_rubber_stamp(dpi: int, face: Face, rng: Rng) -> Alpha:
    """A crooked, unevenly inked rubber stamp, mostly in a frame."""
    text = letter([_STAMPED[int(rng.integers(len(_STAMPED)))]], face, rng.uniform(0.16, 0.26) * dpi)
    mark = framed(text, 0.06 * dpi, 0.02 * dpi) if rng.random() < 0.6 else text
    inked = turned(mark, float(rng.normal(0, 7)))
    uneven = np.clip(0.75 + 0.3 * cloud(rng, inked.shape, 0.12 * dpi), 0.1, 1)
    return np.asarray(inked * uneven * rng.uniform(0.5, 0.9), np.float32)


def turned(alpha: Alpha, degrees: float) -> Alpha:
    """Ink turned about its centre on a sheet large enough to hold it."""
    height, width = alpha.shape
    sine, cosine = abs(np.sin(np.deg2rad(degrees))), abs(np.cos(np.deg2rad(degrees)))
    size = (int(width * cosine + height * sine) + 3, int(width * sine + height * cosine) + 3)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    matrix[:, 2] += (size[0] - width) / 2, (size[1] - height) / 2
    return np.asarray(cv2.warpAffine(alpha, matrix, size, flags=cv2.INTER_LINEAR), np.float32)


def draw_handling_bars(dpi: int, rng: Rng) -> Alpha:
    """The sorter's own identification code: pale bars along the lower edge."""
    pitch, height = max(2, round(0.055 * dpi)), round(0.16 * dpi)
    bars = rng.random(int(rng.integers(40, 60))) < 0.6
    sheet = np.zeros((height, pitch * len(bars)), np.float32)
    for number in np.flatnonzero(bars):
        sheet[:, pitch * number : pitch * number + max(1, round(0.022 * dpi))] = 0.7
    return sheet


def draw_sticker(dpi: int, rng: Rng) -> Patch:
    """A round or heart-shaped sticker."""
    side = round(rng.uniform(0.4, 0.8) * dpi)
    alpha = np.zeros((side, side), np.uint8)
    if rng.random() < 0.5:
        cv2.circle(alpha, (side // 2, side // 2), side // 2 - 1, 255, -1, cv2.LINE_AA)
    else:
        t = np.linspace(0, 2 * np.pi, 60)
        x = 16 * np.sin(t) ** 3
        y = 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
        heart = np.column_stack([side / 2 + x * side / 36, side / 2 - y * side / 36])
        cv2.fillPoly(alpha, [np.round(heart).astype(np.int32)], 255, cv2.LINE_AA)
    colour = np.array(bright(rng), np.uint8)
    return Patch(_plain(side, side, colour), np.asarray(alpha / np.float32(255), np.float32))


def draw_picture(width: int, height: int, rng: Rng) -> Patch:
    """A photograph or a tinted panel, as advertisers and charities print beside the address."""
    colour = np.array(bright(rng), np.float32)
    tint = colour + (255 - colour) * np.float32(rng.uniform(0.1, 0.8))
    image = np.broadcast_to(tint, (height, width, 3)).astype(np.float32)
    if rng.random() < 0.6:
        shades = cloud(rng, (height, width), 0.25 * min(height, width))
        image = image * np.clip(1 + 0.35 * shades, 0.1, 1.6)[..., np.newaxis]
    pixels = np.clip(image, 0, 255).astype(np.uint8)
    return Patch(pixels, np.ones((height, width), np.float32))


def draw_label(
    width: int, height: int, radius: int, rng: Rng, tone: Colour = (250, 250, 250)
) -> Patch:
    """A label, a tape or the paper in a window, with rounded corners, ``radius`` in pixels."""
    alpha = np.zeros((height, width), np.uint8)
    r = max(1, min(radius, width // 2 - 1, height // 2 - 1))
    cv2.rectangle(alpha, (r, 0), (width - r - 1, height - 1), 255, -1)
    cv2.rectangle(alpha, (0, r), (width - 1, height - r - 1), 255, -1)
    for x in (r, width - r - 1):
        for y in (r, height - r - 1):
            cv2.circle(alpha, (x, y), r, 255, -1, cv2.LINE_AA)
    colour = np.clip(tone + rng.normal(0, 3, 3), 0, 255).astype(np.uint8)
    return Patch(_plain(height, width, colour), np.asarray(alpha / np.float32(255), np.float32))


def soft_rim(alpha: Alpha, dpi: int) -> Alpha:
    """The shadow round a label or the edge of a window: ``alpha`` grown by 0.02 inch and faint."""
    margin = round(0.02 * dpi)
    return np.asarray(0.25 * cv2.blur(np.pad(alpha, margin), (margin + 1, margin + 1)), np.float32)


def draw_glare(width: int, height: int, rng: Rng) -> Alpha:
    """Light on the film of a window: slanting bright bands, never strong."""
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    across = (xs + rng.uniform(-1, 1) * ys) / height
    band = np.exp(-(((across - rng.uniform(0, width / height)) / rng.uniform(0.1, 0.5)) ** 2))
    return np.asarray(rng.uniform(0.05, 0.3) * band, np.float32)


def outline(width: int, height: int, line: int) -> Alpha:
    """The bare frame of a box."""
    sheet = np.zeros((height, width), np.float32)
    sheet[:line] = sheet[-line:] = 1
    sheet[:, :line] = sheet[:, -line:] = 1
    return sheet


def _plain(height: int, width: int, colour: npt.NDArray[np.uint8]) -> Image:
    return np.broadcast_to(colour, (height, width, 3)).astype(np.uint8)
