"""From data files to a network that reads strips: made, checked, put into a model folder."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

import keras
import numpy as np

from zipreader.errors import ModelError, OutputError, UsageError
from zipreader.reading import ctc, letters, modelfolder
from zipreader.reading.stripnet import StripNetwork
from zipreader.training.convert import convert
from zipreader.training.pipeline import Workshop
from zipreader.training.sources import Sources
from zipreader.training.spelling.card import Made, letter_card, strip_card
from zipreader.training.spelling.fit import StripEpoch, StripFitConfig, Told, fit_strips
from zipreader.training.spelling.jitter import StripJitter
from zipreader.training.spelling.labels import Labelled
from zipreader.training.spelling.measure import measure
from zipreader.training.spelling.pools import Progress, StripRecipe, strip_pool
from zipreader.training.splits import Part

_TOLERANCE = 1e-4
"""Largest difference between the probabilities of the exact export and of the network."""
_SECONDS = 300.0
_SLOWER = 0.3
"""Share of the rates at which a network is trained further."""
_COMPARED = 400
_APART = 1_000
"""From the seed of the strip network to that of the second one, with the same strips."""


@dataclass(frozen=True, slots=True)
class StripPlan:
    """How many strips, and how long."""

    composed: int = 200_000
    pieces: int = 3_000
    invented: int = 50_000
    """Strips of invented hands, which only train."""
    epochs: int = 8
    seed: int = 1
    precision: str = "float32"
    lettering: int = 0
    """Strips of words; where there are any, the letter network is trained."""
    further: bool = False
    """Whether the strip network of the folder is trained further, at lower rates."""
    second: bool = False
    """Whether it is the second strip network, whose weights and distortions are others."""

    @property
    def stem(self) -> str:
        """Of the network's files."""
        if self.lettering:
            return modelfolder.LETTERS
        return modelfolder.STRIP2 if self.second else modelfolder.STRIP

    @property
    def signs(self) -> int:
        """What its frames tell apart."""
        return letters.SIGNS if self.lettering else ctc.SIGNS

    def recipe(self, part: Part) -> StripRecipe:
        """For each fifty strips that train, one or two tune and one measures."""
        share = {Part.TRAIN: 1, Part.TUNE: 30}.get(part, 50)
        counts = self.composed // share, self.pieces // share
        invented = self.invented if part is Part.TRAIN else 0
        return StripRecipe(*counts, part, self.seed, self.lettering // share, invented)


LETTERS = StripPlan(composed=0, pieces=0, invented=0, epochs=6, lettering=60_000)
"""The letter network, which begins with what the strip network has learned."""
QUICK = StripPlan(composed=300, pieces=0, invented=60, epochs=1)
"""A tiny run that shows whether everything works; its network is of no use."""
QUICK_LETTERS = StripPlan(composed=0, pieces=0, invented=0, epochs=1, lettering=200)


@dataclass(frozen=True, slots=True)
class StripWatcher:
    """Whom to tell how far training is."""

    stage: Callable[[str], None] = lambda name: None
    chunks: Progress = lambda done, planned: None
    step: Told = lambda epoch, epochs, step, steps, loss: None
    epoch: Callable[[StripEpoch], None] = lambda epoch: None


def train_strips(
    sources: Sources,
    plan: StripPlan,
    out: Path,
    workshop: Workshop,
    command: str = "zipreader train --network strip",
    watcher: StripWatcher | None = None,
) -> Made:
    """Make strips, train, export, measure; the files appear in ``out`` when all is checked.

    The letter network starts from ``strip.keras`` of the same folder, and a strip network that
    is trained further from its own file there.

    Raises:
        UsageError: no digits are given, or no strip network is there to start from.
        InputError: a data file cannot be used.
        ModelError: the export failed or does not match the network.
        OutputError: a folder cannot be written.
    """
    watcher = watcher or StripWatcher()
    if sources.mnist is None or sources.strokes is None or sources.letters is None:
        raise UsageError(f"the {plan.stem} network needs --mnist, --strokes and --letters")
    start = _start(out, plan) if plan.lettering or plan.further else None
    before = _said(out, plan) if plan.further else None
    pools = {}
    for part in (Part.TUNE, Part.TEST, Part.TRAIN):
        watcher.stage(f"making strips to {part.value}")
        pools[part] = strip_pool(
            plan.recipe(part), sources, workshop.cache, workshop.workers, watcher.chunks
        )
    config = StripFitConfig(
        jitter=replace(StripJitter(), beside=0.0) if plan.lettering else StripJitter(),
        seed=plan.seed + _APART * plan.second,
        epochs=plan.epochs,
        precision=plan.precision,
        signs=plan.signs,
    )
    if plan.further:
        slower = {name: _SLOWER * getattr(config, name) for name in ("rate", "vector_rate")}
        config = replace(config, **slower)
    watcher.stage(f"training the {plan.stem} network")
    model, history = fit_strips(
        pools[Part.TRAIN],
        pools[Part.TUNE],
        config,
        workshop.run / plan.stem,
        workshop.resume,
        start,
        watcher.step,
        watcher.epoch,
    )
    watcher.stage("converting and measuring")
    try:
        aside = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=_made(out).parent))
    except OSError as error:
        raise OutputError(f"{out}: cannot be written ({error.strerror})") from error
    try:
        model.save(aside / f"{plan.stem}.keras")
        original, shipped = (aside / f"{plan.stem}.{kind}" for kind in ("keras", "tflite"))
        rounded_file = aside / "rounded.tflite"
        convert(original, shipped, rounded_file, _SECONDS)
        difference = compare(aside, plan, pools[Part.TEST][:_COMPARED])
        if difference >= _TOLERANCE:
            raise ModelError(f"{out}: the export does not match the network ({difference:.1e})")
        rounded_file.replace(shipped)
        rounding = compare(aside, plan, pools[Part.TEST][:_COMPARED])
        network = StripNetwork(plan.stem, plan.signs, aside)
        figures = measure(network, plan.signs - 1, pools[Part.TEST])
        made = Made(history, figures, difference, rounding, config, plan, command, before)
        described = _description(made, model)
        (aside / f"{plan.stem}.json").write_text(described, "utf-8")
        card = letter_card if plan.lettering else strip_card
        text = card(made, sources, int(model.count_params()))
        (aside / f"{plan.stem.upper()}_CARD.md").write_text(text, "utf-8")
        for path in sorted(aside.iterdir()):
            path.replace(out / path.name)
    except OSError as error:
        raise OutputError(f"{out}: cannot be written ({error.strerror})") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return made


