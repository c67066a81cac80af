"""The training loop: seeded batches, cosine rate, checkpoints, early stopping."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from zipreader.elements import NOT_A_DIGIT, Tiles
from zipreader.errors import InputError, ModelError, OutputError
from zipreader.files import aside
from zipreader.training.augment import JitterConfig, jitter
from zipreader.training.network import CLASSES, NetworkConfig, build_network
from zipreader.training.optimizer import kernel_muon
from zipreader.training.pools import Pool


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """How a network is trained."""

    network: NetworkConfig = NetworkConfig()
    seed: int = 1
    epochs: int = 5
    batch: int = 128
    rate: float = 1e-2
    """Of the kernels of convolutions."""
    vector_rate: float = 2e-3
    """Of all other weights."""
    final_rate: float = 1e-4
    warm_up: int = 300
    """Steps in which the rate rises from 0."""
    weight_decay: float = 1e-3
    smoothing: float = 0.02
    not_a_digit_weight: float = 0.35
    patience: int = 3
    """Epochs without a better loss on the tuning writers before training stops."""
    jitter: JitterConfig = JitterConfig()
    precision: str = "float32"
    """A policy of Keras: what is computed in while the network is trained."""


@dataclass(frozen=True, slots=True)
class Epoch:
    """The figures of one epoch; ``tune_*`` on writers that were not trained on."""

    number: int
    loss: float
    accuracy: float
    tune_loss: float
    tune_accuracy: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Step:
    """Where training stands within an epoch."""

    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Listener:
    """Whom to tell: after some batches, and after each epoch."""

    step: Callable[[Step], None] = lambda step: None
    epoch: Callable[[Epoch], None] = lambda epoch: None


def fit(
    pool: Pool,
    tune: Pool,
    config: TrainConfig,
    run: Path,
    resume: bool = False,
    listener: Listener | None = None,
) -> tuple[keras.Model, tuple[Epoch, ...]]:
    """Train; the best network on ``tune``, in float32 whatever it was trained in, and the history.

    ``run`` is the folder of checkpoints; with ``resume`` training goes on from
    the last finished epoch found there.

    Raises:
        InputError: nothing to train on, or the checkpoint is of another configuration.
        ModelError: training diverged.
        OutputError: a checkpoint cannot be written.
    """
    if len(pool) == 0 or len(tune) == 0:
        raise InputError("there are no tiles to train on")
    listener = listener or Listener()
    keras.utils.set_random_seed(config.seed)
    model, history = _begin(pool, config, run, resume)
    batches = _Batches(pool, config)
    while len(history) < config.epochs and not _stalled(history, config.patience):
        number = len(history) + 1
        started = time.perf_counter()
        batches.begin(number)
        _reseed(model, config.seed, number)
        told = _Told(number, config.epochs, len(batches), listener)
        figures = model.fit(batches, verbose=0, callbacks=[told], shuffle=False).history
        tune_loss, tune_accuracy = evaluate(model, tune, config)
        if not math.isfinite(tune_loss):
            raise ModelError(f"training diverged in epoch {number}: the loss is no number any more")
        epoch = Epoch(
            number,
            float(figures["loss"][-1]),
            float(figures["accuracy"][-1]),
            tune_loss,
            tune_accuracy,
            time.perf_counter() - started,
        )
        history.append(epoch)
        _checkpoint(model, history, config, run)
        listener.epoch(epoch)
    best = keras.saving.load_model(run / "best.keras", compile=False, safe_mode=True)
    whole = build_network(config.network)
    whole.set_weights(best.get_weights())
    return whole, tuple(history)


def logits_of(model: keras.Model, tiles: Tiles, batch: int = 1024) -> npt.NDArray[np.float32]:
    """(N, 28, 28) uint8 -> (N, 11) logits of a network in memory."""
    parts = [
        np.asarray(model(as_input(tiles[at : at + batch]), training=False), np.float32)
        for at in range(0, len(tiles), batch)
    ]
    return np.concatenate(parts) if parts else np.zeros((0, CLASSES), np.float32)


def as_input(tiles: Tiles) -> npt.NDArray[np.float32]:
    """(N, 28, 28) uint8 -> (N, 28, 28, 1) float32 in 0..1."""
    return (tiles[..., np.newaxis] / np.float32(255)).astype(np.float32)


def evaluate(model: keras.Model, pool: Pool, config: TrainConfig) -> tuple[float, float]:
    """Weighted cross-entropy and accuracy of a pool."""
    logits = logits_of(model, pool.tiles).astype(np.float64)
    weights = _weights(pool.labels, config)
    logits -= logits.max(axis=1, keepdims=True)
    logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    loss = -logs[np.arange(len(pool)), pool.labels]
    right = logits.argmax(axis=1) == pool.labels
    return float(np.average(loss, weights=weights)), float(np.average(right, weights=weights))


class _Batches(keras.utils.PyDataset):  # type: ignore[misc]
    """Shuffled, jittered batches; the same for the same seed and epoch."""

    def __init__(self, pool: Pool, config: TrainConfig) -> None:
        super().__init__(workers=1, use_multiprocessing=False)
        self._pool, self._config = pool, config
        self._order = np.arange(len(pool))
        self._epoch = 0

    def begin(self, epoch: int) -> None:
        self._epoch = epoch
        self._order = np.random.default_rng((self._config.seed, epoch)).permutation(len(self._pool))

    def __len__(self) -> int:
        return math.ceil(len(self._pool) / self._config.batch)

    def __getitem__(self, index: int) -> tuple[Any, Any, Any]:
        size = self._config.batch
        rows = self._order[index * size : (index + 1) * size]
        if len(rows) < size:
            rows = np.concatenate([rows, self._order[: size - len(rows)]])[:size]
        rng = np.random.default_rng((self._config.seed, self._epoch, index))
        tiles = jitter(self._pool.tiles[rows], rng, self._config.jitter)
        labels = self._pool.labels[rows]
        targets = np.eye(CLASSES, dtype=np.float32)[labels]
        return as_input(tiles), targets, _weights(labels, self._config)


class _Told(keras.callbacks.Callback):  # type: ignore[misc]
    """Passes the figures of every tenth batch on."""

    def __init__(self, epoch: int, epochs: int, steps: int, listener: Listener) -> None:
        super().__init__()
        self._place = (epoch, epochs)
        self._steps = steps
        self._listener = listener

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        if (batch + 1) % 10 == 0 or batch + 1 == self._steps:
            figures = logs or {}
            loss, accuracy = float(figures.get("loss", 0)), float(figures.get("accuracy", 0))
            self._listener.step(Step(*self._place, batch + 1, self._steps, loss, accuracy))


def _reseed(model: keras.Model, seed: int, epoch: int) -> None:
    """Start the dropout of each epoch anew: a checkpoint does not keep where it stood."""
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dropout):
            layer.seed_generator.state.assign([seed, epoch])


def _begin(
    pool: Pool, config: TrainConfig, run: Path, resume: bool
) -> tuple[keras.Model, list[Epoch]]:
    state = run / "state.json"
    if resume and state.exists():
        try:
            stored = json.loads(state.read_text(encoding="utf-8"))
            history = [Epoch(**epoch) for epoch in stored["history"]]
            same = stored["config"] == _plain(config)
            model = keras.saving.load_model(run / "last.keras", safe_mode=True)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(f"{run}: damaged checkpoint; train without --resume") from error
        if not same:
            raise InputError(f"{run}: this checkpoint was made with other settings")
        return model, history
    for name in ("state.json", "last.keras", "best.keras"):  # of another run
        (run / name).unlink(missing_ok=True)
    model = build_network(config.network, config.precision)
    steps = config.epochs * math.ceil(len(pool) / config.batch)
    model.compile(
        optimizer=kernel_muon(
            config.rate,
            config.vector_rate,
            config.final_rate,
            config.warm_up,
            steps,
            config.weight_decay,
        ),
        loss=keras.losses.CategoricalCrossentropy(
            from_logits=True, label_smoothing=config.smoothing
        ),
        weighted_metrics=[keras.metrics.CategoricalAccuracy(name="accuracy")],
    )
    return model, []


def _checkpoint(model: keras.Model, history: list[Epoch], config: TrainConfig, run: Path) -> None:
    """Write the last network, the best one and the state; each aside, then renamed."""
    try:
        run.mkdir(parents=True, exist_ok=True)
        names = ["last.keras"]
        if history[-1].tune_loss <= min(epoch.tune_loss for epoch in history):
            names.append("best.keras")
        for name in names:
            with aside(run / name) as part:
                model.save(part)
        state = {"config": _plain(config), "history": [asdict(epoch) for epoch in history]}
        with aside(run / "state.json") as part:
            part.write_text(json.dumps(state, indent=1), encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{run}: cannot write the checkpoint ({error.strerror})") from error


def _plain(config: TrainConfig) -> Any:
    return json.loads(json.dumps(asdict(config)))


def _stalled(history: list[Epoch], patience: int) -> bool:
    losses = [epoch.tune_loss for epoch in history]
    return len(losses) > patience and min(losses[-patience:]) > min(losses[:-patience])


def _weights(labels: npt.NDArray[np.uint8], config: TrainConfig) -> npt.NDArray[np.float32]:
    weights = np.ones(len(labels), np.float32)
    weights[labels == NOT_A_DIGIT] = config.not_a_digit_weight
    return weights
