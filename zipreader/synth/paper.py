"""Paper and what happens to it: colours, texture, creases, stains, print showing through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.elements import Image
from zipreader.synth.compose import Alpha, Colour, Rng, cloud, grain
from zipreader.synth.fonts import Face
from zipreader.synth.lettering import letter

Wear = npt.NDArray[np.float32]
"""(H, W, 3) factors by which wear changes the blue, green and red of a sheet."""

_COLOURS: tuple[tuple[float, tuple[Colour, ...]], ...] = (
    (0.56, ((252, 252, 252), (244, 247, 248), (236, 242, 244), (248, 244, 240))),
    (0.12, ((205, 228, 240), (190, 222, 238), (214, 232, 236))),
    (0.09, ((120, 178, 216), (140, 192, 224))),
    (0.09, ((98, 140, 178), (118, 156, 188), (88, 126, 160))),
    (0.11, ((236, 214, 190), (206, 232, 198), (200, 190, 244), (170, 226, 246), (205, 205, 208))),
    (0.03, ((70, 38, 28), (42, 62, 30), (36, 28, 110), (52, 48, 50))),
)
"""Shares and colours, BGR: whites, creams, manila, kraft, pastels, dark."""
_LETTER_WORDS = ("statement", "of", "your", "account", "the", "balance", "due", "by", "please")
_DARK = len(_COLOURS) - 1
_KRAFT = 3


@dataclass(frozen=True, slots=True)
class Paper:
    """``fibre`` and ``grain`` are deviations from 1 of the reflectance, coarse and fine."""

    colour: Colour
    fibre: float
    grain: float
    is_dark: bool


def choose_paper(rng: Rng, dirt: float) -> Paper:
    """A paper; rougher for dirty mail."""
    shares = np.array([share for share, _ in _COLOURS])
    if dirt > 0.4:
        shares = shares * (0.55, 1, 1.5, 2.2, 1, 1.5)
    tone = int(rng.choice(len(_COLOURS), p=shares / shares.sum()))
    colours = _COLOURS[tone][1]
    base = colours[int(rng.integers(len(colours)))]
    shift = rng.integers(-4, 5, 3)
    b, g, r = (int(np.clip(c + s, 0, 255)) for c, s in zip(base, shift, strict=True))
    rough = 2.5 if tone == _KRAFT else 1.0
    fibre = rough * float(rng.uniform(0.003, 0.01)) * (1 + dirt)
    return Paper((b, g, r), fibre, rough * float(rng.uniform(0.003, 0.009)), tone == _DARK)


def make_sheet(paper: Paper, width: int, height: int, dpi: int, rng: Rng) -> Image:
    """A bare sheet, (height, width, 3) BGR."""
    texture = 1 + paper.grain * grain(rng, (height, width))
    texture += paper.fibre * cloud(rng, (height, width), 0.02 * dpi)
    broad = cloud(rng, (height // 8 + 1, width // 8 + 1), 0.1 * dpi)
    texture += 0.006 * cv2.resize(broad, (width, height), interpolation=cv2.INTER_LINEAR)
    planes = [cv2.convertScaleAbs(texture, alpha=float(level)) for level in paper.colour]
    return np.asarray(cv2.merge(planes), np.uint8)


def wear_out(
    width: int, height: int, dpi: int, dirt: float, rng: Rng, faces: Sequence[Face]
) -> Wear | None:
    """What use has done to a sheet, drawn at half its size; ``None`` where it did nothing."""
    size = (height // 2 + 1, width // 2 + 1)
    scale = dpi / 2
    layers: list[Wear] = []
    if rng.random() < 0.15 + 0.35 * dirt:
        layers.append(_flat(_show_through(size, scale, dirt, faces, rng)))
    for _ in range(int(rng.poisson(1.8 * dirt))):
        layers.append(_flat(_crease(size, scale, dirt, rng)))
    for _ in range(int(rng.poisson(1.5 * dirt))):
        layers.append(_stain(size, scale, rng))
    if rng.random() < 0.7 * dirt:
        layers.append(_flat(_grime(size, scale, dirt, rng)))
    if not layers:
        return None
    total = np.multiply.reduce(layers) if len(layers) > 1 else layers[0]
    return np.asarray(cv2.resize(total, (width, height)), np.float32)


def _flat(factor: Alpha) -> Wear:
    return np.asarray(cv2.merge([factor, factor, factor]), np.float32)


def _crease(size: tuple[int, int], scale: float, dirt: float, rng: Rng) -> Alpha:
    """A fold from edge to edge: a dark valley beside a light ridge."""
    height, width = size
    if rng.random() < 0.5:
        path = np.array([(0, rng.uniform(0, height)), (width, rng.uniform(0, height))])
    else:
        x = rng.uniform(0, width)
        path = np.array([(x, 0), (x + rng.normal(0, 0.25) * width, height)])
    middle = path.mean(axis=0) + rng.normal(0, 0.01 * width, 2)
    path = np.array([path[0], middle, path[1]])
    line = np.zeros(size, np.uint8)
    cv2.polylines(line, [np.round(path).astype(np.int32)], False, 255, max(1, round(0.012 * scale)))
    soft = cv2.GaussianBlur(line, (0, 0), 0.006 * scale + 0.5).astype(np.float32) / 255
    shift = max(1, round(0.016 * scale))
    ridge = np.roll(soft, (shift, shift), (0, 1))
    depth = rng.uniform(0.1, 0.25) * (0.5 + dirt)
    uneven = 1 + 0.4 * cloud(rng, size, 0.4 * scale)
    return np.asarray(1 - (depth * soft - 0.5 * depth * ridge) * uneven, np.float32)


def _stain(size: tuple[int, int], scale: float, rng: Rng) -> Wear:
    """A drop that dried: a pale inside and a darker rim; or the ring of a cup."""
    height, width = size
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    cx, cy = rng.uniform(0, width), rng.uniform(0, height)
    radius = scale * rng.uniform(0.25, 1.3)
    distance = np.hypot(xs - cx, (ys - cy) * rng.uniform(0.8, 1.25))
    distance += 0.08 * radius * cloud(rng, size, 0.5 * radius)
    rim = np.exp(-(((distance - radius) / (0.035 * scale + 0.02 * radius)) ** 2))
    inside = 0.0 if rng.random() < 0.3 else float(rng.uniform(0.2, 0.7))
    amount = rim + inside / (1 + np.exp(np.clip((distance - radius) / (0.03 * scale), -30, 30)))
    strength = np.array([0.34, 0.2, 0.12], np.float32) * rng.uniform(0.35, 0.9)
    if rng.random() < 0.3:
        strength = np.full(3, rng.uniform(0.05, 0.14), np.float32)
    return np.asarray(1 - np.minimum(amount, 1.2)[..., None] * strength, np.float32)


def _grime(size: tuple[int, int], scale: float, dirt: float, rng: Rng) -> Alpha:
    """Dirt of hands and belts: blotches, and short scuffs."""
    blotch = np.clip(cloud(rng, size, 0.7 * scale) - 0.5, 0, 1.5)
    factor = 1 - 0.14 * dirt * blotch
    scuffs = np.zeros(size, np.uint8)
    for _ in range(int(rng.integers(2, 10))):
        start = rng.uniform(0, 1, 2) * size[::-1]
        end = start + rng.normal(0, 0.5, 2) * scale
        cv2.line(scuffs, start.astype(int).tolist(), end.astype(int).tolist(), 255, 1)
    soft = cv2.GaussianBlur(scuffs, (0, 0), 0.8).astype(np.float32) / 255
    return np.asarray(factor * (1 - 0.3 * dirt * soft), np.float32)


def _show_through(
    size: tuple[int, int], scale: float, dirt: float, faces: Sequence[Face], rng: Rng
) -> Alpha:
    """The tint inside a security envelope, or the letter, mirrored and blurred."""
    strength = rng.uniform(0.02, 0.06) * (1 + dirt)
    if rng.random() < 0.5:
        pattern = _security_tint(size, scale, rng)
    else:
        pattern = _letter_inside(size, scale, faces, rng)
    return np.asarray(1 - strength * pattern, np.float32)


def _security_tint(size: tuple[int, int], scale: float, rng: Rng) -> Alpha:
    ys, xs = np.mgrid[0 : size[0], 0 : size[1]].astype(np.float32)
    period = scale * rng.uniform(0.04, 0.09)
    one = np.sin(2 * np.pi * (xs + 0.6 * ys) / period)
    other = np.sin(2 * np.pi * (0.6 * xs - ys) / period)
    return np.asarray((one * other > 0.1).astype(np.float32) * 0.7)


def _letter_inside(size: tuple[int, int], scale: float, faces: Sequence[Face], rng: Rng) -> Alpha:
    face = faces[int(rng.integers(len(faces)))]
    lines = [
        " ".join(str(word) for word in rng.choice(_LETTER_WORDS, int(rng.integers(3, 12))))
        for _ in range(size[0] // max(8, round(0.17 * scale)))
    ]
    text = letter(lines, face, 0.14 * scale)[:, ::-1]
    sheet = np.zeros(size, np.float32)
    height, width = min(size[0], text.shape[0]), min(size[1], text.shape[1])
    sheet[:height, :width] = text[:height, :width]
    return np.asarray(cv2.GaussianBlur(np.roll(sheet, size[1] // 6, 1), (0, 0), 1.2), np.float32)
