"""How often a page is looked at, in which orientations and for which ink, until a ZIP is likely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from zipreader.config import LinesConfig, ReaderConfig, SearchConfig
from zipreader.elements import AddressBlock, Page, UprightPage, ZipField
from zipreader.reading.clock import Clock
from zipreader.reading.fieldreader import FieldReader, PageReaders
from zipreader.reading.fields import whole_fields, zip_fields
from zipreader.reading.lines import find_lines
from zipreader.reading.locate import locate
from zipreader.reading.page import upright_pages, whole_page
from zipreader.reading.search import Search

_DARK = 80.0
"""Most writing is so far below white, in levels of 255."""


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """The looks at one page; each gives a search of the fields that it shows."""

    page: Page
    fields: FieldReader
    config: ReaderConfig
    clock: Clock

    def all(self) -> list[Search]:
        """All that it takes: the writing, then the dark ink alone, then the light writing alone."""
        searches = self._at_the_pieces()
        self._finish(searches)
        for look in (self._at_dark_ink, self._at_light_ink):
            if likeliest(searches).probability >= self.config.search.likely:
                break
            again = look(searches)
            self._finish(again)
            searches += again
        return searches

    def at_a_field(self) -> Search:
        """The whole page as a field, which is cut whatever it spells."""
        with self.clock("page"):
            fields = whole_fields(whole_page(self.page, self.config.page))
        alone = replace(self.config.search, least_spelled=0.0)
        search = self._begin(fields[0].page, (), fields, alone)
        search.finish()
        return search

    def at(
        self, piece: int, before: Sequence[Search] = (), light_ink: bool = False
    ) -> list[Search]:
        """The orientations up to one that gives a ZIP, their likeliest fields read.

        Args:
            piece: which mailpiece of the image.
            before: earlier looks, whose addresses are heeded.
            light_ink: whether nothing but light writing is looked at.
        """
        searches: list[Search] = []
        pages = upright_pages(self.page, self.config.page, piece, light_ink)
        for upright in self.clock.each("page", pages):
            search = self._search(upright, self.config.lines, before)
            search.look()
            searches.append(search)
            if self._is_enough(searches):
                break
        return searches

    def _at_the_pieces(self) -> list[Search]:
        """The orientations of the mailpiece, or of the first one in which there is hope."""
        searches = self.at(0)
        pieces = max((each.upright.pieces for each in searches if each.upright), default=1)
        for piece in range(1, pieces):
            if likeliest(searches).probability >= self.config.search.hopeful:
                break
            searches += self.at(piece)
        return searches

    def _at_dark_ink(self, searches: list[Search]) -> list[Search]:
        """The same orientations, likeliest first, without what is far paler than most writing.

        A tint, writing that shows through, tape and stains may lie among the text lines.
        """
        dark = replace(self.config.lines, least_contrast=_DARK)
        again: list[Search] = []
        for search in sorted(searches, key=_probability, reverse=True):
            if search.upright is not None:
                again.append(self._search(search.upright, dark, searches))
                again[-1].look()
                if self._is_enough(again):
                    break
        return again

    def _at_light_ink(self, searches: list[Search]) -> list[Search]:
        """The orientations with nothing but the light writing on what is dark.

        The sender's address may be in dark ink beside it, or the rest of the envelope is bright.
        """
        upright = likeliest(searches).upright
        if upright is None or upright.light is None or upright.light.papers[0].inverted:
            return []
        return self.at(upright.piece, searches, light_ink=True)

    def _finish(self, searches: list[Search]) -> None:
        for search in sorted(searches, key=_probability, reverse=True):
            search.finish()
            if search.probability >= self.config.search.hopeful:
                break

    def _is_enough(self, searches: list[Search]) -> bool:
        """Whether no further orientation is tried: lines run along two and across two."""
        best = likeliest(searches).probability
        likely = len(searches) == 2 and best >= self.config.search.hopeful
        return likely or best >= self.config.search.upright

    def _search(self, upright: UprightPage, lines: LinesConfig, before: Sequence[Search]) -> Search:
        """Find the fields of one orientation of the page; none is read yet.

        An address that was found ``before`` and is not any more may be the one that is meant.
        """
        with self.clock("lines"):
            text = find_lines(upright, lines)
        with self.clock("locate"):
            blocks = locate(upright, text.lines, self.config.locate, text.barcodes)
            fields = zip_fields(blocks, self.config.fields)
        search = self._begin(upright, blocks, fields, self.config.search)
        for earlier in before:
            if earlier.upright and _side(earlier.upright) == _side(upright):
                search.heed(earlier)
        return search

    def _begin(
        self,
        upright: UprightPage,
        blocks: tuple[AddressBlock, ...],
        fields: tuple[ZipField, ...],
        config: SearchConfig,
    ) -> Search:
        best_place = max((field.score for field in fields), default=1.0)
        readers = PageReaders(self.fields, self.clock, best_place)
        return Search(upright, blocks, fields, readers, config)


def likeliest(searches: Sequence[Search]) -> Search:
    """The look that shows the likeliest ZIP."""
    return max(searches, key=_probability)


def _side(upright: UprightPage) -> tuple[int, int]:
    """Which mailpiece of the image it shows, and which way up."""
    return upright.piece, upright.orientation


def _probability(search: Search) -> float:
    return search.probability
