"""From data files to the strip network in a model folder: made, checked, then put in place."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

import keras
import numpy as np

from zipreader.errors import ModelError, OutputError, UsageError
from zipreader.reading.speller import Speller
from zipreader.training.card import ATTRIBUTIONS
from zipreader.training.convert import convert
from zipreader.training.pipeline import Workshop
from zipreader.training.sources import Sources
from zipreader.training.spelling.fit import (
    StripEpoch,
    StripFitConfig,
    Told,
    fit_strips,
    spelled,
)
from zipreader.training.spelling.labels import Labelled
from zipreader.training.spelling.pools import Progress, StripRecipe, strip_pool
from zipreader.training.splits import Part

_TOLERANCE = 1e-4
"""Largest difference between the probabilities of export and network."""
_SECONDS = 300.0
_COMPARED = 400
_CARD = "STRIP_CARD.md"


@dataclass(frozen=True, slots=True)
class StripPlan:
    """How many strips, and how long."""

    composed: int = 150_000
    pieces: int = 3_000
    epochs: int = 8
    seed: int = 1
    precision: str = "float32"

    def recipe(self, part: Part) -> StripRecipe:
        """For each fifty strips that train, one or two tune and one measures."""
        share = {Part.TRAIN: 1, Part.TUNE: 30}.get(part, 50)
        return StripRecipe(self.composed // share, self.pieces // share, part, self.seed)


QUICK = StripPlan(composed=300, pieces=0, epochs=1)
"""A tiny run that shows whether everything works; its network is of no use."""


@dataclass(frozen=True, slots=True)
class StripWatcher:
    """Whom to tell how far training is."""

    stage: Callable[[str], None] = lambda name: None
    chunks: Progress = lambda done, planned: None
    step: Told = lambda epoch, epochs, step, steps, loss: None
    epoch: Callable[[StripEpoch], None] = lambda epoch: None


@dataclass(frozen=True, slots=True)
class StripFigures:
    """Strips of unseen writers: how many, and the share of which every sign was right."""

    strips: int
    right: float
    zips: int
    zips_right: float
    """Of those that show a ZIP and nothing like it beside."""


@dataclass(frozen=True, slots=True)
class StripOutcome:
    """What came of training."""

    out: Path
    history: tuple[StripEpoch, ...]
    figures: StripFigures
    difference: float


def train_strips(
    sources: Sources,
    plan: StripPlan,
    out: Path,
    workshop: Workshop,
    command: str = "zipreader train --network strip",
    watcher: StripWatcher | None = None,
) -> StripOutcome:
    """Make strips, train, export, measure; the files appear in ``out`` when all is checked.

    Raises:
        UsageError: no digits are given.
        InputError: a data file cannot be used.
        ModelError: the export failed or does not match the network.
        OutputError: a folder cannot be written.
    """
    watcher = watcher or StripWatcher()
    if sources.mnist is None or sources.strokes is None or sources.letters is None:
        raise UsageError("the strip network needs --mnist, --strokes and --letters")
    pools = {}
    for part in (Part.TUNE, Part.TEST, Part.TRAIN):
        watcher.stage(f"making strips to {part.value}")
        pools[part] = strip_pool(
            plan.recipe(part), sources, workshop.cache, workshop.workers, watcher.chunks
        )
    config = StripFitConfig(seed=plan.seed, epochs=plan.epochs, precision=plan.precision)
    watcher.stage("training the strip network")
    model, history = fit_strips(
        pools[Part.TRAIN],
        pools[Part.TUNE],
        config,
        workshop.run / "strips",
        workshop.resume,
        watcher.step,
        watcher.epoch,
    )
    watcher.stage("converting and measuring")
    try:
        aside = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=_made(out).parent))
    except OSError as error:
        raise OutputError(f"{out}: cannot be written ({error.strerror})") from error
    try:
        model.save(aside / "strip.keras")
        convert(aside / "strip.keras", aside / "strip.tflite", _SECONDS)
        difference = compare(aside, pools[Part.TEST][:_COMPARED])
        if difference >= _TOLERANCE:
            raise ModelError(f"{out}: the export does not match the network ({difference:.1e})")
        figures = measure(Speller(aside), pools[Part.TEST])
        outcome = StripOutcome(out, history, figures, difference)
        (aside / _CARD).write_text(_card(outcome, config, plan, sources, model, command), "utf-8")
        (aside / "strip.json").write_text(_description(outcome, plan, model, command), "utf-8")
        for path in sorted(aside.iterdir()):
            path.replace(out / path.name)
    except OSError as error:
        raise OutputError(f"{out}: cannot be written ({error.strerror})") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return outcome


def compare(folder: Path, strips: Sequence[Labelled]) -> float:
    """The largest difference of a probability between both files of a folder."""
    ours, reference = Speller(folder, "litert"), Speller(folder, "keras")
    return max(
        float(np.abs(ours.frames([item.strip])[0] - reference.frames([item.strip])[0]).max())
        for item in strips
    )


def measure(speller: Speller, strips: Sequence[Labelled]) -> StripFigures:
    """Read strips of unseen writers, each by its likeliest frames."""
    right = zips = zips_right = 0
    for item in strips:
        found = spelled(speller.frames([item.strip])[0].argmax(axis=1)) == item.labels
        right += found
        if sum(label < 10 for label in item.labels) == 5:
            zips += 1
            zips_right += found
    return StripFigures(len(strips), right / len(strips), zips, zips_right / max(zips, 1))


def _made(out: Path) -> Path:
    out.mkdir(parents=True, exist_ok=True)
    return out


def _description(outcome: StripOutcome, plan: StripPlan, model: keras.Model, command: str) -> str:
    content = {
        "date": date.today().isoformat(),
        "command": command,
        "parameters": model.count_params(),
        "plan": asdict(plan),
        "history": [asdict(epoch) for epoch in outcome.history],
        "figures": asdict(outcome.figures),
        "largest_difference": outcome.difference,
        "keras": keras.__version__,
    }
    return json.dumps(content, indent=2, sort_keys=True) + "\n"


def _card(
    outcome: StripOutcome,
    config: StripFitConfig,
    plan: StripPlan,
    sources: Sources,
    model: keras.Model,
    command: str,
) -> str:
    widths = "-".join(map(str, (config.network.first, *config.network.stages)))
    versions = ", ".join(f"{name} {version(name)}" for name in ("tensorflow", "keras", "numpy"))
    used = "\n".join(f"- {ATTRIBUTIONS[name]}" for name in sources.given())
    figures, last = outcome.figures, outcome.history[-1]
    return f"""# The strip network

