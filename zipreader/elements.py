"""The values that pass between the stages, in the order in which they arise.

Coordinates are pixels, x to the right and y down, boxes half-open.  Three
frames occur and every docstring names its own:

* *original*: the pixels of the image that the user gave;
* *upright*: the page after cropping, rectification and rotation;
* *field*: the rectified ink of one ZIP field, digits about ``FieldInk.digit_height`` tall.

A glyph is an image; a digit is a classified glyph.  A ZIP is text, never a
number.  Absent is ``None``.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

GreyImage = npt.NDArray[np.uint8]
"""(H, W) uint8, 0 black, 255 white."""
Image = npt.NDArray[np.uint8]
"""(H, W) grey or (H, W, 3) BGR, uint8."""
InkMap = npt.NDArray[np.float32]
"""(H, W) float32 in 0..1: 0 paper, 1 full ink."""
Mask = npt.NDArray[np.bool_]
"""(H, W) bool."""
Tiles = npt.NDArray[np.uint8]
"""(N, 28, 28) uint8 in MNIST format: 0 paper, 255 ink."""
Strip = npt.NDArray[np.uint8]
"""(32, W) uint8, a whole field at the height of its digits: 0 paper, 255 ink."""
Frames = npt.NDArray[np.float32]
"""(T, 12) float32 rows that sum to 1: digits 0..9, something else, the blank between signs."""
Scores = npt.NDArray[np.float32]
"""(N, 11) float32 rows that sum to 1: digits 0..9, then not-a-digit."""
Matrix = npt.NDArray[np.float64]
"""(3, 3) float64 homography on column vectors (x, y, 1)."""
Quad = npt.NDArray[np.float64]
"""(4, 2) float64 corners: top left, top right, bottom right, bottom left."""
Points = npt.NDArray[np.float64]
"""(N, 2) float64 x and y."""

NOT_A_DIGIT = 10
"""Index of the not-a-digit class in a row of scores."""


@dataclass(frozen=True, slots=True)
class Box:
    """Half-open rectangle: x0 <= x < x1, y0 <= y < y1, in whole pixels."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def width(self) -> int:
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        return self.y1 - self.y0

    @property
    def area(self) -> int:
        return max(0, self.width) * max(0, self.height)

    @property
    def center(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def quad(self) -> Quad:
        """The four corners, clockwise from the top left."""
        return np.array(
            [(self.x0, self.y0), (self.x1, self.y0), (self.x1, self.y1), (self.x0, self.y1)],
            dtype=np.float64,
        )

    def union(self, other: Box) -> Box:
        return Box.around((self, other))

    def intersection(self, other: Box) -> Box:
        """The common part; its area is 0 where there is none."""
        return Box(
            max(self.x0, other.x0),
            max(self.y0, other.y0),
            min(self.x1, other.x1),
            min(self.y1, other.y1),
        )

    def grown(self, dx: float, dy: float) -> Box:
        """The box with ``dx`` added left and right and ``dy`` above and below."""
        return Box(
            round(self.x0 - dx), round(self.y0 - dy), round(self.x1 + dx), round(self.y1 + dy)
        )

    def clipped(self, width: int, height: int) -> Box:
        """The part inside an image of this size; never inverted."""
        x0, x1 = (min(max(x, 0), width) for x in (self.x0, self.x1))
        y0, y1 = (min(max(y, 0), height) for y in (self.y0, self.y1))
        return Box(x0, y0, x1, y1)

    @classmethod
    def around(cls, boxes: Iterable[Box]) -> Box:
        """The smallest box that holds all of ``boxes`` (at least one)."""
        boxes = list(boxes)
        return cls(
            min(b.x0 for b in boxes),
            min(b.y0 for b in boxes),
            max(b.x1 for b in boxes),
            max(b.y1 for b in boxes),
        )

    @classmethod
    def of_quad(cls, quad: Quad) -> Box:
        """The smallest box of whole pixels that holds the corners."""
        x0, y0 = np.floor(quad.min(axis=0) + 1e-6)
        x1, y1 = np.ceil(quad.max(axis=0) - 1e-6)
        return cls(int(x0), int(y0), int(x1), int(y1))


def transform_points(matrix: Matrix, points: npt.ArrayLike) -> Quad:
    """Apply a homography to (N, 2) points."""
    xy = np.asarray(points, dtype=np.float64)
    homogeneous = np.column_stack([xy, np.ones(len(xy))]) @ matrix.T
    result: Quad = homogeneous[:, :2] / homogeneous[:, 2:]
    return result


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """One mailpiece as the user gave it: a page of a file, EXIF already applied.

    ``dpi`` is what the file states, ``None`` where it states none or nonsense.
    """

    image: Image
    path: str
    index: int = 0
    dpi: float | None = None

    @property
    def size(self) -> tuple[int, int]:
        """(width, height)."""
        return self.image.shape[1], self.image.shape[0]


@dataclass(frozen=True, slots=True, eq=False)
class Paper:
    """The level of one paper all over a sheet, much reduced; 0 where there is none of it.

    ``inverted``: the writing on it is lighter, and the level is that of its negative.
    """

    below: GreyImage
    inverted: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Light:
    """What turns any part of the original into dark writing on white paper.

    ``weights`` of blue, green and red make one channel, ``None`` for plain grey.
    ``to_paper`` maps original pixels to those of the papers.
    """

    weights: tuple[float, float, float] | None
    papers: tuple[Paper, ...]
    to_paper: Matrix


@dataclass(frozen=True, slots=True, eq=False)
class UprightPage:
    """The mailpiece cropped, rectified and turned so that text reads left to right.

    Upright pixels are as large as those of the original, to which ``to_original`` maps them.
    ``grey`` shows the page with dark ink on light paper, reduced: ``scale`` of its pixels lie
    along an upright one.  What is read is taken from the original by ``light``; where that is
    ``None``, from ``grey``.  ``orientation`` is the clockwise turn of the original, in degrees.
    ``dpi`` is stated or estimated.  It is ``piece``, from 0, of ``pieces`` in the image.
    """

    page: Page
    grey: GreyImage
    to_original: Matrix
    orientation: int
    dpi: float
    scale: float = 1.0
    light: Light | None = None
    piece: int = 0
    pieces: int = 1

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in upright pixels."""
        height, width = self.grey.shape
        return round(width / self.scale), round(height / self.scale)

    def original_quad(self, box: Box) -> Quad:
        """The corners of an upright box, in original pixels."""
        return transform_points(self.to_original, box.quad())


@dataclass(frozen=True, slots=True, eq=False)
class TextLine:
    """A line of writing: its connected components, left to right, in upright pixels.

    ``slope`` is dy/dx of the baseline, ``text_height`` the typical height of its capitals
    and digits.  ``cells`` are printed around single digits, as on forms, ``circles`` drawn
    around some of it: the middles of their strokes.
    """

    parts: tuple[Box, ...]
    slope: float
    text_height: float
    cells: tuple[Box, ...] = ()
    circles: tuple[Points, ...] = ()
    box: Box = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "box", Box.around(self.parts))


@dataclass(frozen=True, slots=True, eq=False)
class AddressBlock:
    """Lines that belong together, top to bottom; ``box`` in upright pixels.

    ``score`` in 0..1 says how much its place and shape look like a delivery
    address; it says nothing about whether its ZIP can be read.
    """

    page: UprightPage
    box: Box
    lines: tuple[TextLine, ...]
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class ZipField:
    """A place where the ZIP may stand; ``box`` in upright pixels.

    ``score`` in 0..1 ranks the place among others, not the legibility.
    ``block`` is ``None`` where the field was given alone, ``before`` the gap to the sign before
    it in digit heights, infinite where there is none; ``cells`` and ``circles`` are its line's.
    """

    page: UprightPage
    box: Box
    slope: float
    digit_height: float
    score: float
    block: AddressBlock | None = None
    before: float = math.inf
    cells: tuple[Box, ...] = ()
    circles: tuple[Points, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class FieldInk:
    """The ink of a field, rectified and scaled to a digit height of ``digit_height``.

    ``to_upright`` maps field to upright pixels; ``rules`` are the lines that were erased, if
    there were any.
    """

    field: ZipField
    ink: InkMap
    to_upright: Matrix
    digit_height: float
    stroke_width: float
    rules: InkMap | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Spelling:
    """What a field spells, read without cutting it.

    ``views`` are the frames of its strip, and where it was looked at again of the strip in other
    sizes and by another network too: those as long as the first show it in its own size.
    ``texts`` are its likeliest ZIPs (``12345`` or ``12345-6789``), ``probability`` is that of the
    likeliest five digits, the mean over the views; it is not calibrated.  ``counts`` are those of
    0 to 9 digits, whichever they are, told where the strip was looked at again.
    """

    strip: Strip
    views: tuple[Frames, ...]
    texts: tuple[str, ...]
    probability: float
    counts: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Glyph:
    """A candidate: the ink of primitives ``span[0]`` to ``span[1]`` (half-open).

    ``box`` in field pixels; ``tile`` in MNIST format, (28, 28) uint8.  ``severed``
    is how much ink was cut to part it from its neighbours, in stroke widths.
    """

    span: tuple[int, int]
    box: Box
    tile: npt.NDArray[np.uint8]
    severed: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """All candidate glyphs of a field over its primitives, left to right.

    ``primitives`` are the boxes of the smallest parts, in field pixels,
    ``primitive_ink`` their ink areas in pixels.
    """

    source: FieldInk
    primitives: tuple[Box, ...]
    primitive_ink: tuple[float, ...]
    glyphs: tuple[Glyph, ...]

    @property
    def tiles(self) -> Tiles:
        if not self.glyphs:
            return np.zeros((0, 28, 28), np.uint8)
        return np.stack([glyph.tile for glyph in self.glyphs])


@dataclass(frozen=True, slots=True, eq=False)
class Digit:
    """A classified glyph: ``value`` is one character, ``confidence`` its posterior.

    The posterior sums over every path of the lattice that spells a ZIP, so it
    already knows of other cuts, weighed by what the field spells uncut.  ``quad``
    in original pixels.
    """

    value: str
    confidence: float
    runner_up: str
    glyph: Glyph
    quad: Quad


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where the directory puts a ZIP, and the other names that people write for it."""

    city: str
    state: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class ZipHypothesis:
    """One reading of one field.

    ``posterior`` is the share of this ZIP among all paths of its lattice, of
    any length; ``evidence`` names the quantities from which P(ZIP correct) is computed, and
    ``probability`` is that, of a reading beside those of its rivals (``reading.probability``).
    """

    zip: str
    plus4: str | None
    field: ZipField
    digits: tuple[Digit, ...]
    posterior: float
    evidence: dict[str, float] = dataclasses.field(default_factory=dict)
    probability: float = 0.0
    place: Place | None = None

    @property
    def text(self) -> str:
        """``12345``, or ``12345-6789`` where all nine digits were read."""
        return self.zip if self.plus4 is None else f"{self.zip}-{self.plus4}"


class Reason(Enum):
    """Why a piece goes to a person; each value is a sentence for a mail clerk."""

    NO_ADDRESS = "No address was found."
    NO_ZIP = "No ZIP code was found in the address."
    WRONG_LENGTH = "The ZIP does not seem to have five digits."
    UNCLEAR_DIGIT = "A digit is unclear."
    ILLEGIBLE = "Most digits are unclear."
    COVERED = "A digit is blotted or struck out."
    CROSSED_OUT = "The address is crossed out."
    OTHER_NUMBER = "The digits may be another number than the ZIP of the address."
    UNASSIGNED = "This ZIP is not assigned to any place."
    OTHER_PLACE = "The address names another place than that of this ZIP."
    COMPETING = "Two different ZIPs are possible."
    POOR_IMAGE = "The image is too small or too blurred."
    LOW_CONFIDENCE = "The reading is not certain enough."
    SEVERAL_MAILPIECES = "There is more than one mailpiece or addressee in the image."

    @property
    def is_final(self) -> bool:
        """Whether it sends a piece to a person however certain the reading is."""
        return self in (Reason.UNASSIGNED, Reason.CROSSED_OUT, Reason.SEVERAL_MAILPIECES)

    @property
    def is_denial(self) -> bool:
        """Whether it says that no ZIP was read."""
        return self in (Reason.NO_ADDRESS, Reason.NO_ZIP)


class Status(Enum):
    """What becomes of a piece."""

    ACCEPT = "accept"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Objection:
    """A reason and, where there is more to say, its particulars."""

    reason: Reason
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.reason.value[:-1]}: {self.detail}." if self.detail else self.reason.value


