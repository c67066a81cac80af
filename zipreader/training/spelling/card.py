"""The cards of the networks that read strips: data, licences, figures, limits."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from zipreader.training.card import ATTRIBUTIONS
from zipreader.training.sources import Sources

if TYPE_CHECKING:
    from zipreader.training.spelling.fit import StripEpoch, StripFitConfig
    from zipreader.training.spelling.model import StripPlan


@dataclass(frozen=True, slots=True)
class StripFigures:
    """Strips of unseen writers: how many, and the share of which every sign was right."""

    strips: int
    right: float
    zips: int
    zips_right: float
    """Of those that show a ZIP and nothing like it beside; none where letters are read."""
    signs: int
    signs_wrong: float
    """Signs that would have to be changed, put in or left out, as a share of all."""


@dataclass(frozen=True, slots=True)
class Made:
    """How a network was made, and what was measured."""

    history: tuple[StripEpoch, ...]
    figures: StripFigures
    difference: float
    """Largest of a probability between the exact conversion and the network."""
    rounding: float
    """The same of the conversion that is shipped, whose kernels have eight bits."""
    config: StripFitConfig
    plan: StripPlan
    command: str
    before: str | None = None
    """What had made the network that was trained further."""


_BESIDE = """Looks at each field that is cut, beside the strip network: trained apart, it errs
elsewhere, and reading takes the mean of both.

"""


def strip_card(made: Made, sources: Sources, parameters: int) -> str:
    """``STRIP_CARD.md``, or ``STRIP2_CARD.md`` of the second network."""
    widths, versions, used = _common(made, sources)
    network, figures, last = made.config.network, made.figures, made.history[-1]
    further = f"\nIt went on from the network of `{made.before}`.\n" if made.before else ""
    title = "The second strip network" if made.plan.second else "The strip network"
    beside = _BESIDE if made.plan.second else ""
    return f"""# {title}

{beside}Reads a whole field without cutting it: strips of ink 32 pixels high, as
`zipreader.reading.strip` makes them, to frames of scores for the digits 0 to 9, *something else*
and the blank between two signs. {parameters:,} parameters: 3x3 convolutions with batch
normalization, {widths} channels and {sum(network.rounds)} residual, then {network.context}
channels that look along the field; trained in {made.plan.precision} with connectionist temporal
classification (A. Graves et al., ICML 2006), Muon for kernels at a rate of {made.config.rate:g} and
AdamW for the rest at {made.config.vector_rate:g}.

Made by `{made.command}` with seed {made.plan.seed} ({versions}).
{further}
## Data and licences

{used}
- Faces of the training population of `zipreader.synth.fonts` (open licences).
- Invented hands (`zipreader.training.invented`), made of shapes of digits from many schools; they
  only train.

Writers are split as for the digit network: 60% train, 12% tune, 12% are kept for the decision,
16% only measure. Trained on {made.plan.composed:,} composed strings (pen strokes, redrawn scans,
print, words), {made.plan.invented:,} of invented hands, and the fields found on
{made.plan.pieces:,} synthetic mailpieces, distorted anew in each of {len(made.history)} epochs of
{last.seconds:.0f} s.

## Figures

On the export, strips of writers, digits and faces that were never trained on, each sign taken
from the likeliest frames, without the lattice and without the directory.

| strips | items | all signs right |
|---|---|---|
| all | {figures.strips:,} | {figures.right:.1%} |
| with five digits | {figures.zips:,} | {figures.zips_right:.1%} |

The converted network against its original: largest difference of a probability
{made.difference:.1e}; with its kernels in eight bits, as it is shipped and was measured here,
{made.rounding:.2f}.

## Limits

- As for the digit network; besides, half of the composed strings touch or overlap more than most
  people's writing does.
- Its probabilities are not calibrated: the decision weighs them, and is certified apart.
"""


def letter_card(made: Made, sources: Sources, parameters: int) -> str:
    """``LETTERS_CARD.md``."""
    widths, versions, used = _common(made, sources)
    network, figures, last = made.config.network, made.figures, made.history[-1]
    return f"""# The letter network

Reads the city and the state before a ZIP, which say it once more: strips of ink 32 pixels high, as
`zipreader.reading.strip` makes them, to frames of scores for 26 letters (small and capital alike),
*something else* and the blank between two signs. {parameters:,} parameters, the convolutions of the
strip network ({widths} channels, then {network.context} that look along the line), from whose
weights training began; trained in {made.plan.precision}.

Made by `{made.command}` with seed {made.plan.seed} ({versions}).

## Data and licences

{used}
- Faces of the training population of `zipreader.synth.fonts` (open licences).

Writers and faces are split as for the digit network: 60% train, 12% tune, 12% are kept for the
decision, 16% only measure. Trained on {made.plan.lettering:,} lines, six in ten of them written
(two thirds by pen strokes of one writer, the rest in faces like handwriting), three printed and one
a scanned word, distorted anew in each of {len(made.history)} epochs of {last.seconds:.0f} s. The
names are those of the package `zipcodes` (MIT), the same in all parts.

## Figures

On the export, strips of writers and faces that were never trained on, each sign taken from the
likeliest frames, without the directory.

| strips | all signs right | signs | of them wrong |
|---|---|---|---|
| {figures.strips:,} | {figures.right:.1%} | {figures.signs:,} | {figures.signs_wrong:.1%} |

The converted network against its original: largest difference of a probability
{made.difference:.1e}; with its kernels in eight bits, as it is shipped and was measured here,
{made.rounding:.2f}.

## Limits

- English and German words only; joined-up handwriting only as far as faces and the scanned words
  show it. It supports a ZIP and never makes one: where it cannot read, nothing is said.
- Its probabilities are not calibrated: the decision weighs them, and is certified apart.
"""


def _common(made: Made, sources: Sources) -> tuple[str, str, str]:
    """Widths, versions and the data used."""
    network = made.config.network
    versions = ", ".join(f"{name} {version(name)}" for name in ("tensorflow", "keras", "numpy"))
    used = "\n".join(f"- {ATTRIBUTIONS[name]}" for name in sources.given())
    return "-".join(map(str, (network.first, *network.stages))), versions, used
