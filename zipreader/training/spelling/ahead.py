"""Batches made by a thread while the network learns from earlier ones."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from typing import Any

_AHEAD = 8
"""Batches that wait to be trained on."""

Batch = tuple[Any, Any]
"""Images and labels as the network takes them."""


class Ahead:
    """The batches of an iterator, in order, made before they are asked for."""

    def __init__(self, batches: Iterator[Batch]) -> None:
        self._queue: queue.Queue[Batch | BaseException | None] = queue.Queue(_AHEAD)
        self._batches = batches
        threading.Thread(target=self._run, daemon=True).start()

    def __iter__(self) -> Iterator[Batch]:
        while (batch := self._queue.get()) is not None:
            if isinstance(batch, BaseException):
                raise batch
            yield batch

    def _run(self) -> None:
        try:
            for batch in self._batches:
                self._queue.put(batch)
            self._queue.put(None)
        except BaseException as error:  # noqa: BLE001 - raised again where the batches are used
            self._queue.put(error)
