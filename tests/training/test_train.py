from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.training.conftest import digit_images
from zipreader.errors import InputError, ModelError
from zipreader.training.pools import Pool

pytest.importorskip("keras")

# ruff: noqa: E402 - what needs Keras comes after the question whether it is there
import keras

from zipreader.training import train
from zipreader.training.network import NetworkConfig
from zipreader.training.train import (
    Epoch,
    Listener,
    Step,
    TrainConfig,
    evaluate,
    fit,
    logits_of,
)

TINY = TrainConfig(NetworkConfig("tiny", ((4,), (6,)), places=2), epochs=3, batch=16, warm_up=0)


def _pool(count: int, seed: int) -> Pool:
    tiles, labels = digit_images(count, seed)
    return Pool(tiles, labels, np.zeros(count, np.uint8))


@pytest.fixture(scope="module")
def pools() -> tuple[Pool, Pool]:
    return _pool(64, 0), _pool(32, 1)


def test_training_tells_how_far_it_is_and_learns(pools: tuple[Pool, Pool], tmp_path: Path) -> None:
    steps: list[Step] = []
    epochs: list[Epoch] = []
    listener = Listener(steps.append, epochs.append)
    model, history = fit(*pools, replace(TINY, rate=1e-2), tmp_path, listener=listener)
    assert tuple(epochs) == history
    assert [epoch.number for epoch in history] == [1, 2, 3]
    assert history[-1].loss < history[0].loss
    assert steps[-1] == replace(steps[-1], epoch=3, step=4, steps=4)
    assert logits_of(model, pools[1].tiles).shape == (32, 11)


def test_what_is_trained_in_bfloat16_is_a_network_in_float32(
    pools: tuple[Pool, Pool], tmp_path: Path
) -> None:
    config = replace(TINY, rate=1e-2, precision="mixed_bfloat16")
    model, history = fit(*pools, config, tmp_path)
    assert history[-1].loss < history[0].loss
    assert {layer.compute_dtype for layer in model.layers} == {"float32"}
    assert keras.config.dtype_policy().name == "float32"
    best = min(epoch.tune_loss for epoch in history)
    assert evaluate(model, pools[1], config)[0] == pytest.approx(best, rel=0.05)


def test_a_resumed_run_ends_like_an_unbroken_one(pools: tuple[Pool, Pool], tmp_path: Path) -> None:
    whole, history = fit(*pools, TINY, tmp_path / "whole")

    def stop(epoch: Epoch) -> None:
        if epoch.number == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(*pools, TINY, tmp_path / "broken", listener=Listener(epoch=stop))
    resumed, again = fit(*pools, TINY, tmp_path / "broken", resume=True)
    assert [e.number for e in again] == [e.number for e in history]
    assert np.allclose([e.loss for e in again], [e.loss for e in history], rtol=1e-3)
    tiles = pools[1].tiles
    assert np.allclose(logits_of(resumed, tiles), logits_of(whole, tiles), atol=1e-3)


def test_a_checkpoint_of_other_settings_is_refused(
    pools: tuple[Pool, Pool], tmp_path: Path
) -> None:
    fit(*pools, replace(TINY, epochs=1), tmp_path)
    with pytest.raises(InputError, match="other settings"):
        fit(*pools, replace(TINY, epochs=2), tmp_path, resume=True)


def test_a_damaged_checkpoint_is_named(pools: tuple[Pool, Pool], tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text("{")
    with pytest.raises(InputError, match="damaged checkpoint"):
        fit(*pools, TINY, tmp_path, resume=True)


@pytest.mark.slow
def test_a_stalled_run_stops_with_its_best_network(
    pools: tuple[Pool, Pool], tmp_path: Path
) -> None:
    tune = replace(pools[1], labels=(pools[1].labels + 1) % 10)  # what is learned is wrong here
    config = replace(TINY, epochs=9, patience=1, rate=1e-2)
    model, history = fit(pools[0], tune, config, tmp_path)
    assert len(history) < 9
    losses = [epoch.tune_loss for epoch in history]
    best, _ = evaluate(model, tune, config)
    assert best == pytest.approx(min(losses), abs=1e-4)


def test_a_loss_that_is_no_number_ends_the_run_and_no_earlier_network_is_taken(
    pools: tuple[Pool, Pool], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit(*pools, replace(TINY, epochs=1), tmp_path)
    assert (tmp_path / "best.keras").is_file()
    monkeypatch.setattr(train, "evaluate", lambda *_: (float("nan"), 0.1))
    with pytest.raises(ModelError, match="diverged in epoch 1"):
        fit(*pools, TINY, tmp_path)
    assert not (tmp_path / "best.keras").exists()


def test_nothing_to_train_on_is_said(pools: tuple[Pool, Pool], tmp_path: Path) -> None:
    nothing = pools[0].rows(np.zeros(64, bool))
    with pytest.raises(InputError, match="no tiles"):
        fit(nothing, pools[1], TINY, tmp_path)
