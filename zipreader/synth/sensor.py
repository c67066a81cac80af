"""What lenses, sensors and files do to a picture: light, blur, noise, grey, one bit, JPEG."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image as PillowImage

from zipreader.elements import Image
from zipreader.synth.compose import Alpha, Rng, cloud, grain
from zipreader.synth.plan import Plan

_BILEVEL_SHARE = 0.06
_DITHERED_SHARE, _LEAST_DITHERED = 0.3, 180
"""So many of the former show greys as dots, where these are small beside writing."""
_LEAST_BLUR = 0.3
"""Pixels below which a blur shows nothing."""
_DIMMEST = 0.45
"""Light in the deepest shadow, as a share of full light."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """How a picture is taken.

    ``unevenness`` is the deviation of the light from 1, ``blur`` in pixels,
    ``noise`` in grey levels.  ``jpeg`` is ``None`` for a lossless file.
    """

    grey: bool
    bilevel: bool
    unevenness: float
    shadow: bool
    contrast: float
    warmth: float
    blur: float
    noise: float
    jpeg: int | None


def choose_exposure(plan: Plan, dpi: int, dark: bool, rng: Rng) -> Exposure:
    """Settings for a plan: scanners are even and sharp, phones are not, dirty mail fares worse."""
    bad = plan.dirt
    sharpness = dpi / 200
    if plan.photo:
        return Exposure(
            grey=bool(rng.random() < 0.08),
            bilevel=False,
            unevenness=float(rng.uniform(0.03, 0.13)),
            shadow=bool(rng.random() < 0.45),
            contrast=float(rng.uniform(0.8, 1.05)),
            warmth=float(rng.normal(0, 0.06)),
            blur=float(rng.uniform(0.4, 1.1)) * sharpness,
            noise=float(rng.uniform(1.5, 6)),
            jpeg=int(rng.integers(50, 93)),
        )
    bilevel = bool(not dark and bad < 0.6 and rng.random() < _BILEVEL_SHARE)
    return Exposure(
        grey=bilevel or bool(rng.random() < 0.5),
        bilevel=bilevel,
        unevenness=float(rng.uniform(0, 0.02 + 0.07 * bad)),
        shadow=bool(rng.random() < 0.25 * bad),
        contrast=float(rng.uniform(0.85, 1.08) - 0.15 * bad),
        warmth=float(rng.normal(0, 0.015)),
        blur=float(rng.uniform(0.25, 0.7 + 0.3 * bad)) * sharpness,
        noise=float(rng.uniform(0.8, 3.5 + 5 * bad)),
        jpeg=None if bilevel or rng.random() < 0.2 else int(rng.integers(30 if bad else 40, 96)),
    )


def expose(image: Image, exposure: Exposure, dpi: int, rng: Rng) -> Image:
    """Take the picture: (H, W) grey or (H, W, 3) BGR, 0 and 255 only where one-bit."""
    planes = [cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)] if exposure.grey else cv2.split(image)
    warmth = (0.0,) if exposure.grey else (-exposure.warmth, 0.0, exposure.warmth)
    light = _light(image.shape, exposure, rng)
    noise = exposure.noise * grain(rng, image.shape)
    seen = []
    for plane, excess in zip(planes, warmth, strict=True):
        lit = cv2.multiply(plane, light, scale=1 + excess, dtype=cv2.CV_8U)
        if exposure.blur > _LEAST_BLUR:
            lit = cv2.GaussianBlur(lit, (0, 0), exposure.blur)
        seen.append(cv2.add(lit, noise, dtype=cv2.CV_8U))
    picture: Image = np.asarray(seen[0] if exposure.grey else cv2.merge(seen), np.uint8)
    if exposure.bilevel:
        return _one_bit(picture, dpi, rng)
    return picture if exposure.jpeg is None else _compressed(picture, exposure.jpeg)


def _light(shape: tuple[int, ...], exposure: Exposure, rng: Rng) -> Alpha:
    """Uneven light with perhaps a shadow across, as (H, W) factors."""
    small = (max(2, shape[0] // 16), max(2, shape[1] // 16))
    light = exposure.contrast * (1 + exposure.unevenness * cloud(rng, small, 0.6 * small[1]))
    if exposure.shadow:
        ys, xs = np.mgrid[0 : small[0], 0 : small[1]].astype(np.float32)
        angle = rng.uniform(0, 2 * np.pi)
        along = xs * np.cos(angle) + ys * np.sin(angle)
        edge = rng.uniform(0.2, 0.8) * np.ptp(along) + along.min()
        soft = rng.uniform(0.01, 0.06) * small[1]
        light *= 1 - rng.uniform(0.12, 0.4) / (1 + np.exp(np.clip((along - edge) / soft, -30, 30)))
    light = np.clip(light, _DIMMEST, None).astype(np.float32)
    full = cv2.resize(light, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(full, np.float32)


def _one_bit(grey: Image, dpi: int, rng: Rng) -> Image:
    """Black and white by a local threshold, as document scanners do it, or in dots of one pixel."""
    if dpi >= _LEAST_DITHERED and rng.random() < _DITHERED_SHARE:
        dots = PillowImage.fromarray(grey).convert("1")  # by error diffusion
        return np.asarray(dots.convert("L"), np.uint8)
    side = 2 * round(0.12 * dpi) + 1
    offset = float(rng.uniform(14, 24))
    black = cv2.adaptiveThreshold(
        grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, side, offset
    )
    return np.asarray(black, np.uint8)


def _compressed(image: Image, quality: int) -> Image:
    encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED), np.uint8)
