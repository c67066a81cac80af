from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn
from starlette.testclient import TestClient

from tests.mailroom.office import drawn_mail
from zipreader.mailroom.rules import Rules
from zipreader.web.app import make_app
from zipreader.web.config import ApiConfig, WebConfig
from zipreader.web.reading import PageReader, Read, Refused

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ORIGIN = "http://127.0.0.1:8765"


class QuickReader:
    """Reads nothing: answers what the image says."""

    def read(self, data: bytes, page: int) -> Read | Refused:
        if not data.startswith(b"\x89PNG"):
            return Refused("<upload>: this is not an image", too_large=False)
        return Read({"zip": "60614", "page": page}, more=page == 1)

    def close(self) -> None:
        return


MakeClient = Callable[..., TestClient]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Four flagged envelopes and their database."""
    return drawn_mail(tmp_path / "mail.db", 4)


@pytest.fixture
def make_client(database: Path) -> Iterator[MakeClient]:
    """Makes clients of servers over the database, in this process."""
    opened = []

    def make(rules: Rules | None = None, token: str | None = None) -> TestClient:
        config = WebConfig(database, rules or Rules(), token=token)
        if token:
            config = replace(config, hosts=frozenset())
        client = TestClient(make_app(config, {0.9: 0.01}, QuickReader()), ORIGIN)
        client.__enter__()
        opened.append(client)
        return client

    yield make
    for client in opened:
        client.__exit__(None, None, None)


@pytest.fixture
def client(make_client: MakeClient) -> TestClient:
    """A browser in which Ann has signed in."""
    client = make_client()
    sign_in(client, "Ann")
    return client


@pytest.fixture(scope="session")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The same for all tests that change nothing."""
    database = drawn_mail(tmp_path_factory.mktemp("visited") / "mail.db", 1)
    with TestClient(make_app(WebConfig(database), reader=QuickReader()), ORIGIN) as client:
        sign_in(client, "Ann")
        yield client


def sign_in(client: TestClient, name: str, token: str = "") -> None:
    answer = client.post("/sign-in", data={"name": name, "token": token}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/key")


class Server:
    """A server of its own thread, at a free port of this machine."""

    def __init__(self, config: WebConfig, reader: PageReader | None = None) -> None:
        app = make_app(config, {0.9: 0.01}, reader or QuickReader())
        self._server = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()


MakeServer = Callable[[Rules], Server]


@pytest.fixture
def serve(database: Path) -> Iterator[MakeServer]:
    """Starts a server under rules."""
    started = []

    def start(rules: Rules) -> Server:
        server = Server(WebConfig(database, rules, api=ApiConfig()))
        started.append(server.__enter__())
        return server

    yield start
    for server in started:
        server.__exit__()


BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium, where this machine has one."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium on this machine: the station was not tried in a browser")
    driver = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with driver.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()
