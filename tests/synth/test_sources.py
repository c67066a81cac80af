from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from zipreader.errors import InputError
from zipreader.synth import Population, Sources, SourcesSpec, make_mailpiece, open_sources
from zipreader.synth.sources import DigitPool, packaged_digits, strokes_of
from zipreader.synth.strokefile import load_strokes

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def write_strokes(path: Path, labels: str, writers: tuple[str, ...]) -> None:
    """A stroke file in which every character is a zigzag of its own, the last one suspect."""
    items = [(label, writer) for writer in writers for label in labels]
    points = [
        np.array([(0, 0), (40, 10 * (k % 5)), (5, 50), (30, 100)], np.int16)
        for k in range(len(items))
    ]
    suspect = np.zeros(len(items), np.uint8)
    suspect[-1] = 1
    np.savez(
        path,
        pts=np.concatenate(points),
        stroke_start=np.arange(len(items) + 1) * 4,
        item_start=np.arange(len(items) + 1),
        label=np.array([label for label, _ in items]),
        writer=np.array([writer for _, writer in items]),
        suspect=suspect,
    )


def test_the_packaged_digits_are_five_thousand() -> None:
    images, labels = packaged_digits()
    assert images.shape == (5000, 28, 28) and images.dtype == np.uint8
    assert (np.bincount(labels) == 500).all()


def test_prototypes_of_a_hand_are_few_and_alike(sources: Sources) -> None:
    assert sources.pool is not None
    hand = sources.pool.prototypes(np.random.default_rng(0))
    assert all(2 < len(images) < 20 for images in hand)

    def spread(images: npt.NDArray[np.uint8]) -> float:
        return float(images.astype(float).std(axis=0).mean())

    pairs = zip(hand, sources.pool.images, strict=True)
    assert np.mean([spread(few) / spread(many) for few, many in pairs]) < 0.85


def test_most_zips_go_by_the_name_of_the_directory_and_some_by_another(sources: Sources) -> None:
    some = sources.places[::7]
    written = {place: sources.usual(place) for place in some}
    renamed = {place: name for place, name in written.items() if name != place}
    assert {place.zip for place in some} == {name.zip for name in written.values()}
    assert 0.05 < len(renamed) / len(some) < 0.2
    known = [place for place, name in renamed.items() if name.city in place.others]
    nearby = [place for place in renamed if place not in known]
    assert known and nearby
    towns = {(place.zip[:3], place.city, place.state) for place in sources.places}
    assert all((p.zip[:3], renamed[p].city, renamed[p].state) in towns for p in nearby)


def test_places_are_assigned_zips(sources: Sources) -> None:
    assert len(sources.places) > 30_000
    assert all(len(place.zip) == 5 and place.zip.isdigit() for place in sources.places)
    assert {place.zip for place in sources.places} <= sources.assigned


@pytest.mark.parametrize("population", [Population.TRAINING, Population.CALIBRATION])
def test_other_populations_need_digits_of_their_own(population: Population) -> None:
    with pytest.raises(InputError, match=population.value):
        open_sources(population)


def test_strokes_are_kept_by_writer_without_suspects(tmp_path: Path) -> None:
    path = tmp_path / "strokes.npz"
    write_strokes(path, "0123456789", ("ann", "bob"))
    both = strokes_of(load_strokes(path), None)
    assert both.writers() == ("ann", "bob")
    assert "9" in both.items["ann"] and "9" not in both.items["bob"]
    assert strokes_of(load_strokes(path), frozenset({"bob"})).writers() == ("bob",)


def test_mail_is_written_with_given_strokes(tmp_path: Path) -> None:
    digits, letters = tmp_path / "digits.npz", tmp_path / "letters.npz"
    write_strokes(digits, "0123456789", ("ann", "bob"))
    write_strokes(letters, LETTERS, ("ann", "bob"))
    spec = SourcesSpec(strokes=digits, letters=letters, writers=frozenset({"ann"}))
    given = spec.open()
    assert given.digit_writers() == ("ann",) and given.pool is None
    piece = make_mailpiece("handwritten", 4, given)
    assert piece.truth.zip is not None and len(piece.truth.digits) in (5, 9)


def test_a_damaged_file_of_letters_is_named_before_mail_is_made(tmp_path: Path) -> None:
    letters = tmp_path / "letters.npz"
    write_strokes(letters, LETTERS, ("ann", "bob"))
    with np.load(letters) as archive:
        arrays = {name: archive[name] for name in archive.files}
    np.savez(letters, **{**arrays, "item_start": arrays["item_start"][:-3]})
    with pytest.raises(InputError, match=r"letters\.npz: .* do not fit each other"):
        open_sources(letters=letters)


def test_a_pool_sorts_by_label() -> None:
    images = np.arange(20, dtype=np.uint8)[:, None, None] * np.ones((1, 28, 28), np.uint8)
    pool = DigitPool.of((images, np.arange(20) % 10))
    assert [int(i[0, 0]) for i in pool.images[7]] == [7, 17]
