"""Many mailpieces into a folder: images, truth.csv and truth.jsonl."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image as PillowImage

from zipreader.elements import Image
from zipreader.errors import OutputError, UsageError
from zipreader.files import write_whole
from zipreader.synth.mailpiece import make_mailpiece
from zipreader.synth.plan import check_kind
from zipreader.synth.sources import Sources
from zipreader.synth.truth import Mailpiece, Truth
from zipreader.workers import spread

Progress = Callable[[int, int], None]
"""Called with the number of pieces done and of all."""

_SEEDS_A_FOLDER = 1_000_000
_CHUNK = 4
"""Pieces that go to a process at once."""
_JPEG_QUALITY = 95
_PNG_EVERY = 6
_STATED_EVERY = 5
_COLUMNS = ("file", "zip", "plus4", "kind", "must_flag")


def piece_seed(seed: int, index: int) -> int:
    """The seed of a piece in a folder; folders of different seeds share none."""
    return seed * _SEEDS_A_FOLDER + index


def write_mail(
    out: Path,
    count: int,
    seed: int,
    kind: str,
    sources: Sources,
    progress: Progress | None = None,
    workers: int = 1,
) -> list[Truth]:
    """Make ``count`` pieces and write them as 0001.jpg and so on, with their truth.

    The same arguments give the same files, whatever ``workers``, the number of
    processes; a script that asks for more than one needs the usual guard of its
    ``__main__``.  Files appear whole or not at all; the truth is written last.

    Raises:
        UsageError: The kind is unknown or a number out of range.
        OutputError: The folder cannot be written, or holds other files already.
    """
    check_kind(kind)
    if not 0 < count < _SEEDS_A_FOLDER or seed < 0 or workers < 1:
        raise UsageError(f"cannot make {count} pieces with seed {seed} in {workers} processes")
    out = Path(out)
    _prepare(out)
    width = max(4, len(str(count)))
    jobs = [(out / f"{i + 1:0{width}d}", kind, piece_seed(seed, i)) for i in range(count)]
    truths: list[Truth] = []
    for truth in spread(partial(_open_worker, sources), jobs, workers, _CHUNK):
        truths.append(truth)
        if progress is not None:
            progress(len(truths), count)
    write_whole(out / "truth.csv", _table(truths).encode())
    write_whole(out / "truth.jsonl", "".join(f"{t.to_json()}\n" for t in truths).encode())
    return truths


Job = tuple[Path, str, int]
"""File without its suffix, kind, seed."""


def _open_worker(sources: Sources) -> Callable[[Job], Truth]:
    return partial(_write_piece, sources)


def _prepare(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        is_empty = next(out.iterdir(), None) is None
    except OSError as error:
        raise OutputError(f"{out}: cannot be written ({error.strerror})") from error
    if not is_empty:
        raise OutputError(f"{out}: not empty; choose a new folder")


def _write_piece(sources: Sources, job: Job) -> Truth:
    stem, kind, seed = job
    piece = make_mailpiece(kind, seed, sources)
    suffix, content = encode(piece)
    path = stem.with_suffix(suffix)
    write_whole(path, content)
    return piece.truth.named(path.name)


def encode(piece: Mailpiece) -> tuple[str, bytes]:
    """A piece as a file: its suffix and content.

    One-bit images become TIFF in fax group 4, others JPEG or PNG.  Scans
    mostly state their resolution, photos never do.
    """
    image, seed = piece.image, piece.truth.seed
    is_stated = piece.truth.kind != "photo" and seed % _STATED_EVERY > 0
    dpi = {"dpi": (piece.dpi, piece.dpi)} if is_stated else {}
    buffer = io.BytesIO()
    picture = _pillow(image)
    if _is_bilevel(image):
        picture.convert("1").save(buffer, "TIFF", compression="group4", **dpi)
        return ".tif", buffer.getvalue()
    if seed % _PNG_EVERY == 0:
        picture.save(buffer, "PNG", compress_level=1, **dpi)
        return ".png", buffer.getvalue()
    picture.save(buffer, "JPEG", quality=_JPEG_QUALITY, **dpi)
    return ".jpg", buffer.getvalue()


def _pillow(image: Image) -> PillowImage.Image:
    if image.ndim == 2:
        return PillowImage.fromarray(image)
    return PillowImage.fromarray(np.ascontiguousarray(image[..., ::-1]))


def _is_bilevel(image: Image) -> bool:
    return image.ndim == 2 and not bool(np.any((image != 0) & (image != 255)))


def _table(truths: list[Truth]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for truth in truths:
        flag = "yes" if truth.must_flag else "no"
        writer.writerow([truth.file, truth.zip or "", truth.plus4 or "", truth.kind, flag])
    return text.getvalue()
