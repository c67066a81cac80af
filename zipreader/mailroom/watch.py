"""A hot folder: scans are taken once they have stood still.

It is looked at again and again, because network drives tell of no changes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from zipreader.errors import OutputError
from zipreader.mailroom.identity import FileIdentity
from zipreader.mailroom.sources import Folder
from zipreader.mailroom.work import MailFile, one_line

Take = Callable[[MailFile], MailFile]
"""Takes a file that has stood still, perhaps elsewhere; an OutputError where that fails for now."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds between two looks at the folder, and seconds that a file must stand still."""

    poll: float = 2.0
    settle: float = 5.0


@dataclass(frozen=True, slots=True)
class _Sighting:
    identity: FileIdentity
    since: float


class HotFolder:
    """The files of a folder as they come, for ever; ``None`` whenever there is nothing now.

    Args:
        root: the folder.
        known: says of a file whether it was taken before.
        take: takes a file, as it stands if this is left out.
        complain: told once of a folder that cannot be listed, and of a file that stays empty or
            cannot be taken.
        patience: how often to look, and how long a file must stand still.
        clock: seconds that pass.
    """

    def __init__(
        self,
        root: str,
        known: Callable[[FileIdentity], bool],
        take: Take = lambda file: file,
        complain: Callable[[str], None] = lambda _: None,
        patience: Patience = Patience(),  # noqa: B008 - frozen
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._root = root
        self._known = known
        self._take = take
        self._complain = complain
        self._patience = patience
        self._clock = clock
        self._seen: dict[str, _Sighting] = {}
        self._troubles: set[str] = set()

    def __iter__(self) -> Iterator[MailFile | None]:
        due = self._clock()
        while True:
            if self._clock() >= due:
                yield from self._look()
                due = self._clock() + self._patience.poll
            yield None

    def _look(self) -> Iterator[MailFile]:
        """One look at everything: what has stood still is taken, what has gone is forgotten."""
        seen: dict[str, _Sighting] = {}
        troubles: set[str] = set()
        for file in Folder(self._root):
            if file.problem:
                troubles.add(one_line(f"{file.path}: {file.problem}"))
            elif not self._known(file.identity):
                seen[file.path] = sighting = self._sighting(file)
                if self._clock() - sighting.since < self._patience.settle:
                    continue
                if not file.identity.size:  # begun, and not yet written
                    troubles.add(one_line(f"{file.path}: is empty, and waited for"))
                    continue
                try:
                    taken = self._take(file)
                except OutputError as error:  # tried again at the next look
                    troubles.add(str(error))
                    continue
                del seen[file.path]
                yield taken
        for trouble in sorted(troubles - self._troubles):
            self._complain(trouble)
        self._seen, self._troubles = seen, troubles

    def _sighting(self, file: MailFile) -> _Sighting:
        before = self._seen.get(file.path)
        if before is not None and before.identity == file.identity:
            return before
        return _Sighting(file.identity, self._clock())
