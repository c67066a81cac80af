"""The standard digits, from the network where there is one."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import keras

from zipreader.errors import InputError

_ORIGIN = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
_SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"


def standard_mnist() -> Path:
    """The file that ``keras.datasets.mnist`` reads, downloaded into its cache once.

    Raises:
        InputError: it is not in the cache and cannot be downloaded.
    """
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            return Path(keras.utils.get_file("mnist.npz", _ORIGIN, file_hash=_SHA256))
    except Exception as error:  # noqa: BLE001 - Keras raises nothing more exact
        cause = " ".join(str(error).split())[:160]
        raise InputError(f"mnist.npz: cannot be downloaded ({cause}); give --mnist FILE") from error
