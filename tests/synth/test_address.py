from __future__ import annotations

import re

import numpy as np
import pytest

from zipreader.synth import Sources
from zipreader.synth.address import invent, invent_foreign, invent_note, with_code
from zipreader.synth.names import STATES


@pytest.mark.parametrize("seed", range(30))
def test_the_last_lines_name_the_place_of_the_zip(sources: Sources, seed: int) -> None:
    address = invent(sources, np.random.default_rng(seed))
    assert address.place is not None
    assert address.place in {sources.usual(p) for p in sources.places if p.zip == address.zip}
    text = " ".join(line.text for line in address.lines).upper()
    state = address.place.state
    assert address.place.city.upper() in text
    assert f" {state}" in text or STATES[state].upper() in text
    (code,) = [line.zip for line in address.lines if line.zip is not None]
    assert code == address.place.zip + (f"-{address.plus4}" if address.plus4 else "")


def test_an_address_has_two_to_seven_lines(sources: Sources) -> None:
    counts = {len(invent(sources, np.random.default_rng(k)).lines) for k in range(200)}
    assert min(counts) >= 3 and max(counts) <= 7


def test_a_foreign_address_has_no_zip() -> None:
    address = invent_foreign(np.random.default_rng(1))
    assert address.zip is None and address.place is None
    assert not any(is_zip for line in address.lines for _, is_zip in line.pieces())


def test_a_note_has_numbers_of_five_digits_and_no_zip() -> None:
    notes = [invent_note(np.random.default_rng(seed)) for seed in range(40)]
    texts = [[line.text for line in note.lines] for note in notes]
    assert all(2 <= len(lines) <= 6 for lines in texts)
    assert not any("#" in text for lines in texts for text in lines)
    assert not any(is_zip for note in notes for line in note.lines for _, is_zip in line.pieces())
    five = [any(re.search(r"(?<!\d)\d{5}$", text) for text in lines) for lines in texts]
    assert 10 < sum(five) < 40


def test_a_code_can_be_exchanged_or_left_out(sources: Sources) -> None:
    address = invent(sources, np.random.default_rng(3), own_line=1.0)
    assert [line.zip for line in with_code(address, "1234").lines if line.zip] == ["1234"]
    bare = with_code(address, "")
    assert len(bare.lines) == len(address.lines) - 1
    assert not any(line.zip for line in bare.lines)


def test_other_numbers_stand_in_boxes_and_below_the_zip(sources: Sources) -> None:
    def numbered(share: float) -> int:
        addresses = [invent(sources, np.random.default_rng(k), numbers=share) for k in range(100)]
        texts = [line.text for address in addresses for line in address.lines]
        return sum("BOX" in text.upper() or text.endswith(tuple("0123456789")) for text in texts)

    assert numbered(0.0) < numbered(0.3) < numbered(1.0)
