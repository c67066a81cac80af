from __future__ import annotations

from pathlib import Path

import pytest

from zipreader.files import is_file, is_folder, is_there


def test_what_is_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    assert (is_file(tmp_path / "a.png"), is_folder(tmp_path), is_there(tmp_path)) == (True,) * 3
    assert (is_file(tmp_path), is_folder(tmp_path / "a.png")) == (False, False)


@pytest.mark.parametrize("ask", [is_file, is_folder, is_there])
@pytest.mark.parametrize("name", ["n" * 300, "a.png/within", "a\0b", "missing"])
def test_a_name_that_no_file_can_have_is_not_there(ask: object, name: str, tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    assert callable(ask)
    assert ask(tmp_path / name) is False
