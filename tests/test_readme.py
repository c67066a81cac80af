from __future__ import annotations

import re
from pathlib import Path

import pytest

from zipreader.cli.app import app
from zipreader.errors import ExitCode

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    command.name or command.callback.__name__
    for command in app.registered_commands
    if command.callback is not None
]


def test_the_first_two_blocks_are_one_line_each() -> None:
    blocks = re.findall(r"^```bash\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 2
    assert all(block.count("\n") == 1 for block in blocks[:2])
    assert "zipreader read samples/" in blocks[0]
    assert "pytest" in blocks[1]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_named(command: str) -> None:
    assert f"zipreader {command} " in README


@pytest.mark.parametrize("code", list(ExitCode), ids=lambda code: code.name)
def test_every_exit_code_is_documented(code: ExitCode) -> None:
    assert re.search(rf"^\| {code.value} \|", README, re.MULTILINE)


@pytest.mark.parametrize("link", re.findall(r"\]\(((?!https?:)[^)#]+)\)", README))
def test_every_link_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists()