def compare(folder: Path, plan: StripPlan, strips: Sequence[Labelled]) -> float:
    """The largest difference of a probability between both files of a folder."""
    ours, reference = (
        StripNetwork(plan.stem, plan.signs, folder, runtime) for runtime in ("litert", "keras")
    )
    return max(
        float(np.abs(ours.frames([item.strip])[0] - reference.frames([item.strip])[0]).max())
        for item in strips
    )


def _start(out: Path, plan: StripPlan) -> keras.Model:
    """The strip network of a model folder from which a plan begins.

    Raises:
        UsageError: there is none.
        ModelError: it is damaged.
    """
    stem = modelfolder.STRIP if plan.lettering else plan.stem
    path = out / f"{stem}.keras"
    if not path.is_file():
        raise UsageError(f"{path}: missing; train --network {stem} first")
    try:
        return keras.saving.load_model(path, compile=False, safe_mode=True)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: damaged model") from error


def _said(out: Path, plan: StripPlan) -> str:
    """The command, and those before it, that made the network of a folder.

    Raises:
        ModelError: its description is missing or damaged.
    """
    path = out / f"{plan.stem}.json"
    try:
        said = json.loads(path.read_text("utf-8"))
        return "; ".join(filter(None, (said.get("before"), said["command"])))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{path}: missing or damaged description of the network") from error


def _made(out: Path) -> Path:
    out.mkdir(parents=True, exist_ok=True)
    return out


def _description(made: Made, model: keras.Model) -> str:
    content = {
        "date": date.today().isoformat(),
        "command": made.command,
        "before": made.before,
        "parameters": model.count_params(),
        "plan": asdict(made.plan),
        "history": [asdict(epoch) for epoch in made.history],
        "figures": asdict(made.figures),
        "largest_difference": made.difference,
        "largest_difference_rounded": made.rounding,
        "keras": keras.__version__,
    }
    return json.dumps(content, indent=2, sort_keys=True) + "\n"
