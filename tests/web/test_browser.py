"""The station in a real browser, by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.mailroom.office import AGAWAM, CHICAGO, ISLIP, NOWHERE, drawn_mail
from tests.web.conftest import MakeServer, Server
from zipreader.mailroom.rules import Rules
from zipreader.mailroom.store import Store

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

PIECES = 6
SEEN = 300
"""Milliseconds after which a piece may have been seen."""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return drawn_mail(tmp_path / "mail.db", PIECES)


class Keyer:
    """A person at the keys; what the browser complained about is remembered."""

    def __init__(self, browser: Browser, server: Server, name: str) -> None:
        self.context = browser.new_context()
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self._heard(message.type, message.text))
        self.page.on("pageerror", lambda error: self._heard("error", str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(f"{server.url}/key")
        self.page.locator("#name").press_sequentially(name)
        self.keys("Enter")
        self.page.wait_for_url("**/key")

    def _heard(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(text)

    def keys(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def sees(self, piece: int) -> None:
        """Wait until a piece is shown, and seen."""
        self.page.wait_for_function(
            "piece => document.querySelector('#desk').dataset.piece === piece", arg=str(piece)
        )
        self.page.wait_for_timeout(SEEN)

    def piece(self) -> int:
        """The piece that is shown, whichever it is."""
        self.page.wait_for_selector("#desk[data-piece]:not([hidden])")
        return int(self.page.locator("#desk").get_attribute("data-piece") or 0)

    def is_done(self) -> None:
        self.page.wait_for_selector("text=All done")
        self.page.wait_for_load_state("networkidle")

    def reads(self, place: str, text: str) -> None:
        self.page.wait_for_function(
            "([place, text]) => document.querySelector(place).textContent.includes(text)",
            arg=[place, text],
        )

    @property
    def boxes(self) -> str:
        return "".join(box.input_value() for box in self.page.locator(".digit").all())


Seat = Callable[[Server, str], Keyer]


@pytest.fixture
def seat(browser: Browser) -> Iterator[Seat]:
    """Seats people at a server, and checks that no browser complained."""
    keyers: list[Keyer] = []

    def sit(server: Server, name: str) -> Keyer:
        keyers.append(Keyer(browser, server, name))
        return keyers[-1]

    yield sit
    for keyer in keyers:
        keyer.context.close()
    assert [text for keyer in keyers for text in keyer.complaints] == []


def answers(database: Path) -> list[tuple[int, str, str, str | None]]:
    with Store.open(database) as store:
        return list(store.rows("SELECT piece, reviewer, verdict, zip FROM reviews ORDER BY id"))


def test_everything_is_done_with_keys(database: Path, serve: MakeServer, seat: Seat) -> None:
    server = serve(Rules())
    ann = seat(server, "Ann")
    ann.sees(1)
    ann.reads("#place", "Chicago, IL")
    ann.keys("Enter")  # the guess
    ann.sees(2)
    ann.keys(*AGAWAM)
    ann.reads("#place", "Agawam, MA")
    ann.keys("Enter")
    ann.sees(3)
    ann.keys("2")
    ann.reads("#place", f"Enter takes 2: {ISLIP}")
    ann.keys("Enter")  # candidate 2
    ann.sees(4)
    ann.keys("n")
    ann.sees(5)
    ann.keys("x")
    ann.sees(6)
    ann.keys("ArrowRight", "ArrowRight", "ArrowRight", "1", "7")
    assert ann.boxes == "60617", "only what was corrected has changed"
    ann.keys("Enter")
    ann.is_done()
    assert answers(database) == [
        (1, "Ann", "zip", CHICAGO),
        (2, "Ann", "zip", AGAWAM),
        (3, "Ann", "zip", ISLIP),
        (4, "Ann", "no_zip", None),
        (5, "Ann", "unreadable", None),
        (6, "Ann", "zip", "60617"),
    ]
    assert all(url.startswith((server.url, "data:")) for url in ann.asked)


def test_a_zip_is_not_saved_by_halves(database: Path, serve: MakeServer, seat: Seat) -> None:
    ann = seat(serve(Rules()), "Ann")
    ann.sees(1)
    ann.keys("6", "0", "6", "Enter")
    ann.reads("#notice", "3 of 5 digits")
    ann.keys("Backspace", "Backspace", "Backspace", "Backspace", "Enter")
    ann.reads("#notice", "Type the ZIP")
    ann.keys("Escape")
    assert ann.boxes == CHICAGO
    assert answers(database) == []


def test_a_zip4_is_keyed_as_it_stands(database: Path, serve: MakeServer, seat: Seat) -> None:
    ann = seat(serve(Rules()), "Ann")
    ann.sees(1)
    ann.keys(*CHICAGO, "Enter")
    ann.sees(2)
    ann.keys(*AGAWAM, "-", "1", "2", "3", "4")
    assert ann.boxes == AGAWAM
    assert ann.piece() == 2, "a hyphen undoes nothing here"
    ann.reads("#notice", "Five digits are enough")
    ann.keys("Backspace", "2")
    assert ann.boxes == AGAWAM[:4] + "2"
    ann.keys("Escape", *AGAWAM, "5", "6", "Enter")
    ann.sees(3)
    ann.page.locator("#candidates button").nth(1).click()
    ann.keys("9")
    assert ann.boxes == ISLIP, "a candidate is whole"
    ann.keys("Enter")
    ann.sees(4)
    ann.keys("-")
    ann.sees(3)
    ann.page.wait_for_load_state("networkidle")
    assert answers(database)[:3] == [
        (1, "Ann", "zip", CHICAGO),
        (2, "Ann", "zip", AGAWAM),
        (3, "Ann", "zip", ISLIP),
    ]


@pytest.mark.parametrize("key", ["Enter", "n", "x", "s"])
def test_a_key_pressed_twice_is_not_meant_for_the_next_piece(
    key: str, database: Path, serve: MakeServer, seat: Seat
) -> None:
    ann = seat(serve(Rules()), "Ann")
    ann.sees(1)
    ann.page.wait_for_load_state("networkidle")  # the next pieces are here
    ann.keys(key, key)
    ann.sees(2)
    ann.page.wait_for_load_state("networkidle")
    assert {piece for piece, *_ in answers(database)} <= {1}


def test_a_picture_that_comes_late_is_asked_for_again(serve: MakeServer, seat: Seat) -> None:
    server = serve(Rules())
    ann = seat(server, "Ann")
    busy = [2]

    def answer(route: Route) -> None:
        busy[0] -= 1
        route.fulfill(status=503) if busy[0] >= 0 else route.continue_()

    ann.page.route("**/pieces/1/view", answer)
    ann.page.reload()
    ann.reads("#crop", "has not come yet")
    ann.page.wait_for_selector("#crop img")
    ann.complaints.clear()  # a browser says aloud that something was refused


def test_an_answer_that_was_lost_stays_told(database: Path, serve: MakeServer, seat: Seat) -> None:
    server = serve(Rules(lease=1.0))
    ann = seat(server, "Ann")
    ann.sees(1)
    ann.context.set_offline(True)
    ann.keys(*CHICAGO, "Enter")
    ann.sees(2)
    ann.page.wait_for_timeout(1500)  # her lease is over
    bob = seat(server, "Bob")
    bob.sees(1)
    bob.keys(*ISLIP, "Enter")
    bob.sees(2)
    bob.page.wait_for_load_state("networkidle")
    assert answers(database) == [(1, "Bob", "zip", ISLIP)]
    ann.context.set_offline(False)
    ann.reads("#lost", f"{CHICAGO} was not saved")
    ann.keys("1", "Backspace", "Escape")
    ann.reads("#lost", "somebody else has that piece")
    ann.page.get_by_role("button", name="OK").click()
    ann.page.wait_for_selector("#lost", state="hidden")
    ann.complaints.clear()


def test_on_an_empty_desk_it_is_told_that_nothing_can_be_undone(
    serve: MakeServer, seat: Seat
) -> None:
    server = serve(Rules())
    ann = seat(server, "Ann")
    for piece in range(1, PIECES + 1):
        ann.sees(piece)
        ann.keys("n")
    ann.is_done()
    bob = seat(server, "Bob")
    bob.is_done()
    bob.keys("u")
    bob.page.wait_for_selector('#rest-notice:has-text("nothing to undo")')


def test_an_unassigned_zip_is_asked_twice(database: Path, serve: MakeServer, seat: Seat) -> None:
    ann = seat(serve(Rules()), "Ann")
    ann.sees(1)
    ann.keys(*NOWHERE)
    ann.reads("#place", "No place has this ZIP.")
    ann.keys("Enter")
    ann.reads("#notice", f"No place has {NOWHERE}. Enter again saves it all the same.")
    assert answers(database) == []
    ann.keys("Enter")
    ann.sees(2)
    ann.page.wait_for_load_state("networkidle")
    assert answers(database) == [(1, "Ann", "zip", NOWHERE)]


def test_undo_and_skip(database: Path, serve: MakeServer, seat: Seat) -> None:
    ann = seat(serve(Rules()), "Ann")
    ann.sees(1)
    ann.keys("s")
    ann.sees(2)
    ann.keys(*ISLIP, "Enter")
    ann.sees(3)
    ann.keys("u")
    ann.sees(2)
    assert ann.boxes == ISLIP
    ann.keys("Control+z")
    ann.sees(1)
    ann.keys("Enter")
    ann.sees(2)
    ann.keys(*CHICAGO, "Enter")
    ann.sees(3)
    ann.page.wait_for_load_state("networkidle")
    standing = "SELECT piece, zip FROM standing_reviews ORDER BY id"
    with Store.open(database) as store:
        assert list(store.rows(standing)) == [(1, CHICAGO), (2, CHICAGO)]


def test_two_people_at_once_share_the_mail(database: Path, serve: MakeServer, seat: Seat) -> None:
    server = serve(Rules())
    ann, bob = seat(server, "Ann"), seat(server, "Bob")
    ann.sees(1)
    bob.piece()
    for keyer in (ann, bob) * PIECES:
        if keyer.page.locator("#desk").is_visible():
            keyer.page.wait_for_timeout(SEEN)
            keyer.keys("Enter")
            keyer.page.wait_for_load_state("networkidle")
    ann.is_done()
    bob.is_done()
    said = answers(database)
    assert sorted(piece for piece, *_ in said) == list(range(1, PIECES + 1))
    assert {name for _, name, *_ in said} == {"Ann", "Bob"}


def test_a_lease_that_expires_passes_the_piece_on(
    database: Path, serve: MakeServer, seat: Seat
) -> None:
    server = serve(Rules(lease=1.0))
    ann = seat(server, "Ann")
    ann.sees(1)
    ann.page.wait_for_timeout(2500)  # Ann has left
    bob = seat(server, "Bob")
    bob.sees(1)
    ann.keys("Shift")  # and comes back
    ann.reads("#notice", "You were away")
    assert ann.piece() != 1
    bob.keys("Enter")
    bob.sees(2)
    bob.page.wait_for_load_state("networkidle")
    assert answers(database) == [(1, "Bob", "zip", CHICAGO)]


def test_what_was_typed_while_the_server_was_away_is_not_lost(
    database: Path, serve: MakeServer, seat: Seat
) -> None:
    ann = seat(serve(Rules()), "Ann")
    ann.sees(1)
    ann.page.wait_for_load_state("networkidle")
    ann.context.set_offline(True)
    ann.keys("Enter")
    ann.sees(2)
    ann.reads("#trouble", "Not saved yet (1 waiting)")
    assert answers(database) == []
    ann.context.set_offline(False)
    ann.page.wait_for_selector("#trouble", state="hidden")
    assert answers(database) == [(1, "Ann", "zip", CHICAGO)]
    ann.complaints.clear()  # a browser says aloud that it is offline


@pytest.mark.slow  # times what a busy machine delays
def test_the_next_piece_is_there_within_a_tenth_of_a_second(serve: MakeServer, seat: Seat) -> None:
    ann = seat(serve(Rules()), "Ann")
    waits = []
    for piece in range(1, PIECES):
        ann.sees(piece)
        ann.page.wait_for_load_state("networkidle")
        ann.keys("Enter")
        ann.sees(piece + 1)
        ann.page.wait_for_function("document.querySelector('#crop img').naturalWidth > 0")
        waits.append(int(ann.page.locator("#desk").get_attribute("data-shown") or 1000))
    assert min(waits) < 100, waits  # on a busy machine some take longer


def test_a_screen_reader_hears_names_and_news(serve: MakeServer, seat: Seat) -> None:
    ann = seat(serve(Rules()), "Ann")
    ann.sees(1)
    page = ann.page
    for number in range(1, 6):
        assert page.get_by_role("textbox", name=f"Digit {number} of 5").count() == 1
    assert page.get_by_role("group", name="ZIP code").count() == 1
    assert page.get_by_role("button", name="Cannot read").count() == 1
    assert page.get_by_role("button", name="Turn by a quarter").count() == 1
    assert page.locator("#place[role=status]").count() == 1
    assert "Guess 6 0 6 1 4, Chicago, IL" in page.locator("#announce").inner_text()
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Digit 1 of 5"
    unnamed = """[...document.querySelectorAll('button, input, img')].filter(each =>
        !(each.textContent.trim() || each.ariaLabel || each.hasAttribute('alt')))"""
    assert page.evaluate(f"{unnamed}.length") == 0


def test_nothing_is_wider_than_the_screen(serve: MakeServer, seat: Seat) -> None:
    server = serve(Rules())
    ann = seat(server, "Ann")
    for path in ("/key", "/", "/api"):
        ann.page.goto(server.url + path)
        ann.page.wait_for_load_state("networkidle")
        for width in (360, 800, 1400):
            ann.page.set_viewport_size({"width": width, "height": 800})
            wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert ann.page.evaluate(wide) <= 0, (path, width)
