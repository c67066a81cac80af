"""The reading of one ZIP field: cut, classified, decoded, held against strip and place, judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from zipreader.config import ReaderConfig
from zipreader.elements import (
    AddressBlock,
    Frames,
    Lattice,
    Scores,
    Spelling,
    TextLine,
    ZipField,
    ZipHypothesis,
)
from zipreader.reading.classifier import Classifier
from zipreader.reading.clock import Clock
from zipreader.reading.ctc import by_count, by_zip, probabilities
from zipreader.reading.decode import decode, weighed
from zipreader.reading.directory import Directory
from zipreader.reading.evidence import FieldFacts, InkFacts, evidence_of
from zipreader.reading.narrow import narrowed
from zipreader.reading.otherwise import Otherwise, otherwise
from zipreader.reading.probability import Calibration
from zipreader.reading.segment import segment
from zipreader.reading.speller import Speller
from zipreader.reading.strip import strip
from zipreader.reading.stripnet import StripNetwork
from zipreader.reading.surroundings import Surroundings, surroundings, whole_line
from zipreader.reading.together import together
from zipreader.reading.town import Agreement, agreements
from zipreader.reading.wording import SAYS, Party, asks_to_sign, name_in, party_of, tells_postage

_ZIP, _ZIP4 = 5, 9
_FEW = 3
_LONGEST, _WRITTEN, _WORD = 3, 2, 4
"""Of the longest lines of an address, so many have so many letters."""


@dataclass(frozen=True, slots=True)
class FieldReader:
    """What reads a field: the networks, the directory, and the calibration that judges."""

    classifier: Classifier
    speller: Speller
    letters: StripNetwork
    directory: Directory
    calibration: Calibration
    config: ReaderConfig

    def spell(self, field: ZipField, clock: Clock) -> Spelling:
        """What the field spells, read without cutting it."""
        with clock("spell"):
            return self.speller.spell(strip(field, self.config.strip), self.config.spell)

    def is_written(self, block: AddressBlock, lines: Sequence[TextLine]) -> bool:
        """Whether a word can be read in two lines of a block, and none is of a form or of postage.

        The waves and the dial of a postmark, a stain or a stamp set aslant have lines as well, and
        so have the panel of a form, where what is signed is no address, and a permit imprint.
        """
        longest = sorted(block.lines, key=lambda line: -line.box.width)[:_LONGEST]
        names = {line: self._name(block, line) for line in longest}
        if sum(len(name) >= _WORD for name in names.values()) < _WRITTEN:
            return False
        names |= {line: self._name(block, line) for line in lines if line not in names}
        return not any(asks_to_sign(name) or tells_postage(name) for name in names.values())

    def party(self, block: AddressBlock, lines: Sequence[TextLine]) -> Party | None:
        """Whose a caption among some lines says that a block is."""
        return party_of(self._name(block, line) for line in lines)

    def _name(self, block: AddressBlock, line: TextLine) -> str:
        """The letters of a line."""
        shown = strip(whole_line(block, line), self.config.strip)
        return name_in(self.letters.frames([shown])[0])

    def miscounted(self, spelling: Spelling) -> float:
        """The probability of digits that are no ZIP: three or more, and neither five nor nine."""
        counts = by_count(spelling.views[:1])[0]
        fine = (*range(_FEW), _ZIP, _ZIP4)
        return max(0.0, 1.0 - float(sum(counts[count] for count in fine)))

    def read(
        self, field: ZipField, spelling: Spelling, clock: Clock, best_place: float
    ) -> list[ZipHypothesis]:
        """The readings of one field, each with its probability."""
        with clock("spell"):
            spelling = self.speller.look_again(spelling, self.config.spell)
        with clock("segment"):
            lattice = segment(self._narrowed(field, spelling), self.config.segment)
            ink = InkFacts.of(lattice.source)
        with clock("classify"):
            scores = self.classifier.scores(lattice.tiles)
        with clock("decode"):
            hypotheses, views = self._decode(lattice, scores, spelling, spelling.texts)
        with clock("town"):
            about = surroundings(hypotheses[0], self.config.town) if hypotheses else Surroundings()
            line = self._letters(about.town)
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
            others = self._otherwise(about, line, named)
        facts = FieldFacts(spelling, views, spelled, odds, others, ink, best_place)
        return [
            self._judged(each, evidence_of(each, fit, facts))
            for each, fit in zip(hypotheses, named, strict=True)
        ]

    def _narrowed(self, field: ZipField, spelling: Spelling) -> ZipField:
        """The part of a line that holds the digits; what was cut out by hand holds nothing else."""
        if field.block is None:
            return field
        return narrowed(field, spelling, self.config.strip)

    def _decode(
        self, lattice: Lattice, scores: Scores, spelling: Spelling, texts: Sequence[str]
    ) -> tuple[tuple[ZipHypothesis, ...], list[dict[str, float]]]:
        """The hypotheses of a field with their places, and what each view gives their ZIPs."""
        hypotheses = decode(lattice, scores, self.config.decode, texts)
        every = {*texts, *(hypothesis.text for hypothesis in hypotheses)}
        views = [by_zip(view) for view in probabilities(spelling.views, sorted(every))]
        placed = (replace(each, place=self.directory.place(each.zip)) for each in hypotheses)
        return weighed(tuple(placed), _mean(views)), views

    def _letters(self, field: ZipField | None) -> Frames | None:
        """A line, or a piece of one, as frames of letters."""
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
        if line is None or max(each.own for each in named) >= SAYS:
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
            if each.place is not None and fit.own >= SAYS:
                end = each.text.removeprefix(each.zip)
                others = set(self.directory.zips_at(each.place)) - whole.keys()
                beside |= {f"{other}{end}": fit.whole for other in others}
        likely = _mean(probabilities(spelling.views, sorted(beside)))
        return together(spelled, whole, [(likely[text], fit) for text, fit in beside.items()])

    def _otherwise(
        self, about: Surroundings, line: Frames | None, named: Sequence[Agreement]
    ) -> Otherwise:
        """What speaks for another number; where the place agrees, less is asked."""
        before = line if about.before is about.town else self._letters(about.before)
        words: list[Frames | None] = []
        ends = [self._letters(about.below)]
        if max((each.own for each in named), default=0.0) < SAYS:
            words = [line] if before is line else [line, before]
            ends.append(self._letters(about.behind))
        known, last = ([each for each in each_of if each is not None] for each_of in (words, ends))
        return otherwise(before, known, last, self.config.town.least)

    def _judged(self, hypothesis: ZipHypothesis, evidence: dict[str, float]) -> ZipHypothesis:
        """The hypothesis with all its evidence, and the probability that this tells."""
        probability = self.calibration.probability(evidence)
        return replace(hypothesis, evidence=evidence, probability=probability)


@dataclass(frozen=True, slots=True)
class PageReaders:
    """A field reader at work on a page: the time it takes, and the best place there is."""

    reader: FieldReader
    clock: Clock
    best_place: float

    def spell(self, field: ZipField) -> Spelling:
        return self.reader.spell(field, self.clock)

    def read(self, field: ZipField, spelling: Spelling) -> list[ZipHypothesis]:
        return self.reader.read(field, spelling, self.clock, self.best_place)

    def miscounted(self, spelling: Spelling) -> float:
        return self.reader.miscounted(spelling)

    def is_written(self, block: AddressBlock, lines: Sequence[TextLine]) -> bool:
        return self.reader.is_written(block, lines)

    def party(self, block: AddressBlock, lines: Sequence[TextLine]) -> Party | None:
        return self.reader.party(block, lines)

    def judge(self, evidence: Mapping[str, float]) -> float:
        return self.reader.calibration.probability(evidence)


def _mean(views: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The mean probability of each text over all views."""
    return {text: sum(view[text] for view in views) / len(views) for text in views[0]}