Reads a whole field without cutting it: strips of ink 32 pixels high, as `zipreader.reading.strip`
makes them, to frames of scores for the digits 0 to 9, *something else* and the blank between two
signs. {model.count_params():,} parameters: 3x3 convolutions with batch normalization, {widths}
channels and {sum(config.network.rounds)} residual, then {config.network.context} channels that look
along the field; trained in {plan.precision} with connectionist temporal
classification (A. Graves et al., ICML 2006), Muon for kernels at a rate of {config.rate:g} and
AdamW for the rest at {config.vector_rate:g}.

Made by `{command}` with seed {plan.seed} ({versions}).

## Data and licences

{used}
- Faces of the training population of `zipreader.synth.fonts` (open licences).

Writers are split as for the digit network: 60% train, 12% tune, 12% are kept for the decision,
16% only measure. Trained on {plan.composed:,} composed strings (pen strokes, redrawn scans,
print, words) and on the fields found on {plan.pieces:,} synthetic mailpieces, distorted anew in
each of {len(outcome.history)} epochs of {last.seconds:.0f} s.

## Figures

On the export, strips of writers, digits and faces that were never trained on, each sign taken
from the likeliest frames, without the lattice and without the directory.

| strips | items | all signs right |
|---|---|---|
| all | {figures.strips:,} | {figures.right:.1%} |
| with five digits | {figures.zips:,} | {figures.zips_right:.1%} |

Export against network: largest difference of a probability {outcome.difference:.1e}.

## Limits

- As for the digit network; besides, half of the composed strings touch or overlap more than most
  people's writing does.
- Its probabilities are not calibrated: the decision weighs them, and is certified apart.
"""