@dataclass(frozen=True, slots=True)
class Decision:
    """Accepted exactly when nothing objects.

    ``confidence`` is the calibrated probability that the ZIP is right, ``threshold`` the least.
    """

    confidence: float
    threshold: float
    objections: tuple[Objection, ...]

    @property
    def status(self) -> Status:
        return Status.REVIEW if self.objections else Status.ACCEPT

    @property
    def accepted(self) -> bool:
        return not self.objections


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What was read from one page: hypotheses best first, and the decision.

    ``upright``, ``blocks`` and ``fields`` show where was looked, in the
    orientation that read best; ``seconds`` is the time by stage.
    """

    page: Page
    hypotheses: tuple[ZipHypothesis, ...]
    decision: Decision
    model: str
    upright: UprightPage | None = None
    blocks: tuple[AddressBlock, ...] = ()
    fields: tuple[ZipField, ...] = ()
    seconds: dict[str, float] = dataclasses.field(default_factory=dict)

    @property
    def best(self) -> ZipHypothesis | None:
        return self.hypotheses[0] if self.hypotheses else None

    @property
    def guess(self) -> ZipHypothesis | None:
        """The best one; ``None`` also where the decision says that there is no ZIP."""
        denied = any(objection.reason.is_denial for objection in self.decision.objections)
        return None if denied else self.best

    @property
    def zip(self) -> str | None:
        return self.guess.zip if self.guess else None
