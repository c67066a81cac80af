from __future__ import annotations

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from zipreader.errors import InputError
from zipreader.synth.fonts import Population, Style, find_faces
from zipreader.training.printed import printed_digits
from zipreader.training.sources import Kind, Sources
from zipreader.training.splits import Part, part_of
from zipreader.training.typefaces import POPULATIONS, faces_of


def families(part: Part, folder: Path | None = None) -> set[str]:
    return {face.family for family in faces_of(part, folder) for face in family}


def named(population: Population) -> set[str]:
    return {face.family for face in find_faces(population)}


def put(folder: Path, family: str, style: str = "Regular", weight: int = 400) -> Path:
    """A file of a face with another name, style and weight."""
    with TTFont(find_faces(Population.TRAINING)[2].path) as font:
        for number, text in ((1, family), (2, style), (16, ""), (17, "")):
            font["name"].setName(text, number, 3, 1, 0x409)
        for number in (16, 17, 21, 22):
            font["name"].removeNames(number)
        font["OS/2"].usWeightClass = weight
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{family}-{style}.ttf".replace(" ", "")
        font.save(path)
    return path


def of_part(part: Part) -> str:
    return next(name for n in range(1000) if part_of(name := f"Face {n}") is part)


def test_only_training_faces_train_and_tune() -> None:
    for part in (Part.TRAIN, Part.TUNE):
        assert POPULATIONS[part] is Population.TRAINING
        assert families(part) == named(Population.TRAINING)
    assert not families(Part.TEST) & named(Population.TRAINING)


def test_families_of_a_folder_train_or_tune_and_never_measure(tmp_path: Path) -> None:
    trains, tunes = of_part(Part.TEST), of_part(Part.TUNE)
    for number, name in enumerate((trains, tunes)):
        put(tmp_path / str(number), name)
    assert families(Part.TRAIN, tmp_path) == named(Population.TRAINING) | {trains}
    assert families(Part.TUNE, tmp_path) == {tunes}
    for part in (Part.CALIBRATION, Part.TEST):
        assert families(part, tmp_path) == families(part)


def test_faces_that_measure_hairlines_and_copies_are_left_out(tmp_path: Path) -> None:
    put(tmp_path, "Open Sans")  # of the faces of evaluation
    put(tmp_path, "Hair", "Thin", weight=100)
    put(tmp_path / "a", "Twice")
    put(tmp_path / "b", "Twice")
    put(tmp_path, "Twice", "Bold", weight=700)
    own = [
        family
        for family in faces_of(Part.TRAIN, tmp_path)
        if family[0].path.is_relative_to(tmp_path)
    ]
    assert [[face.family for face in family] for family in own] == [["Twice", "Twice"]]


def test_words_of_style_make_no_family_of_their_own(tmp_path: Path) -> None:
    for style in ("Light", "Semi Bold", "SemiBold"):
        put(tmp_path, f"Face 7 {style}".replace("Semi ", "Semi"))
    assert "Face 7" in families(Part.TRAIN, tmp_path)


def test_digits_are_printed_in_the_faces_of_the_folder(tmp_path: Path) -> None:
    import numpy as np

    put(tmp_path, of_part(Part.TUNE))
    sources = Sources(faces=tmp_path)
    tiles, labels = printed_digits(sources, Part.TUNE, np.random.default_rng(1), 0, 10)
    assert labels.tolist() == list(range(10))
    assert all(tile.any() for tile in tiles)
    assert sources.state(Kind.PRINTED) != Sources().state(Kind.PRINTED)


@pytest.mark.parametrize(
    ("said", "style"),
    [
        ('{"category": "handwriting"}', Style.HAND),
        ('{"category": "monospace"}', Style.MONO),
        ('{"category": "display"}', Style.SANS),
        ("[]", Style.SANS),
        ("{", Style.SANS),
        (None, Style.SANS),
    ],
)
def test_a_package_says_what_its_family_is_good_for(
    tmp_path: Path, said: str | None, style: Style
) -> None:
    name = of_part(Part.TUNE)
    put(tmp_path / "package" / "files", name)
    if said is not None:
        (tmp_path / "package" / "metadata.json").write_text(said)
    (family,) = faces_of(Part.TUNE, tmp_path)
    assert [face.style for face in family] == [style]


def test_a_folder_without_faces_and_a_damaged_face_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no typeface"):
        faces_of(Part.TRAIN, tmp_path / "missing")
    (tmp_path / "broken.ttf").write_bytes(b"OTTO is no font")
    with pytest.raises(InputError, match="broken.ttf: not a typeface"):
        faces_of(Part.TRAIN, tmp_path)
