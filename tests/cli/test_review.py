from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from tests.conftest import Command
from tests.mailroom.office import (
    AGAWAM,
    CHICAGO,
    ISLIP,
    NOWHERE,
    drawn_mail,
    fill,
    identity,
    record,
)
from zipreader.cli.picture import Graphics, graphics_of, show_picture
from zipreader.cli.review import _HELP
from zipreader.errors import ExitCode
from zipreader.mailroom.store import Store


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return drawn_mail(tmp_path / "mail.db", 4)


def answers(database: Path) -> list[tuple[int, str, str | None]]:
    with Store.open(database) as store:
        return list(store.rows("SELECT piece, verdict, zip FROM standing_reviews ORDER BY id"))


def typing(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def test_pieces_are_keyed_in_the_terminal(
    zipreader: Command, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typing(monkeypatch, "", "2", AGAWAM, "n")
    done = zipreader("review", "--db", database, "--name", "Ann")
    assert done.code == ExitCode.OK
    assert f"1  {CHICAGO}  Chicago, IL" in done.out
    assert "4 done." in done.out
    assert answers(database) == [
        (1, "zip", CHICAGO),
        (2, "zip", ISLIP),
        (3, "zip", AGAWAM),
        (4, "no_zip", None),
    ]


def test_the_same_rules_hold(
    zipreader: Command, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typing(monkeypatch, NOWHERE, NOWHERE, "u", CHICAGO, "s", "9", "6061", "?", "q")
    done = zipreader("review", "--db", database, "--name", "Ann")
    assert f"No place has {NOWHERE}. The same again saves it all the same." in done.out
    assert "'9' is nothing known" in done.out
    assert answers(database) == [(1, "zip", CHICAGO), (2, "skip", None)]
    with Store.open(database) as store:
        assert list(store.rows("SELECT 1 FROM leases")) == []


def test_only_what_was_said_in_this_session_is_undone(
    zipreader: Command, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typing(monkeypatch, "", "q")
    zipreader("review", "--db", database, "--name", "Ann")
    typing(monkeypatch, "u", "s", "u", "u", "q")
    done = zipreader("review", "--db", database, "--name", "Ann")
    assert done.out.count("There is nothing to undo.") == 2
    assert "0 done." in done.out
    assert answers(database) == [(1, "zip", CHICAGO)]


def test_a_name_that_is_no_plain_text_is_shown_all_the_same(
    zipreader: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(tmp_path / "mail.db") as store:
        fill(store, "review", folder="/mail/\udcff\033[2J")
    typing(monkeypatch, "q")
    done = zipreader("review", "--db", tmp_path / "mail.db", "--name", "Ann")
    assert done.code == ExitCode.OK
    assert "/mail/\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}[2J/1.png" in done.out


def test_a_further_page_of_a_file_is_named(
    zipreader: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(tmp_path / "mail.db") as store:
        pages = [record("/in/a.tif", page=page) for page in (1, 2)]
        store.add_file(identity("/in/a.tif"), pages)
    typing(monkeypatch, "n", "q")
    shown = zipreader("review", "--db", tmp_path / "mail.db", "--name", "Ann").out
    assert "/in/a.tif\n" in shown
    assert "/in/a.tif, page 2\n" in shown


def test_who_has_no_name_is_asked_for_one(
    zipreader: Command, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 2**31 - 7)
    done = zipreader("review", "--db", database)
    assert done.code == ExitCode.USAGE
    assert "--name" in done.complaint


def test_double_keying_and_an_empty_queue(
    zipreader: Command, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("Ann", "Bob"):
        typing(monkeypatch, "", "", "", "", "")
        done = zipreader("review", "--db", database, "--name", name, "--double")
        assert "Nothing waits for you." in done.out
    assert len(answers(database)) == 8


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (["--db", "no.db"], ExitCode.INPUT, "no such database"),
        (["--audit", "120%"], ExitCode.USAGE, "no share between 0 and 1"),
        (["--name", "x" * 41], ExitCode.USAGE, "a reviewer's name has 1 to 40 printable"),
        (["--name", "=1+1"], ExitCode.USAGE, "a reviewer's name begins with a letter or a digit"),
    ],
)
def test_what_cannot_be_done_is_told(
    zipreader: Command, database: Path, arguments: list[str], code: ExitCode, complaint: str
) -> None:
    done = zipreader("review", "--db", database, *arguments)
    assert done.code == code
    assert complaint in done.complaint


# --- pictures --------------------------------------------------------------------------------


def terminal(colours: str = "truecolor") -> Console:
    return Console(file=io.StringIO(), force_terminal=True, width=60, _environ={"TERM": "xterm"},
                   color_system=colours)  # type: ignore[arg-type]  # fmt: skip


@pytest.mark.parametrize(
    ("environment", "graphics"),
    [
        ({"TERM": "xterm-kitty"}, Graphics.KITTY),
        ({"TERM_PROGRAM": "iTerm.app"}, Graphics.ITERM),
        ({"TERM": "xterm"}, Graphics.BLOCKS),
    ],
)
def test_a_terminal_shows_what_it_can(environment: dict[str, str], graphics: Graphics) -> None:
    assert graphics_of(terminal(), environment) is graphics
    assert graphics_of(Console(file=io.StringIO()), environment) is Graphics.NONE


def test_a_terminal_without_colours_shows_no_blocks() -> None:
    console = terminal()
    console.no_color = True
    assert graphics_of(console, {"TERM": "xterm"}) is Graphics.NONE


@pytest.mark.parametrize(
    ("graphics", "sign"),
    [
        (Graphics.KITTY, "\033_Ga=T,f=100,c=60,m="),
        (Graphics.ITERM, "\033]1337;File=inline=1;width=60;"),
        (Graphics.BLOCKS, "▀"),
        (Graphics.NONE, ""),
    ],
)
def test_a_picture_in_a_terminal(database: Path, graphics: Graphics, sign: str) -> None:
    console = terminal()
    show_picture(console, (database.parent / "piece-1.png").read_bytes(), graphics)
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert sign in text
    if graphics is Graphics.BLOCKS:
        assert {line.count("▀") for line in text.splitlines()} == {60}
    if graphics is Graphics.NONE:
        assert text == ""


def test_the_keys_fit_a_terminal_of_80_columns() -> None:
    assert all(len(line) < 80 for line in _HELP.splitlines())
