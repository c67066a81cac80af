from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import pytest
from hypothesis import settings

from zipreader.reading.reader import Reader

# The same examples in every run, and no limit on time: machines differ.
settings.register_profile("steady", derandomize=True, deadline=None, max_examples=40)
settings.load_profile("steady")
cv2.setNumThreads(1)


@pytest.fixture(scope="session")
def reader() -> Reader:
    """A reader with the shipped model."""
    return Reader()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run of the command ended, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """The one line on stderr."""
        (line,) = self.err.splitlines()
        return line


Command = Callable[..., Outcome]


@pytest.fixture
def zipreader(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run ``zipreader`` with these arguments, in this process."""
    from zipreader.cli import main

    def run(*arguments: object) -> Outcome:
        argv: Sequence[str] = ["zipreader", *map(str, arguments)]
        monkeypatch.setattr("sys.argv", argv)
        capsys.readouterr()
        with pytest.raises(SystemExit) as stop:
            main()
        out, err = capsys.readouterr()
        code = stop.value.code
        assert isinstance(code, int)
        return Outcome(code, out, err)

    return run
