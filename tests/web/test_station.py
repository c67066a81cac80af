from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from tests.mailroom.office import CHICAGO, ISLIP, NOWHERE, envelope, record
from tests.web.conftest import MakeClient, sign_in
from zipreader.mailroom.identity import FileIdentity
from zipreader.mailroom.rules import Rules
from zipreader.mailroom.store import Store


def take(client: TestClient, *besides: int) -> list[dict[str, Any]]:
    answer = client.post("/desk/next", json={"besides": besides})
    assert answer.status_code == 200
    tasks: list[dict[str, Any]] = answer.json()["tasks"]
    return tasks


def say(client: TestClient, piece: int, **words: object) -> dict[str, Any]:
    sent = {"piece": piece, "seconds": 2.0, "verdict": "zip"} | words
    answer = client.post("/desk/answer", json=sent)
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    return told


def test_a_piece_comes_with_its_candidates_and_their_places(client: TestClient) -> None:
    first, *ahead = take(client)
    assert first["candidates"][0] == {"zip": CHICAGO, "place": "Chicago, IL"}
    assert (first["piece"], first["name"], first["zip_found"]) == (1, "piece-1.png", True)
    assert [task["piece"] for task in ahead] == [2, 3, 4]
    assert take(client, 1, 2, 3, 4) == []


def test_an_answer_is_saved_and_counted(client: TestClient, database: Path) -> None:
    take(client)
    told = say(client, 1, zip=CHICAGO)
    assert told == {"outcome": "saved", "progress": {"done": 1, "waiting": 3, "hourly": 1800}}
    with Store.open(database) as store:
        (row,) = store.rows("SELECT reviewer, verdict, zip, seconds FROM reviews")
    assert row == ("Ann", "zip", CHICAGO, 2.0)


def test_an_unassigned_zip_is_saved_only_when_confirmed(client: TestClient) -> None:
    take(client)
    assert client.get(f"/places/{NOWHERE}").json() == {"place": None}
    assert say(client, 1, zip=NOWHERE)["outcome"] == "unassigned"
    assert say(client, 1, zip=NOWHERE, confirmed=True)["outcome"] == "saved"


def test_two_reviewers_have_different_pieces(make_client: MakeClient) -> None:
    ann, bob = make_client(), make_client()
    sign_in(ann, "Ann")
    sign_in(bob, "Bob")
    held = {task["piece"] for task in take(ann, 97, 98)}
    assert held == {1, 2}
    assert {task["piece"] for task in take(bob)} == {3, 4}
    assert say(bob, 1, zip=CHICAGO)["outcome"] == "lost"


@pytest.mark.parametrize("name", ["Ann", "Zoë Lee"])
def test_nobody_answers_by_a_name_that_the_page_does_not_show(
    make_client: MakeClient, database: Path, name: str
) -> None:
    client = make_client()
    sign_in(client, name)
    take(client)
    sent = {"piece": 1, "seconds": 2.0, "verdict": "zip", "zip": CHICAGO}
    shown = {"X-Keyer": quote(name)}
    sign_in(client, "Bob")  # in another tab of the same browser
    refused = client.post("/desk/answer", json=sent, headers=shown)
    assert refused.status_code == 409
    assert f"sign in again as {name}" in refused.json()["error"]
    with Store.open(database) as store:
        assert list(store.rows("SELECT * FROM reviews")) == []
    sign_in(client, name)
    assert client.post("/desk/answer", json=sent, headers=shown).json()["outcome"] == "saved"


def test_undo_brings_back_piece_and_answer(client: TestClient) -> None:
    take(client)
    say(client, 1, verdict="no_zip")
    undone = client.post("/desk/undo").json()
    assert (undone["task"]["piece"], undone["verdict"], undone["zip"]) == (1, "no_zip", None)
    assert client.post("/desk/undo").json()["task"] is None


