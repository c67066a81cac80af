from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from zipreader.errors import InputError
from zipreader.reading.ctc import BLANK
from zipreader.reading.strip import ROWS
from zipreader.training.spelling.labels import Labelled

keras = pytest.importorskip("keras")

# ruff: noqa: E402 - what needs Keras comes after the question whether it is there
from zipreader.training.spelling.fit import (
    StripEpoch,
    StripFitConfig,
    _batches,
    evaluate_strips,
    fit_strips,
    spelled,
)
from zipreader.training.spelling.jitter import StripJitter, beside, jittered
from zipreader.training.spelling.network import StripNetConfig, build_strip_network

TINY = StripFitConfig(
    StripNetConfig(first=8, stages=(12, 16), rounds=(0, 1), context=16, dilations=(1, 3)),
    epochs=3,
    batch=8,
    warm_up=0,
)


def strips_of(count: int, seed: int) -> list[Labelled]:
    """Strings of one to three digits in a plotter's face."""
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        labels = tuple(rng.integers(0, 10, int(rng.integers(1, 4))).tolist())
        image = np.zeros((ROWS, 24 * len(labels) + 10), np.uint8)
        text = "".join(map(str, labels))
        cv2.putText(image, text, (4, 25), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 255, 2, cv2.LINE_AA)
        made.append(Labelled(image, labels))
    return made


@pytest.fixture(scope="module")
def strips() -> tuple[list[Labelled], list[Labelled]]:
    return strips_of(64, 0), strips_of(16, 1)


def test_training_may_begin_with_what_another_network_learned(
    strips: tuple[list[Labelled], list[Labelled]], tmp_path: Path
) -> None:
    start = build_strip_network(TINY.network)
    config = replace(TINY, signs=28, epochs=1, rate=1e-9, vector_rate=1e-9, final_rate=1e-9)
    model, _ = fit_strips(*strips, config, tmp_path, start=start)
    assert model.output_shape[-1] == 28
    ours, theirs = (each.layers[1].get_weights()[0] for each in (model, start))
    np.testing.assert_allclose(ours, theirs, atol=1e-5)
    other = build_strip_network(replace(TINY.network, first=4))
    with pytest.raises(InputError, match="other convolutions"):
        fit_strips(*strips, config, tmp_path, start=other)


def test_training_tells_how_far_it_is_and_learns(
    strips: tuple[list[Labelled], list[Labelled]], tmp_path: Path
) -> None:
    steps: list[tuple[int, int, int, int, float]] = []
    epochs: list[StripEpoch] = []
    config = replace(TINY, vector_rate=1e-2)
    model, history = fit_strips(
        *strips, config, tmp_path, told=lambda *step: steps.append(step), epoch_told=epochs.append
    )
    assert tuple(epochs) == history
    assert [epoch.number for epoch in history] == [1, 2, 3]
    assert history[-1].loss < 0.7 * history[0].loss
    assert steps[-1][:2] == (3, 3)
    loss, right = evaluate_strips(model, strips[1])
    assert loss == pytest.approx(history[-1].tune_loss, rel=1e-4)
    assert 0 <= right <= 1


def test_a_resumed_run_ends_like_an_unbroken_one(
    strips: tuple[list[Labelled], list[Labelled]], tmp_path: Path
) -> None:
    config = replace(TINY, network=replace(TINY.network, dropout=0.0))
    _, history = fit_strips(*strips, config, tmp_path / "whole")

    def stop(epoch: StripEpoch) -> None:
        if epoch.number == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit_strips(*strips, config, tmp_path / "broken", epoch_told=stop)
    _, again = fit_strips(*strips, config, tmp_path / "broken", resume=True)
    assert [epoch.number for epoch in again] == [1, 2, 3]
    assert np.allclose([e.loss for e in again], [e.loss for e in history], rtol=1e-2)


def test_a_checkpoint_of_other_settings_or_a_damaged_one_is_refused(
    strips: tuple[list[Labelled], list[Labelled]], tmp_path: Path
) -> None:
    fit_strips(*strips, replace(TINY, epochs=1), tmp_path)
    with pytest.raises(InputError, match="other settings"):
        fit_strips(*strips, replace(TINY, epochs=2), tmp_path, resume=True)
    (tmp_path / "state.json").write_text("{")
    with pytest.raises(InputError, match="damaged checkpoint"):
        fit_strips(*strips, TINY, tmp_path, resume=True)


def test_nothing_to_train_on_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no strips"):
        fit_strips([], [], TINY, tmp_path)


def test_frames_are_spelled_once_a_sign() -> None:
    frames = np.array([BLANK, 3, 3, BLANK, 3, 10, 10, BLANK, 7])
    assert spelled(frames, BLANK) == (3, 3, 10, 7)
    assert spelled(np.array([BLANK, BLANK]), BLANK) == ()


def test_jitter_keeps_height_and_ink() -> None:
    strip = strips_of(1, 2)[0].strip
    rng = np.random.default_rng(0)
    for _ in range(30):
        moved = jittered(strip, rng, StripJitter())
        assert moved.shape[0] == ROWS
        assert moved.dtype == np.uint8
        assert 0.3 < moved.sum(dtype=float) / strip.sum(dtype=float) < 3


def test_a_strip_beside_another_keeps_the_ink_of_both() -> None:
    one, other = (item.strip for item in strips_of(2, 3))
    config = StripJitter(space=5)
    rng = np.random.default_rng(0)
    for _ in range(20):
        joined = beside(one, other, rng, config)
        assert joined.shape[0] == ROWS
        assert joined.dtype == np.uint8
        faint = one[one <= 64].sum(dtype=float) + other[other <= 64].sum(dtype=float)
        whole = one.sum(dtype=float) + other.sum(dtype=float)
        assert whole - faint <= joined.sum(dtype=float) <= whole
        assert joined[:, 0].max() > 64
        assert joined[:, -1].max() > 64
    blank = np.zeros((ROWS, 7), np.uint8)
    assert beside(blank, one, rng, config).shape[1] > 7


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_short_strips_stand_behind_others(share: float) -> None:
    strips = strips_of(40, 4)
    config = replace(TINY, jitter=StripJitter(beside=share, clutter=0.0), batch=40)
    (_, labels), *rest = _batches(strips, config, 1)
    assert not rest
    lengths = np.bincount(labels.indices.numpy()[:, 0], minlength=40)
    mean = sum(len(item.labels) for item in strips) / 40
    assert lengths.mean() > 1.6 * mean if share else lengths.sum() == 40 * mean


def test_what_is_trained_in_bfloat16_is_a_network_in_float32(
    strips: tuple[list[Labelled], list[Labelled]], tmp_path: Path
) -> None:
    config = replace(TINY, vector_rate=1e-2, precision="mixed_bfloat16")
    model, history = fit_strips(*strips, config, tmp_path)
    assert history[-1].loss < 0.7 * history[0].loss
    assert {layer.compute_dtype for layer in model.layers} == {"float32"}
    assert keras.config.dtype_policy().name == "float32"
    loss, _ = evaluate_strips(model, strips[1])
    assert loss == pytest.approx(history[-1].tune_loss, rel=0.05)
