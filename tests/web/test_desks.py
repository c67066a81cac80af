from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from tests.mailroom.office import drawn_mail
from zipreader.errors import InputError
from zipreader.mailroom.desk import Task
from zipreader.mailroom.pictures import Pictures, pictures_of
from zipreader.mailroom.rules import Rules
from zipreader.web import desks as module
from zipreader.web.desks import Desks, Gallery

_PATIENCE = 20.0


@pytest.fixture
def gallery(tmp_path: Path) -> Iterator[Gallery]:
    desks = Desks(drawn_mail(tmp_path / "mail.db", 2), Rules())
    yield Gallery(desks)
    desks.close()


def test_a_file_that_is_slow_to_decode_keeps_nobody_else_waiting(
    gallery: Gallery, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on, cuts = Event(), Event(), Counter[int]()

    def slow(task: Task) -> Pictures:
        cuts[task.piece.id] += 1
        if task.piece.id == 1:
            begun.set()
            assert go_on.wait(_PATIENCE)
        return pictures_of(task)

    monkeypatch.setattr(module, "pictures_of", slow)
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(gallery.pictures, 1)
        assert begun.wait(_PATIENCE)
        again = pool.submit(gallery.pictures, 1)
        try:
            assert pool.submit(gallery.pictures, 2).result(_PATIENCE) is not None
        finally:
            go_on.set()
        assert first.result() is again.result() is gallery.pictures(1) is not None
    assert cuts == {1: 1, 2: 1}


def test_what_cannot_be_cut_is_tried_again(gallery: Gallery, tmp_path: Path) -> None:
    scan = tmp_path / "piece-1.png"
    kept = scan.rename(tmp_path / "away.png")
    for _ in range(2):
        with pytest.raises(InputError, match="gone"):
            gallery.pictures(1)
    kept.rename(scan)
    assert gallery.pictures(1) is not None
    assert gallery.pictures(9) is None


def test_a_scan_that_was_deleted_is_not_shown_from_memory(gallery: Gallery, tmp_path: Path) -> None:
    assert gallery.pictures(1) is gallery.pictures(1) is not None
    (tmp_path / "piece-1.png").unlink()
    with pytest.raises(InputError, match="gone"):
        gallery.pictures(1)
