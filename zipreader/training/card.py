"""The model card: what the network is, where it comes from, how good it is, its limits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from zipreader.training.export import Export
from zipreader.training.figures import SURE, DigitFigure, Figures, OtherFigure, interval
from zipreader.training.plan import Plan
from zipreader.training.pools import Pool
from zipreader.training.sources import CALIBRATION_IMAGES, EVALUATION_IMAGES, TUNE_IMAGES, Kind
from zipreader.training.train import Epoch, TrainConfig

ATTRIBUTIONS = {
    "mnist": (
        "MNIST, Y. LeCun, C. Cortes, C. Burges; CC BY-SA 3.0. Of the training images the first "
        f"{EVALUATION_IMAGES:,} serve evaluation, the last {TUNE_IMAGES:,} tuning and the "
        f"{CALIBRATION_IMAGES:,} before those the certified thresholds: none of them is trained "
        "on. The test images only measure."
    ),
    "strokes": (
        "Pen strokes of digits, UNIPEN train_r01_v07, I. Guyon et al. 1994, Zenodo 1195803; "
        "CC BY 4.0. Items marked as suspect are left out."
    ),
    "letters": "Pen strokes of letters and signs, UNIPEN train_r01_v07, as above; CC BY 4.0.",
    "words": "Scanned words, DHSD, github.com/nauman-riaz/DHSD; CC BY 4.0.",
    "glyphs": "The user's own reviewed glyphs.",
    "faces": (
        "Typefaces of a folder (those of the shipped networks: `models/typefaces.json`, SIL OFL "
        "1.1 or Apache 2.0), divided by family: 88% train, 12% tune; those that calibrate or "
        "measure are left out."
    ),
}


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a network came to be."""

    command: str
    files: dict[str, Path]
    plan: Plan
    training: TrainConfig
    history: tuple[Epoch, ...]
    temperature: float
    parameters: int
    versions: dict[str, str]


def model_card(made: Provenance, pool: Pool, figures: Figures, export: Export) -> bytes:
    """The text of ``MODEL_CARD.md``, UTF-8."""
    sections = (
        _head(made, figures),
        _data(made, pool),
        _training(made),
        _figures(figures, export),
        _LIMITS,
    )
    return ("\n\n".join(section.strip() for section in sections) + "\n").encode()


def _head(made: Provenance, figures: Figures) -> str:
    widths = "-".join("+".join(map(str, stage)) for stage in made.training.network.stages)
    return f"""
# The digit network `{made.training.network.name}`

Reads a glyph of 28x28 pixels, as `zipreader.reading.normalize` makes it, and scores the digits
0 to 9 and *not a digit*. {made.parameters:,} parameters: 3x3 convolutions with batch
normalization, {widths} channels, halved between the stages; global averages and a small map of
places; eleven logits, divided by the temperature {made.temperature:.3f}.
{figures.milliseconds:.2f} ms a tile with LiteRT on one thread of the machine that trained it.

Made by `{made.command}` with seed {made.plan.seed}
({", ".join(f"{name} {version}" for name, version in made.versions.items())}).
"""


def _data(made: Provenance, pool: Pool) -> str:
    kinds = Counter(Kind(int(kind)).name.lower() for kind in pool.kinds)
    used = "\n".join(f"- {ATTRIBUTIONS[name]}" for name in made.files)
    counts = ", ".join(f"{name} {count:,}" for name, count in sorted(kinds.items()))
    return f"""
## Data and licences

{used}
- Faces of the training population of `zipreader.synth.fonts` (open licences), worn as by
  typewriters, dot matrix printers, faxes and empty toner.
- Invented hands (`zipreader.training.invented`), made of shapes of digits from many schools; they
  only train.

Writers are split by a hash of their name: about 60% train, 12% tune (choice of the epoch,
temperature), 12% are kept for the decision and never seen here, 16% only measure. Faces that
measure are never trained on. Trained on {len(pool):,} tiles: {counts}.
"""


def _training(made: Provenance) -> str:
    training = made.training
    chosen = min(made.history, key=lambda epoch: epoch.tune_loss)
    cleaning = made.plan.cleaning
    cleaned = (
        f"Not-a-digit samples that a first `{cleaning.network}` network called a digit above "
        f"{cleaning.sure} were left out. "
        if cleaning
        else ""
    )
    return f"""
## Training

{len(made.history)} epochs of {sum(e.seconds for e in made.history) / len(made.history):.0f} s,
batches of {training.batch}, Muon for kernels at a rate of {training.rate:g} and AdamW for the rest
at {training.vector_rate:g}, both falling along a cosine, label smoothing {training.smoothing},
not-a-digit weighted {training.not_a_digit_weight}, light jitter on the fly, in
{training.precision}. {cleaned}
The network is that of epoch {chosen.number}, the best on the tuning writers: loss
{chosen.loss:.4f} in training, {chosen.tune_loss:.4f} on those (`curves.png`).
"""


def _figures(figures: Figures, export: Export) -> str:
    error, exact, rounded = figures.calibration_error, export.exact, export.rounded
    calibration = (
        f"Expected calibration error on unseen writers {error:.4f}. " if error is not None else ""
    )
    return f"""
## Figures

Measured on the export with LiteRT, 95% intervals (Clopper-Pearson) in brackets. *Forced* means that
not-a-digit was forbidden. Strokes are drawn as they were written, with pens, paper and scanners
of all kinds.

| digits | items | eleven classes | forced to ten |
|---|---|---|---|
{_rows([_digit_row(figure) for figure in figures.digits])}

| no digits | items | called a digit above {SURE} |
|---|---|---|
{_rows([_other_row(figure) for figure in figures.others])}

{calibration}The converted network against its original on {exact.tiles:,} tiles: largest
difference of a probability {exact.largest_difference:.1e}, {exact.other_answers} other answers.
With its kernels in eight bits, as it is shipped and as the figures above were measured:
{rounded.largest_difference:.3f}, {rounded.other_answers} other answers.
"""


def _rows(rows: Sequence[str]) -> str:
    return "\n".join(rows) or "| none | 0 | | |"


def _digit_row(figure: DigitFigure) -> str:
    shares = (f"{_percent(share, figure.items)}" for share in (figure.eleven, figure.forced))
    return f"| {figure.name} | {figure.items:,} | {' | '.join(shares)} |"


def _other_row(figure: OtherFigure) -> str:
    return f"| {figure.name} | {figure.items:,} | {_percent(figure.taken, figure.items)} |"


def _percent(share: float, items: int) -> str:
    low, high = interval(share, items)
    return f"{100 * share:.2f}% ({100 * low:.2f} to {100 * high:.2f})"


_LIMITS = """
## Limits

- The intervals count digits, not writers: another group of writers may differ by more.
- Strokes of a tablet, drawn with random pens, stand for most of the hands; real ink on real
  envelopes was hardly seen. Not-a-digit fires more often on scans unlike these.
- Wrong cuts and letters that look exactly like a digit cannot be told by their look alone; the
  lattice and the decision settle them, and the decision is certified apart.
- Latin digits only; a mirrored or upside-down digit is not expected.
"""
