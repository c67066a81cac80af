"""Strips of words with truth: what the network that reads cities and states is trained on.

Lines of invented addresses, written as synthetic mail writes them or printed in a face, and
scanned words of real writers; scanned and cleaned as reading does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from zipreader.elements import InkMap
from zipreader.reading.letters import signs_of
from zipreader.synth import Sources as Material
from zipreader.synth.address import Line, invent
from zipreader.synth.handwriting import Hand, choose_hand, write_line
from zipreader.synth.names import STATES
from zipreader.synth.pens import choose_pen
from zipreader.synth.printing import choose_press, typeset
from zipreader.synth.strokes import StrokeLetters
from zipreader.training.elastic import bend_of
from zipreader.training.mail import mail_sources
from zipreader.training.printed import PrintConfig, print_text
from zipreader.training.sources import Sources, given, word_images, word_texts
from zipreader.training.spelling.labels import Labelled
from zipreader.training.spelling.strips import StripConfig, digit_height, found, scanned
from zipreader.training.splits import Part
from zipreader.training.typefaces import POPULATIONS, faces_of

_DPI = 200
_STRIPS = StripConfig(ruled=0.1, boxed=0.0, specks=0.2)
_INKED = 140
"""Pixels of a scanned word below this level are ink."""
_BY_STROKES = 0.6
"""So many hands write digits by strokes, which are drawn anew each time."""
_CAPITAL = 0.7
"""Height of a capital in ems."""


@dataclass(frozen=True, slots=True)
class TextConfig:
    """How often a strip shows what; the rest are letters in any order."""

    place: float = 0.5
    """City and state."""
    city: float = 0.15
    state: float = 0.08
    line: float = 0.15
    """Any line of an address."""
    upper: float = 0.35
    comma: float = 0.5
    spelt_out: float = 0.12
    """The state's whole name instead of two letters."""
    digits: float = 0.08
    """What stands of the ZIP behind a place."""
    letters: tuple[int, int] = (2, 12)


Maker = Callable[[Sources, Part, np.random.Generator], Labelled]


def by_hand(sources: Sources, part: Part, rng: np.random.Generator) -> Labelled:
    """A line in the letters of one writer, or in a face like handwriting."""
    material = _material(sources, part)
    hand = _hand(material, rng)
    text = text_of(material, rng)
    strip = write_line(Line(text), hand, frozenset(), rng)
    return _labelled(strip.alpha, hand.height, text, rng)


def printed(sources: Sources, part: Part, rng: np.random.Generator) -> Labelled:
    """A line in a face, as one of the printing technologies prints it."""
    material = _material(sources, part)
    text = text_of(material, rng)
    if rng.random() < 0.65:
        press = choose_press(material, _DPI, rng, points=float(rng.uniform(7, 20)))
        return _labelled(typeset(Line(text), press, rng).alpha, _CAPITAL * press.size, text, rng)
    families = faces_of(part, sources.faces)
    faces = families[int(rng.integers(len(families)))]
    face = faces[int(rng.integers(len(faces)))]
    ink = print_text(text, face, rng, PrintConfig(_STRIPS.height, bend=bend_of(part)))
    return _labelled(ink, digit_height(ink, text), text, rng)


def scanned_word(sources: Sources, part: Part, rng: np.random.Generator) -> Labelled:
    """A word in real ink, as a scanner saw it."""
    path = given(sources.words)
    images, texts = word_images(path, part), word_texts(path, part)
    row = int(rng.integers(len(images)))
    rows = np.flatnonzero((images[row] < _INKED).sum(axis=1) > 1)
    tall = float(np.ptp(rows)) + 1 if len(rows) else float(images[row].shape[0])
    height = tall * rng.uniform(0.6, 1.0)
    return Labelled(found(images[row], height, 0.0), signs_of(str(texts[row])))


LETTERING: dict[str, tuple[Maker, float]] = {
    "by hand": (by_hand, 0.62),
    "printed": (printed, 0.26),
    "scanned": (scanned_word, 0.12),
}
"""Makers of strips and their shares; scanned words only where they are given."""


def make_lettering(
    sources: Sources, part: Part, rng: np.random.Generator, size: int
) -> list[Labelled]:
    """``size`` strips of all makers in their shares, none blank or too narrow."""
    names = [name for name in sorted(LETTERING) if name != "scanned" or sources.words]
    shares = np.array([LETTERING[name][1] for name in names])
    made: list[Labelled] = []
    while len(made) < size:
        maker = LETTERING[names[int(rng.choice(len(names), p=shares / shares.sum()))]][0]
        item = maker(sources, part, rng)
        if item.labels and item.fits():
            made.append(item)
    return made


def text_of(material: Material, rng: np.random.Generator, config: TextConfig | None = None) -> str:
    """What a strip shows: mostly city and state."""
    config = config or TextConfig()
    place, chance = material.place(rng), rng.random()
    state = place.state
    if state in STATES and rng.random() < config.spelt_out:
        state = STATES[state]
    if (chance := chance - config.place) < 0:
        text = f"{place.city}{',' if rng.random() < config.comma else ''} {state}"
        if rng.random() < config.digits:
            text += f" {place.zip[: int(rng.integers(1, 6))]}"
    elif (chance := chance - config.city) < 0:
        text = place.city
    elif (chance := chance - config.state) < 0:
        text = state
    elif chance - config.line < 0:
        lines = invent(material, rng).lines
        text = lines[int(rng.integers(len(lines)))].text or place.city
    else:
        text = "".join(map(chr, rng.integers(97, 123, int(rng.integers(*config.letters)))))
    return text.upper() if rng.random() < config.upper else text


@lru_cache(maxsize=2)
def _material(sources: Sources, part: Part) -> Material:
    """That of the part's mail, and the faces of the user's folder."""
    material = mail_sources(sources, POPULATIONS[part], part).open()
    given = (face for family in faces_of(part, sources.faces) for face in family)
    return replace(material, faces=tuple(dict.fromkeys((*material.faces, *given))))


def _hand(material: Material, rng: np.random.Generator) -> Hand:
    """A hand, half the time with the letters of a writer's own pen strokes."""
    size = float(np.exp(rng.uniform(np.log(0.07), np.log(0.28))))
    pen = choose_pen(rng, faint=bool(rng.random() < 0.1))
    hand = choose_hand(material, _DPI, size, pen, rng, _BY_STROKES)
    letters = material.letters
    if letters is None or rng.random() < 0.5:
        return hand
    writers = [w for w in letters.writers() if StrokeLetters.suffices(letters.items[w])]
    if material.strokes is not None:
        writers = [w for w in writers if w in set(material.strokes.writers())] or writers
    if not writers:
        return hand
    own = letters.items[writers[int(rng.integers(len(writers)))]]
    return replace(hand, letters=StrokeLetters(own))


def _labelled(ink: InkMap, height: float, text: str, rng: np.random.Generator) -> Labelled:
    strip = scanned(np.clip(ink, 0, 1).astype(np.float32), height, rng, _STRIPS)
    return Labelled(strip, signs_of(text))
