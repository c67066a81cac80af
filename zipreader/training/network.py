"""The digit network: plain convolutions, eleven logits."""

from __future__ import annotations

from dataclasses import dataclass

import keras

from zipreader.elements import NOT_A_DIGIT
from zipreader.reading.normalize import TILE
from zipreader.training.precision import computing_in

CLASSES = NOT_A_DIGIT + 1


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """Widths of the convolutions of each stage; between two stages the size is halved.

    A stage of three, five and so on, all of one width, is residual: what goes into each
    two blocks after the first is added to what comes out of them.
    """

    name: str = "medium"
    stages: tuple[tuple[int, ...], ...] = ((32,), (64, 64), (128, 128))
    places: int = 16
    """Channels of the head that keeps the place of what was found; 0 for none."""
    dropout: float = 0.3

    def __post_init__(self) -> None:
        for widths in self.stages:
            if len(widths) > 2 and (len(widths) % 2 == 0 or len(set(widths)) > 1):
                raise ValueError(f"a residual stage has an odd number of blocks alike: {widths}")


NETWORKS: dict[str, NetworkConfig] = {
    config.name: config
    for config in (
        NetworkConfig("small", ((16,), (32, 32), (64, 64))),
        NetworkConfig("lean", ((24,), (48, 48), (96, 96))),
        NetworkConfig("medium", ((32,), (64, 64), (128, 128))),
        NetworkConfig("deep", ((32,), (64,) * 3, (128,) * 5)),
    )
}


def build_network(config: NetworkConfig, precision: str = "float32") -> keras.Model:
    """(N, 28, 28, 1) float32 in 0..1 -> (N, 11) logits.

    Blocks of 3x3 convolution, batch normalization and ReLU (K. Simonyan and
    A. Zisserman, 2015; S. Ioffe and C. Szegedy, 2015), in longer stages around
    what they add to (K. He et al., CVPR 2016).  Global averages say
    what is there; a narrow map beside them says where, which tells a 6 from a
    9 and a small loop from a large one.  ``precision`` names a policy of Keras; the
    weights and the logits are float32 under each.
    """
    with computing_in(precision):
        return _built(config)


def _built(config: NetworkConfig) -> keras.Model:
    tiles = keras.Input((TILE, TILE, 1), name="tiles")
    x = tiles
    for number, widths in enumerate(config.stages, start=1):
        x = _stage(x, widths, halve=number < len(config.stages))
    features = keras.layers.GlobalAveragePooling2D()(x)
    if config.places:
        places = keras.layers.Flatten()(_block(x, config.places, 1))
        features = keras.layers.Concatenate()([features, places])
    features = keras.layers.Dropout(config.dropout)(features)
    logits = keras.layers.Dense(CLASSES, name="logits", dtype="float32")(features)
    return keras.Model(tiles, logits, name=config.name)


def _stage(x: keras.KerasTensor, widths: tuple[int, ...], halve: bool) -> keras.KerasTensor:
    """The blocks that work on one size."""
    if len(widths) < 3:
        for width in widths[:-1]:
            x = _block(x, width, 3)
        return _block(x, widths[-1], 3, halve)
    x = _block(x, widths[0], 3)
    for width in widths[1::2]:
        added = _convolved(_block(x, width, 3), width, 3)
        x = keras.layers.ReLU()(keras.layers.Add()([x, added]))
    return keras.layers.MaxPooling2D()(x) if halve else x


def _block(x: keras.KerasTensor, width: int, size: int, halve: bool = False) -> keras.KerasTensor:
    """Convolution, normalization, ReLU."""
    return keras.layers.ReLU()(_convolved(x, width, size, halve))


def _convolved(
    x: keras.KerasTensor, width: int, size: int, halve: bool = False
) -> keras.KerasTensor:
    """Convolution and normalization; halved before normalization, which costs a quarter then."""
    x = keras.layers.Conv2D(width, size, padding="same", use_bias=False)(x)
    if halve:
        x = keras.layers.MaxPooling2D()(x)
    return keras.layers.BatchNormalization(momentum=0.98)(x)
