"""The whole way of one envelope, from the file to the decision."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np

from zipreader.config import ReaderConfig
from zipreader.elements import (
    Image,
    Page,
    Reading,
    Reason,
    UprightPage,
    ZipHypothesis,
)
from zipreader.errors import UsageError
from zipreader.reading import letters
from zipreader.reading.classifier import Classifier
from zipreader.reading.clock import Clock
from zipreader.reading.crossings import is_crossed_out
from zipreader.reading.decide import decide
from zipreader.reading.directory import Directory
from zipreader.reading.fieldreader import FieldReader
from zipreader.reading.halftone import descreened
from zipreader.reading.images import open_pages, page_from_array
from zipreader.reading.looks import Looks, likeliest
from zipreader.reading.modelfolder import LETTERS, default_model_dir, model_name
from zipreader.reading.probability import Calibration, check_model, load_calibration
from zipreader.reading.runtime import Runtime
from zipreader.reading.search import Search, weighed
from zipreader.reading.speller import Speller
from zipreader.reading.stripnet import StripNetwork


class Reader:
    """Reads the ZIP codes of mail; loads the model once and keeps it.

    Args:
        model_dir: folder with the network and its calibration; the shipped one by default.
        config: configuration of the stages.
        max_error: certified share of wrong ZIPs among the accepted; the calibration's default.
        min_confidence: accept from this probability on, instead of a certified one.
        calibration: another calibration or its file, such as one of the user's own mail.
        runtime: "litert", or "keras" for the reference.

    Raises:
        ModelError: the model or the calibration cannot be used.
        UsageError: the bound is not certified, or ``min_confidence`` is no share.
    """

    def __init__(
        self,
        model_dir: str | Path | None = None,
        config: ReaderConfig | None = None,
        *,
        max_error: float | None = None,
        min_confidence: float | None = None,
        calibration: Calibration | str | Path | None = None,
        runtime: Runtime = "litert",
    ) -> None:
        model_dir = Path(model_dir or default_model_dir())
        _check_share(min_confidence, max_error)
        self.config = config or ReaderConfig()
        self.classifier = Classifier(model_dir, runtime)
        self.model = model_name(model_dir)
        self.calibration = (
            calibration
            if isinstance(calibration, Calibration)
            else load_calibration(Path(calibration or model_dir / "calibration.json"))
        )
        check_model(self.calibration, self.model)
        self.fields = FieldReader(
            self.classifier,
            Speller(model_dir, runtime),
            StripNetwork(LETTERS, letters.SIGNS, model_dir, runtime),
            Directory(),
            self.calibration,
            self.config,
        )
        self.threshold = (
            self.calibration.certificate(max_error).threshold
            if min_confidence is None
            else min_confidence
        )

    def read(self, source: str | Path | Image) -> list[Reading]:
        """Read every page of a file, or one image given as an array (grey or BGR, uint8).

        All readings keep their pages: for a long file take ``read_pages``.
        """
        return list(self.read_pages(source))

    def read_pages(self, source: str | Path | Image) -> Iterator[Reading]:
        """The same one by one; of a damaged file those before the damage, then its error."""
        if isinstance(source, np.ndarray):
            yield self.read_page(page_from_array(source, config=self.config.images))
            return
        for page in open_pages(source, self.config.images):
            yield self.read_page(page)

    def read_page(self, page: Page) -> Reading:
        """Read the ZIP of one mailpiece; never raises for one that merely cannot be read."""
        clock = Clock()
        with clock("page"):
            page = descreened(page)
        looks = Looks(page, self.fields, self.config, clock)
        return self._reading(looks, looks.all())

    def read_field(self, page: Page) -> Reading:
        """Read an image that shows nothing but a ZIP, such as a form's box.

        The field is cut whatever it spells: there is no other to look at.
        """
        clock = Clock()
        with clock("page"):
            page = descreened(page)
        looks = Looks(page, self.fields, self.config, clock)
        return self._reading(looks, [looks.at_a_field()])

    def _reading(self, looks: Looks, searches: list[Search]) -> Reading:
        """What the likeliest look shows, held against the others at the same mailpiece."""
        search = likeliest(searches)
        hypotheses = weighed(each for each in searches if each.piece == search.piece)
        decision = decide(
            hypotheses,
            bool(search.fields),
            self.threshold,
            self.config.decide,
            self._against(looks, searches, next(iter(hypotheses), None)),
        )
        return Reading(
            looks.page,
            hypotheses,
            decision,
            self.model,
            search.upright,
            search.blocks,
            search.looked_at,
            looks.clock.seconds,
        )

    def _against(
        self, looks: Looks, searches: list[Search], best: ZipHypothesis | None
    ) -> Iterator[Reason]:
        """What speaks against accepting the likeliest ZIP, however likely it is."""
        search = likeliest(searches)
        if search.upright is None or best is None or best.probability < self.threshold:
            return
        block, height = best.field.block, best.field.digit_height
        with looks.clock("locate"):
            crossed = block is not None and is_crossed_out(block, height, self.config.lines)
        if crossed:
            yield Reason.CROSSED_OUT
        if search.crowded or self._shows_another(looks, searches, search.upright):
            yield Reason.SEVERAL_MAILPIECES

    def _shows_another(self, looks: Looks, searches: list[Search], upright: UprightPage) -> bool:
        """Whether another mailpiece lies beside the one that was read, with an address.

        Where its ZIP cannot be read it may still be the one that is meant.
        """
        others = [each for each in range(upright.pieces) if each != upright.piece]
        seen = (
            [each for each in searches if each.piece == piece] or looks.at(piece)
            for piece in others
        )
        rival = self.config.search.rival
        return any(
            look.probability >= rival or look.addressed for look in chain.from_iterable(seen)
        )


def _check_share(min_confidence: float | None, max_error: float | None) -> None:
    """Refuse what is no probability, which no confidence is below: all would be accepted."""
    if min_confidence is None:
        return
    if max_error is not None:
        raise UsageError("give a bound or a confidence, not both")
    if not 0 <= min_confidence <= 1:
        raise UsageError(f"the confidence must be within 0 and 1, not {min_confidence}")
