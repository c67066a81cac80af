"""Whether a page shows another addressee: a mailpiece has one sender, and a postmark is none."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Protocol

from zipreader.config import SearchConfig
from zipreader.elements import AddressBlock
from zipreader.reading import rivals
from zipreader.reading.measures import are_address, lines_within
from zipreader.reading.readers import Readers
from zipreader.reading.wording import Party


class Shown(Protocol):
    """What was found on a page, and what was read of it."""

    @property
    def blocks(self) -> tuple[AddressBlock, ...]:
        """All addresses and what else looks like one."""

    @property
    def likely(self) -> Mapping[AddressBlock, set[str]]:
        """The likely ZIPs of each address."""

    @property
    def readers(self) -> Readers:
        """Who reads captions."""

    @property
    def config(self) -> SearchConfig:
        """What spells a ZIP."""

    def beside(self, own: AddressBlock) -> list[AddressBlock]:
        """The other addresses in as good a place."""

    def zip_of(self, block: AddressBlock, least: float) -> str | None:
        """The ZIP that one of the likeliest fields of a block spells, as a sender's do."""

    def is_written(self, block: AddressBlock) -> bool:
        """Whether a block holds words, and not a postmark's."""


def are_several(shown: Shown, own: AddressBlock, code: str) -> bool:
    """Whether the address ``own``, in which the ZIP ``code`` was read, may not be the only one.

    Two addresses beside it have other ZIPs, in as good places; or one has that is its peer, and
    no caption or what stands above says the sender's; or stands below it; or captions say that
    this is the sender's and another the addressee's.
    """
    others = [
        (block, zips)
        for block in shown.beside(own)
        if are_address(block.lines)
        and (zips := shown.likely.get(block, set()))
        and code not in zips
    ]
    pairs = [(a, b) for (a, zips), (b, other) in combinations(others, 2) if not zips & other]
    above = ((a, b) for a, _ in others for b in rivals.blocks_above(own, a, shown.blocks))
    pairs += [(a, b) for a, b in above if shown.zip_of(b, shown.config.rival_spelled)]
    pairs += [(own, block) for block, _ in others if _is_another(shown, own, block)]
    pairs += [(own, block) for block in _below(shown, own, code)]
    if any(shown.is_written(one) and shown.is_written(other) for one, other in pairs):
        return True
    return _is_addressed_to_another(shown, own, code)


def _is_another(shown: Shown, own: AddressBlock, block: AddressBlock) -> bool:
    """Whether an address that stands like the best one may as well be the addressee's."""
    if not rivals.are_peers(own, block) or rivals.blocks_above(own, block, shown.blocks):
        return False
    return _party(shown, own) is not Party.ADDRESSEE and _party(shown, block) is not Party.SENDER


def _below(shown: Shown, own: AddressBlock, code: str) -> list[AddressBlock]:
    """The addresses with another ZIP below one: no sender's stands there, but a new one may."""
    below = [each for each in shown.blocks if each.box.y0 >= own.box.y1]
    least = shown.config.clearly_spelled
    return [
        each
        for each in below
        if are_address(each.lines) and shown.zip_of(each, least) not in (None, code)
    ]


def _is_addressed_to_another(shown: Shown, own: AddressBlock, code: str) -> bool:
    """Whether captions tell that this is the sender's address and another is the addressee's."""
    others = [
        block
        for block in shown.beside(own)
        if are_address(block.lines) and code not in shown.likely.get(block, ())
    ]
    if not others or _party(shown, own) is not Party.SENDER:
        return False
    return any(_party(shown, block) is Party.ADDRESSEE for block in others)


def _party(shown: Shown, block: AddressBlock) -> Party | None:
    return shown.readers.party(block, lines_within(block, shown.blocks))
