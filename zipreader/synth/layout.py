"""Where things stand on the face of an envelope.

Sizes and zones follow USPS DMM 201, 202 and 708: the address in the OCR read
area, postage in the upper right, the sender in the upper left, a barcode in
the lower right.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from zipreader.synth.compose import Rng
from zipreader.synth.truth import Bounds


@dataclass(frozen=True, slots=True)
class Format:
    """An envelope: width and height in inches, and its share of the mail."""

    name: str
    width: float
    height: float
    share: float


FORMATS = (
    Format("#10", 9.5, 4.125, 0.38),
    Format("#6 3/4", 6.5, 3.625, 0.15),
    Format("A7", 7.25, 5.25, 0.13),
    Format("A6", 6.5, 4.75, 0.09),
    Format("monarch", 7.5, 3.875, 0.08),
    Format("#9", 8.875, 3.875, 0.05),
    Format("6 x 9", 9.0, 6.0, 0.05),
    Format("postcard", 6.0, 4.0, 0.05),
    Format("flat", 11.5, 6.125, 0.02),
)
_RESOLUTIONS = (150, 200, 212, 240, 300)
_RESOLUTION_SHARES = (0.12, 0.38, 0.12, 0.13, 0.25)
_MOST_SQUARE_INCHES_AT_300 = 42
_TRIES = 40


PARCELS = (
    Format("label alone", 4.0, 6.0, 0.3),
    Format("9 x 12", 9.0, 12.0, 0.15),
    Format("12 x 9", 12.0, 9.0, 0.15),
)
"""What a parcel label lies on, and its share; the others lie on envelopes."""


def choose_format(rng: Rng, parcel: bool = False) -> Format:
    """The size of an envelope, or of what bears a parcel label, by its share of the mail."""
    draw = rng.random() if parcel else 1.0
    for shape in PARCELS:
        if draw < shape.share:
            return shape
        draw -= shape.share
    shares = [shape.share for shape in FORMATS]
    return FORMATS[int(rng.choice(len(FORMATS), p=shares))]


def choose_resolution(shape: Format, rng: Rng) -> int:
    """Pixels an inch; the largest envelopes are not scanned at the finest."""
    dpi = int(rng.choice(_RESOLUTIONS, p=_RESOLUTION_SHARES))
    return min(dpi, 240) if shape.width * shape.height > _MOST_SQUARE_INCHES_AT_300 else dpi


def address_area(shape: Format, loose: bool, barcode: bool) -> Bounds:
    """Where the address may stand, in inches from the top left.

    Machine-addressed mail keeps to the OCR read area (DMM 202.2): half an inch
    from the sides, 5/8 to 2 3/4 inches from the bottom.  People are ``loose``.
    """
    side, above, below = (0.3, 3.1, 0.3) if loose else (0.5, 2.75, 0.625)
    below = max(below, 0.66) if barcode else below
    top = max(0.9 if loose else 1.0, shape.height - above)
    left = max(side, 0.18 * shape.width)
    return left, top, shape.width - side, shape.height - below


def label_area(shape: Format) -> Bounds:
    """Where a parcel label may lie, in inches from the top left: anywhere."""
    return 0.12, 0.12, shape.width - 0.12, shape.height - 0.12


def barcode_area(shape: Format) -> Bounds:
    """The barcode clear zone: 4 3/4 by 5/8 inches in the lower right (DMM 202.5)."""
    return shape.width - 4.75, shape.height - 0.625, shape.width, shape.height


@dataclass(slots=True)
class Room:
    """What is taken already on a face; all in sheet pixels."""

    taken: list[Bounds] = field(default_factory=list)

    def take(self, bounds: Bounds) -> None:
        """Keep later things off these bounds."""
        self.taken.append(bounds)

    def overlap(self, bounds: Bounds) -> float:
        """By how many square pixels ``bounds`` would overlap what is taken."""
        return sum(_common(bounds, other) for other in self.taken)

    def find(
        self, width: float, height: float, area: Bounds, center: tuple[float, float], rng: Rng
    ) -> Bounds:
        """Bounds of this size inside ``area``, free if any of several trials is.

        Trials spread about ``center``, given as fractions of the free play, so
        that (0, 0) is the top left corner of the area and (1, 1) the bottom right.
        """
        best: Bounds | None = None
        least = float("inf")
        for trial in range(_TRIES):
            spread = 0.12 + 0.5 * trial / _TRIES
            u, v = (min(max(c + spread * rng.standard_normal(), 0.0), 1.0) for c in center)
            x = area[0] + u * max(0.0, area[2] - area[0] - width)
            y = area[1] + v * max(0.0, area[3] - area[1] - height)
            bounds = (x, y, x + width, y + height)
            common = self.overlap(bounds)
            if common < least:
                best, least = bounds, common
            if common == 0:
                break
        assert best is not None
        return best


def _common(a: Bounds, b: Bounds) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    return max(0.0, width) * max(0.0, height)


def grown(bounds: Bounds, margin: float) -> Bounds:
    """Bounds with a margin on every side."""
    return bounds[0] - margin, bounds[1] - margin, bounds[2] + margin, bounds[3] + margin


def scaled(bounds: Bounds, factor: float) -> Bounds:
    """Bounds in other units, such as pixels from inches."""
    return bounds[0] * factor, bounds[1] * factor, bounds[2] * factor, bounds[3] * factor


def moved(bounds: Bounds, dx: float, dy: float) -> Bounds:
    """Bounds elsewhere."""
    return bounds[0] + dx, bounds[1] + dy, bounds[2] + dx, bounds[3] + dy
