"""The whole way of one envelope, from the file to the decision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np

from zipreader.config import LinesConfig, ReaderConfig, SearchConfig
from zipreader.elements import AddressBlock, Image, Page, Reading, Reason, UprightPage, ZipField
from zipreader.errors import UsageError
from zipreader.reading import letters
from zipreader.reading.classifier import Classifier
from zipreader.reading.clock import Clock
from zipreader.reading.crossings import is_crossed_out
from zipreader.reading.decide import decide
from zipreader.reading.directory import Directory
from zipreader.reading.fieldreader import FieldReader, PageReaders
from zipreader.reading.fields import whole_fields, zip_fields
from zipreader.reading.halftone import descreened
from zipreader.reading.images import open_pages, page_from_array
from zipreader.reading.lines import find_lines
from zipreader.reading.locate import locate
from zipreader.reading.modelfolder import LETTERS, default_model_dir, model_name
from zipreader.reading.page import upright_pages, whole_page
from zipreader.reading.probability import Calibration, check_model, load_calibration
from zipreader.reading.runtime import Runtime
from zipreader.reading.search import Search
from zipreader.reading.speller import Speller
from zipreader.reading.stripnet import StripNetwork

_DARK = 80.0
"""Most writing is so far below white, in levels of 255."""


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
        searches = self._look(page, clock)
        self._finish(searches)
        for look in (self._look_for_dark_ink, self._look_for_light_ink):
            if max(map(_probability, searches)) >= self.config.search.likely:
                break
            again = look(page, searches, clock)
            self._finish(again)
            searches += again
        return self._reading(page, max(searches, key=_probability), clock)

    def _finish(self, searches: list[Search]) -> None:
        for search in sorted(searches, key=_probability, reverse=True):
            search.finish()
            if search.probability >= self.config.search.hopeful:
                break

    def _look_for_dark_ink(self, page: Page, searches: list[Search], clock: Clock) -> list[Search]:
        """The same orientations, likeliest first, without what is far paler than most writing.

        A tint, writing that shows through, tape and stains may lie among the text lines.
        """
        dark = replace(self.config.lines, least_contrast=_DARK)
        again: list[Search] = []
        for search in sorted(searches, key=_probability, reverse=True):
            if search.upright is not None:
                again.append(self._search(search.upright, clock, dark, searches))
                again[-1].look()
                if self._is_enough(again):
                    break
        return again

    def _look_for_light_ink(self, page: Page, searches: list[Search], clock: Clock) -> list[Search]:
        """The orientations with nothing but the light writing on what is dark.

        The sender's address may be in dark ink beside it, or the rest of the envelope is bright.
        """
        upright = max(searches, key=_probability).upright
        if upright is None or upright.light is None or upright.light.papers[0].inverted:
            return []
        return self._look_at(page, upright.piece, clock, searches)

    def _look(self, page: Page, clock: Clock) -> list[Search]:
        """The orientations of the mailpiece, or of the first one in which there is hope."""
        searches = self._look_at(page, 0, clock)
        for piece in range(1, _pieces(searches)):
            if max(map(_probability, searches)) >= self.config.search.hopeful:
                break
            searches += self._look_at(page, piece, clock)
        return searches

    def _look_at(
        self, page: Page, piece: int, clock: Clock, before: Sequence[Search] = ()
    ) -> list[Search]:
        """The orientations up to one that gives a ZIP, their likeliest fields read.

        Where it was looked ``before``, in all ink, nothing but light writing is.
        """
        searches: list[Search] = []
        pages = upright_pages(page, self.config.page, piece, bool(before))
        for upright in clock.each("page", pages):
            search = self._search(upright, clock, self.config.lines, before)
            search.look()
            searches.append(search)
            if self._is_enough(searches):
                break
        return searches

    def _is_enough(self, searches: list[Search]) -> bool:
        """Whether no further orientation is tried: lines run along two and across two."""
        best = max(map(_probability, searches))
        likely = len(searches) == 2 and best >= self.config.search.hopeful
        return likely or best >= self.config.search.upright

    def read_field(self, page: Page) -> Reading:
        """Read an image that shows nothing but a ZIP, such as a form's box.

        The field is cut whatever it spells: there is no other to look at.
        """
        clock = Clock()
        with clock("page"):
            page = descreened(page)
            fields = whole_fields(whole_page(page, self.config.page))
        alone = replace(self.config.search, least_spelled=0.0)
        search = self._begin(fields[0].page, (), fields, clock, config=alone)
        search.finish()
        return self._reading(page, search, clock)

    def _against(self, page: Page, search: Search, clock: Clock) -> Iterator[Reason]:
        """What speaks against accepting the likeliest ZIP, however likely it is."""
        best = next(iter(search.hypotheses), None)
        if search.upright is None or best is None or best.probability < self.threshold:
            return
        block, height = best.field.block, best.field.digit_height
        with clock("locate"):
            crossed = block is not None and is_crossed_out(block, height, self.config.lines)
        if crossed:
            yield Reason.CROSSED_OUT
        if self._shows_several(page, search, search.upright, clock):
            yield Reason.SEVERAL_MAILPIECES

    def _shows_several(
        self, page: Page, search: Search, upright: UprightPage, clock: Clock
    ) -> bool:
        """Whether another mailpiece lies beside the one that was read, with an address.

        Where its ZIP cannot be read it may still be the one that is meant.
        """
        if search.crowded:
            return True
        others = [each for each in range(upright.pieces) if each != upright.piece]
        looks = chain.from_iterable(self._look_at(page, piece, clock) for piece in others)
        rival = self.config.search.rival
        return any(look.probability >= rival or look.addressed for look in looks)

    def _search(
        self,
        upright: UprightPage,
        clock: Clock,
        lines: LinesConfig,
        before: Sequence[Search] = (),
    ) -> Search:
        """Find the fields of one orientation of the page; none is read yet.

        An address that was found ``before`` and is not any more may be the one that is meant.
        """
        with clock("lines"):
            text = find_lines(upright, lines)
        with clock("locate"):
            blocks = locate(upright, text.lines, self.config.locate, text.barcodes)
            fields = zip_fields(blocks, self.config.fields)
        search = self._begin(upright, blocks, fields, clock)
        for earlier in before:
            if earlier.upright and _side(earlier.upright) == _side(upright):
                search.heed(earlier)
        return search

    def _begin(
        self,
        upright: UprightPage,
        blocks: tuple[AddressBlock, ...],
        fields: tuple[ZipField, ...],
        clock: Clock,
        config: SearchConfig | None = None,
    ) -> Search:
        best_place = max((field.score for field in fields), default=1.0)
        readers = PageReaders(self.fields, clock, best_place)
        return Search(upright, blocks, fields, readers, config or self.config.search)

    def _reading(self, page: Page, search: Search, clock: Clock) -> Reading:
        hypotheses = search.hypotheses
        decision = decide(
            hypotheses,
            bool(search.fields),
            self.threshold,
            self.config.decide,
            self._against(page, search, clock),
        )
        return Reading(
            page,
            hypotheses,
            decision,
            self.model,
            search.upright,
            search.blocks,
            search.looked_at,
            clock.seconds,
        )


def _pieces(searches: list[Search]) -> int:
    """How many mailpieces the image shows."""
    return max((each.upright.pieces for each in searches if each.upright is not None), default=1)


def _side(upright: UprightPage) -> tuple[int, int]:
    """Which mailpiece of the image it shows, and which way up."""
    return upright.piece, upright.orientation


def _probability(search: Search) -> float:
    return search.probability


def _check_share(min_confidence: float | None, max_error: float | None) -> None:
    """Refuse what is no probability, which no confidence is below: all would be accepted."""
    if min_confidence is None:
        return
    if max_error is not None:
        raise UsageError("give a bound or a confidence, not both")
    if not 0 <= min_confidence <= 1:
        raise UsageError(f"the confidence must be within 0 and 1, not {min_confidence}")
