"""The course of training as a picture."""

from __future__ import annotations

import io
from collections.abc import Sequence

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from zipreader.training.train import Epoch


def draw_curves(history: Sequence[Epoch], title: str) -> bytes:
    """Loss and error of each epoch, on trained and on unseen writers: a PNG file."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    FigureCanvasAgg(figure)
    loss, error = figure.subplots(1, 2)
    numbers = [epoch.number for epoch in history]
    loss.plot(numbers, [e.loss for e in history], "o-", label="training, jittered, smoothed")
    loss.plot(numbers, [e.tune_loss for e in history], "s-", label="tuning writers")
    loss.set(title=title, xlabel="epoch", ylabel="cross-entropy")
    error.plot(numbers, [100 * (1 - e.accuracy) for e in history], "o-", label="training")
    error.plot(numbers, [100 * (1 - e.tune_accuracy) for e in history], "s-", label="tuning")
    error.set(title="wrong among eleven classes", xlabel="epoch", ylabel="%")
    for axes in (loss, error):
        axes.set_xticks(numbers)
        axes.set_ylim(bottom=0)
        axes.grid(alpha=0.3)
        axes.legend()
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=80)
    return stream.getvalue()
