from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.mailroom.office import CHICAGO, ISLIP, fill
from tests.web.conftest import MakeClient
from zipreader.mailroom.audit import Estimate
from zipreader.mailroom.desk import Desk
from zipreader.mailroom.rules import Answer, Rules
from zipreader.mailroom.store import Store
from zipreader.web.dashboard import gauge, percent


def test_an_estimate_lies_beside_the_promise() -> None:
    kept = gauge(Estimate(1000, 1), 0.01)
    assert (kept.kept, kept.end, kept.promise) == (True, 0.02, 50.0)
    assert kept.rate is not None
    assert kept.promise is not None
    assert kept.low < kept.rate < kept.high < kept.promise
    assert gauge(Estimate(100, 20), 0.01).kept is False
    assert gauge(Estimate(20, 0), 0.01).kept is None
    assert gauge(Estimate(20, 0), None).kept is None
    assert gauge(Estimate(), 0.01).rate is None


@pytest.mark.parametrize(
    ("share", "text"), [(None, "–"), (0.0, "0.0%"), (0.004, "0.40%"), (0.5, "50.0%"), (1, "100.0%")]
)
def test_shares_are_told_with_three_figures(share: float | None, text: str) -> None:
    assert percent(share) == text


def test_the_dashboard_shows_the_state_of_the_mailroom(
    make_client: MakeClient, database: Path
) -> None:
    with Store.open(database, seed=1) as store:
        fill(store, *["accept"] * 20, "error", folder="/mail/<today>")
        desk = Desk(store, Rules(audit=1.0))
        desk.take("Ann", 99)
        for piece in range(5, 25):
            desk.answer("Ann", piece, Answer.of(ISLIP if piece == 9 else CHICAGO), 3.0)
        desk.answer("Ann", 1, Answer.of(CHICAGO), 3.0)
    page = make_client().get("/").text
    assert "1 of 20 accepted pieces that people looked at were misread" in page
    assert "(1 of them await a second person)" in page
    assert "between 0.13% and 24.9%" in page
    assert "at most 1.00%" in page
    assert "too few audited to tell" in page
    assert "/mail/&lt;today&gt;" in page
    assert "Ann" in page


def test_a_new_mailroom_has_a_dashboard(client: TestClient) -> None:
    assert "Nothing was audited yet" in client.get("/").text


def test_a_folder_that_is_no_unicode_is_shown(client: TestClient, database: Path) -> None:
    with Store.open(database) as store:
        fill(store, "review", folder="/mail/\udcff")
    assert r"/mail/\udcff" in client.get("/").text
