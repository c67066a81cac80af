"""Strips -> frames of scores: reads a whole field without cutting it.

A view of the ink beside the digit network's, with mistakes of its own: where both read the
same, the ZIP is seldom wrong.  Two strip networks that were trained apart look at each field
that is cut, because they err in different places too and the mean of both errs less
(L. K. Hansen, P. Salamon, IEEE Trans. PAMI 12, 1990); the first alone looks for ZIPs.
``models/strip.tflite`` and ``models/strip2.tflite`` are the exports that reading runs, the
``.keras`` files beside them the reference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from zipreader.config import SpellConfig
from zipreader.elements import Frames, Spelling, Strip
from zipreader.reading.ctc import (
    SIGNS,
    by_count,
    by_zip,
    likeliest_zips,
    may_spell_zip,
    probabilities,
)
from zipreader.reading.modelfolder import STRIP, STRIP2
from zipreader.reading.runtime import Runtime
from zipreader.reading.strip import resized
from zipreader.reading.stripnet import StripNetwork


class Speller:
    """The strip networks.

    Raises:
        ModelError: a file is missing, damaged or not of this shape.
        MissingExtraError: ``runtime="keras"`` without TensorFlow.
    """

    def __init__(self, model_dir: Path | None = None, runtime: Runtime = "litert") -> None:
        self._first = StripNetwork(STRIP, SIGNS, model_dir, runtime)
        self._second = StripNetwork(STRIP2, SIGNS, model_dir, runtime)

    def spell(self, strip: Strip, config: SpellConfig) -> Spelling:
        """What a strip spells; no text where five digits are less likely than ``least``."""
        views = self.frames([strip])
        if not may_spell_zip(views[0], config.least):
            return Spelling(strip, tuple(views), (), 0.0)
        return _spelling(strip, (), (), views, config)

    def look_again(self, spelling: Spelling, config: SpellConfig) -> Spelling:
        """What the strip spells to both networks, its digits a little larger and smaller too.

        The height of the digits in a field is an estimate.  Where a reading hangs on
        it, the views disagree, and their mean says so.
        """
        sized = [resized(spelling.strip, size) for size in config.sizes]
        others = [*self.frames(sized), *self._second.frames([spelling.strip, *sized])]
        found = _spelling(spelling.strip, spelling.texts, spelling.views, others, config)
        return replace(found, counts=tuple(by_count(found.views).mean(axis=0).tolist()))

    def frames(self, strips: Sequence[Strip]) -> list[Frames]:
        """The first network's frames, (about W / STRIDE, SIGNS) each; one call of it."""
        return self._first.frames(strips)


def _spelling(
    strip: Strip,
    known: Sequence[str],
    seen: Sequence[Frames],
    others: Sequence[Frames],
    config: SpellConfig,
) -> Spelling:
    """The likeliest ZIPs of all views by their mean; of those seen they are known."""
    views = *seen, *others
    texts = {*known, *(text for frames in others for text in likeliest_zips(frames, config.zips))}
    told = probabilities(views, sorted(texts))
    found = {text: sum(view[text] for view in told) / len(told) for text in told[0]}
    ranked = sorted(found, key=lambda text: -found[text])[: config.zips]
    probability = max(by_zip({text: found[text] for text in ranked}).values(), default=0.0)
    return Spelling(strip, views, tuple(ranked), probability)
