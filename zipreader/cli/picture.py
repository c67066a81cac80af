"""Pictures in a terminal: its own graphics where it has them, else two pixels a character."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import TYPE_CHECKING

from rich.color import Color
from rich.segment import Segment, Segments
from rich.style import Style

if TYPE_CHECKING:
    from rich.console import Console

_CHUNK = 4096
_WIDEST = 120
_TALLEST = 24


class Graphics(Enum):
    """What a terminal can show."""

    KITTY = "kitty"
    ITERM = "iterm"
    BLOCKS = "blocks"
    NONE = "none"


def graphics_of(console: Console, environment: Mapping[str, str] = os.environ) -> Graphics:
    """What this terminal says that it can show."""
    if not console.is_terminal:
        return Graphics.NONE
    if "KITTY_WINDOW_ID" in environment or environment.get("TERM") == "xterm-kitty":
        return Graphics.KITTY
    if environment.get("TERM_PROGRAM") in {"iTerm.app", "WezTerm"}:
        return Graphics.ITERM
    colours = console.color_system in {"truecolor", "256"} and not console.no_color
    return Graphics.BLOCKS if colours else Graphics.NONE


def show_picture(console: Console, jpeg: bytes, graphics: Graphics) -> None:
    """Show an encoded picture as wide as the terminal, as far as it can."""
    columns = min(console.width, _WIDEST)
    match graphics:
        case Graphics.KITTY:
            console.file.write("".join(_kitty(jpeg, columns)) + "\n")
        case Graphics.ITERM:
            console.file.write(_iterm(jpeg, columns) + "\n")
        case Graphics.BLOCKS:
            console.print(_blocks(jpeg, columns))


def _kitty(jpeg: bytes, columns: int) -> Iterator[str]:
    """Kitty's protocol takes PNG, in chunks."""
    import cv2
    import numpy as np

    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None, "a picture of our own"
    code = base64.b64encode(cv2.imencode(".png", image)[1].tobytes()).decode()
    for start in range(0, len(code), _CHUNK):
        first = f"a=T,f=100,c={columns}," if start == 0 else ""
        more = int(start + _CHUNK < len(code))
        yield f"\033_G{first}m={more};{code[start : start + _CHUNK]}\033\\"


def _iterm(jpeg: bytes, columns: int) -> str:
    code = base64.b64encode(jpeg).decode()
    return f"\033]1337;File=inline=1;width={columns};size={len(jpeg)}:{code}\a"


def _blocks(jpeg: bytes, columns: int) -> Segments:
    """Upper half blocks: the upper pixel as foreground, the lower as background."""
    import cv2
    import numpy as np

    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None, "a picture of our own"
    height, width = image.shape[:2]
    scale = min(columns / width, 2 * _TALLEST / height)
    size = max(1, round(width * scale)), max(2, 2 * round(height * scale / 2))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)[:, :, ::-1]
    segments = []
    rows = small.tolist()
    for upper, lower in zip(rows[::2], rows[1::2], strict=True):
        segments += [
            Segment("▀", Style(color=Color.from_rgb(*above), bgcolor=Color.from_rgb(*below)))
            for above, below in zip(upper, lower, strict=True)
        ]
        segments.append(Segment.line())
    return Segments(segments)
