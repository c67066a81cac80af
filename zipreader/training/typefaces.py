"""Typefaces to train on: those of the training population, and a folder of the user's own."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from zipreader.errors import InputError, MissingExtraError
from zipreader.synth.fonts import FAMILIES, Face, Population, Style, find_faces
from zipreader.training.splits import Part, part_of

try:
    from fontTools.ttLib import TTFont, TTLibError
except ImportError as error:
    raise MissingExtraError("Drawing printed digits", "synth,faces") from error

POPULATIONS = {
    Part.TRAIN: Population.TRAINING,
    Part.TUNE: Population.TRAINING,
    Part.CALIBRATION: Population.CALIBRATION,
    Part.TEST: Population.EVALUATION,
}
"""Whose faces stand for a part; nothing is trained or tuned on faces that measure."""
_FILES = (".ttf", ".otf", ".woff")
_WEIGHTS = range(300, 801)
"""Of faces that letters are printed in: neither hairlines nor posters."""
_STYLES = frozenset(
    ("thin", "extralight", "light", "regular", "medium", "semibold", "demibold", "bold")
    + ("extrabold", "black", "italic")
)
"""Words that many files add to the name of a family."""
_CATEGORIES = {
    "handwriting": Style.HAND,
    "monospace": Style.MONO,
    "serif": Style.SERIF,
    "sans-serif": Style.SANS,
}
"""What the `metadata.json` of a package of Fontsource calls its family."""
_SIGNS = frozenset("0123456789-.,ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")

Families = tuple[tuple[Face, ...], ...]
"""The faces of each family, so that each family can be used equally often."""


@lru_cache(maxsize=8)
def faces_of(part: Part, folder: Path | None = None) -> Families:
    """The faces of a part by family.

    Families of ``folder`` train and tune only, divided by their names as writers are.

    Raises:
        InputError: no typeface in the folder, or one that cannot be read.
        MissingExtraError: the packaged faces are not installed.
    """
    own = _own_faces(folder) if folder is not None else ()
    if part is Part.TUNE:
        tuning = _by_family(face for face in own if part_of(face.family) is Part.TUNE)
        return tuning or _by_family(find_faces(POPULATIONS[part]))
    packaged = find_faces(POPULATIONS[part])
    if part is Part.TRAIN:
        training = (face for face in own if part_of(face.family) is not Part.TUNE)
        return _by_family((*packaged, *training))
    return _by_family(packaged)


@lru_cache(maxsize=2)
def _own_faces(folder: Path) -> tuple[Face, ...]:
    """The faces of a folder and its folders, in the order of their names.

    Each style of a family counts once.  Left out: families that calibrate or
    measure, faces without all digits and letters, hairlines and posters.  What a
    family is good for is told by the `metadata.json` of its package, where there
    is one (few files of faces say themselves that they are handwriting).
    """
    taken = {
        _plain(family.name)
        for population, families in FAMILIES.items()
        for family in families
        if population is not Population.TRAINING
    }
    found: dict[tuple[str, str], Face] = {}
    for path in sorted(path for path in folder.rglob("*") if path.suffix.lower() in _FILES):
        family, style, usable = _described(path)
        if usable and _plain(family) not in taken:
            found.setdefault((family, style), Face(family, _good_for(path), path))
    if not found:
        raise InputError(f"{folder}: no typeface with digits and letters (.ttf, .otf or .woff)")
    return tuple(found[name] for name in sorted(found))


def _described(path: Path) -> tuple[str, str, bool]:
    """Family, style, and whether the file holds a face of text.

    Raises:
        InputError: not a typeface.
    """
    try:
        with TTFont(BytesIO(path.read_bytes()), lazy=True) as font:
            signs = {chr(code) for code in font.getBestCmap() or ()}
            names = font["name"]
            family, style = names.getBestFamilyName(), names.getBestSubFamilyName()
            weight = font["OS/2"].usWeightClass
    except (OSError, TTLibError, KeyError, AttributeError, AssertionError) as error:
        raise InputError(f"{path}: not a typeface that can be read ({error})") from error
    return _family(family or path.stem), f"{family} {style}", signs >= _SIGNS and weight in _WEIGHTS


def _good_for(path: Path) -> Style:
    """What the package of Fontsource says in whose folder ``files`` the face is, else sans."""
    try:
        said = json.loads((path.parent.parent / "metadata.json").read_text("utf-8"))
    except (OSError, ValueError):
        return Style.SANS
    category = said.get("category") if isinstance(said, dict) else None
    return _CATEGORIES.get(str(category), Style.SANS)


def _family(name: str) -> str:
    """The name without words of style and without repetitions."""
    words = dict.fromkeys(name.split())
    return " ".join(word for word in words if word.lower() not in _STYLES) or name


def _by_family(faces: Iterable[Face]) -> Families:
    families: dict[str, list[Face]] = {}
    for face in faces:
        families.setdefault(_plain(face.family), []).append(face)
    return tuple(tuple(each) for each in families.values())


def _plain(name: str) -> str:
    return name.lower().replace(" ", "").replace("-", "")
