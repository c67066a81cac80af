from __future__ import annotations

import asyncio
import errno
import multiprocessing
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import NoReturn, cast
from urllib.parse import urlsplit

import cv2
import numpy as np
import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.testclient import TestClient
from starlette.types import Message

from tests.mailroom.office import drawn_mail
from tests.web.conftest import ORIGIN, Server
from zipreader.elements import Page, Reading
from zipreader.reading.reader import Reader
from zipreader.reading.record import to_record
from zipreader.reading.spec import ReaderSpec
from zipreader.web.app import make_app
from zipreader.web.bodies import body_of
from zipreader.web.config import ApiConfig, WebConfig
from zipreader.web.openapi import description
from zipreader.web.reading import Busy, Read, ReaderProcess, Refused, TooSlow, read_page

SAMPLES = Path(__file__).parents[2] / "samples"
LETTER = SAMPLES / "handwritten.jpg"
PNG = b"\x89PNG"


# --- in and out ------------------------------------------------------------------------------


def test_a_page_and_the_way_to_the_next(visitor: TestClient) -> None:
    first = visitor.post("/v1/read", content=PNG)
    assert first.json() == {"zip": "60614", "page": 1}
    assert first.headers["link"] == '</v1/read?page=2>; rel="next"'
    second = visitor.post(first.links["next"]["url"], content=PNG)
    assert second.json()["page"] == 2
    assert "link" not in second.headers


def test_what_is_no_image_is_refused(visitor: TestClient) -> None:
    form = visitor.post("/v1/read", files={"file": PNG})
    assert form.status_code == 415
    assert form.json() == {"error": "send the bytes of the image themselves, not a form"}
    answer = visitor.post("/v1/read", content=b"hello")
    assert answer.status_code == 422
    assert answer.json() == {"error": "<upload>: this is not an image"}


@pytest.mark.parametrize("page", ["0", "-1", "x", "1.5", "10001", "9" * 30, "١"])
def test_a_page_is_a_number(visitor: TestClient, page: str) -> None:
    assert visitor.post("/v1/read", params={"page": page}, content=PNG).status_code == 400


def test_other_methods_are_refused(visitor: TestClient) -> None:
    answer = visitor.get("/v1/read")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"


def test_the_description_is_there_for_programs_and_people(visitor: TestClient) -> None:
    document = visitor.get("/v1/openapi.json").json()
    assert set(document["paths"]) == {"/v1/read", "/v1/health"}
    page = visitor.get("/api").text
    for status in document["paths"]["/v1/read"]["post"]["responses"]:
        assert f">{status}</td>" in page


def test_the_record_is_described_key_by_key(reader: Reader) -> None:
    schema = description(ApiConfig())["components"]["schemas"]["Record"]
    (reading,) = reader.read(LETTER)
    assert list(to_record(reading)) == schema["required"]


# --- limits ----------------------------------------------------------------------------------


class SlowReader:
    """Reads only when it is let."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.failure: Exception | None = None

    def read(self, data: bytes, page: int) -> Read | Refused:
        assert self.go.wait(20)
        if self.failure:
            raise self.failure
        return Read({"size": len(data)}, more=False)

    def close(self) -> None:
        self.go.set()


@pytest.fixture
def slow() -> SlowReader:
    return SlowReader()


@pytest.fixture
def slow_client(tmp_path: Path, slow: SlowReader) -> Iterator[TestClient]:
    database = drawn_mail(tmp_path / "mail.db", 0)
    config = WebConfig(database, api=ApiConfig(waiting=2, most_bytes=1000, upload_seconds=0.2))
    with TestClient(make_app(config, reader=slow), ORIGIN) as client:
        yield client


def test_a_full_queue_answers_503_and_forgets_nobody(
    slow_client: TestClient, slow: SlowReader
) -> None:
    with ThreadPoolExecutor(3) as threads:
        taken = [threads.submit(slow_client.post, "/v1/read", content=b"x" * n) for n in (1, 2, 3)]
        while slow_client.get("/v1/health").json()["busy"] < 3:
            time.sleep(0.01)
        refused = slow_client.post("/v1/read", content=b"x")
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        slow.go.set()
        sizes = [answer.result().json()["size"] for answer in taken]
    assert sizes == [1, 2, 3]
    assert slow_client.get("/v1/health").json()["busy"] == 0
    assert slow_client.post("/v1/read", content=b"x").status_code == 200


def test_an_image_that_is_too_large_is_not_received(
    slow_client: TestClient, slow: SlowReader
) -> None:
    slow.go.set()

    def endless() -> Iterator[bytes]:
        for _ in range(100):
            yield b"x" * 100

    assert slow_client.post("/v1/read", content=b"x" * 1001).status_code == 413
    assert slow_client.post("/v1/read", content=endless()).status_code == 413
    assert slow_client.post("/v1/read", content=b"x" * 1000).json() == {"size": 1000}
    assert slow_client.get("/v1/health").json()["busy"] == 0


@pytest.mark.parametrize(("failure", "status"), [(TooSlow(), 504), (Busy("gone"), 503)])
def test_a_reader_that_fails_is_told_and_its_place_is_free_again(
    slow_client: TestClient, slow: SlowReader, failure: Exception, status: int
) -> None:
    slow.failure = failure
    slow.go.set()
    assert slow_client.post("/v1/read", content=b"x").status_code == status
    assert slow_client.get("/v1/health").json()["busy"] == 0


def test_an_upload_that_stalls_is_given_up(tmp_path: Path) -> None:
    config = WebConfig(
        drawn_mail(tmp_path / "mail.db", 0), api=ApiConfig(waiting=0, upload_seconds=0.2)
    )
    with Server(config) as server:
        connection = HTTPConnection(urlsplit(server.url).netloc, timeout=20)
        connection.putrequest("POST", "/v1/read")
        connection.putheader("Content-Length", "100")
        connection.endheaders(b"x" * 10)
        assert connection.getresponse().status == 408
        connection.close()


def test_a_fault_of_the_reader_is_not_to_be_tried_again(reader: Reader) -> None:
    class Faulty:
        config = reader.config

        def read_page(self, page: Page) -> Reading:
            raise cv2.error("a matrix\nof no size")

    answer = read_page(cast("Reader", Faulty()), blank(60, 100), 1)
    assert answer == Refused(
        "<upload>: fault of the reader: error: a matrix of no size", too_large=False
    )


def test_who_hangs_up_is_no_fault_of_the_server() -> None:
    async def gone() -> Message:
        return {"type": "http.disconnect"}

    request = Request({"type": "http", "method": "POST", "headers": []}, gone)
    with pytest.raises(HTTPException) as refused:
        asyncio.run(body_of(request, 100, 1.0))
    assert refused.value.status_code == 400


# --- a real reader in its process --------------------------------------------------------------


def blank(height: int, width: int) -> bytes:
    return cv2.imencode(".png", np.full((height, width), 255, np.uint8))[1].tobytes()


def post(url: str, data: bytes) -> tuple[int, bytes]:
    connection = HTTPConnection(urlsplit(url).netloc, timeout=300)
    connection.request("POST", "/v1/read", data)
    answer = connection.getresponse()
    found = answer.status, answer.read()
    connection.close()
    return found


_ORPHAN = """
import os, signal, sys, time
from pathlib import Path
from zipreader.web.reading import ReaderProcess

