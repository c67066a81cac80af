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


def watcher(progress: Progress, console: Console) -> Watcher:
    """Show stages, tiles, steps and epochs on stderr."""
    from zipreader.training.pipeline import Watcher
    from zipreader.training.train import Listener

    task = progress.add_task("starting", total=1, figures="")

    def stage(name: str) -> None:
        progress.reset(task, description=name, total=1, figures="")

    def tiles(done: int, planned: int) -> None:
        progress.update(task, completed=done, total=planned)

    def step(now: Step) -> None:
        progress.update(
            task,
            completed=(now.epoch - 1) * now.steps + now.step,
            total=now.epochs * now.steps,
            figures=f"epoch {now.epoch}: loss {now.loss:.4f}, right {now.accuracy:.2%}",
        )

    def epoch(done: Epoch) -> None:
        console.print(
            f"epoch {done.number}: loss {done.loss:.4f}, right {done.accuracy:.2%}; unseen "
            f"writers: loss {done.tune_loss:.4f}, right {done.tune_accuracy:.2%}; "
            f"{done.seconds:.0f} s"
        )

    return Watcher(stage, tiles, Listener(step, epoch))


def strip_watcher(progress: Progress, console: Console) -> StripWatcher:
    """Show stages, chunks of strips, steps and epochs on stderr."""
    from zipreader.training.spelling.model import StripWatcher

    task = progress.add_task("starting", total=1, figures="")

    def stage(name: str) -> None:
        progress.reset(task, description=name, total=1, figures="")

    def chunks(done: int, planned: int) -> None:
        progress.update(task, completed=done, total=planned)

    def step(epoch: int, epochs: int, now: int, steps: int, loss: float) -> None:
        progress.update(
            task,
            completed=(epoch - 1) * steps + now,
            total=epochs * steps,
            figures=f"epoch {epoch}: loss {loss:.3f}",
        )

    def epoch(done: StripEpoch) -> None:
        console.print(
            f"epoch {done.number}: loss {done.loss:.3f}; unseen writers: loss "
            f"{done.tune_loss:.3f}, right {done.tune_right:.2%}; {done.seconds:.0f} s"
        )

    return StripWatcher(stage, chunks, step, epoch)
