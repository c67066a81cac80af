from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mailroom.office import drawn_mail
from tests.web.conftest import Server
from zipreader.reading.spec import ReaderSpec
from zipreader.web.config import WebConfig
from zipreader.web.reading import ReaderProcess

pytestmark = pytest.mark.slow


def test_no_request_makes_the_server_fail_or_break_its_description(tmp_path: Path) -> None:
    pytest.importorskip("schemathesis")
    config = WebConfig(drawn_mail(tmp_path / "mail.db", 0))
    with Server(config, ReaderProcess(ReaderSpec(), 60)) as server:
        command = [
            str(Path(sys.executable).with_name("schemathesis")),
            *("run", f"{server.url}/v1/openapi.json", "--max-examples", "200", "--seed", "1"),
            # A body may be any bytes, and most bytes are no image.
            *("--exclude-checks", "positive_data_acceptance"),
        ]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
    assert re.search(r"[0-9]+ generated, [0-9]+ passed$", done.stdout, re.MULTILINE)
