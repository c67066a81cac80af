from __future__ import annotations

import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from zipreader.cli.train import NetworkName, Precision, _command, _plan, train
from zipreader.errors import InputError, MissingExtraError, UsageError
from zipreader.training.plan import Plan
from zipreader.training.sources import Sources
from zipreader.training.splits import Part


class Enough(Exception):
    """Training would begin here."""


app = typer.Typer()
app.command()(train)
runner = CliRunner()


def test_help_teaches_with_an_example() -> None:
    shown = runner.invoke(app, ["--help"], env={"COLUMNS": "200", "NO_COLOR": "1"}).stdout
    assert "zipreader train --out my-model --mnist mnist.npz" in shown
    for option in ("--strokes", "--letters", "--words", "--glyphs", "--resume", "--quick"):
        assert option in shown


def test_without_keras_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("zipreader.training.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "keras", None)
    with pytest.raises(MissingExtraError, match=r"\.\[train\]"):
        train(tmp_path / "models")


def test_options_make_the_plan() -> None:
    assert _plan("lean", None, 4, Precision.FLOAT32, quick=False) == Plan("lean", seed=4)
    assert _plan("small", 9, 1, Precision.FLOAT32, quick=False).epochs == 9
    assert _plan("small", None, 1, Precision.FLOAT32, quick=True).cleaning is None


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    pytest.importorskip("keras")
    with pytest.raises(InputError, match=r"nowhere\.npz"):
        train(tmp_path / "m", mnist=tmp_path / "nowhere.npz", quick=True, cache=tmp_path / "c")
    assert not (tmp_path / "m").exists()


def test_mnist_is_fetched_only_where_nothing_else_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("keras")
    seen: list[Sources] = []

    def stop(sources: Sources, *_: object) -> None:
        seen.append(sources)
        raise Enough

    fetched = tmp_path / "fetched.npz"
    monkeypatch.setattr("zipreader.training.download.standard_mnist", lambda: fetched)
    monkeypatch.setattr("zipreader.training.pipeline.train_model", stop)
    monkeypatch.setattr("zipreader.training.spelling.model.train_strips", stop)
    own = tmp_path / "strokes.npz"
    for given in ({}, {"strokes": own}, {"strokes": own, "network": NetworkName.STRIP}):
        with pytest.raises(Enough):
            train(tmp_path / "m", cache=tmp_path / "c", **given)
    assert [each.mnist for each in seen] == [fetched, None, fetched]


def test_the_model_folder_must_not_be_a_file(tmp_path: Path) -> None:
    pytest.importorskip("keras")
    (tmp_path / "m").write_text("a file")
    with pytest.raises(UsageError, match="must be a folder"):
        train(tmp_path / "m")


@pytest.mark.parametrize("network", NetworkName)
def test_every_network_can_be_trained_in_bfloat16(
    network: NetworkName, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("keras")
    seen: list[str] = []

    def stop(sources: object, plan: Plan, *_: object) -> None:
        seen.append(plan.precision)
        raise Enough

    monkeypatch.setattr("zipreader.training.pipeline.train_model", stop)
    monkeypatch.setattr("zipreader.training.spelling.model.train_strips", stop)
    for precision in (Precision.FLOAT32, Precision.BFLOAT16):
        with pytest.raises(Enough):
            train(tmp_path / "m", mnist=tmp_path / "x", network=network, precision=precision)
    assert seen == ["float32", "mixed_bfloat16"]


def test_the_second_strip_network_is_another_plan_with_the_same_strips(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("keras")
    from zipreader.training.spelling.model import StripPlan

    seen: list[StripPlan] = []

    def stop(sources: object, plan: StripPlan, *_: object) -> None:
        seen.append(plan)
        raise Enough

    monkeypatch.setattr("zipreader.training.spelling.model.train_strips", stop)
    for network in (NetworkName.STRIP, NetworkName.STRIP2):
        for further in (False, True):
            with pytest.raises(Enough):
                train(tmp_path / "m", mnist=tmp_path / "x", network=network, further=further)
    assert [(plan.stem, plan.further) for plan in seen] == [
        ("strip", False),
        ("strip", True),
        ("strip2", False),
        ("strip2", True),
    ]
    assert seen[0].recipe(Part.TRAIN) == seen[2].recipe(Part.TRAIN)
    for network in (NetworkName.LETTERS, NetworkName.LEAN):
        with pytest.raises(UsageError, match="--further is for"):
            train(tmp_path / "m", mnist=tmp_path / "x", network=network, further=True)


def test_the_networks_on_offer_are_those_that_there_are() -> None:
    pytest.importorskip("keras")
    from zipreader.training.network import NETWORKS

    assert {name.value for name in NetworkName} == {*NETWORKS, "strip", "strip2", "letters"}


def test_the_recorded_command_names_no_place_of_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = "train --out m --run /tmp/r --mnist a.npz --cache=/tmp/c --resume --seed 3 --workers 2"
    monkeypatch.setattr(sys, "argv", ["zipreader", *given.split()])
    assert _command() == "zipreader train --out m --mnist a.npz --seed 3"
