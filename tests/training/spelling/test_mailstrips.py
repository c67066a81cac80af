from __future__ import annotations

from zipreader.config import ReaderConfig
from zipreader.synth import make_mailpiece, open_sources
from zipreader.training.spelling.labels import OTHER
from zipreader.training.spelling.mailstrips import mail_strips


def test_the_fields_of_a_printed_piece_say_its_zip() -> None:
    sources, right = open_sources(), 0
    for seed in range(6):
        piece = make_mailpiece("printed", seed, sources)
        whole = (piece.truth.zip or "") + (piece.truth.plus4 or "")
        for made in mail_strips(piece, ReaderConfig()):
            digits = "".join(str(label) for label in made.labels if label != OTHER)
            assert digits in whole
            right += digits == whole
    assert right >= 6


def test_letters_beside_the_zip_are_something_else() -> None:
    piece = make_mailpiece("printed", 1, open_sources())
    labels = [made.labels for made in mail_strips(piece, ReaderConfig())]
    assert any(signs[0] == OTHER for signs in labels)


def test_a_piece_without_a_readable_zip_gives_nothing() -> None:
    sources = open_sources()
    pieces = [make_mailpiece("must-flag", seed, sources) for seed in range(8)]
    for piece in pieces:
        if not piece.truth.digits:
            assert list(mail_strips(piece, ReaderConfig())) == []
