"""Not-a-digit samples that look like digits do harm: a first network finds them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from zipreader.elements import NOT_A_DIGIT
from zipreader.reading.runtime import softmax
from zipreader.training.network import NETWORKS
from zipreader.training.plan import CleaningConfig
from zipreader.training.pools import Pool
from zipreader.training.train import Listener, TrainConfig, fit, logits_of


def clean(
    pool: Pool,
    tune: Pool,
    config: CleaningConfig,
    seed: int,
    run: Path,
    resume: bool = False,
    listener: Listener | None = None,
) -> Pool:
    """The pool without not-a-digit samples that a first network is sure are digits.

    A letter that somebody wrote like a 2, or a cut that left a whole 1, would
    teach the network to doubt true digits.  ``run`` is the folder of the first
    network's checkpoints.
    """
    rows = np.random.default_rng(seed).permutation(len(pool))[: config.tiles]
    chosen = np.zeros(len(pool), bool)
    chosen[rows] = True
    training = TrainConfig(NETWORKS[config.network], seed, config.epochs)
    model, _ = fit(pool.rows(chosen), tune, training, run, resume, listener)
    others = np.flatnonzero(pool.labels == NOT_A_DIGIT)
    scores = softmax(logits_of(model, pool.tiles[others]))
    kept = np.ones(len(pool), bool)
    kept[others[scores[:, :NOT_A_DIGIT].max(axis=1) > config.sure]] = False
    return pool.rows(kept)
