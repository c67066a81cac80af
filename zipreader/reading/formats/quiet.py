"""The decoding libraries, kept silent and strict; what they raise for damaged files."""

from __future__ import annotations

import ctypes
import functools
import logging
import struct
import threading
import warnings
import zlib
from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType

import cv2
from PIL import ImageFile, _imaging

LIBRARY_FAILURES = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    EOFError,
    RuntimeError,
    struct.error,
    zlib.error,
    cv2.error,
)
"""What Pillow, OpenCV and PDFium raise for damaged files."""


class _QuietLibraries:
    """While any thread decodes: no third-party messages, no lenience towards cut files.

    ``catch_warnings`` alone is not safe in threads; the first thread in saves
    the process's settings and the last one out restores them.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._restore = ExitStack()

    def __enter__(self) -> None:
        with self._lock:
            if self._users == 0:
                self._apply()
            self._users += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._lock:
            self._users -= 1
            if self._users == 0:
                self._restore.close()

    def _apply(self) -> None:
        self._restore.enter_context(warnings.catch_warnings())
        warnings.filterwarnings("ignore", module=r"(PIL|pypdfium2)(\.|$)")
        logger = logging.getLogger("PIL")
        self._restore.callback(logger.setLevel, logger.level)
        logger.setLevel(logging.CRITICAL + 1)
        lenient = ImageFile.LOAD_TRUNCATED_IMAGES
        self._restore.callback(setattr, ImageFile, "LOAD_TRUNCATED_IMAGES", lenient)
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        level = cv2.utils.logging.getLogLevel()
        self._restore.callback(cv2.utils.logging.setLogLevel, level)
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
        set_handler = _libtiff_error_setter()
        if set_handler:
            self._restore.callback(set_handler, set_handler(None))


@functools.cache
def _libtiff_error_setter() -> Callable[[int | None], int | None] | None:
    """``TIFFSetErrorHandler`` of Pillow's libtiff, which else writes to stderr itself."""
    try:
        setter = ctypes.CDLL(_imaging.__file__).TIFFSetErrorHandler
    except (OSError, AttributeError, TypeError):  # linked statically
        return None
    setter.argtypes, setter.restype = [ctypes.c_void_p], ctypes.c_void_p
    narrowed: Callable[[int | None], int | None] = setter
    return narrowed


QUIET_LIBRARIES = _QuietLibraries()
"""The one instance, as the settings are the process's."""
