from __future__ import annotations

import multiprocessing
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from tests.drawing import blank
from zipreader.elements import Page, Reading
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


def test_the_pages_before_a_damaged_one_are_kept(
    reader: Reader, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import cv2

    two = page.with_name("two.tif")
    assert cv2.imwritemulti(str(two), [blank(900, 400), blank(900, 400)])
    read, faults = Reader.read_page, [ValueError("second page")]

    def read_page(self: Reader, page: Page) -> Reading:
        if page.index:
            raise faults[0]
        return read(self, page)

    monkeypatch.setattr(Reader, "read_page", read_page)
    first, second = FileReader(reader)(str(two))
    assert (first["page"], first["error"]) == (1, None)
    assert (second["page"], second["decision"]) == (None, None)
    assert "second page" in str(second["error"])
