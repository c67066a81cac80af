from __future__ import annotations

from itertools import combinations

import pytest

from zipreader.errors import MissingExtraError
from zipreader.synth import Population
from zipreader.synth.fonts import FAMILIES, Style, find_faces, load, locate


def test_no_family_serves_two_populations() -> None:
    for one, other in combinations(Population, 2):
        families = ({f.name for f in FAMILIES[p]} for p in (one, other))
        files = ({(f.package, file) for f in FAMILIES[p] for file in f.files} for p in (one, other))
        assert not set.intersection(*families)
        assert not set.intersection(*files)


def test_evaluation_has_faces_of_every_style_with_all_digits() -> None:
    faces = find_faces(Population.EVALUATION)
    assert {face.style for face in faces} == set(Style)
    for face in faces:
        font = load(face, 40)
        shapes = {bytes(font.getmask(digit)) for digit in "0123456789"}
        assert len(shapes) == 10, face


def test_a_weight_is_a_weight() -> None:
    light, _, bold = (f for f in find_faces(Population.EVALUATION) if f.family == "Arimo")
    assert load(bold, 60).getmask("8").getbbox() != load(light, 60).getmask("8").getbbox()


@pytest.mark.parametrize("package", ["no-such-package", "mlxtend"])
def test_what_is_missing_is_named_with_its_extra(package: str) -> None:
    with pytest.raises(MissingExtraError, match=r"\.\[synth,faces\]"):
        locate(package, "no/such/file.ttf", Population.TRAINING)
