"""Pools of tiles: built once by parallel workers, kept in one file.

A pool is built in chunks; each chunk has a maker, a seed and a size, so that
the same configuration gives the same pool on any number of workers.  Nothing
here needs TensorFlow.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from zipreader.elements import Tiles
from zipreader.errors import InputError, OutputError
from zipreader.files import aside
from zipreader.synth.archives import read_arrays
from zipreader.training.madeby import code_digest
from zipreader.training.makers import MAKERS
from zipreader.training.sources import Kind, Sources
from zipreader.training.splits import Part
from zipreader.workers import spread

Progress = Callable[[int, int], None]
"""Called with tiles done and tiles planned."""
_CHUNK = 1500


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """(N, 28, 28) uint8 tiles, (N,) uint8 classes 0..10 and (N,) uint8 kinds."""

    tiles: Tiles
    labels: npt.NDArray[np.uint8]
    kinds: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.labels)

    def rows(self, keep: npt.NDArray[np.bool_]) -> Pool:
        return Pool(self.tiles[keep], self.labels[keep], self.kinds[keep])

    def of(self, *kinds: Kind) -> Pool:
        return self.rows(np.isin(self.kinds, [kind.value for kind in kinds]))


@dataclass(frozen=True, slots=True)
class Recipe:
    """How many tiles of each kind, from whose hands, with which seed."""

    counts: tuple[tuple[Kind, int], ...]
    part: Part
    seed: int

    def chunks(self) -> Iterator[tuple[Kind, int, int, int]]:
        """(kind, seed, first, size) of every chunk."""
        for kind, count in self.counts:
            for first in range(0, count, _CHUNK):
                seed = _seed(self.seed, self.part.value, kind.name, str(first))
                yield kind, seed, first, min(_CHUNK, count - first)

    def total(self) -> int:
        return sum(count for _, count in self.counts)


def build_pool(
    recipe: Recipe, sources: Sources, workers: int, progress: Progress | None = None
) -> Pool:
    """Make all tiles of a recipe; kinds whose source is not given are left out."""
    jobs = [job for job in recipe.chunks() if sources.has(job[0])]
    planned = sum(job[3] for job in jobs)
    results: list[Pool] = []
    done = 0
    for pool in spread(partial(_open_worker, sources, recipe.part), jobs, workers):
        results.append(pool)
        done += len(pool)
        if progress is not None:
            progress(done, planned)
    return join(results)


def join(pools: Sequence[Pool]) -> Pool:
    """One pool after the other."""
    empty = Pool(np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.uint8), np.zeros(0, np.uint8))
    parts = list(pools) or [empty]
    return Pool(
        np.concatenate([pool.tiles for pool in parts]),
        np.concatenate([pool.labels for pool in parts]),
        np.concatenate([pool.kinds for pool in parts]),
    )


def cached_pool(
    recipe: Recipe,
    sources: Sources,
    cache: Path,
    workers: int,
    progress: Progress | None = None,
) -> Pool:
    """A pool from the cache folder; the kinds that are missing are built and written there.

    Raises:
        OutputError: the cache cannot be written.
    """
    pools: list[Pool] = []
    done, planned = 0, sum(count for kind, count in recipe.counts if sources.has(kind))
    for kind, count in recipe.counts:
        own = Recipe(((kind, count),), recipe.part, recipe.seed)
        path = cache / f"{recipe.part.value}-{kind.name.lower()}-{_name(own, sources)}.npz"
        pool = _read(path)
        if pool is None:
            pool = build_pool(own, sources, workers, _onwards(progress, done, planned))
            _write(pool, path)
        pools.append(pool)
        done += len(pool)
        if progress is not None:
            progress(done, planned)
    return join(pools)


def _onwards(progress: Progress | None, before: int, planned: int) -> Progress:
    """Progress of one kind as progress of all."""

    def tell(done: int, _: int) -> None:
        if progress is not None:
            progress(before + done, planned)

    return tell


def _write(pool: Pool, path: Path) -> None:
    """Write a pool whole or not at all."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with aside(path) as part, part.open("wb") as stream:
            np.savez(stream, tiles=pool.tiles, labels=pool.labels, kinds=pool.kinds)
    except OSError as error:
        raise OutputError(f"{path}: cannot write the cache ({error.strerror})") from error


def default_cache() -> Path:
    """The user's cache folder for pools."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "zipreader" / "training"


_Job = tuple[Kind, int, int, int]


def _open_worker(sources: Sources, part: Part) -> Callable[[_Job], Pool]:
    return partial(_make, sources, part)


def _make(sources: Sources, part: Part, job: _Job) -> Pool:
    kind, seed, first, size = job
    tiles, labels = MAKERS[kind](sources, part, np.random.default_rng(seed), first, size)
    if len(tiles) != len(labels):
        raise InputError(f"{kind.name}: {len(tiles)} tiles but {len(labels)} labels")
    return Pool(tiles, labels, np.full(len(labels), kind.value, np.uint8))


def _read(path: Path) -> Pool | None:
    """A pool from a file; ``None`` where it is missing or damaged, so that it is made anew."""
    try:
        return Pool(**read_arrays(path, "tiles", ("tiles", "labels", "kinds")))
    except InputError:
        return None


def _name(recipe: Recipe, sources: Sources) -> str:
    counts = [(kind.name, count, sources.state(kind)) for kind, count in recipe.counts]
    text = json.dumps([code_digest(), counts, recipe.seed])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _seed(*words: object) -> int:
    text = "/".join(str(word) for word in words)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
