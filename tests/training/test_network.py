"""The digit networks' shapes, and what a residual stage adds."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("keras", reason="the training extra is not installed")

import keras

from zipreader.training.network import CLASSES, NETWORKS, NetworkConfig, build_network

TILES = np.random.default_rng(1).random((3, 28, 28, 1), np.float32)


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_every_network_gives_logits_of_all_classes(name: str) -> None:
    logits = np.asarray(build_network(NETWORKS[name])(TILES))
    assert logits.shape == (3, CLASSES)
    assert logits.dtype == np.float32
    assert np.ptp(logits, axis=0).max() > 0, "the tiles make no difference"


def test_a_residual_stage_passes_on_what_its_blocks_do_not_add_to() -> None:
    keras.utils.set_random_seed(1)
    short = build_network(NetworkConfig("one", ((4,), (6,)), places=2))
    long = build_network(NetworkConfig("five", ((4,), (6,) * 5), places=2))
    scales = [
        layer.gamma for layer in long.layers if isinstance(layer, keras.layers.BatchNormalization)
    ]
    assert len(scales) == 1 + 5 + 1
    for second in scales[3:6:2]:
        second.assign(np.zeros(6, np.float32))
    _share(short, long)
    np.testing.assert_allclose(long(TILES), short(TILES), atol=1e-6)
    scales[3].assign(np.ones(6, np.float32))
    assert np.abs(np.asarray(long(TILES)) - np.asarray(short(TILES))).max() > 1e-3


def _share(source: keras.Model, target: keras.Model) -> None:
    """The convolutions that both have, the first two and the last, and the logits' weights."""
    for kind in (keras.layers.Conv2D, keras.layers.Dense):
        ours, theirs = (
            [layer for layer in model.layers if isinstance(layer, kind)]
            for model in (source, target)
        )
        pairs = [*zip(ours[:-1], theirs, strict=False), (ours[-1], theirs[-1])]
        for one, other in pairs:
            other.set_weights(one.get_weights())


@pytest.mark.parametrize("stage", [(4, 4, 4, 4), (4, 6, 4)])
def test_a_residual_stage_of_other_blocks_is_refused(stage: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="odd number of blocks"):
        NetworkConfig("other", ((4,), stage))
