"""How weights are moved: the rate over the steps, and Muon for convolutions."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

_FEWEST = 32
"""Inputs and outputs of a kernel below which it is moved as a vector."""


def cosine_rate(rate: float, final: float, warm_up: int, steps: int) -> Any:
    """A schedule that rises to ``rate`` and falls to ``final`` along a cosine, over ``steps``.

    Source: I. Loshchilov and F. Hutter, "SGDR", ICLR 2017.
    """
    warm_up = min(warm_up, steps // 5)
    return keras.optimizers.schedules.CosineDecay(
        0.0 if warm_up else rate,
        max(1, steps - warm_up),
        alpha=final / rate,
        warmup_target=rate if warm_up else None,
        warmup_steps=warm_up,
    )


@keras.saving.register_keras_serializable(package="zipreader")
class KernelMuon(keras.optimizers.Muon):  # type: ignore[misc]
    """Muon for the kernels of convolutions, each as a matrix of inputs by outputs; else AdamW.

    A step turns the momentum of a kernel into the nearest matrix of equal singular
    values, so that rare directions are learned as fast as frequent ones.  Keras'
    own takes matrices only and leaves convolutions to AdamW.

    Source: K. Jordan et al., "Muon", 2024; its scale that of J. Liu et al.,
    "Muon is scalable for LLM training", 2025.
    """

    def _should_use_adamw(self, variable: Any) -> bool:
        *inputs, outputs = variable.shape
        return len(inputs) < 1 or min(math.prod(inputs), outputs) < _FEWEST

    def _muon_update_step(self, gradient: Any, variable: Any, lr: Any, m: Any) -> None:
        self.assign_add(m, ops.add(gradient, m * (self.momentum - 1)))
        ahead = ops.add(gradient, self.momentum * m) if self.nesterov else m
        matrix = ops.reshape(ahead, (-1, variable.shape[-1]))
        step = self.lr_adjust(lr * self.zeropower_via_newtonschulz5(matrix, self.ns_steps))
        self.assign_sub(variable, ops.reshape(step, variable.shape))


def kernel_muon(
    rate: float, vector_rate: float, final: float, warm_up: int, steps: int, decay: float
) -> KernelMuon:
    """``KernelMuon`` along a cosine: ``rate`` moves kernels, ``vector_rate`` all other weights."""
    return KernelMuon(
        cosine_rate(rate, final, warm_up, steps),
        adam_lr_ratio=vector_rate / rate,
        weight_decay=decay,
        adam_weight_decay=decay,
    )
