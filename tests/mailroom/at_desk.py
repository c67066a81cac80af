"""The command line with the reader of the tests: python -m tests.mailroom.at_desk batch MAIL."""

from __future__ import annotations

import os

import zipreader.cli.batch
import zipreader.cli.watch
from tests.mailroom.desk import Desk
from zipreader.cli import main


def _desk(*_: object) -> Desk:
    return Desk(delay=float(os.environ.get("DESK_DELAY", "0")))


if __name__ == "__main__":
    zipreader.cli.batch.file_reader = _desk  # type: ignore[assignment, attr-defined]
    zipreader.cli.watch.file_reader = _desk  # type: ignore[assignment, attr-defined]
    main()
