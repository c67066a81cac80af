"""How far a training is, on stderr."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from zipreader.training.pipeline import Watcher
    from zipreader.training.spelling.fit import StripEpoch
    from zipreader.training.spelling.model import StripWatcher
    from zipreader.training.train import Epoch, Step


def progress_on(console: Console) -> Progress:
    """A line with the stage, a bar, counts, the time left and the figures."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[figures]}"),
        console=console,
    )


class _Line:
    """The one line of a progress, which every part of a training writes anew."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("starting", total=1, figures="")

    def stage(self, name: str) -> None:
        self._progress.reset(self._task, description=name, total=1, figures="")

    def count(self, done: int, planned: int) -> None:
        self._progress.update(self._task, completed=done, total=planned)

    def step(self, epoch: int, epochs: int, now: int, steps: int, figures: str) -> None:
        done, planned = (epoch - 1) * steps + now, epochs * steps
        told = f"epoch {epoch}: {figures}"
        self._progress.update(self._task, completed=done, total=planned, figures=told)


def watcher(progress: Progress, console: Console) -> Watcher:
    """Show stages, tiles, steps and epochs on stderr."""
    from zipreader.training.pipeline import Watcher
    from zipreader.training.train import Listener

    line = _Line(progress)

    def step(now: Step) -> None:
        figures = f"loss {now.loss:.4f}, right {now.accuracy:.2%}"
        line.step(now.epoch, now.epochs, now.step, now.steps, figures)

    def epoch(done: Epoch) -> None:
        console.print(
            f"epoch {done.number}: loss {done.loss:.4f}, right {done.accuracy:.2%}; unseen "
            f"writers: loss {done.tune_loss:.4f}, right {done.tune_accuracy:.2%}; "
            f"{done.seconds:.0f} s"
        )

    return Watcher(line.stage, line.count, Listener(step, epoch))


def strip_watcher(progress: Progress, console: Console) -> StripWatcher:
    """Show stages, chunks of strips, steps and epochs on stderr."""
    from zipreader.training.spelling.model import StripWatcher

    line = _Line(progress)

    def step(epoch: int, epochs: int, now: int, steps: int, loss: float) -> None:
        line.step(epoch, epochs, now, steps, f"loss {loss:.3f}")

    def epoch(done: StripEpoch) -> None:
        console.print(
            f"epoch {done.number}: loss {done.loss:.3f}; unseen writers: loss "
            f"{done.tune_loss:.3f}, right {done.tune_right:.2%}; {done.seconds:.0f} s"
        )

    return StripWatcher(line.stage, line.count, step, epoch)
