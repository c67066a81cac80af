"""How to open a reader, in a form that can go to another process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from zipreader.reading.reader import Reader


@dataclass(frozen=True, slots=True)
class ReaderSpec:
    """The arguments of :class:`Reader`."""

    model_dir: Path | None = None
    max_error: float | None = None
    min_confidence: float | None = None
    calibration: Path | None = None
    runtime: Literal["litert", "keras"] = "litert"

    def open(self) -> Reader:
        """Open the reader, with one thread.

        Raises:
            ModelError: the model or the calibration cannot be used.
            UsageError: the bound is not certified.
        """
        import cv2  # only a worker loads what reads; the process that hands out files stays small

        from zipreader.reading.reader import Reader

        cv2.setNumThreads(1)
        return Reader(
            self.model_dir,
            max_error=self.max_error,
            min_confidence=self.min_confidence,
            calibration=self.calibration,
            runtime=self.runtime,
        )
