from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path
from typing import cast

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.testclient import TestClient

from tests.conftest import Command
from zipreader.errors import ExitCode
from zipreader.mailroom.store import Store


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database without mail."""
    path = tmp_path / "mail.db"
    Store.open(path).close()
    return path


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--host", "0.0.0.0"], "needs a --token"),
        (["--host", "0.0.0.0", "--token", "short"], "at least 16 characters"),
        (["--audit", "two"], "'two' is no share"),
        (["--max-error", "0.123%"], "is not certified"),
        (["--max-error", ""], "'' is no share"),
    ],
)
def test_what_cannot_be_served_is_told(
    zipreader: Command, database: Path, arguments: list[str], complaint: str
) -> None:
    done = zipreader("serve", "--db", database, *arguments)
    assert done.code == ExitCode.USAGE
    assert complaint in done.complaint


def test_a_slip_in_the_name_of_the_database_makes_no_new_one(
    zipreader: Command, tmp_path: Path
) -> None:
    slip = tmp_path / "typo.db"
    done = zipreader("serve", "--db", slip, "--port", 0)
    assert done.code == ExitCode.INPUT
    assert f"no such database; zipreader batch FOLDER -o {slip} makes it" in done.complaint
    assert not slip.exists()


def test_a_port_that_is_taken_is_told(zipreader: Command, database: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = zipreader("serve", "--db", database, "--port", port)
    assert done.code == ExitCode.OUTPUT
    assert f"127.0.0.1:{port}: cannot be listened at" in done.complaint


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[uvicorn.Config]:
    """What would have been served; nothing is."""
    found: list[uvicorn.Config] = []

    def run(server: uvicorn.Server, sockets: list[socket.socket]) -> None:
        found.append(server.config)

    monkeypatch.setattr(uvicorn.Server, "run", run)
    return found


def test_behind_a_proxy_of_this_machine_the_server_is_called_by_another_name(
    zipreader: Command, database: Path, served: list[uvicorn.Config]
) -> None:
    """A token makes that safe; without one, foreign names are refused."""
    token = "a-token-of-24-characters"
    for options, status in (([], 421), (["--token", token], 200)):
        done = zipreader("serve", "--db", database, "--port", 0, *options)
        assert done.code == ExitCode.OK
        app = cast("Starlette", served[-1].app)
        site = {"host": "mail.example.org", "origin": "https://mail.example.org"}
        bearer = {"authorization": f"Bearer {token}"}
        with TestClient(app, "https://mail.example.org", headers=site | bearer) as client:
            assert client.get("/v1/health").status_code == status
            assert client.post("/sign-in", data={"name": "Ann"}).status_code in {421, 403}
            assert client.get("/").status_code == status
            signed = {"name": "Ann", "token": token}
            answer = client.post("/sign-in", data=signed, follow_redirects=False)
            assert answer.status_code == (303 if status == 200 else 421)
            assert ("Secure" in answer.headers.get("set-cookie", "")) == (status == 200)
            evil = {"origin": "https://evil.example.org"}
            assert client.post("/desk/next", json={}, headers=evil).status_code in {403, 421}


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_interrupted(database: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "zipreader", "serve", "--db", str(database)]
    server = subprocess.Popen([*command, "--port", "0"], stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    try:
        line = server.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        assert found, line
        connection = HTTPConnection("127.0.0.1", int(found[1]), timeout=60)
        connection.request("GET", "/v1/health")
        assert connection.getresponse().status == 200
        connection.close()
        server.send_signal(number)
        assert server.wait(60) == ExitCode.OK
        assert server.stderr.read() == ""
    finally:
        server.kill()
        server.wait()
        server.stderr.close()
