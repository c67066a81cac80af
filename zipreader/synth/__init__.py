"""Seeded synthetic mail with truth: handwriting, printing, paper, layout, camera.

The way of a piece: ``plan`` (what it is to be) -> ``front`` (the face of the
envelope: paper, ``corners``, ``addressing``) -> ``camera`` (where it lies) ->
``sensor`` (what the file keeps) -> ``mailpiece`` (image and truth) -> ``write``.
"""

from zipreader.synth.fonts import Population
from zipreader.synth.mailpiece import make_mailpiece
from zipreader.synth.plan import KINDS, MIXED, VARIANTS
from zipreader.synth.sources import Sources, SourcesSpec, open_sources
from zipreader.synth.truth import DigitTruth, Mailpiece, Truth
from zipreader.synth.write import piece_seed, write_mail

__all__ = [
    "KINDS",
    "MIXED",
    "VARIANTS",
    "DigitTruth",
    "Mailpiece",
    "Population",
    "Sources",
    "SourcesSpec",
    "Truth",
    "make_mailpiece",
    "open_sources",
    "piece_seed",
    "write_mail",
]
