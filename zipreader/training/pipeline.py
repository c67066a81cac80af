"""From data files to a finished model folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from importlib.metadata import version
from pathlib import Path

import keras
import numpy as np

from zipreader.elements import NOT_A_DIGIT, Tiles
from zipreader.errors import UsageError
from zipreader.reading.classifier import Classifier
from zipreader.training.card import Provenance, model_card
from zipreader.training.cleaning import clean
from zipreader.training.curves import draw_curves
from zipreader.training.export import Export, export_model
from zipreader.training.figures import Figures, measure
from zipreader.training.network import NETWORKS
from zipreader.training.plan import Plan
from zipreader.training.pools import Pool, Progress, cached_pool
from zipreader.training.sources import Sources, mnist_rows
from zipreader.training.splits import Part
from zipreader.training.temperature import find_temperature
from zipreader.training.train import Epoch, Listener, TrainConfig, fit, logits_of

_PARITY_TILES = 10_000


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where training keeps its things, and how many processes make tiles."""

    run: Path
    """Checkpoints."""
    cache: Path
    """Pools of tiles."""
    workers: int = 2
    resume: bool = False


@dataclass(frozen=True, slots=True)
class Watcher:
    """Whom to tell how far training is."""

    stage: Callable[[str], None] = lambda name: None
    tiles: Progress = lambda done, planned: None
    training: Listener = field(default_factory=Listener)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of training."""

    history: tuple[Epoch, ...]
    temperature: float
    figures: Figures
    export: Export


def train_model(
    sources: Sources,
    plan: Plan,
    out: Path,
    workshop: Workshop,
    command: str = "zipreader train",
    watcher: Watcher | None = None,
) -> Outcome:
    """Make tiles, train, calibrate, export, measure and describe a network.

    ``out`` is written at the very end, when everything is there and checked.

    Raises:
        UsageError: no digits are given, or an unknown network.
        InputError: a data file cannot be used.
        ModelError: the export failed or does not match the network.
        OutputError: a folder cannot be written.
    """
    watcher = watcher or Watcher()
    _check(sources, plan)
    pool, tune = _pools(sources, plan, workshop, watcher)
    training = TrainConfig(NETWORKS[plan.network], plan.seed, plan.epochs, precision=plan.precision)
    watcher.stage(f"training the network {plan.network}")
    model, history = fit(pool, tune, training, workshop.run, workshop.resume, watcher.training)
    watcher.stage("calibrating, converting and measuring")
    temperature = round(find_temperature(logits_of(model, tune.tiles), tune.labels), 4)
    made = Provenance(
        command=command,
        files=sources.given(),
        plan=plan,
        training=training,
        history=history,
        temperature=temperature,
        parameters=int(model.count_params()),
        versions={name: version(name) for name in ("tensorflow", "keras", "numpy")},
    )
    measured: list[Figures] = []

    def describe(folder: Path, export: Export) -> Mapping[str, bytes]:
        figures = measure(Classifier(folder), sources, workshop.workers, plan.figures)
        measured.append(figures)
        return {
            "MODEL_CARD.md": model_card(made, pool, figures, export),
            "curves.png": draw_curves(history, plan.network),
        }

    tiles = _parity_tiles(sources, tune)
    export = export_model(model, out, _description(made), tiles, extra=describe)
    return Outcome(history, temperature, measured[0], export)


def _check(sources: Sources, plan: Plan) -> None:
    if sources.mnist is None and sources.strokes is None:
        raise UsageError("there are no digits to train on: give --mnist or --strokes")
    if plan.network not in NETWORKS:
        raise UsageError(f"no network '{plan.network}': choose from {', '.join(NETWORKS)}")
    if plan.epochs < 1:
        raise UsageError(f"--epochs must be at least 1, not {plan.epochs}")


def _pools(sources: Sources, plan: Plan, workshop: Workshop, watcher: Watcher) -> tuple[Pool, Pool]:
    pools = {}
    for part in (Part.TUNE, Part.TRAIN):
        watcher.stage(f"making tiles to {part.value}")
        recipe = plan.recipe(part, sources)
        pools[part] = cached_pool(recipe, sources, workshop.cache, workshop.workers, watcher.tiles)
    pool, tune = pools[Part.TRAIN], pools[Part.TUNE]
    if plan.cleaning is not None:
        watcher.stage("training a first network, which cleans the tiles")
        first = workshop.run / "first"
        pool = clean(pool, tune, plan.cleaning, plan.seed, first, workshop.resume, watcher.training)
    return pool, tune


def _parity_tiles(sources: Sources, tune: Pool) -> Tiles:
    """Real tiles on which export and network are compared: MNIST's test set where it is."""
    test = mnist_rows(sources.mnist, Part.TEST)[0] if sources.mnist else tune.tiles
    return np.ascontiguousarray(test[:_PARITY_TILES])


def _description(made: Provenance) -> dict[str, object]:
    """What ``model.json`` says besides classes, parameters and parity."""
    return {
        "name": made.plan.network,
        "date": date.today().isoformat(),
        "temperature": made.temperature,
        "seed": made.plan.seed,
        "command": made.command,
        "epochs": len(made.history),
        "not_a_digit": NOT_A_DIGIT,
        "stages": made.training.network.stages,
        "history": [asdict(epoch) for epoch in made.history],
        "keras": keras.__version__,
    }
