"""What a search asks of those that read the fields of a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from zipreader.elements import AddressBlock, Spelling, TextLine, ZipField, ZipHypothesis
from zipreader.reading.wording import Party


class Readers(Protocol):
    """What the fields of a page are read with."""

    def spell(self, field: ZipField) -> Spelling:
        """What a field spells, uncut."""

    def read(self, field: ZipField, spelling: Spelling) -> Iterable[ZipHypothesis]:
        """The hypotheses that a field gives, each with its probability."""

    def miscounted(self, spelling: Spelling) -> float:
        """The probability that a field spells digits that are no ZIP."""

    def is_written(self, block: AddressBlock, lines: Sequence[TextLine]) -> bool:
        """Whether words of an address can be read in a block, within which these lines stand."""

    def party(self, block: AddressBlock, lines: Sequence[TextLine]) -> Party | None:
        """Whose a caption says that a block is, within which these lines stand."""

    def judge(self, evidence: Mapping[str, float]) -> float:
        """The probability that the ZIP with this evidence is right."""
