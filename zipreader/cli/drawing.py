"""The pictures of ``read --explain``: marked as ours, so that no other picture is replaced."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from zipreader.errors import OutputError, UsageError
from zipreader.files import is_file, is_folder, write_whole

if TYPE_CHECKING:
    from zipreader.elements import Image, Reading

_MARK = "zipreader read --explain"
_FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}
_JPEG_QUALITY = 95


def check_picture(path: Path) -> None:
    """Refuse before the work what could not be written after it, or is no such picture.

    Raises:
        UsageError: another ending.
        OutputError: its folder does not exist, or there is another file of that name.
    """
    if path.suffix.lower() not in _FORMATS:
        raise UsageError(f"{path}: --explain writes .png or .jpg")
    if not is_folder(path.parent):
        raise OutputError(f"{path}: the folder {path.parent} does not exist")
    if is_file(path) and not _is_ours(path):
        cause = "there is such a file, and --explain did not draw it"
        raise OutputError(f"{path}: {cause}; name another, or remove it")


def draw_reading(reading: Reading, path: Path) -> None:
    """Draw what was found, read and decided.

    Raises:
        OutputError: the file cannot be written.
    """
    from zipreader.reading.explain import explain

    write_whole(path, _encoded(explain(reading), _FORMATS[path.suffix.lower()]))


def _encoded(picture: Image, form: str) -> bytes:
    from PIL import Image as Pillow
    from PIL.PngImagePlugin import PngInfo

    buffer = io.BytesIO()
    image = Pillow.fromarray(picture[..., ::-1])
    if form == "PNG":
        words = PngInfo()
        words.add_text("Software", _MARK)
        image.save(buffer, form, pnginfo=words)
    else:
        image.save(buffer, form, quality=_JPEG_QUALITY, comment=_MARK)
    return buffer.getvalue()


def _is_ours(path: Path) -> bool:
    """Whether it is empty, as a file that was made to be written to, or bears our mark."""
    from PIL import Image as Pillow

    try:
        if path.stat().st_size == 0:
            return True
        with Pillow.open(path) as picture:
            said = picture.info.get("Software"), picture.info.get("comment")
    except (OSError, ValueError, Pillow.DecompressionBombError):
        return False
    return _MARK in said or _MARK.encode() in said
