from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import ORIGIN, MakeClient, sign_in
from zipreader.errors import UsageError
from zipreader.web.app import make_app
from zipreader.web.config import WebConfig

TOKEN = "a token of the mailroom"
WEB = Path(__file__).parents[2] / "zipreader" / "web"


# --- what a browser may do with the pages ----------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/key", "/sign-in", "/api", "/v1/health", "/nowhere"])
def test_every_answer_keeps_the_page_to_itself(visitor: TestClient, path: str) -> None:
    headers = visitor.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http:" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"


def test_pages_need_nothing_that_the_policy_forbids_and_nothing_from_the_network() -> None:
    sources = [*WEB.glob("templates/*.html"), *WEB.glob("static/*")]
    assert len(sources) >= 9
    for path in sources:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".html":
            assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text), path.name
            assert not re.search(r"<script(?![^>]* src=\"/static/)", text), path.name
        found = re.findall(r"(?:https?:)?//[\w.]+\.\w+", text)
        assert set(found) <= {"http://www.w3.org"}, path.name


# --- other sites -----------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/desk/next", "/desk/undo", "/v1/read", "/sign-in", "/sign-out"])
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": ORIGIN, "sec-fetch-site": "cross-site"},
    ],
)
def test_posts_from_other_sites_are_refused(
    visitor: TestClient, path: str, headers: dict[str, str]
) -> None:
    assert visitor.post(path, json={}, headers=headers).status_code == 403


def test_posts_from_the_own_pages_and_from_programs_are_taken(visitor: TestClient) -> None:
    for headers in ({"origin": ORIGIN, "sec-fetch-site": "same-origin"}, {}):
        assert visitor.post("/desk/next", json={}, headers=headers).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8765", ""])
def test_a_foreign_name_pointed_here_is_refused(visitor: TestClient, host: str) -> None:
    assert visitor.get("/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost:8765", "127.0.0.1", "[::1]:8765"])
def test_the_names_of_this_machine_are_known(visitor: TestClient, host: str) -> None:
    assert visitor.get("/", headers={"host": host}).status_code == 200


# --- the token -------------------------------------------------------------------------------


def test_a_server_for_others_needs_a_token(database: Path) -> None:
    with pytest.raises(UsageError, match="needs a token"):
        make_app(WebConfig(database, hosts=frozenset()))


def test_without_the_token_nothing_is_shown(make_client: MakeClient) -> None:
    client = make_client(token=TOKEN)
    for path in ("/", "/key", "/pieces/1/zip.jpg", "/v1/openapi.json", "/places/60614"):
        assert client.get(path).status_code == 401, path
    page = client.get("/key", headers={"accept": "text/html"}, follow_redirects=False)
    assert (page.status_code, page.headers["location"]) == (303, "/sign-in")
    assert client.post("/v1/read", content=b"x").status_code == 401
    assert client.get("/v1/health").status_code == 200


@pytest.mark.parametrize("host", ["evil/static/", "evil/sign-in?", "evil/v1/health#"])
def test_a_host_is_no_way_around_the_token(make_client: MakeClient, host: str) -> None:
    client = make_client(token=TOKEN)
    assert client.get("/v1/openapi.json", headers={"host": host}).status_code == 401


def test_a_wrong_token_is_refused(make_client: MakeClient) -> None:
    client = make_client(token=TOKEN)
    answer = client.post("/sign-in", data={"name": "Ann", "token": TOKEN + "!"})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    headers = {"authorization": "Bearer wrong"}
    assert client.post("/v1/read", content=b"x", headers=headers).status_code == 401


def test_who_knows_the_token_comes_in(make_client: MakeClient) -> None:
    client = make_client(token=TOKEN)
    headers = {"authorization": f"Bearer {TOKEN}"}
    assert client.post("/v1/read", content=b"\x89PNG", headers=headers).status_code == 200
    sign_in(client, "Ann", TOKEN)
    assert client.post("/desk/next", json={}).status_code == 200


def test_the_cookie_is_signed_and_stays_with_the_site(make_client: MakeClient) -> None:
    client = make_client(token=TOKEN)
    answer = client.post("/sign-in", data={"name": "Ann", "token": TOKEN}, follow_redirects=False)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert TOKEN not in cookie
    packed = client.cookies["zipreader"]
    for forged in (packed[:-1] + ("0" if packed[-1] != "0" else "1"), "Ann", ".", ""):
        client.cookies.set("zipreader", forged, domain="127.0.0.1")
        client.cookies.clear()
        headers = {"cookie": f"zipreader={forged}"}
        assert client.get("/places/60614", headers=headers).status_code == 401


# --- paths -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/pieces/99/zip.jpg",
        "/pieces/../mail.db",
        "/pieces/1/..%2f..%2fmail.db",
        "/pieces/-1/zip.jpg",
        "/pieces/99999999999999999999/zip.jpg",
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e/app.py",
    ],
)
def test_only_pictures_of_the_store_and_static_files_are_served(
    visitor: TestClient, path: str
) -> None:
    assert visitor.get(path).status_code in {400, 404}


def test_pictures_are_for_reviewers(make_client: MakeClient) -> None:
    client = make_client()
    assert client.get("/pieces/1/zip.jpg").status_code == 401
    sign_in(client, "Ann")
    answer = client.get("/pieces/1/zip.jpg")
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "no-store", "another database may follow here"
