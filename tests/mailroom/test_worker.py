from __future__ import annotations

import itertools
import multiprocessing
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from tests.drawing import blank
from zipreader.config import ImageConfig
from zipreader.elements import Page, Reading
from zipreader.errors import UnreadableImageError
from zipreader.mailroom.pool import Pool
from zipreader.mailroom.work import MailFile
from zipreader.mailroom.worker import FileReader, FileReaderSpec
from zipreader.reading import images
from zipreader.reading.reader import Reader


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A page with nothing on it."""
    import cv2

    assert cv2.imwrite(str(tmp_path / "page.png"), blank(900, 400))
    return tmp_path / "page.png"


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="counts threads as Linux does")
def test_a_worker_reads_with_one_thread(page: Path) -> None:
    with Pool(FileReaderSpec()) as pool:
        (outcome,) = pool.run([MailFile.at(str(page))])
        (worker,) = multiprocessing.active_children()
        threads = list(Path(f"/proc/{worker.pid}/task").iterdir())
    assert (outcome.pages, outcome.flagged) == (1, 1)
    assert len(threads) == 2, "one reads, one waits for the end of the parent"


def test_who_hands_out_files_loads_nothing_that_reads() -> None:
    code = (
        "import sys, zipreader.mailroom.pool, zipreader.mailroom.worker;"
        "print(sorted({'numpy', 'cv2', 'ai_edge_litert'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    "fault", [ValueError("bad\nvalue"), MemoryError("no room"), OSError("gone")]
)
def test_a_fault_of_the_reader_costs_its_file(
    reader: Reader, page: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def read_page(self: Reader, page: Page) -> NoReturn:
        raise fault

    monkeypatch.setattr(Reader, "read_page", read_page)
    (record,) = FileReader(reader)(str(page))
    cause = " ".join(str(fault).split())
    kind = type(fault).__name__
    assert record["error"] == f"{page}: fault of the reader: {kind}: {cause}"


def test_a_file_without_a_page_has_failed(
    reader: Reader, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "open_pages", lambda path, config: iter(()))
    (record,) = FileReader(reader)(str(page))
    assert record["error"] == f"{page}: there is no page in it"


def test_a_page_at_which_the_reader_fails_costs_no_other(
    reader: Reader, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import cv2

    three = page.with_name("three.tif")
    assert cv2.imwritemulti(str(three), [blank(900, 400)] * 3)
    read = Reader.read_page

    def read_page(self: Reader, page: Page) -> Reading:
        if page.index == 1:
            raise ValueError("second page")
        return read(self, page)

    monkeypatch.setattr(Reader, "read_page", read_page)
    first, second, third = FileReader(reader)(str(three))
    assert (first["page"], first["error"]) == (1, None)
    assert (second["page"], second["decision"]) == (2, None)
    assert "second page" in str(second["error"])
    assert (third["page"], third["error"]) == (3, None)


def test_the_pages_before_the_damage_of_a_file_are_kept(
    reader: Reader, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(path: str, config: ImageConfig) -> Iterator[Page]:
        yield from itertools.islice(opened(path, config), 1)
        raise UnreadableImageError(f"{path}: cut off")

    opened = images.open_pages
    monkeypatch.setattr(images, "open_pages", damaged)
    first, rest = FileReader(reader)(str(page))
    assert (first["page"], first["error"]) == (1, None)
    assert (rest["page"], rest["error"]) == (None, f"{page}: cut off")
