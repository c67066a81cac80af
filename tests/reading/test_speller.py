from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.drawing import blank, field_of, printed
from zipreader.config import ReaderConfig, SpellConfig
from zipreader.elements import Strip
from zipreader.errors import ModelError
from zipreader.reading.ctc import BLANK, SIGNS, probabilities
from zipreader.reading.modelfolder import default_model_dir, model_name
from zipreader.reading.speller import Speller
from zipreader.reading.strip import strip

CONFIG = SpellConfig()


@pytest.fixture(scope="module")
def speller() -> Speller:
    """The shipped network."""
    return Speller()


def strip_of(text: str, height: int = 40) -> Strip:
    return strip(field_of(printed(text, height), height), ReaderConfig().strip)


@pytest.mark.parametrize("text", ["10027", "94305", "60614-1138", "02139-4307"])
def test_printed_zips_are_spelled(speller: Speller, text: str) -> None:
    found = speller.spell(strip_of(text), CONFIG)
    assert found.texts[0] == text
    assert found.probability > 0.4


@pytest.mark.parametrize("text", ["MA 02139", "NEW YORK NY 10027"])
def test_letters_before_a_zip_do_no_harm(speller: Speller, text: str) -> None:
    found = speller.spell(strip_of(text), CONFIG)
    assert found.texts[0] == text[-5:]
    assert found.probability > 0.8


@pytest.mark.parametrize("text", ["Springfield", "4307", "ELM STREET", "61"])
def test_what_is_no_zip_is_none(speller: Speller, text: str) -> None:
    assert speller.spell(strip_of(text), CONFIG).probability < 0.05


def test_a_second_look_takes_the_mean_of_three_sizes_and_two_networks(speller: Speller) -> None:
    once = speller.spell(strip_of("60614"), CONFIG)
    again = speller.look_again(once, CONFIG)
    assert len(once.views) == 1
    assert len(again.views) == 2 * (1 + len(CONFIG.sizes))
    for first, second in zip(again.views[:3], again.views[3:], strict=True):
        assert first.shape == second.shape
        assert np.abs(first - second).max() > 1e-2
    assert again.texts[0] == "60614"
    alone = [view["60614"] for view in probabilities(again.views, ["60614"])]
    assert again.probability == pytest.approx(sum(alone) / len(alone), abs=1e-6)


@pytest.mark.parametrize(
    ("text", "count"),
    [("60614", 5), ("Ab 60614", 5), ("94305-1234", 9), ("6061", 4), ("606148", 6)],
)
def test_a_second_look_says_how_many_digits_stand_there(
    speller: Speller, text: str, count: int
) -> None:
    found = speller.look_again(speller.spell(strip_of(text), CONFIG), CONFIG)
    assert found.counts[count] > 0.7


def test_paper_spells_nothing(speller: Speller) -> None:
    field = field_of(blank(200, 60), 40)
    frames = speller.frames([strip(field, ReaderConfig().strip)])[0]
    assert (frames.argmax(axis=1) == BLANK).all()


def test_frames_are_shares_and_do_not_depend_on_neighbours_in_the_batch(speller: Speller) -> None:
    strips = [strip_of("10027"), strip_of("94305-1234")]
    together = speller.frames(strips)
    for one, found in zip(strips, together, strict=True):
        assert found.shape[1] == SIGNS
        assert found.sum(axis=1) == pytest.approx(np.ones(len(found)), abs=1e-5)
        alone = speller.frames([one])[0]
        assert alone.shape == found.shape
        assert np.abs(alone - found).max() < 2e-2
    assert speller.frames([]) == []


@pytest.mark.parametrize("stem", ["strip", "strip2"])
def test_a_missing_or_damaged_network_is_named(stem: str, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(default_model_dir(), folder)
    (folder / f"{stem}.tflite").write_bytes(b"no network")
    with pytest.raises(ModelError, match=rf"{stem}\.tflite: damaged model"):
        Speller(folder)
    shutil.copy(folder / "model.tflite", folder / f"{stem}.tflite")
    with pytest.raises(ModelError, match=rf"{stem}\.tflite: expected the shapes"):
        Speller(folder)
    (folder / f"{stem}.tflite").unlink()
    with pytest.raises(ModelError, match=rf"{stem}\.tflite: no model here"):
        model_name(folder)


def test_a_model_without_letters_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(default_model_dir(), folder)
    (folder / "letters.tflite").unlink()
    with pytest.raises(ModelError, match=r"letters\.tflite: no model here"):
        model_name(folder)


def test_the_name_of_a_model_changes_with_each_network(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(default_model_dir(), folder)
    name = model_name(folder)
    assert name == model_name()
    for stem in ("model", "strip", "strip2", "letters"):
        path = folder / f"{stem}.tflite"
        path.write_bytes(path.read_bytes() + b"\0")
        assert model_name(folder) != name
        name = model_name(folder)