class Endless:
    def open(self):
        Path(sys.argv[1]).touch()
        time.sleep(60)

if __name__ == "__main__":
    ReaderProcess(Endless(), 60)
    while not Path(sys.argv[1]).exists():
        time.sleep(0.05)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_reader_ends_with_a_server_that_was_killed(tmp_path: Path) -> None:
    """Even in the middle of an endless page: until it ends, it holds our end of stdout."""
    script = tmp_path / "server.py"
    script.write_text(_ORPHAN)
    command = [sys.executable, str(script), str(tmp_path / "begun")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert (tmp_path / "begun").exists()
    assert done.returncode == -signal.SIGKILL, done.stderr


def test_a_reader_that_dies_or_hangs_is_replaced() -> None:
    process = ReaderProcess(ReaderSpec(), seconds=60)
    try:
        assert isinstance(process.read(b"no image", 1), Refused)
        kill_reader()
        with pytest.raises(Busy):
            process.read(blank(300, 500), 1)
        found = process.read(LETTER.read_bytes(), 1)
        assert isinstance(found, Read)
        assert found.record["path"] == "<upload>"
        process._seconds = 0.0
        with pytest.raises(TooSlow):
            process.read(LETTER.read_bytes(), 1)
        process._seconds = 60
        assert isinstance(process.read(blank(60, 100), 1), Read)
    finally:
        process.close()


def test_a_reader_that_cannot_be_replaced_at_once_is_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(self: SpawnProcess) -> NoReturn:
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    process = ReaderProcess(ReaderSpec(), seconds=60)
    try:
        assert isinstance(process.read(b"no image", 1), Refused)
        kill_reader()
        with monkeypatch.context() as patch:
            patch.setattr(SpawnProcess, "start", start)
            for _ in range(2):
                with pytest.raises(Busy):
                    process.read(b"no image", 1)
        assert isinstance(process.read(b"no image", 1), Refused)
    finally:
        process.close()
        process.close()  # harmless a second time


def kill_reader() -> None:
    for child in multiprocessing.active_children():
        child.kill()


@pytest.mark.parametrize("clients", [6, pytest.param(64, marks=pytest.mark.slow)])
def test_parallel_clients_get_their_own_record_or_a_503(tmp_path: Path, clients: int) -> None:
    config = WebConfig(drawn_mail(tmp_path / "mail.db", 0), api=ApiConfig(waiting=2))
    process = ReaderProcess(ReaderSpec(), seconds=120)
    with Server(config, process) as server:
        image = LETTER.read_bytes()
        statuses: Counter[int] = Counter()
        with ThreadPoolExecutor(clients) as threads:
            for status, body in threads.map(lambda _: post(server.url, image), range(clients)):
                statuses[status] += 1
                assert (b'"zip":"03883"' in body) == (status == 200)
    assert set(statuses) <= {200, 503}
    assert statuses.total() == clients
    assert statuses[200] >= 3
