"""A batch with the reader of the tests, to be killed: python -m tests.mailroom.victim MAIL OUT."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

from tests.mailroom.desk import Desk
from zipreader.mailroom.batch import Ledger, run_batch
from zipreader.mailroom.pool import Pool
from zipreader.mailroom.sinks import open_sink
from zipreader.mailroom.sources import Folder


def main() -> None:
    """Read the mail of a folder into an output, as ``zipreader batch`` does."""
    mail, out = sys.argv[1:]
    with closing(open_sink(Path(out))) as sink, Pool(Desk(delay=0.002), 2) as pool:
        for _ in run_batch(Folder(mail), pool, sink, Ledger(sink.recorded())):
            pass


if __name__ == "__main__":
    main()
