"""The documentation tells what is there: commands, options, keys, links, examples, pictures."""

from __future__ import annotations

import importlib
import json
import re
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import pytest
import typer

from zipreader import Reader, Reason
from zipreader.cli.app import app
from zipreader.errors import ExitCode
from zipreader.mailroom.sources import Places
from zipreader.reading.record import error_record, to_record

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(
    path
    for folder in (ROOT, DOCS, ROOT / "samples", ROOT / "models")
    for path in folder.glob("*.md")
)
COMMANDS_PAGE = (DOCS / "commands.md").read_text(encoding="utf-8")
RECORDS_PAGE = (DOCS / "records.md").read_text(encoding="utf-8")
GROUP = typer.main.get_command(app)
assert isinstance(GROUP, typer.core.TyperGroup)
COMMANDS = dict(GROUP.commands)
HELP = {"--help", "-h"}
LARGEST_PICTURE = 120_000
WIDEST_PICTURE = 1000


@dataclass(frozen=True, slots=True)
class Found:
    """A piece of a page of documentation."""

    page: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def named(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> Iterator[tuple[str, Found]]:
    """The fenced blocks of a page, each with its language."""
    text = page.read_text(encoding="utf-8")
    for match in re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        line = text.count("\n", 0, match.start(2)) + 1
        yield match[1], Found(named(page), line, match[2])


def prose(page: Path) -> Iterator[Found]:
    """The lines of a page that are in no fenced block."""
    fenced = False
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        fenced ^= line.startswith("```")
        if not fenced:
            yield Found(named(page), number, line)


def examples() -> Iterator[Found]:
    """The command lines in fenced blocks; what follows two spaces is a remark."""
    for page in PAGES:
        for language, block in blocks(page):
            if language not in {"", "sh", "bash", "text"}:
                continue
            for number, line in enumerate(block.text.splitlines()):
                for part in re.split(r"&&|\|(?=\s)", line):
                    told = re.match(r"\s*(?:[A-Z_]+=\S+ )*(?:\S+/)?zipreader ([a-z-].*)", part)
                    if told and told[1] != "zipreader":
                        text = re.split(r"\s{2,}|\s#\s", told[1])[0]
                        yield Found(block.page, block.line + number, text)


def mentions() -> Iterator[Found]:
    """Command lines inside of sentences, which may be but the beginning of one."""
    for page in PAGES:
        for line in prose(page):
            for text in re.findall(r"`zipreader ([^`]+)`", line.text):
                yield Found(line.page, line.line, text)


def options_of(command: str) -> dict[str, set[str]]:
    """The options of a command: all spellings by the longest."""
    spelled = [
        set(parameter.opts)
        for parameter in COMMANDS[command].params
        if parameter.param_type_name == "option"
    ]
    return {max(names, key=len): names for names in spelled if not names & HELP}


def section(page: str, heading: str) -> str:
    """What stands under a heading, up to the next of its level."""
    match = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", page, re.M | re.S)
    assert match, f"there is no section {heading!r}"
    return match[1]


def first_cells(table: str) -> list[str]:
    """The first cells of the rows of a table, without its heading."""
    rows = [line for line in table.splitlines() if line.startswith("|")]
    return [row.split("|")[1].strip() for row in rows if not row.startswith("|-")]


def told_options(text: str) -> set[str]:
    """The options that the tables of a section begin their rows with."""
    cells = (cell for cell in first_cells(text) if cell.startswith("`-"))
    return {option for cell in cells for option in re.findall(r"(?<![\w-])--?[a-z0-9][\w-]*", cell)}


# --- commands and options --------------------------------------------------------------------

SHARED = told_options(section(COMMANDS_PAGE, "Options of all that read"))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_told_with_its_command(command: str) -> None:
    own = told_options(section(COMMANDS_PAGE, f"zipreader {command}"))
    text = section(COMMANDS_PAGE, f"zipreader {command}")
    if "(#options-of-all-that-read)" in text:
        own |= SHARED
    missing = [
        option
        for option, spellings in options_of(command).items()
        if not spellings <= own and not (option in text and option in SHARED)
    ]
    assert missing == []


@pytest.mark.parametrize("command", COMMANDS)
def test_no_option_is_told_that_is_not_there(command: str) -> None:
    spellings = set().union(*options_of(command).values())
    assert told_options(section(COMMANDS_PAGE, f"zipreader {command}")) <= spellings | HELP


def test_every_command_is_in_the_overview() -> None:
    overview = COMMANDS_PAGE.split("\n## ")[0]
    assert re.findall(r"\(#zipreader-(\w+)\)", overview) == list(COMMANDS)


def test_no_command_is_told_that_is_not_there() -> None:
    assert re.findall(r"^## zipreader (\w+)$", COMMANDS_PAGE, re.M) == list(COMMANDS)


# --- examples --------------------------------------------------------------------------------


@pytest.mark.parametrize("example", list(examples()), ids=str)
def test_every_example_can_be_parsed(example: Found) -> None:
    words = shlex.split(example.text)
    name, *arguments = words
    assert name in COMMANDS, f"{example}: no command {name!r}"
    COMMANDS[name].make_context(name, arguments, parent=None)


@pytest.mark.parametrize("mention", list(mentions()), ids=str)
def test_every_mention_names_options_that_are_there(mention: Found) -> None:
    name, *words = shlex.split(mention.text)
    if name in {"--version", "COMMAND"}:
        return
    assert name in COMMANDS, f"{mention}: no command {name!r}"
    known = set().union(*options_of(name).values()) | HELP
    assert {word for word in words if re.match(r"--?[a-z0-9]", word)} <= known


@pytest.mark.parametrize(
    "block",
    [block for page in PAGES for language, block in blocks(page) if language == "python"],
    ids=str,
)
def test_every_python_block_compiles(block: Found) -> None:
    compile(block.text, str(block), "exec", dont_inherit=True)


# --- links and pictures ----------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = (re.match(r"#+ (.*)", line.text) for line in prose(page))
    titles = (re.sub(r"[^\w\- ]", "", match[1].lower()) for match in headings if match)
    return {title.replace(" ", "-") for title in titles}


def links() -> Iterator[Found]:
    for page in PAGES:
        for line in prose(page):
            for link in re.findall(r"\]\(((?!https?:)[^)]+)\)", line.text):
                yield Found(line.page, line.line, link)


@pytest.mark.parametrize("link", list(links()), ids=lambda link: f"{link}-{link.text}")
def test_every_link_leads_somewhere(link: Found) -> None:
    page = ROOT / link.page
    path, _, anchor = link.text.partition("#")
    target = (page.parent / path).resolve() if path else page
    assert target.exists()
    assert not anchor or anchor in anchors(target)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The pictures of the way, drawn anew."""
    out = tmp_path_factory.mktemp("pictures")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(DOCS))
        files: list[Path] = importlib.import_module("make_pictures").make_pictures(out)
    for name in ("make_pictures", "sheets"):
        sys.modules.pop(name, None)
    return files


def test_the_pictures_of_the_way_are_those_that_are_shown(drawn: list[Path]) -> None:
    shown = re.findall(r"\(pictures/(way-\S+)\)", (DOCS / "how-it-works.md").read_text("utf-8"))
    assert shown == [path.name for path in drawn]
    assert sorted(shown) == sorted(path.name for path in (DOCS / "pictures").glob("way-*"))


def test_the_pictures_of_the_way_are_small(drawn: list[Path]) -> None:
    kept = [DOCS / "pictures" / path.name for path in drawn]
    for path in [*drawn, *kept]:
        picture = cv2.imread(str(path))
        assert picture is not None
        assert picture.shape[1] <= WIDEST_PICTURE
        assert path.stat().st_size < LARGEST_PICTURE


# --- records ---------------------------------------------------------------------------------


def keys(value: object, above: str = "") -> Iterator[str]:
    """The keys of a record in their order, those of lists and objects in it too."""
    match value:
        case dict():
            for key, inner in value.items():
                yield f"{above}{key}"
                if key != "seconds":  # its names are those of the stages
                    yield from keys(inner, f"{above}{key}.")
        case [dict() as first, *_]:
            yield from keys(first, f"{above[:-1]}[].")


def test_the_keys_of_a_record_are_told_in_their_order(reader: Reader) -> None:
    (accepted,) = reader.read(ROOT / "samples" / "printed.jpg")
    (flagged,) = reader.read(ROOT / "samples" / "covered-digit.png")
    reasons = to_record(flagged)["reasons"]
    assert reasons
    told = [cell.strip("`") for cell in first_cells(section(RECORDS_PAGE, "The keys"))]
    assert told[1:] == list(keys(to_record(accepted) | {"reasons": reasons}))


def test_the_example_is_a_record() -> None:
    (example,) = (
        json.loads(block.text)
        for language, block in blocks(DOCS / "records.md")
        if language == "json"
    )
    assert list(example) == list(error_record("", None))
    assert example["decision"] == "accept"


def test_every_reason_is_told() -> None:
    table = section(RECORDS_PAGE, "Reasons")
    told = re.findall(r"^\| `(\w+)` \| (.+) \|$", table, re.MULTILINE)
    assert told == [(reason.name.lower(), reason.value) for reason in Reason]


def test_every_exit_code_is_told() -> None:
    table = section(RECORDS_PAGE, "Exit codes")
    told = re.findall(r"^\| (\d+) \| `(\w+)` \|", table, re.MULTILINE)
    assert told == [(str(code.value), code.name) for code in ExitCode]


def test_the_batch_of_the_samples_is_told_with_their_number() -> None:
    places = Places([str(ROOT / "samples")])
    files = sum(1 for _ in places)
    text = (DOCS / "mailroom.md").read_text(encoding="utf-8")
    told = {name.strip(): int(n) for name, n in re.findall(r"│ (\D+?)│ +(\d+) │", text)}
    assert told["files"] == files
    assert told["other files left out"] == places.left_out
    assert told["accepted"] + told["flagged for a person"] == told["pages"]
