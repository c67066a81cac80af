"""Nothing that a mailroom does all day needs a network."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
_REFUSING = """
import socket

def refuse(*args, **kwargs):
    raise SystemExit("the network was asked for")

socket.socket.connect = socket.socket.connect_ex = refuse
socket.getaddrinfo = socket.create_connection = socket.gethostbyname = refuse
"""


@pytest.fixture
def offline(tmp_path: Path) -> dict[str, str]:
    """An environment whose Python ends when anything asks for the network."""
    place = tmp_path / "refusing"
    place.mkdir()
    (place / "sitecustomize.py").write_text(_REFUSING, encoding="utf-8")
    return {**os.environ, "PYTHONPATH": f"{place}{os.pathsep}{ROOT}"}


def python(code: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *code], env=environment, capture_output=True, text=True, check=False
    )


def test_the_network_is_really_refused(offline: dict[str, str]) -> None:
    code = "import urllib.request; urllib.request.urlopen('http://example.org')"
    assert "the network was asked for" in python(["-c", code], offline).stderr


def test_reading_asks_for_no_network(offline: dict[str, str]) -> None:
    sample = str(ROOT / "samples" / "printed.jpg")
    done = python(["-m", "zipreader", "read", sample], offline)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_batch_asks_for_no_network(offline: dict[str, str], tmp_path: Path) -> None:
    samples, out = str(ROOT / "samples"), tmp_path / "records.db"
    done = python(["-m", "zipreader", "batch", samples, "-o", str(out)], offline)
    assert done.returncode == 0, done.stderr
    assert out.stat().st_size > 0
