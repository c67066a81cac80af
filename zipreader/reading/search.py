"""Which fields of a page are read, in which order, and when the search may stop.

Reading a field costs more than finding it, and cutting it more than spelling it.  So
the likeliest fields of each orientation are spelled first, those that spell a ZIP are
cut and read, the most promising first, and only the best orientation is read to its end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import chain

from zipreader.config import SearchConfig
from zipreader.elements import AddressBlock, Spelling, UprightPage, ZipField, ZipHypothesis
from zipreader.reading import rivals
from zipreader.reading.addressees import are_several
from zipreader.reading.measures import are_address, lines_within, on_one_line
from zipreader.reading.probability import at_most_one
from zipreader.reading.readers import Readers
from zipreader.reading.wording import SAYS

_ADDRESS, _LIKELIEST, _ZIP = 3, 2, 5
"""Lines of which two have words, in an address; fields of one that may spell its ZIP, and how
long that is."""


@dataclass(slots=True, eq=False)
class Search:
    """The fields of one orientation, best first, and what was read in them so far."""

    upright: UprightPage | None
    blocks: tuple[AddressBlock, ...]
    fields: tuple[ZipField, ...]
    readers: Readers
    config: SearchConfig
    likely: dict[AddressBlock, set[str]] = field(default_factory=dict)
    """The likely ZIPs of each address."""
    _found: dict[str, ZipHypothesis] = field(default_factory=dict)
    _spelled: dict[ZipField, Spelling] = field(default_factory=dict)
    _written: dict[AddressBlock, bool] = field(default_factory=dict)
    """Of the blocks that were asked for, whether they are written."""
    _heeded: set[AddressBlock] = field(default_factory=set)
    """The blocks that only an earlier look showed; no field of theirs is read here."""
    _promised: float = 0.0
    """The most that a field promised which was read."""

    @property
    def piece(self) -> int:
        """Which mailpiece of the image it looks at."""
        return self.upright.piece if self.upright is not None else 0

    @property
    def probability(self) -> float:
        """Of the best hypothesis, judged alone; 0 where there is none."""
        return max((found.probability for found in self._found.values()), default=0.0)

    @property
    def found(self) -> Iterable[ZipHypothesis]:
        """The best hypothesis of each ZIP, judged alone."""
        return self._found.values()

    @property
    def hypotheses(self) -> tuple[ZipHypothesis, ...]:
        """Best first, as likely as they are where at most one is right.

        Each was judged alone, so of several that look right none is as likely as it looked.
        """
        return weighed((self,))

    @property
    def crowded(self) -> bool:
        """Whether there is another addressee beside that of the likeliest ZIP."""
        best = max(self._found.values(), key=lambda found: found.probability, default=None)
        own = best.field.block if best is not None else None
        return best is not None and own is not None and are_several(self, own, best.zip)

    @property
    def addressed(self) -> bool:
        """Whether words of an address stand there with what spells a ZIP, unlikely as each is."""
        least = self.config.clearly_spelled
        return any(
            are_address(block.lines) and self.zip_of(block, least) and self.is_written(block)
            for block in self.blocks
        )

    @property
    def looked_at(self) -> tuple[ZipField, ...]:
        """The fields that were spelled at the least, the likeliest first."""
        return tuple(item for item in self.fields if item in self._spelled)

    def heed(self, earlier: Search) -> None:
        """Take for rivals what an earlier look showed and this one does not."""
        if self.upright is None:
            return
        seen = {rivals.seen_from(block, self.upright): block for block in earlier.blocks}
        hidden = [block for block in seen if rivals.not_among(block, self.blocks)]
        self.blocks += tuple(hidden)
        self._heeded |= set(hidden)
        self.likely |= {block: set(earlier.likely.get(seen[block], ())) for block in hidden}

    def look(self) -> None:
        """Read the likeliest fields, and where there is no hope the likeliest of each address."""
        self._go(self.fields[: self.config.first_fields])
        if self.probability < self.config.hopeful:
            best = {item.block: item for item in reversed(self.fields)}
            self._go(tuple(item for item in self.fields if best[item.block] is item))

    def finish(self) -> None:
        """Read the others, and then the rivals.

        Of those in places far less likely than the best only what spells a ZIP is read,
        a few of them, and only where there is little hope else.
        """
        least = self.config.least_share * max((item.score for item in self.fields), default=0.0)
        self._go(tuple(item for item in self.fields if item.score >= least))
        others = [item for item in self.fields if item not in self._spelled]
        for item in others[: self.config.last_fields]:
            if self.probability >= self.config.hopeful:
                break
            self._compare(item)
        self._meet_rivals()

    def _meet_rivals(self) -> None:
        """Read what else on the page may be the ZIP, and judge all by how they stand.

        However certain a ZIP is, it may be the sender's where another address of the page
        lies in as good a place, as on a parcel label, or an account's where no place agrees.
        Against a rival it needs the best that its own line gives.
        """
        best = max(self._found.values(), key=lambda found: found.probability, default=None)
        own = best.field.block if best is not None else None
        if best is None or own is None:
            return
        for block in self.beside(own):
            for item in self._fields_of(block):
                if self.likely.get(block):
                    break
                self._compare(item)
        shaken = self._against_rivals(best).probability < min(self.config.certain, best.probability)
        doubtful = best.evidence["named"] < SAYS
        for item in self._fields_of(own):
            if shaken if on_one_line(item.box, best.field.box) else doubtful:
                self._compare(item)
        self._found = {code: self._against_rivals(found) for code, found in self._found.items()}

    def zip_of(self, block: AddressBlock, least: float) -> str | None:
        """The ZIP that one of the likeliest fields of a block spells, as a sender's do."""
        for item in self._fields_of(block)[:_LIKELIEST]:
            spelling = self._spelled.get(item) or self._spell(item)
            if spelling.probability >= least:
                return spelling.texts[0][:_ZIP]
        return min(self.likely.get(block, ()), default=None) if block in self._heeded else None

    def _compare(self, item: ZipField) -> None:
        """Read a field if it was not looked at, and spells a ZIP."""
        if item not in self._spelled:
            spelling = self._spell(item)
            if spelling.probability >= self.config.rival_spelled:
                self._add(self.readers.read(item, spelling))

    def beside(self, own: AddressBlock) -> list[AddressBlock]:
        """The other addresses in as good a place."""
        least = self.config.comparable * own.score
        return [block for block in self.blocks if block is not own and block.score >= least]

    def _fields_of(self, block: AddressBlock) -> list[ZipField]:
        return [item for item in self.fields if item.block is block]

    def _against_rivals(self, found: ZipHypothesis) -> ZipHypothesis:
        """A hypothesis as it is judged beside the other addresses, and lines, of the page."""
        own = found.field.block
        if own is None:
            return found
        lead, apart = rivals.ALONE, rivals.FAR
        for block in self.beside(own):
            zips = self.likely.get(block, set())
            if found.zip in zips or not (zips or are_address(block.lines)):
                continue
            if zips:
                lead = min(lead, rivals.lead_over(own, block, self.is_written))
            elif rivals.lead_over_silent(own, block) < lead and self.is_written(block):
                lead = rivals.lead_over_silent(own, block)
            if rivals.apart_from(own, block) < apart and self.is_written(block):
                apart = rivals.apart_from(own, block)
        told = {
            "lead": lead,
            "passed": self._passed(found),
            "written": float(self._in_writing(found)),
            "shadow": rivals.shadow_over(own, [b for b in self.blocks if not self.likely.get(b)]),
            "apart": apart,
        }
        if told == rivals.UNRIVALLED:
            return found
        evidence = {**found.evidence, **told}
        return replace(found, evidence=evidence, probability=self.readers.judge(evidence))

    def _in_writing(self, found: ZipHypothesis) -> bool:
        """Whether a likely ZIP whose place no line names stands among words, not in a postmark.

        A block of two lines, one of them the ZIP, has hardly any.
        """
        block = found.field.block
        doubtful = found.probability >= self.config.rival and found.evidence["named"] < SAYS
        return (
            not doubtful or block is None or len(block.lines) < _ADDRESS or self.is_written(block)
        )

    def is_written(self, block: AddressBlock) -> bool:
        """Whether a block holds words, and not a postmark's."""
        if block not in self._written:
            lines = lines_within(block, self.blocks)
            self._written[block] = self.readers.is_written(block, lines)
        return self._written[block]

    def _passed(self, found: ZipHypothesis) -> float:
        """The probability that the ZIP's place holds digits which are none, and this is another.

        That place is a better one of the same address, on a line below.
        """
        if found.evidence["named"] >= SAYS:
            return 0.0
        better = [
            spelling
            for item, spelling in self._spelled.items()
            if item.block is found.field.block
            and item.score > found.field.score
            and item.box.y0 > found.field.box.y0
            and not on_one_line(item.box, found.field.box)
        ]
        return max(map(self.readers.miscounted, better), default=0.0)

    def _go(self, fields: tuple[ZipField, ...]) -> None:
        """Read what spells a ZIP clearly when it is come upon, the others by their promise."""
        waiting: list[tuple[ZipField, Spelling]] = []
        for item in fields:
            if self.probability >= self.config.certain:
                return
            if item in self._spelled:
                continue
            spelling = self._spell(item)
            if spelling.probability >= self.config.clearly_spelled:
                self._read(item, spelling)
            elif spelling.probability >= self.config.least_spelled:
                waiting.append((item, spelling))
        for item, spelling in sorted(waiting, key=_promise, reverse=True):
            if self.probability >= self.config.certain:
                return
            self._read(item, spelling)

    def _spell(self, item: ZipField) -> Spelling:
        self._spelled[item] = self.readers.spell(item)
        return self._spelled[item]

    def _read(self, item: ZipField, spelling: Spelling) -> None:
        promise = _promise((item, spelling))
        if promise < self.config.least_promise * self._promised:
            return
        if not any(self._holds(item, found) for found in self._found.values()):
            self._promised = max(self._promised, promise)
            self._add(self.readers.read(item, spelling))

    def _holds(self, item: ZipField, found: ZipHypothesis) -> bool:
        """Whether a field holds a likely ZIP that was read already, and would but read it again."""
        inside = item.box.intersection(found.field.box) == found.field.box
        return inside and found.probability >= self.config.likely

    def _add(self, hypotheses: Iterable[ZipHypothesis]) -> None:
        for hypothesis in hypotheses:
            block = hypothesis.field.block
            if block is not None and hypothesis.probability >= self.config.rival:
                self.likely.setdefault(block, set()).add(hypothesis.zip)
            rival = self._found.get(hypothesis.zip)
            if rival is None or rival.probability < hypothesis.probability:
                self._found[hypothesis.zip] = hypothesis


def weighed(looks: Iterable[Search]) -> tuple[ZipHypothesis, ...]:
    """What looks at one mailpiece gave, best first, as likely as it is where one ZIP is right."""
    found: dict[str, ZipHypothesis] = {}
    for hypothesis in chain.from_iterable(look.found for look in looks):
        known = found.get(hypothesis.zip)
        if known is None or known.probability < hypothesis.probability:
            found[hypothesis.zip] = hypothesis
    ranked = sorted(found.values(), key=lambda item: -item.probability)
    shares = at_most_one([each.probability for each in ranked])
    return tuple(replace(h, probability=p) for h, p in zip(ranked, shares, strict=True))


def _promise(spelled: tuple[ZipField, Spelling]) -> float:
    """How much a field promises: by its place, and by what it spells."""
    item, spelling = spelled
    return item.score * spelling.probability
