"""The one table of typefaces, divided among the populations, and where their files are.

Evaluation faces come with the extra ``synth``, the others with ``train``.  No
family serves two populations, so a reader is never measured on a face that it
was trained or calibrated on.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from PIL import ImageFont

from zipreader.errors import MissingExtraError


class Population(Enum):
    """For whom mail is made: disjoint digits, faces, writers and seeds."""

    EVALUATION = "evaluation"
    TRAINING = "training"
    CALIBRATION = "calibration"

    @property
    def number(self) -> int:
        """Enters every seed, so that equal seeds differ between populations."""
        return list(Population).index(self) + 1

    @property
    def extra(self) -> str:
        """The pip extra that installs what this population needs."""
        return "synth" if self is Population.EVALUATION else "synth,faces"


class Style(Enum):
    """What a face is good for."""

    SANS = "sans"
    SERIF = "serif"
    MONO = "mono"
    NARROW = "narrow"
    HAND = "hand"


@dataclass(frozen=True, slots=True)
class Face:
    """A font file of a family; ``weight`` only where the file is variable.

    ``stretch`` corrects faces that are drawn small: the size is multiplied by it.
    """

    family: str
    style: Style
    path: Path
    weight: int | None = None
    stretch: float = 1.0


@dataclass(frozen=True, slots=True)
class Family:
    """A row of the table: ``files`` relative to the site directory of ``package``."""

    name: str
    style: Style
    package: str
    files: tuple[str, ...]
    weights: tuple[int, ...] = ()
    stretch: float = 1.0


def _packaged(
    name: str,
    style: Style,
    *files: str,
    weights: tuple[int, ...] = (),
    stretch: float = 1.0,
) -> Family:
    slug = name.lower().replace(" ", "-")
    folder = f"fontpkg_{slug.replace('-', '_')}/files"
    paths = tuple(f"{folder}/{file}.ttf" for file in files)
    return Family(name, style, f"fontpkg-{slug}", paths, weights, stretch)


def _plotted(name: str, style: Style, *files: str) -> Family:
    folder = "matplotlib/mpl-data/fonts/ttf"
    return Family(name, style, "matplotlib", tuple(f"{folder}/{file}.ttf" for file in files))


def _drawn(name: str, package: str, *files: str, stretch: float = 1.0) -> Family:
    folder = f"{package.replace('-', '_')}/files"
    paths = tuple(f"{folder}/{file}.ttf" for file in files)
    return Family(name, Style.HAND, package, paths, (), stretch)


_TEXT = (400, 500, 700)

FAMILIES: dict[Population, tuple[Family, ...]] = {
    Population.EVALUATION: (
        _packaged("Arimo", Style.SANS, "Arimo[wght]", weights=_TEXT),
        _packaged("Open Sans", Style.SANS, "OpenSans[wdth,wght]", weights=(400,)),
        _plotted("DejaVu Sans", Style.SANS, "DejaVuSans", "DejaVuSans-Bold"),
        _packaged("PT Serif", Style.SERIF, "PT_Serif-Web-Regular", "PT_Serif-Web-Bold"),
        _packaged("Libre Baskerville", Style.SERIF, "LibreBaskerville[wght]", weights=(400,)),
        _plotted("STIX General", Style.SERIF, "STIXGeneral", "STIXGeneralBol"),
        _packaged("IBM Plex Mono", Style.MONO, "IBMPlexMono-Regular", "IBMPlexMono-Medium"),
        _packaged("Space Mono", Style.MONO, "SpaceMono-Regular"),
        _plotted("DejaVu Sans Mono", Style.MONO, "DejaVuSansMono", "DejaVuSansMono-Bold"),
        _packaged("Roboto Condensed", Style.NARROW, "RobotoCondensed[wght]", weights=_TEXT),
        _packaged("PT Sans Narrow", Style.NARROW, "PT_Sans-Narrow-Web-Regular"),
        _packaged("Caveat", Style.HAND, "Caveat[wght]", weights=(400, 600), stretch=1.15),
        _packaged("Kalam", Style.HAND, "Kalam-Regular", "Kalam-Light"),
        _packaged("Shadows Into Light", Style.HAND, "ShadowsIntoLight"),
        _packaged("Delius", Style.HAND, "Delius-Regular"),
    ),
    Population.TRAINING: (
        _packaged("Roboto", Style.SANS, "Roboto[wdth,wght]"),
        _packaged("Lato", Style.SANS, "Lato-Regular", "Lato-Bold"),
        _packaged("Source Serif 4", Style.SERIF, "SourceSerif4[opsz,wght]"),
        _packaged("Lora", Style.SERIF, "Lora[wght]", weights=_TEXT),
        _packaged("Inconsolata", Style.MONO, "Inconsolata[wdth,wght]"),
        _packaged("Roboto Mono", Style.MONO, "RobotoMono[wght]", weights=_TEXT),
        _packaged("Oswald", Style.NARROW, "Oswald[wght]", weights=(300, 400)),
        _packaged("Indie Flower", Style.HAND, "IndieFlower-Regular"),
        _packaged("Dancing Script", Style.HAND, "DancingScript[wght]", weights=(400, 600)),
        _packaged("Permanent Marker", Style.HAND, "PermanentMarker-Regular"),
        _drawn("Amatic SC", "font-amatic-sc", "AmaticSC-Regular", "AmaticSC-Bold", stretch=1.2),
    ),
    Population.CALIBRATION: (
        _packaged("Public Sans", Style.SANS, "PublicSans[wght]", weights=_TEXT),
        _packaged("IBM Plex Sans", Style.SANS, "IBMPlexSans[wdth,wght]"),
        _packaged("Noto Serif", Style.SERIF, "NotoSerif[wdth,wght]"),
        _packaged("JetBrains Mono", Style.MONO, "JetBrainsMono[wght]", weights=_TEXT),
        _packaged("DM Mono", Style.MONO, "DMMono-Regular", "DMMono-Medium"),
        _packaged("Archivo Narrow", Style.NARROW, "ArchivoNarrow[wght]", weights=_TEXT),
        _packaged("Satisfy", Style.HAND, "Satisfy-Regular"),
        _packaged("Zeyada", Style.HAND, "Zeyada", stretch=1.2),
        _packaged("Yellowtail", Style.HAND, "Yellowtail-Regular"),
        _drawn("Intuitive", "font-intuitive", "Intuitive"),
    ),
}


def find_faces(population: Population) -> tuple[Face, ...]:
    """Every face of a population; raises ``MissingExtraError`` where a package is missing."""
    return tuple(face for family in FAMILIES[population] for face in _faces(family, population))


def _faces(family: Family, population: Population) -> list[Face]:
    weights: tuple[int | None, ...] = family.weights or (None,)
    return [
        Face(family.name, family.style, path, weight, family.stretch)
        for path in (locate(family.package, file, population) for file in family.files)
        for weight in weights
    ]


def locate(package: str, file: str, population: Population) -> Path:
    """The path of a data file of an installed package, without importing the package."""
    try:
        path = Path(str(distribution(package).locate_file(file)))
    except PackageNotFoundError as error:
        raise MissingExtraError("synthetic mail", population.extra) from error
    if not path.is_file():
        raise MissingExtraError("synthetic mail", population.extra)
    return path


@lru_cache(maxsize=256)
def load(face: Face, size: int) -> ImageFont.FreeTypeFont:
    """The face at ``size`` pixels an em.

    Pillow's own layout is used everywhere: the other one depends on libraries of
    the machine, and one seed must make one image.
    """
    pixels = max(4, round(size * face.stretch))
    font = ImageFont.truetype(face.path, pixels, layout_engine=ImageFont.Layout.BASIC)
    if face.weight is not None:
        axes = font.get_variation_axes()
        font.set_variation_by_axes(
            [
                face.weight if _is_weight(axis["name"]) else int(axis["default"] or 0)
                for axis in axes
            ]
        )
    return font


def _is_weight(name: bytes | str | None) -> bool:
    return name in (b"Weight", "Weight")
