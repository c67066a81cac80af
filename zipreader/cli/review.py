"""``zipreader review``: the keying station in a terminal, under the same rules."""

from __future__ import annotations

import getpass
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from zipreader.cli.console import stdout
from zipreader.cli.desk import AuditOption, DatabaseOption, DoubleOption, LeaseOption, make_rules
from zipreader.cli.picture import Graphics, graphics_of, show_picture
from zipreader.errors import InputError, UsageError

if TYPE_CHECKING:
    from zipreader.elements import Place
    from zipreader.mailroom.desk import Desk, Task
    from zipreader.mailroom.rules import Answer

_HELP = (
    "Enter accepts the guess · five digits · 1 to 5 takes a candidate · n no ZIP\n"
    "x cannot read · s skip · u undo · o open the image · q quit"
)


def review(
    db: DatabaseOption,
    name: Annotated[
        str | None, typer.Option("--name", help="Who reviews; by default the user's name.")
    ] = None,
    double: DoubleOption = False,
    audit: AuditOption = "0%",
    lease: LeaseOption = 600.0,
) -> None:
    """Key flagged mail in the terminal, one piece at a time.

    The ZIP is drawn in the terminal where it has graphics or colours; 'o' opens
    the whole image in the system's viewer.  A browser is faster: zipreader serve.

    [bold]Example:[/bold]  zipreader review --db mail.db
    """
    from zipreader.mailroom.desk import Desk, checked_name
    from zipreader.mailroom.store import Store

    with Store.open(db, create=False) as store:
        desk = Desk(store, make_rules(double, audit, lease))
        console = stdout()
        seat = _Seat(desk, checked_name(name or _own_name()), console, graphics_of(console))
        try:
            seat.work()
        finally:
            desk.release(seat.name)


def _own_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:  # a container may run as a number without a name
        raise UsageError("the system does not know your name: give it as --name") from error


@dataclass(slots=True)
class _Seat:
    """A person at a terminal."""

    desk: Desk
    name: str
    console: Console
    graphics: Graphics
    done: int = 0
    undoable: int = 0
    """Answers and skips of this session that stand."""

    def work(self) -> None:
        """One piece after the other, until there are no more or the person has had enough."""
        self.console.print(_HELP, style="dim")
        task = self._next()
        while task is not None:
            self._show(task)
            task = self._ask(task)
        self._say(f"{self.done} done.")

    def _next(self) -> Task | None:
        tasks = self.desk.take(self.name)
        if not tasks:
            self._say("Nothing waits for you.")
        return tasks[0] if tasks else None

    def _ask(self, task: Task) -> Task | None:
        """The next task, once this one is answered or left."""
        start, unassigned = time.monotonic(), ""
        while True:
            try:
                said = self.console.input("[bold]ZIP[/bold] > ").strip().lower()
            except EOFError:
                return None
            seconds = time.monotonic() - start
            match said:
                case "q":
                    return None
                case "?":
                    self._say(_HELP)
                case "o":
                    typer.launch(task.piece.file.path)
                case "s":
                    self._skip(task, seconds)
                    return self._next()
                case "u":
                    undone = self._undo()
                    if undone:
                        return undone
                case _:
                    answer = _answer(said, task)
                    if answer is None:
                        known = f"{said!r} is nothing known" if said else "there is no guess"
                        self._say(f"{known}; ? helps.")
                    elif self._save(task, answer, seconds, answer.zip == unassigned):
                        return self._next()
                    else:
                        unassigned = answer.zip or ""

    def _skip(self, task: Task, seconds: float) -> None:
        from zipreader.mailroom.desk import Outcome

        outcome = self.desk.skip(self.name, task.piece.id, seconds)
        self.undoable += outcome is Outcome.SAVED

    def _save(self, task: Task, answer: Answer, seconds: float, confirmed: bool) -> bool:
        """Whether the piece is over for this person."""
        from zipreader.mailroom.desk import Outcome

        outcome = self.desk.answer(self.name, task.piece.id, answer, seconds, confirmed)
        if outcome is Outcome.UNASSIGNED:
            self._say(f"No place has {answer.zip}. The same again saves it all the same.")
            return False
        if outcome is Outcome.LOST:
            self._say("Not saved: somebody else has that piece by now.")
        else:
            self.done += 1
            self.undoable += 1
            self._say(f"saved: {self._told(answer)}")
        return True

    def _undo(self) -> Task | None:
        undone = self.desk.undo(self.name) if self.undoable else None
        if undone is None:
            self._say("There is nothing to undo.")
            return None
        self.undoable -= 1
        self.done -= undone.answer is not None
        return undone.task

    def _show(self, task: Task) -> None:
        from zipreader.mailroom.pictures import pictures_of
        from zipreader.mailroom.work import one_line

        try:
            show_picture(self.console, pictures_of(task).crop, self.graphics)
        except InputError as error:
            self._say(str(error))
        table = Table.grid(padding=(0, 2))
        for number, candidate in enumerate(task.candidates, 1):
            zip_code = Text(candidate.zip, style="bold" if number == 1 else "")
            table.add_row(Text(str(number), style="dim"), zip_code, _place(candidate.place))
        page = f", page {task.piece.page}" if (task.piece.page or 1) > 1 else ""
        title = Text(f"{one_line(task.piece.file.path)}{page}", style="dim")
        self.console.print(Group(title, *(Text(f"• {r}") for r in task.reasons), table))

    def _told(self, answer: Answer) -> str:
        if answer.zip is None:
            return answer.verdict.value.replace("_", " ")
        return f"{answer.zip} {_place(self.desk.directory.place(answer.zip))}"

    def _say(self, text: str) -> None:
        self.console.print(Text(text, style="cyan"))


def _answer(said: str, task: Task) -> Answer | None:
    """What somebody means; ``None`` where it means nothing."""
    from zipreader.mailroom.rules import Answer, Verdict

    match said:
        case "n":
            return Answer(Verdict.NO_ZIP)
        case "x":
            return Answer(Verdict.UNREADABLE)
        case "":
            return Answer.of(task.guess.zip) if task.guess else None
    if re.fullmatch("[1-5]", said) and int(said) <= len(task.candidates):
        return Answer.of(task.candidates[int(said) - 1].zip)
    return Answer.of(said) if re.fullmatch("[0-9]{5}", said) else None


def _place(place: Place | None) -> str:
    return f"{place.city}, {place.state}" if place else "(no place)"
