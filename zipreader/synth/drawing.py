"""An envelope's face while it is being drawn."""

from __future__ import annotations

from dataclasses import dataclass, field

from zipreader.synth.compose import Alpha, Canvas, Colour, Rng
from zipreader.synth.fonts import Face, Style
from zipreader.synth.handwriting import Hand
from zipreader.synth.layout import Format, Room
from zipreader.synth.plan import Plan
from zipreader.synth.postage import Patch
from zipreader.synth.sources import Sources
from zipreader.synth.truth import Bounds


@dataclass(slots=True, eq=False)
class Drawing:
    """The canvas with all that those who draw on it must know.

    ``hand`` writes whatever is written by hand.  ``white`` is the covering
    ink that dark paper needs, else ``None``.
    """

    canvas: Canvas
    shape: Format
    plan: Plan
    sources: Sources
    rng: Rng
    hand: Hand | None
    white: Colour | None
    room: Room = field(default_factory=Room)

    @property
    def dpi(self) -> int:
        """Pixels an inch."""
        return self.canvas.dpi

    def chance(self, probability: float) -> bool:
        """Whether something of this probability happens."""
        return bool(self.rng.random() < probability)

    def plain_face(self) -> Face:
        """A face such as companies and post offices print with."""
        return self.sources.face(self.rng, Style.SANS, Style.SERIF, Style.NARROW)

    def lay(self, alpha: Alpha, x: float, y: float, colour: Colour) -> Bounds:
        """Lay ink, white where the paper is dark, and keep its place free of the address."""
        if self.white is not None:
            self.canvas.lay(alpha, x, y, self.white, opaque=True)
        else:
            self.canvas.lay(alpha, x, y, colour)
        return self._take(alpha, x, y)

    def stick(self, patch: Patch, x: float, y: float) -> Bounds:
        """Stick something on, and keep its place free of the address."""
        self.canvas.paste(patch.image, patch.alpha, x, y)
        return self._take(patch.alpha, x, y)

    def _take(self, alpha: Alpha, x: float, y: float) -> Bounds:
        bounds = (x, y, x + alpha.shape[1], y + alpha.shape[0])
        self.room.take(bounds)
        return bounds
