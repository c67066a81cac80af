"""The network that reads a strip without cutting it: convolutions and connectionist classification.

Connectionist temporal classification: A. Graves et al., ICML 2006.  A column of
the strip becomes a frame of scores for the ten digits, for *something else* and
for the blank between two signs; no frame needs to know where a digit ends.
"""

from __future__ import annotations

from dataclasses import dataclass

import keras

from zipreader.reading.ctc import SIGNS
from zipreader.reading.strip import ROWS, STRIDE
from zipreader.training.precision import computing_in


@dataclass(frozen=True, slots=True)
class StripNetConfig:
    """Widths of the convolutions."""

    first: int = 48
    stages: tuple[int, ...] = (80, 128)
    rounds: tuple[int, ...] = (1, 1)
    """Convolutions of each stage that add to what they see."""
    context: int = 192
    """Channels of the frames, which look at their neighbours."""
    reach: int = 5
    dilations: tuple[int, ...] = (1, 2, 4)
    """Each round looks farther."""
    dropout: float = 0.2


def build_strip_network(
    config: StripNetConfig, precision: str = "float32", signs: int = SIGNS
) -> keras.Model:
    """(N, ROWS, W, 1) float32 in 0..1 -> (N, W / STRIDE, signs) logits; STRIDE divides W.

    The first convolution steps over two rows and columns; then the rows are halved
    twice, and what is left of them becomes one frame.  Further convolutions add to
    what they see (K. He et al., CVPR 2016).  ``precision`` names a policy of Keras;
    the weights and the logits are float32 under each.
    """
    with computing_in(precision):
        return _built(config, signs)


def _built(config: StripNetConfig, signs: int) -> keras.Model:
    strips = keras.Input((ROWS, None, 1), name="strips")
    x = _block(strips, config.first, (4, 4), stride=STRIDE, halved=True)
    for number, (width, rounds) in enumerate(zip(config.stages, config.rounds, strict=True)):
        x = _block(x, width, (3, 3), halved=number == 0)
        for _ in range(rounds):
            x = keras.layers.Add()([x, _block(x, width, (3, 3))])
    x = _block(x, config.context, (ROWS // (4 * STRIDE), 1), padding="valid")
    for dilation in config.dilations:
        beside = _block(x, config.context, (1, config.reach), dilation=dilation)
        x = keras.layers.Add()([x, beside])
    x = keras.layers.Dropout(config.dropout)(x)
    x = keras.layers.Conv2D(signs, 1, dtype="float32", name="signs")(x)
    logits = keras.layers.Reshape((-1, signs), name="logits", dtype="float32")(x)
    return keras.Model(strips, logits, name="strip")


def _block(
    x: keras.KerasTensor,
    width: int,
    size: tuple[int, int],
    padding: str = "same",
    stride: int = 1,
    dilation: int = 1,
    halved: bool = False,
) -> keras.KerasTensor:
    """Convolution, the larger of each two rows where halved, normalization, ReLU."""
    x = keras.layers.Conv2D(
        width,
        size,
        strides=stride,
        padding=padding,
        dilation_rate=(1, dilation),
        use_bias=False,
    )(x)
    if halved:
        x = keras.layers.MaxPooling2D((2, 1))(x)
    x = keras.layers.BatchNormalization(momentum=0.98)(x)
    return keras.layers.ReLU()(x)
