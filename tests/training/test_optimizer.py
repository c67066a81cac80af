from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

pytest.importorskip("keras")

# ruff: noqa: E402 - what needs Keras comes after the question whether it is there
import keras

from zipreader.training.optimizer import KernelMuon, cosine_rate

Values = npt.NDArray[np.float32]


def _moved(optimizer: keras.optimizers.Optimizer, start: Values, gradient: Values) -> Values:
    """What one step adds to a weight."""
    variable = keras.Variable(start)
    optimizer.build([variable])
    optimizer.apply_gradients([(keras.ops.convert_to_tensor(gradient), variable)])
    moved: Values = np.asarray(variable) - start
    return moved


def _plain(rate: float) -> KernelMuon:
    return KernelMuon(rate, adam_lr_ratio=0.5, weight_decay=0, adam_weight_decay=0)


def test_the_rate_rises_and_falls_to_its_end() -> None:
    rate = cosine_rate(4e-3, 1e-4, warm_up=10, steps=100)
    values = [float(rate(step)) for step in range(101)]
    assert values[0] == 0
    assert np.argmax(values) == 10
    assert max(values) == pytest.approx(4e-3)
    assert values[100] == pytest.approx(1e-4)
    assert all(np.diff(values[:11]) > 0) and all(np.diff(values[10:]) < 0)


def test_a_short_training_warms_up_for_a_fifth_of_it() -> None:
    rate = cosine_rate(1.0, 0.1, warm_up=400, steps=50)
    assert np.argmax([float(rate(step)) for step in range(51)]) == 10


@pytest.mark.parametrize("shape", [(3, 3, 16, 48), (1, 5, 64, 64), (4, 4, 40, 32)])
def test_a_kernel_is_moved_alike_in_all_its_directions(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(1)
    inputs, outputs = int(np.prod(shape[:3])), shape[3]
    strong = rng.normal(size=(inputs, 1)) @ rng.normal(size=(1, outputs)) * 100
    gradient = (strong + rng.normal(size=(inputs, outputs))).astype(np.float32).reshape(shape)
    step = _moved(_plain(0.01), np.zeros(shape, np.float32), gradient)
    flat, moved = gradient.reshape(inputs, outputs), step.reshape(inputs, outputs)
    before, after = (np.linalg.svd(matrix, compute_uv=False) for matrix in (flat, moved))
    assert before[0] > 50 * np.median(before)
    assert after[0] < 3 * np.median(after)
    assert (moved * flat).sum() < 0
    assert np.sqrt((moved**2).mean()) == pytest.approx(0.2 * 0.01, rel=0.5)


@pytest.mark.parametrize("shape", [(64,), (4, 4, 1, 32), (1, 1, 128, 12)])
def test_small_kernels_and_vectors_are_moved_by_adamw(shape: tuple[int, ...]) -> None:
    gradient = np.random.default_rng(2).normal(size=shape).astype(np.float32)
    start = np.zeros(shape, np.float32)
    expected = _moved(keras.optimizers.AdamW(0.005, weight_decay=0), start, gradient)
    np.testing.assert_allclose(_moved(_plain(0.01), start, gradient), expected, rtol=1e-4)


def test_a_network_is_saved_and_trained_on_with_it(tmp_path: Path) -> None:
    image = keras.Input((8, 8, 32))
    model = keras.Model(image, keras.layers.Conv2D(32, 3)(image))
    model.compile(optimizer=_plain(0.01), loss="mse")
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(8, 8, 8, 32)), rng.normal(size=(8, 6, 6, 32))
    model.fit(x, y, verbose=0)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    assert isinstance(again.optimizer, KernelMuon)
    for one in (model, again):
        one.fit(x, y, verbose=0, shuffle=False)
    for mine, other in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-5)
