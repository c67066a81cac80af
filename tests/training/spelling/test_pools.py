from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from zipreader.errors import OutputError
from zipreader.training.sources import Sources
from zipreader.training.spelling import pools
from zipreader.training.spelling.labels import Labelled
from zipreader.training.spelling.pools import StripRecipe, strip_pool
from zipreader.training.splits import Part

RECIPE = StripRecipe(composed=10, pieces=0, part=Part.TRAIN, seed=3)


def same(one: list[Labelled], two: list[Labelled]) -> bool:
    return [item.labels for item in one] == [item.labels for item in two] and all(
        np.array_equal(a.strip, b.strip) for a, b in zip(one, two, strict=True)
    )


def test_any_number_of_workers_makes_the_same_strips(
    sources: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "_CHUNK", 5)
    jobs = [(job.first, job.size) for job in RECIPE.jobs()]
    assert jobs == [(0, 5), (5, 5)]
    alone = strip_pool(RECIPE, sources, tmp_path / "one", 1)
    assert len(alone) == 10
    assert not same(alone[:5], alone[5:])


def test_a_cached_pool_is_read_back_and_a_damaged_chunk_made_anew(
    sources: Sources, tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []
    first = strip_pool(RECIPE, sources, tmp_path, 1, lambda done, all_: told.append((done, all_)))
    assert told == [(1, 1)]
    files = sorted(tmp_path.iterdir())
    assert same(first, strip_pool(RECIPE, sources, tmp_path, 1))
    files[0].write_bytes(b"PK\3\4 damaged")
    assert same(first, strip_pool(RECIPE, sources, tmp_path, 1))
    assert sorted(tmp_path.iterdir()) == files


def test_a_source_that_was_replaced_is_not_taken_from_the_cache(
    sources: Sources, tmp_path: Path
) -> None:
    """Even if the new file is as long as the old one: pixels and labels alone may differ."""
    assert sources.strokes is not None
    copy, cache = tmp_path / "strokes.npz", tmp_path / "cache"
    copy.write_bytes(sources.strokes.read_bytes())
    own = replace(sources, strokes=copy)
    strip_pool(RECIPE, own, cache, 1)
    before = set(cache.iterdir())
    status = copy.stat()
    os.utime(copy, ns=(status.st_atime_ns, status.st_mtime_ns + 10**9))
    strip_pool(RECIPE, own, cache, 1)
    assert len(set(cache.iterdir()) - before) == len(before)


def test_seeds_and_parts_make_other_strips(sources: Sources, tmp_path: Path) -> None:
    first = strip_pool(RECIPE, sources, tmp_path, 1)
    for other in (replace(RECIPE, seed=4), replace(RECIPE, part=Part.TUNE)):
        assert not same(first, strip_pool(other, sources, tmp_path, 1))


def test_invented_hands_have_strips_of_their_own(sources: Sources, tmp_path: Path) -> None:
    recipe = replace(RECIPE, composed=0, invented=6)
    assert len(strip_pool(recipe, sources, tmp_path, 1)) == 6


def test_mail_is_read_into_strips(sources: Sources, tmp_path: Path) -> None:
    found = strip_pool(StripRecipe(0, 4, Part.TRAIN), sources, tmp_path, 1)
    assert found
    assert all(item.fits() for item in found)


def test_a_cache_that_cannot_be_written_is_named(sources: Sources, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(OutputError, match="cannot write the cache"):
        strip_pool(RECIPE, sources, blocked / "cache", 1)


def test_no_part_shares_a_seed_with_another() -> None:
    jobs = [next(StripRecipe(10, 10, part, seed=3).jobs()) for part in Part]
    assert len({job.generator().random() for job in jobs}) == len(jobs)
    assert len({job.first_piece() for job in jobs}) == len(jobs)
