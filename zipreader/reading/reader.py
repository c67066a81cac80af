"""The whole way of one envelope, from the file to the decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from zipreader.config import ReaderConfig, SearchConfig
from zipreader.elements import (
    AddressBlock,
    Frames,
    Image,
    Lattice,
    Page,
    Reading,
    Scores,
    Spelling,
    UprightPage,
    ZipField,
    ZipHypothesis,
)
from zipreader.errors import ModelError
from zipreader.reading import letters
from zipreader.reading.classifier import Classifier, default_model_dir
from zipreader.reading.clock import Clock
from zipreader.reading.ctc import by_zip, probabilities
from zipreader.reading.decide import decide
from zipreader.reading.decode import decode, weighed
from zipreader.reading.directory import Directory
from zipreader.reading.fields import whole_field, zip_fields
from zipreader.reading.images import open_pages, page_from_array
from zipreader.reading.lines import find_lines
from zipreader.reading.locate import locate
from zipreader.reading.networks import model_name
from zipreader.reading.page import upright_pages, whole_page
from zipreader.reading.probability import Calibration, load_calibration
from zipreader.reading.runtime import Runtime
from zipreader.reading.search import Search
from zipreader.reading.segment import segment
from zipreader.reading.speller import Speller
from zipreader.reading.strip import strip
from zipreader.reading.stripnet import StripNetwork
from zipreader.reading.together import together
from zipreader.reading.town import Agreement, agreements, name_in, town_field

_LEAST_SCORE = 1e-6


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
        UsageError: the bound is not certified.
    """

    def __init__(
        self,
        model_dir: Path | None = None,
        config: ReaderConfig | None = None,
        *,
        max_error: float | None = None,
        min_confidence: float | None = None,
        calibration: Calibration | Path | None = None,
        runtime: Runtime = "litert",
    ) -> None:
        model_dir = model_dir or default_model_dir()
        self.config = config or ReaderConfig()
        self.classifier = Classifier(model_dir, runtime)
        self.speller = Speller(model_dir, runtime)
        self.letters = StripNetwork(letters.STEM, letters.SIGNS, model_dir, runtime)
        self.model = model_name(model_dir)
        self.calibration = (
            calibration
            if isinstance(calibration, Calibration)
            else load_calibration(calibration or model_dir / "calibration.json")
        )
        _check_pair(self.calibration, self.model)
        self.directory = Directory()
        self.threshold = (
            self.calibration.certificate(max_error).threshold
            if min_confidence is None
            else min_confidence
        )

    def read(self, source: str | Path | Image) -> list[Reading]:
        """Read every page of a file, or one image given as an array (grey or BGR, uint8)."""
        if isinstance(source, np.ndarray):
            return [self.read_page(page_from_array(source, config=self.config.images))]
        return [self.read_page(page) for page in open_pages(source, self.config.images)]

    def read_page(self, page: Page) -> Reading:
        """Read the ZIP of one mailpiece; never raises for one that merely cannot be read."""
        clock = Clock()
        searches: list[Search] = []
        for upright in clock.each("page", upright_pages(page, self.config.page)):
            search = self._search(upright, clock, turned=bool(searches))
            search.look()
            searches.append(search)
            if search.probability >= self.config.search.upright:
                break
        best = max(searches, key=lambda search: search.probability)
        best.finish()
        return self._reading(page, best, clock)

    def read_field(self, page: Page) -> Reading:
        """Read an image that shows nothing but a ZIP, such as a form's box.

        The field is cut whatever it spells: there is no other to look at.
        """
        clock = Clock()
        with clock("page"):
            field = whole_field(whole_page(page, self.config.page))
        alone = replace(self.config.search, least_spelled=0.0)
        search = self._begin(field.page, (), (field,), clock, config=alone)
        search.finish()
        return self._reading(page, search, clock)

    def _search(self, upright: UprightPage, clock: Clock, turned: bool) -> Search:
        """Find the fields of one orientation of the page; none is read yet."""
        with clock("lines"):
            lines = find_lines(upright, self.config.lines)
        with clock("locate"):
            blocks = locate(upright, lines, self.config.locate)
            fields = zip_fields(blocks, self.config.fields)
        return self._begin(upright, blocks, fields, clock, turned)

    def _begin(
        self,
        upright: UprightPage,
        blocks: tuple[AddressBlock, ...],
        fields: tuple[ZipField, ...],
        clock: Clock,
        turned: bool = False,
        config: SearchConfig | None = None,
    ) -> Search:
        best_place = max((field.score for field in fields), default=1.0)
        spell = partial(self._spell_field, clock=clock)
        read = partial(self._read_field, clock=clock, turned=turned, best_place=best_place)
        return Search(upright, blocks, fields, spell, read, config or self.config.search)

    def _spell_field(self, field: ZipField, clock: Clock) -> Spelling:
        """What the field spells, read without cutting it."""
        with clock("spell"):
            return self.speller.spell(strip(field, self.config.strip), self.config.spell)

    def _read_field(
        self, field: ZipField, spelling: Spelling, clock: Clock, turned: bool, best_place: float
    ) -> list[ZipHypothesis]:
        """The readings of one field, each with its probability."""
        with clock("spell"):
            spelling = self.speller.look_again(spelling, self.config.spell)
        with clock("segment"):
            lattice = segment(field, self.config.segment)
        with clock("classify"):
            scores = self.classifier.scores(lattice.tiles)
        with clock("decode"):
            hypotheses, views = self._decode(lattice, scores, spelling, spelling.texts)
        with clock("town"):
            line = self._line_before(hypotheses)
            named = self._named(hypotheses, line)
            written = self._written(hypotheses, named, line, spelling)
        if written:
            with clock("decode"):
                texts = *spelling.texts, *written
                hypotheses, views = self._decode(lattice, scores, spelling, texts)
            with clock("town"):
                named = self._named(hypotheses, line)
        spelled = _mean(views)
        with clock("town"):
            odds = self._odds(hypotheses, named, spelled, spelling)
        return [
            self._judge(hypothesis, spelling, views, spelled, agreement, odds, turned, best_place)
            for hypothesis, agreement in zip(hypotheses, named, strict=True)
        ]

    def _decode(
        self, lattice: Lattice, scores: Scores, spelling: Spelling, texts: Sequence[str]
    ) -> tuple[tuple[ZipHypothesis, ...], list[dict[str, float]]]:
        """The hypotheses of a field with their places, and what each view gives their ZIPs."""
        hypotheses = decode(lattice, scores, self.config.decode, texts)
        every = {*texts, *(hypothesis.text for hypothesis in hypotheses)}
        views = [by_zip(view) for view in probabilities(spelling.views, sorted(every))]
        placed = (replace(each, place=self.directory.place(each.zip)) for each in hypotheses)
        return weighed(tuple(placed), _mean(views)), views

    def _line_before(self, hypotheses: Sequence[ZipHypothesis]) -> Frames | None:
        """What stands before the digits of a field, as frames of letters."""
        field = town_field(hypotheses[0], self.config.town) if hypotheses else None
        if field is None:
            return None
        return self.letters.frames([strip(field, self.config.strip)])[0]

    def _named(self, hypotheses: Sequence[ZipHypothesis], line: Frames | None) -> list[Agreement]:
        """How well the line agrees with the places of the ZIPs."""
        return agreements(line, [each.place for each in hypotheses], self.config.town)

    def _written(
        self,
        hypotheses: Sequence[ZipHypothesis],
        named: Sequence[Agreement],
        line: Frames | None,
        spelling: Spelling,
    ) -> list[str]:
        """The likeliest ZIPs of the place that is written, where no hypothesis is there."""
        if line is None or max(each.own for each in named) >= self.config.town.agrees:
            return []
        zips = sorted(self.directory.zips_of(name_in(line)))
        likely = _mean(probabilities(spelling.views, zips))
        return sorted(zips, key=lambda each: -likely[each])[: self.config.town.zips]

    def _odds(
        self,
        hypotheses: Sequence[ZipHypothesis],
        named: Sequence[Agreement],
        spelled: Mapping[str, float],
        spelling: Spelling,
    ) -> dict[str, float]:
        """What strip and place together give each ZIP, against all ZIPs of a place that agrees."""
        whole = {each.zip: fit.whole for each, fit in zip(hypotheses, named, strict=True)}
        beside: dict[str, float] = {}
        for each, fit in zip(hypotheses, named, strict=True):
            if each.place is not None and fit.own >= self.config.town.agrees:
                end = each.text.removeprefix(each.zip)
                others = set(self.directory.zips_at(each.place)) - whole.keys()
                beside |= {f"{other}{end}": fit.whole for other in others}
        likely = _mean(probabilities(spelling.views, sorted(beside)))
        return together(spelled, whole, [(likely[text], fit) for text, fit in beside.items()])

    def _judge(
        self,
        hypothesis: ZipHypothesis,
        spelling: Spelling,
        views: Sequence[Mapping[str, float]],
        spelled: Mapping[str, float],
        named: Agreement,
        odds: Mapping[str, float],
        turned: bool,
        best_place: float,
    ) -> ZipHypothesis:
        """Add what the strip, the directory and the line before say, and the probability."""
        rivals = [p for other, p in spelled.items() if other != hypothesis.zip]
        evidence = {
            **hypothesis.evidence,
            "assigned": float(hypothesis.place is not None),
            "turned": float(turned),
            "field_score": hypothesis.field.score,
            "field_share": hypothesis.field.score / max(best_place, _LEAST_SCORE),
            "pixel_height": hypothesis.field.digit_height,
            "complete": spelling.complete,
            "spelled": spelled[hypothesis.zip],
            "spelled_least": min(view[hypothesis.zip] for view in views),
            "spelled_rival": max(rivals, default=0.0),
            "named": named.own,
            "named_rival": named.rival,
            "together": odds[hypothesis.zip],
        }
        probability = self.calibration.probability(evidence)
        return replace(hypothesis, evidence=evidence, probability=probability)

    def _reading(self, page: Page, search: Search, clock: Clock) -> Reading:
        hypotheses = search.hypotheses
        decision = decide(hypotheses, bool(search.fields), self.threshold, self.config.decide)
        return Reading(
            page,
            hypotheses,
            decision,
            self.model,
            search.upright,
            search.blocks,
            search.fields,
            clock.seconds,
        )


def _mean(views: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The mean probability of each text over all views."""
    return {text: sum(view[text] for view in views) / len(views) for text in views[0]}


def _check_pair(calibration: Calibration, model: str) -> None:
    """Refuse thresholds that were certified for another network: they promise nothing here."""
    if calibration.model not in (None, model):
        raise ModelError(
            f"the calibration is of the network {calibration.model}, but the network is "
            f"{model}: run zipreader calibrate for it"
        )