def test_skip_keep_and_sign_out(client: TestClient, make_client: MakeClient) -> None:
    take(client)
    skipped = client.post("/desk/skip", json={"piece": 1, "seconds": 1})
    assert skipped.json()["outcome"] == "saved"
    held = client.post("/desk/keep", json={"pieces": [1, 2, 3]}).json()
    assert held == {"held": [2, 3]}
    client.post("/sign-out")
    assert client.post("/desk/next", json={}).status_code == 401
    bob = make_client()
    sign_in(bob, "Bob")
    assert len(take(bob)) == 4


def test_pictures_and_where_to_look(client: TestClient) -> None:
    view = client.get("/pieces/1/view").json()
    assert view["size"] == [900, 420]
    assert view["focus"][0] == pytest.approx(420 / 900)
    for name in ("zip", "envelope"):
        answer = client.get(f"/pieces/1/{name}.jpg")
        assert answer.content.startswith(b"\xff\xd8")


def test_a_picture_that_is_gone_is_told(client: TestClient, database: Path) -> None:
    (database.parent / "piece-1.png").unlink()
    answer = client.get("/pieces/1/zip.jpg")
    assert answer.status_code == 404
    assert answer.json() == {"error": "its file is gone, has changed or is damaged"}


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("answer", {"piece": 1, "verdict": "zip", "zip": "1234", "seconds": 1}),
        ("answer", {"piece": 1, "verdict": "perhaps", "seconds": 1}),
        ("answer", {"piece": 1, "verdict": "no_zip", "zip": ISLIP, "seconds": 1}),
        ("answer", {"piece": "1", "verdict": "no_zip", "seconds": 1}),
        ("answer", {"piece": 1, "verdict": "no_zip", "seconds": 1e400}),
        ("answer", {"piece": 1, "verdict": "no_zip", "seconds": -5}),
        ("answer", {"piece": True, "verdict": "no_zip", "seconds": 1}),
        ("answer", {"piece": 10**30, "verdict": "no_zip", "seconds": 1}),
        ("answer", {}),
        ("next", {"besides": 3}),
        ("next", {"besides": ["x"]}),
        ("skip", {"piece": 1}),
        ("keep", {}),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(
    client: TestClient, database: Path, path: str, sent: dict[str, object]
) -> None:
    text = str(sent).replace("'", '"').replace("True", "true").replace("inf", "1e400")
    headers = {"content-type": "application/json"}
    answer = client.post(f"/desk/{path}", content=text, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["error"]
    with Store.open(database) as store:
        assert list(store.rows("SELECT 1 FROM reviews")) == []


def test_only_json_of_a_decent_size_is_read(client: TestClient) -> None:
    assert client.post("/desk/next", content=b"{}").status_code == 415
    headers = {"content-type": "application/json"}
    assert client.post("/desk/next", content=b"[" * 70_000, headers=headers).status_code == 413
    assert client.post("/desk/next", content=b"[]", headers=headers).status_code == 400
    assert client.post("/desk/next", content=b"[" * 60_000, headers=headers).status_code == 400


def test_a_blind_piece_tells_nothing(make_client: MakeClient, database: Path) -> None:
    path = envelope(database.parent / "accepted.png")
    with Store.open(database) as store:
        store.add_file(FileIdentity.of(path), [record(path, decision="accept")])
    client = make_client(Rules(audit=1.0))
    sign_in(client, "Ann")
    say(client, 1, zip=CHICAGO)
    (task,) = [task for task in take(client) if task["piece"] == 5]
    blind = {"candidates": [], "reasons": [], "zip_found": False}
    assert len(task.pop("mark")) == 16
    assert task == {"piece": 5, "name": "accepted.png", "page": 1} | blind


@pytest.mark.parametrize("name", ["", " ", "x" * 41])
def test_a_name_is_asked_for(make_client: MakeClient, name: str) -> None:
    client = make_client()
    answer = client.post("/sign-in", data={"name": name})
    assert answer.status_code == 403
    assert "Please give a name" in answer.text
    assert client.get("/key", follow_redirects=False).headers["location"] == "/sign-in"


def test_a_name_is_text_and_no_markup(make_client: MakeClient) -> None:
    client = make_client()
    sign_in(client, "Ann <b>Lee</b>")
    assert "&lt;b&gt;Lee" in client.get("/key").text
