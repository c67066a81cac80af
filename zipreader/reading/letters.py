"""The signs of written words: 26 letters, small or capital, and *something else*.

Frames of them come from the letter network, ``models/letters.tflite``, which is run by
``reading.stripnet`` on the strip of a line.
"""

from __future__ import annotations

import unicodedata

LETTERS = 26
OTHER = LETTERS
"""Digits and signs that are no letters of the alphabet."""
BLANK = OTHER + 1
SIGNS = BLANK + 1
_FIRST = ord("A")


def signs_of(text: str) -> tuple[int, ...]:
    """The signs of a text: letters without their accents, OTHER for a run of digits or signs.

    Spaces, dots, commas and apostrophes are nothing: they are hardly seen.
    """
    signs: list[int] = []
    for char in unicodedata.normalize("NFD", text.upper()):
        if "A" <= char <= "Z":
            signs.append(ord(char) - _FIRST)
        elif (char.isalnum() or char in "#&/-") and signs[-1:] != [OTHER]:
            signs.append(OTHER)
    return tuple(signs)
