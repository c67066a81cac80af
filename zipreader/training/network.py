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
    """Widths of the convolutions of each stage; between two stages the size is halved."""

    name: str = "medium"
    stages: tuple[tuple[int, ...], ...] = ((32,), (64, 64), (128, 128))
    places: int = 16
    """Channels of the head that keeps the place of what was found; 0 for none."""
    dropout: float = 0.3


NETWORKS: dict[str, NetworkConfig] = {
    config.name: config
    for config in (
        NetworkConfig("small", ((16,), (32, 32), (64, 64))),
        NetworkConfig("lean", ((24,), (48, 48), (96, 96))),
        NetworkConfig("medium", ((32,), (64, 64), (128, 128))),
    )
}


def build_network(config: NetworkConfig, precision: str = "float32") -> keras.Model:
    """(N, 28, 28, 1) float32 in 0..1 -> (N, 11) logits.

    Blocks of 3x3 convolution, batch normalization and ReLU (K. Simonyan and
    A. Zisserman, 2015; S. Ioffe and C. Szegedy, 2015).  Global averages say
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
        for width in widths[:-1]:
            x = _block(x, width, 3)
        x = _block(x, widths[-1], 3, halve=number < len(config.stages))
    features = keras.layers.GlobalAveragePooling2D()(x)
    if config.places:
        places = keras.layers.Flatten()(_block(x, config.places, 1))
        features = keras.layers.Concatenate()([features, places])
    features = keras.layers.Dropout(config.dropout)(features)
    logits = keras.layers.Dense(CLASSES, name="logits", dtype="float32")(features)
    return keras.Model(tiles, logits, name=config.name)


def _block(x: keras.KerasTensor, width: int, size: int, halve: bool = False) -> keras.KerasTensor:
    """Convolution, normalization, ReLU; halved before normalization, which costs a quarter then."""
    x = keras.layers.Conv2D(width, size, padding="same", use_bias=False)(x)
    if halve:
        x = keras.layers.MaxPooling2D()(x)
    x = keras.layers.BatchNormalization(momentum=0.98)(x)
    return keras.layers.ReLU()(x)
