"""Training of the strip network: batches of like width, distorted anew each time."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from zipreader.elements import Strip
from zipreader.errors import InputError, ModelError, OutputError
from zipreader.files import aside
from zipreader.reading.ctc import SIGNS
from zipreader.reading.strip import ROWS, STRIDE
from zipreader.training.optimizer import kernel_muon
from zipreader.training.spelling.ahead import Ahead
from zipreader.training.spelling.jitter import StripJitter, beside, cluttered, jittered
from zipreader.training.spelling.labels import Labelled, merged
from zipreader.training.spelling.network import StripNetConfig, build_strip_network

Told = Callable[[int, int, int, int, float], None]
"""Called with the epoch of how many, the step of how many, and the loss."""
_STEP = 16
"""Strips are padded to a multiple of so many columns."""
_TOGETHER = 12
"""Batches whose strips are distorted together and then sorted by width."""
_SHORT = 3
"""Signs of a strip that may be set behind another."""
_MOST_LOSS = 1000.0
"""Of a strip whose probability underflows, as in the first steps: else it were infinite."""


@dataclass(frozen=True, slots=True)
class StripFitConfig:
    """How the strip network is trained."""

    network: StripNetConfig = StripNetConfig()
    jitter: StripJitter = StripJitter()
    seed: int = 1
    epochs: int = 8
    batch: int = 64
    rate: float = 1e-2
    """Of the kernels of convolutions."""
    vector_rate: float = 2e-3
    """Of all other weights, before it falls."""
    final_rate: float = 1e-4
    warm_up: int = 400
    weight_decay: float = 1e-3
    precision: str = "float32"
    """Policy of Keras; ``mixed_bfloat16`` is faster where the processor knows bfloat16."""
    signs: int = SIGNS
    """What frames tell apart; the last of them is the blank."""


@dataclass(frozen=True, slots=True)
class StripEpoch:
    """The figures of one epoch; ``tune_*`` on writers that were not trained on."""

    number: int
    loss: float
    tune_loss: float
    tune_right: float
    """Share of strips of which every sign was right."""
    seconds: float


def fit_strips(
    strips: Sequence[Labelled],
    tune: Sequence[Labelled],
    config: StripFitConfig,
    run: Path,
    resume: bool = False,
    start: keras.Model | None = None,
    told: Told = lambda epoch, epochs, step, steps, loss: None,
    epoch_told: Callable[[StripEpoch], None] = lambda epoch: None,
) -> tuple[keras.Model, tuple[StripEpoch, ...]]:
    """Train; the network, in float32 whatever it was trained in, and the history.

    ``run`` is the folder of checkpoints; with ``resume`` training goes on from
    the last finished epoch found there.  ``start`` is a network of the same convolutions,
    perhaps for other signs, from whose weights training begins.  ``told`` hears of every
    fiftieth batch.

    Raises:
        InputError: nothing to train on, or a checkpoint that cannot be used.
        ModelError: training diverged.
        OutputError: a checkpoint cannot be written.
    """
    if not strips or not tune:
        raise InputError("there are no strips to train on")
    keras.utils.set_random_seed(config.seed)
    model = build_strip_network(config.network, config.precision, config.signs)
    if start is not None:
        _begin_as(model, start)
    steps = math.ceil(len(strips) / config.batch)
    optimizer = kernel_muon(
        config.rate,
        config.vector_rate,
        config.final_rate,
        config.warm_up,
        steps * config.epochs,
        config.weight_decay,
    )
    optimizer.build(model.trainable_variables)
    saved = tf.train.Checkpoint(model=model, optimizer=optimizer)
    history = _resumed(saved, config, run) if resume else []
    step = _step(model, optimizer)
    while len(history) < config.epochs:
        number, started = len(history) + 1, time.perf_counter()
        losses: list[float] = []
        for index, (images, labels) in enumerate(Ahead(_batches(strips, config, number))):
            losses.append(float(step(images, labels)))
            if index % 50 == 0:
                told(number, config.epochs, index, steps, float(np.mean(losses[-200:])))
        if not np.isfinite(losses).all():
            raise ModelError(f"training diverged in epoch {number}: the loss is no number any more")
        tune_loss, right = evaluate_strips(model, tune)
        seconds = time.perf_counter() - started
        history.append(StripEpoch(number, float(np.mean(losses)), tune_loss, right, seconds))
        _keep(saved, history, config, run)
        epoch_told(history[-1])
    whole = build_strip_network(config.network, signs=config.signs)
    whole.set_weights(model.get_weights())
    return whole, tuple(history)


def _begin_as(model: keras.Model, start: keras.Model) -> None:
    """Take the weights of another network, those of the signs only where they are the same.

    Raises:
        InputError: its convolutions are others.
    """
    same = model.output_shape == start.output_shape
    try:
        for layer, learned in zip(model.layers, start.layers, strict=True):
            if same or layer.name != "signs":
                layer.set_weights(learned.get_weights())
    except ValueError as error:
        raise InputError("the network to start from has other convolutions") from error


def _keep(
    saved: tf.train.Checkpoint, history: list[StripEpoch], config: StripFitConfig, run: Path
) -> None:
    """Write a checkpoint of its own, then the state that names it."""
    try:
        run.mkdir(parents=True, exist_ok=True)
        saved.write(str(run / f"epoch-{len(history)}"))
        state = {"config": _plain(config), "history": [asdict(epoch) for epoch in history]}
        with aside(run / "state.json") as part:
            part.write_text(json.dumps(state, indent=1), encoding="utf-8")
    except (OSError, tf.errors.OpError) as error:
        raise OutputError(f"{run}: cannot write the checkpoint ({error})") from error


def _resumed(saved: tf.train.Checkpoint, config: StripFitConfig, run: Path) -> list[StripEpoch]:
    """The history of a run that was broken off, its last checkpoint loaded."""
    path = run / "state.json"
    if not path.exists():
        return []
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
        history = [StripEpoch(**epoch) for epoch in state["history"]]
        same = state["config"] == _plain(config)
        if same:
            saved.read(str(run / f"epoch-{len(history)}")).expect_partial()
    except (OSError, ValueError, KeyError, TypeError, tf.errors.OpError) as error:
        raise InputError(f"{run}: damaged checkpoint; train without --resume") from error
    if not same:
        raise InputError(f"{run}: this checkpoint was made with other settings")
    return history


def _plain(config: StripFitConfig) -> Any:
    return json.loads(json.dumps(asdict(config)))


def evaluate_strips(model: keras.Model, strips: Sequence[Labelled]) -> tuple[float, float]:
    """Mean loss, and the share of strips of which every sign is right, taken frame by frame."""
    losses, right = [], 0
    for rows in _by_width([item.strip.shape[1] for item in strips], 64, None):
        images = _padded([strips[i].strip for i in rows])
        logits = model(_as_input(images), training=False)
        labels = _sparse([strips[i].labels for i in rows])
        losses += _losses(logits, labels).numpy().tolist()
        best, blank = np.asarray(logits).argmax(axis=2), logits.shape[2] - 1
        right += sum(
            spelled(frames, blank) == strips[i].labels for frames, i in zip(best, rows, strict=True)
        )
    return float(np.mean(losses)), right / len(strips)


def spelled(frames: npt.NDArray[np.intp], blank: int) -> tuple[int, ...]:
    """The signs of the likeliest frames: repetitions once, blanks left out."""
    first = np.concatenate([[True], frames[1:] != frames[:-1]])
    return tuple(int(sign) for sign in frames[first] if sign != blank)


def _batches(
    strips: Sequence[Labelled], config: StripFitConfig, epoch: int
) -> Iterator[tuple[Any, Any]]:
    """The batches of an epoch; the same for the same seed and epoch."""
    rng = np.random.default_rng((config.seed, epoch))
    widths = [item.strip.shape[1] for item in strips]
    short = [row for row, item in enumerate(strips) if len(item.labels) <= _SHORT]
    for rows in _by_width(widths, _TOGETHER * config.batch, rng):
        made = [_distorted(strips, int(row), short, rng, config.jitter) for row in rows]
        for batch in _by_width([image.shape[1] for image, _ in made], config.batch, None):
            labels = [made[i][1] for i in batch]
            least = STRIDE * max(2 * len(signs) + 1 for signs in labels)
            yield _as_input(_padded([made[i][0] for i in batch], least)), _sparse(labels)


def _distorted(
    strips: Sequence[Labelled],
    row: int,
    short: Sequence[int],
    rng: np.random.Generator,
    config: StripJitter,
) -> tuple[Strip, tuple[int, ...]]:
    """A strip distorted, sometimes with a short one behind it, and what stands in it.

    Most strips hold a whole ZIP; without the longer ones the network learns to
    expect five digits and spells six as five.
    """
    image, labels = jittered(strips[row].strip, rng, config), strips[row].labels
    if short and rng.random() < config.beside:
        other = strips[short[int(rng.integers(len(short)))]]
        image = beside(image, jittered(other.strip, rng, config), rng, config)
        labels = merged(labels + other.labels)
    if rng.random() < config.clutter:
        image = cluttered(image, strips[int(rng.integers(len(strips)))].strip, rng)
    return image, labels


def _by_width(
    widths: Sequence[int], batch: int, rng: np.random.Generator | None
) -> list[npt.NDArray[np.intp]]:
    """Rows of like width together; in random order where there is a generator."""
    noise = rng.uniform(-12, 12, len(widths)) if rng is not None else np.zeros(len(widths))
    order = np.argsort(np.asarray(widths) + noise, kind="stable")
    batches = [order[at : at + batch] for at in range(0, len(order), batch)]
    if rng is not None:
        return [batches[i] for i in rng.permutation(len(batches))]
    return batches


def _padded(strips: Sequence[Strip], least: int = 0) -> npt.NDArray[np.uint8]:
    """(N, ROWS, W) with paper to the right; W a multiple of ``_STEP``."""
    widest = max(least, *(strip.shape[1] for strip in strips), 1)
    images = np.zeros((len(strips), ROWS, math.ceil(widest / _STEP) * _STEP), np.uint8)
    for image, strip in zip(images, strips, strict=True):
        image[:, : strip.shape[1]] = strip
    return images


def _as_input(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    return (images[..., np.newaxis] / np.float32(255)).astype(np.float32)


def _sparse(labels: Sequence[Sequence[int]]) -> tf.SparseTensor:
    indices = [(i, k) for i, row in enumerate(labels) for k in range(len(row))]
    values = [label for row in labels for label in row]
    shape = (len(labels), max(len(row) for row in labels))
    return tf.SparseTensor(indices, tf.constant(values, tf.int32), shape)


def _losses(logits: tf.Tensor, labels: tf.SparseTensor) -> tf.Tensor:
    frames = tf.fill([tf.shape(logits)[0]], tf.shape(logits)[1])
    blank = logits.shape[2] - 1
    return tf.nn.ctc_loss(labels, logits, None, frames, logits_time_major=False, blank_index=blank)


def _step(model: keras.Model, optimizer: keras.optimizers.Optimizer) -> Callable[..., Any]:
    shape = tf.TensorSpec((None, ROWS, None, 1), tf.float32)

    def step(images: tf.Tensor, labels: tf.SparseTensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            losses = _losses(model(images, training=True), labels)
            loss = tf.reduce_mean(tf.minimum(losses, _MOST_LOSS))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return loss

    signature = shape, tf.SparseTensorSpec((None, None), tf.int32)
    compiled: Callable[..., Any] = tf.function(step, input_signature=signature)
    return compiled
