"""The code that makes tiles and strips -> its digest, so that a cache keeps none of older code."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import zipreader

_WINGS = ("reading", "synth", "training")
"""What they are made by: tiles and strips go through the stages of reading."""


@cache
def code_digest() -> str:
    """Digest of the modules that have a part in making them, comments too."""
    root = Path(zipreader.__file__).parent
    modules = [
        root / "config.py",
        *(path for wing in _WINGS for path in (root / wing).rglob("*.py")),
    ]
    digest = hashlib.sha256()
    for path in sorted(modules):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
