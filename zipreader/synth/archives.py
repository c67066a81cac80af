"""Files of NumPy arrays that somebody else wrote."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from zipreader.errors import InputError

Arrays = dict[str, npt.NDArray[Any]]

_DAMAGE = (
    AttributeError,
    EOFError,
    KeyError,
    MemoryError,
    OSError,
    RuntimeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
"""What NumPy and its archives raise where a file is cut, damaged or something else."""


def read_arrays(
    path: Path, what: str, needed: Sequence[str], optional: Sequence[str] = ()
) -> Arrays:
    """Arrays of an ``.npz`` file by name; ``what`` says in an error what it should hold.

    Raises:
        InputError: missing, damaged, or without one of the ``needed`` arrays.
    """
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
            names = [*needed, *(name for name in optional if name in archive.files)]
            return {name: archive[name] for name in names}
    except _DAMAGE as error:
        cause = " ".join(str(error).split())[:160] or type(error).__name__
        raise InputError(f"{path}: not a file of {what} ({cause})") from error
