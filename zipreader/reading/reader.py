"""The whole way of one envelope, from the file to the decision."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from zipreader.config import ReaderConfig
from zipreader.elements import (
    AddressBlock,
    Image,
    Page,
    Reading,
    UprightPage,
    ZipField,
    ZipHypothesis,
)
from zipreader.errors import ModelError
from zipreader.reading.classifier import Classifier, Runtime, default_model_dir
from zipreader.reading.decide import decide
from zipreader.reading.decode import decode
from zipreader.reading.directory import Directory
from zipreader.reading.fields import whole_field, zip_fields
from zipreader.reading.images import open_pages, page_from_array
from zipreader.reading.lines import find_lines
from zipreader.reading.locate import locate
from zipreader.reading.page import upright_pages, whole_page
from zipreader.reading.probability import Calibration, load_calibration
from zipreader.reading.segment import segment

_T = TypeVar("_T")
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
        self.calibration = (
            calibration
            if isinstance(calibration, Calibration)
            else load_calibration(calibration or model_dir / "calibration.json")
        )
        _check_pair(self.calibration, self.classifier)
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
        clock = _Clock()
        best = _Attempt()
        turns = clock.each("page", upright_pages(page, self.config.page))
        for turned, upright in enumerate(turns):
            with clock("lines"):
                lines = find_lines(upright, self.config.lines)
            with clock("locate"):
                blocks = locate(upright, lines, self.config.locate)
                fields = zip_fields(blocks, self.config.fields)
            hypotheses = self._hypotheses(fields, clock, float(turned > 0))
            attempt = _Attempt(upright, blocks, fields, hypotheses)
            if best.upright is None or attempt.probability > best.probability:
                best = attempt
            if best.probability >= self.config.upright:
                break
        return self._reading(page, best, clock)

    def read_field(self, page: Page) -> Reading:
        """Read an image that shows nothing but a ZIP, such as a form's box."""
        clock = _Clock()
        with clock("page"):
            field = whole_field(whole_page(page, self.config.page))
        attempt = _Attempt(field.page, (), (field,), self._hypotheses((field,), clock))
        return self._reading(page, attempt, clock)

    def _hypotheses(
        self, fields: tuple[ZipField, ...], clock: _Clock, turned: float = 0.0
    ) -> tuple[ZipHypothesis, ...]:
        """The readings of all fields, best first; stops at a certain one."""
        found: dict[str, ZipHypothesis] = {}
        best_place = max((field.score for field in fields), default=1.0)
        for field in fields:
            if any(self._holds(field, hypothesis) for hypothesis in found.values()):
                continue
            with clock("segment"):
                lattice = segment(field, self.config.segment)
            with clock("classify"):
                scores = self.classifier.scores(lattice.tiles)
            with clock("decode"):
                for hypothesis in decode(lattice, scores, self.config.decode):
                    judged = self._judge(hypothesis, turned, best_place)
                    rival = found.get(judged.zip)
                    if rival is None or rival.probability < judged.probability:
                        found[judged.zip] = judged
            if found and max(h.probability for h in found.values()) >= self.config.certain:
                break
        return _ranked(found.values())

    def _holds(self, field: ZipField, hypothesis: ZipHypothesis) -> bool:
        """Whether a field holds a likely ZIP that was read already, and would but read it again."""
        inside = field.box.intersection(hypothesis.field.box) == hypothesis.field.box
        return inside and hypothesis.probability >= self.config.likely

    def _judge(self, hypothesis: ZipHypothesis, turned: float, best_place: float) -> ZipHypothesis:
        """Add what the directory and the place know, and the probability of being right."""
        place = self.directory.place(hypothesis.zip)
        evidence = {
            **hypothesis.evidence,
            "assigned": float(place is not None),
            "turned": turned,
            "field_score": hypothesis.field.score,
            "field_share": hypothesis.field.score / max(best_place, _LEAST_SCORE),
            "pixel_height": hypothesis.field.digit_height,
        }
        probability = self.calibration.probability(evidence)
        return replace(hypothesis, place=place, evidence=evidence, probability=probability)

    def _reading(self, page: Page, attempt: _Attempt, clock: _Clock) -> Reading:
        hypotheses = attempt.hypotheses
        decision = decide(hypotheses, bool(attempt.fields), self.threshold, self.config.decide)
        return Reading(
            page,
            hypotheses,
            decision,
            self.classifier.name,
            attempt.upright,
            attempt.blocks,
            attempt.fields,
            clock.seconds,
        )


def _check_pair(calibration: Calibration, classifier: Classifier) -> None:
    """Refuse thresholds that were certified for another network: they promise nothing here."""
    if calibration.model not in (None, classifier.name):
        raise ModelError(
            f"the calibration is of the network {calibration.model}, but the network is "
            f"{classifier.name}: run zipreader calibrate for it"
        )


def _ranked(hypotheses: Iterable[ZipHypothesis]) -> tuple[ZipHypothesis, ...]:
    """Best first.  At most one is right, so what the best leaves is shared by its rivals."""
    ranked = sorted(hypotheses, key=lambda item: -item.probability)
    if not ranked:
        return ()
    best, *rivals = ranked
    claimed = max(1.0, sum(rival.probability for rival in rivals))
    share = (1 - best.probability) / claimed
    return best, *(replace(rival, probability=rival.probability * share) for rival in rivals)


@dataclass(frozen=True, slots=True, eq=False)
class _Attempt:
    """What one orientation of the page gave."""

    upright: UprightPage | None = None
    blocks: tuple[AddressBlock, ...] = ()
    fields: tuple[ZipField, ...] = ()
    hypotheses: tuple[ZipHypothesis, ...] = ()

    @property
    def probability(self) -> float:
        return self.hypotheses[0].probability if self.hypotheses else 0.0


class _Clock:
    """Adds up the seconds spent in each stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - start

    def each(self, stage: str, values: Iterator[_T]) -> Iterator[_T]:
        """The values, timing how long each takes to arrive."""
        while True:
            with self(stage):
                value = next(values, None)
            if value is None:
                return
            yield value
