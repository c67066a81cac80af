from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from zipreader.errors import OutputError
from zipreader.training import pools
from zipreader.training.pools import Recipe, build_pool, cached_pool, join
from zipreader.training.sources import Kind, Sources
from zipreader.training.splits import Part

RECIPE = Recipe(((Kind.MNIST, 12), (Kind.STROKES, 8), (Kind.MARKS, 5)), Part.TRAIN, seed=3)


def test_a_pool_holds_what_the_recipe_asks(sources: Sources) -> None:
    pool = build_pool(RECIPE, sources, workers=1)
    assert len(pool) == RECIPE.total() == 25
    assert np.bincount(pool.kinds)[[Kind.MNIST, Kind.STROKES, Kind.MARKS]].tolist() == [12, 8, 5]
    assert len(pool.of(Kind.STROKES)) == 8


def test_any_number_of_workers_makes_the_same_pool(
    sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "_CHUNK", 6)
    one, two = (build_pool(RECIPE, sources, workers) for workers in (1, 2))
    assert np.array_equal(one.tiles, two.tiles)
    assert np.array_equal(one.labels, two.labels)


def test_seeds_and_parts_make_other_pools(sources: Sources) -> None:
    pool = build_pool(RECIPE, sources, 1)
    for other in (replace(RECIPE, seed=4), replace(RECIPE, part=Part.TUNE)):
        assert not np.array_equal(pool.tiles, build_pool(other, sources, 1).tiles)


def test_kinds_without_data_are_left_out(sources: Sources) -> None:
    pool = build_pool(RECIPE, Sources(mnist=sources.mnist), 1)
    assert set(pool.kinds.tolist()) == {Kind.MNIST, Kind.MARKS}


def test_a_cached_pool_is_read_back_and_a_damaged_one_made_anew(
    sources: Sources, tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []
    first = cached_pool(RECIPE, sources, tmp_path, 1, lambda done, all_: told.append((done, all_)))
    assert told[-1] == (25, 25)
    files = sorted(tmp_path.iterdir())
    assert len(files) == 3
    files[0].write_bytes(b"PK\3\4 damaged")
    again = cached_pool(RECIPE, sources, tmp_path, 1)
    assert np.array_equal(first.tiles, again.tiles)
    assert sorted(tmp_path.iterdir()) == files


def test_a_changed_file_is_not_taken_from_the_cache(sources: Sources, tmp_path: Path) -> None:
    assert sources.mnist is not None
    copy = tmp_path / "mnist.npz"
    copy.write_bytes(sources.mnist.read_bytes())
    own = Sources(mnist=copy)
    before = own.state(Kind.MNIST)
    copy.write_bytes(sources.mnist.read_bytes() + b" ")
    assert own.state(Kind.MNIST) != before


def test_a_cache_that_cannot_be_written_is_named(sources: Sources, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    with pytest.raises(OutputError, match="cannot write the cache"):
        cached_pool(RECIPE, sources, blocked / "cache", 1)


def test_joining_nothing_is_empty() -> None:
    assert len(join([])) == 0
