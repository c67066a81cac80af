"""``zipreader read``: the ZIP of each page, for a person or as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zipreader.cli.console import complain, emit, stdout
from zipreader.cli.drawing import check_picture, draw_reading
from zipreader.cli.options import (
    CalibrationOption,
    MaxErrorOption,
    MinConfidenceOption,
    ModelOption,
    RuntimeName,
    RuntimeOption,
    reader_spec,
)
from zipreader.errors import ExitCode, InputError, OutputError
from zipreader.files import is_there

if TYPE_CHECKING:
    from zipreader.elements import Page, Reading
    from zipreader.reading.reader import Reader

_STDIN = "-"
_STDIN_PATH = "<stdin>"
"""The path in the record of what came from there."""


def read(
    images: Annotated[
        list[str],
        typer.Argument(metavar="IMAGE", help="Scans or photos; '-' reads one from stdin."),
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON record a page and line, for programs.")
    ] = False,
    explain: Annotated[
        Path | None,
        typer.Option(
            "--explain",
            metavar="OUT.png",
            help="Draw what was found, read and decided; further pages go to OUT-2.png, ...",
            readable=False,
        ),
    ] = None,
    field: Annotated[
        bool, typer.Option("--field", help="The image shows nothing but a ZIP, as a form's box.")
    ] = False,
    max_error: MaxErrorOption = None,
    min_confidence: MinConfidenceOption = None,
    calibration: CalibrationOption = None,
    model: ModelOption = None,
    runtime: RuntimeOption = RuntimeName.LITERT,
) -> None:
    """Read the ZIP code of each page of each image.

    Accepts JPEG, PNG, TIFF (each page is a mailpiece), BMP, WebP, GIF and PDF.
    Ends with 0 if every ZIP was accepted, 10 if one was flagged for review, and
    3 if a file could not be read (the others are read all the same).

    [bold]Example:[/bold]  zipreader read envelope.jpg --explain why.png
    """
    reader = reader_spec(model, calibration, max_error, min_confidence, runtime).open()
    _check_output(explain, images)
    run = _Run(reader, as_json, explain, field, images)
    for source in images:
        run.read(source)
    if run.bare:
        complain("--field takes the whole image for a ZIP: drop it where an envelope is shown")
    if run.failure is not None:
        raise typer.Exit(run.failure)
    if run.flagged:
        raise typer.Exit(ExitCode.FLAGGED)


@dataclass(slots=True)
class _Run:
    """Reads one source after the other and remembers what went wrong."""

    reader: Reader
    as_json: bool
    explain: Path | None
    field: bool
    sources: list[str]
    pages: int = 0
    flagged: int = 0
    bare: int = 0
    """Pages that were taken for a ZIP alone, and showed none."""
    failure: ExitCode | None = None

    def read(self, source: str) -> None:
        """Show every page of a source; a bad one is reported and the run goes on."""
        try:
            for page, several in self._pages_of(source):
                self._read_page(page, several)
        except InputError as error:
            self._fail(_STDIN_PATH if source == _STDIN else source, error)

    def _read_page(self, page: Page, several: bool) -> None:
        """Show a page; a fault of the reader costs it, and no other."""
        from zipreader.reading.faults import told_of

        read = self.reader.read_field if self.field else self.reader.read_page
        try:
            with told_of(page.path):
                reading = read(page)
        except InputError as error:
            self._fail(page.path, error, page.index + 1)
        else:
            self._show(reading, several)

    def _fail(self, path: str, error: InputError, page: int | None = None) -> None:
        """Tell of a file, or of a page of it, that could not be read."""
        from zipreader.reading.record import error_record

        complain(str(error))
        self.failure = self.failure or error.exit_code
        if self.as_json:
            emit(json.dumps(error_record(path, str(error), page)))

    def _pages_of(self, source: str) -> Iterator[tuple[Page, bool]]:
        """The pages, and whether there are several, which records need not know."""
        pages = _pages(source, self.reader)
        return ((page, False) for page in pages) if self.as_json else _with_company(pages)

    def _show(self, reading: Reading, several: bool) -> None:
        self.pages += 1
        self.bare += self.field and reading.zip is None
        self.flagged += not reading.decision.accepted
        if self.as_json:
            from zipreader.reading.record import to_record

            emit(json.dumps(to_record(reading)))
        else:
            from zipreader.cli.panel import panel

            stdout().print(panel(reading, several))
        if self.explain is not None:
            out = _numbered(self.explain, self.pages)
            _check_output(out, self.sources)
            draw_reading(reading, out)


def _pages(source: str, reader: Reader) -> Iterator[Page]:
    from zipreader.reading.images import open_pages, pages_from_bytes

    if source == _STDIN:
        return pages_from_bytes(sys.stdin.buffer.read(), _STDIN_PATH, reader.config.images)
    return open_pages(source, reader.config.images)


def _with_company(pages: Iterator[Page]) -> Iterator[tuple[Page, bool]]:
    """Each page, and whether it is one of several; damage is told after the page before it."""
    page, failure = next(pages, None), None
    if page is None:
        return
    try:
        following = next(pages, None)
    except InputError as error:
        following, failure = None, error
    yield page, following is not None or failure is not None
    if failure is not None:
        raise failure
    if following is not None:
        yield following, True
        yield from ((each, True) for each in pages)


def _check_output(explain: Path | None, sources: list[str]) -> None:
    """Refuse before the work what could not be written after it."""
    if explain is not None:
        _refuse_a_source(explain, sources)
        check_picture(explain)


def _refuse_a_source(out: Path, sources: list[str]) -> None:
    """A scan is never drawn over, whatever name it goes by."""
    if is_there(out) and any(source != _STDIN and _is_same(out, source) for source in sources):
        raise OutputError(f"{out}: this is one of the images to read; name another --explain")


def _is_same(path: Path, other: str) -> bool:
    try:
        return path.samefile(other)
    except (OSError, ValueError):  # it is not there, or no file name
        return False


def _numbered(path: Path, number: int) -> Path:
    return path if number == 1 else path.with_stem(f"{path.stem}-{number}")
