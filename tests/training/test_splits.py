from __future__ import annotations

import numpy as np

from zipreader.training.splits import Part, part_of, rows_of, split_writers

WRITERS = [f"site/hand{number}" for number in range(2000)]


def test_parts_are_disjoint_and_hold_everybody() -> None:
    split = split_writers(WRITERS)
    parts = [split.writers(part) for part in Part]
    assert sum(len(part) for part in parts) == len(WRITERS)
    assert frozenset().union(*parts) == frozenset(WRITERS)


def test_shares_are_as_documented() -> None:
    split = split_writers(WRITERS)
    shares = [len(split.writers(part)) / len(WRITERS) for part in Part]
    assert np.allclose(shares, [0.60, 0.12, 0.12, 0.16], atol=0.03)


def test_a_writer_keeps_the_part_whoever_else_is_in_the_file() -> None:
    alone = split_writers(["art/writer01"])
    among = split_writers([*WRITERS, "art/writer01"])
    part = part_of("art/writer01")
    assert "art/writer01" in alone.writers(part) & among.writers(part)


def test_the_split_never_moves() -> None:
    known = {"art/writer01": "tune", "ced/AAAA9018": "train", "1": "test"}
    assert {writer: part_of(writer).value for writer in known} == known


def test_rows_of_parts_cover_a_file_once() -> None:
    writers = np.array([WRITERS[i % 50] for i in range(400)])
    rows = np.concatenate([rows_of(writers, part) for part in Part])
    assert sorted(rows.tolist()) == list(range(400))
