"""Pools of strips: built once by parallel workers, kept in files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from zipreader.config import ReaderConfig
from zipreader.errors import InputError, OutputError
from zipreader.files import aside
from zipreader.synth import make_mailpiece
from zipreader.synth.archives import read_arrays
from zipreader.training.madeby import code_digest
from zipreader.training.mail import mail_sources
from zipreader.training.sources import Sources
from zipreader.training.spelling.labels import Labelled
from zipreader.training.spelling.lettering import make_lettering
from zipreader.training.spelling.mailstrips import mail_strips
from zipreader.training.spelling.strips import INVENTED, STRIPS, Shares, make_strips
from zipreader.training.splits import Part
from zipreader.training.typefaces import POPULATIONS
from zipreader.workers import spread

Progress = Callable[[int, int], None]
"""Called with chunks done and chunks planned."""
_CHUNK = 2500
"""Strips that are made by one job."""
_PIECES = 300
"""Mailpieces that are read by one job."""
_OF_A_PIECE = 3
"""Fields that are kept of one piece."""
_KINDS = (
    "handwritten", "printed", "handwritten", "touching", "dirty", "handwritten", "touching",
    "turned", "photo",
)  # fmt: skip
_NUMBERS = {part: number for number, part in enumerate(Part)}
"""Enter every seed, so that equal seeds differ between parts."""
_MAKERS: dict[str, Shares] = {"composed": STRIPS, "invented": INVENTED}
_ARRAYS = ("columns", "widths", "labels", "lengths")


@dataclass(frozen=True, slots=True)
class StripRecipe:
    """How many strips are composed, how many mailpieces read, of whose hands, with which seed."""

    composed: int
    pieces: int
    part: Part
    seed: int = 1
    lettering: int = 0
    """Strips of words, for the letter network."""
    invented: int = 0
    """Strips of invented hands."""

    def jobs(self) -> Iterator[_Job]:
        """The chunks; each is the same on any number of workers."""
        for name, total, chunk in (
            ("composed", self.composed, _CHUNK),
            ("mail", self.pieces, _PIECES),
            ("lettering", self.lettering, _CHUNK),
            ("invented", self.invented, _CHUNK),
        ):
            for first in range(0, total, chunk):
                yield _Job(name, self.part, self.seed, first, min(chunk, total - first))


@dataclass(frozen=True, slots=True)
class _Job:
    name: str
    part: Part
    seed: int
    first: int
    size: int

    def generator(self) -> np.random.Generator:
        """Of composed strips, invented hands and lettering."""
        chunk = self.first // _CHUNK
        return np.random.default_rng((16 + self.seed, chunk, _NUMBERS[self.part]))

    def first_piece(self) -> int:
        """The seed of the first mailpiece."""
        return 70_000_000 * self.seed + 1_000_000 * _NUMBERS[self.part] + self.first


def strip_pool(
    recipe: StripRecipe,
    sources: Sources,
    cache: Path,
    workers: int,
    progress: Progress | None = None,
) -> list[Labelled]:
    """The strips of a recipe; chunks that are not in the cache are made and written there.

    Raises:
        OutputError: the cache cannot be written.
    """
    jobs = [(job, cache / _name(job, sources)) for job in recipe.jobs()]
    made = {path: pool for _, path in jobs if (pool := _read(path)) is not None}
    missing = [(job, path) for job, path in jobs if path not in made]
    done = len(made)
    wanted = [job for job, _ in missing]
    pools = spread(partial(_open_worker, sources), wanted, workers)
    for (_, path), pool in zip(missing, pools, strict=True):
        _write(pool, path)
        made[path] = pool
        done += 1
        if progress is not None:
            progress(done, len(jobs))
    return [item for _, path in jobs for item in made[path]]


def _open_worker(sources: Sources) -> Callable[[_Job], list[Labelled]]:
    return partial(_make, sources)


def _make(sources: Sources, job: _Job) -> list[Labelled]:
    if job.name in _MAKERS:
        return make_strips(sources, job.part, job.generator(), job.size, _MAKERS[job.name])
    if job.name == "lettering":
        return make_lettering(sources, job.part, job.generator(), job.size)
    return _of_mail(job, sources)


def _of_mail(job: _Job, sources: Sources) -> list[Labelled]:
    """A few fields of each of many pieces."""
    material, config = mail_sources(sources, POPULATIONS[job.part], job.part).open(), ReaderConfig()
    found: list[Labelled] = []
    for number in range(job.size):
        seed = job.first_piece() + number
        piece = make_mailpiece(_KINDS[number % len(_KINDS)], seed, material)
        strips = list(mail_strips(piece, config))
        np.random.default_rng(seed).shuffle(strips)
        found += [strip for strip in strips[:_OF_A_PIECE] if strip.fits()]
    return found


def _name(job: _Job, sources: Sources) -> str:
    text = json.dumps([code_digest(), job.seed, job.first, job.size, sources.state()])
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    return f"strips-{job.part.value}-{job.name}-{digest}.npz"


def _read(path: Path) -> list[Labelled] | None:
    """A chunk from a file; ``None`` where it is missing or damaged, so that it is made anew."""
    try:
        arrays = read_arrays(path, "strips", _ARRAYS)
    except InputError:
        return None
    ends, labelled = np.cumsum(arrays["widths"]), np.cumsum(arrays["lengths"])
    strips = np.split(arrays["columns"], ends[:-1], axis=1)
    labels = np.split(arrays["labels"], labelled[:-1])
    return [
        Labelled(np.ascontiguousarray(strip), tuple(signs.tolist()))
        for strip, signs in zip(strips, labels, strict=True)
    ]


def _write(pool: Sequence[Labelled], path: Path) -> None:
    """Write a chunk whole or not at all."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with aside(path) as part, part.open("wb") as stream:
            np.savez(
                stream,
                columns=np.concatenate([item.strip for item in pool], axis=1),
                widths=np.array([item.strip.shape[1] for item in pool]),
                labels=np.concatenate([np.array(item.labels, np.uint8) for item in pool]),
                lengths=np.array([len(item.labels) for item in pool]),
            )
    except OSError as error:
        raise OutputError(f"{path}: cannot write the cache ({error.strerror})") from error
