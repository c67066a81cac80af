from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import zipreader
from zipreader.training.madeby import code_digest


def test_the_digest_changes_with_what_makes_tiles_and_with_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Path(zipreader.__file__).parent
    copy = tmp_path / "zipreader"
    shutil.copytree(root, copy, ignore=lambda _, names: {n for n in names if n == "__pycache__"})
    monkeypatch.setattr(zipreader, "__file__", str(copy / "__init__.py"))

    def digest() -> str:
        code_digest.cache_clear()
        return code_digest()

    before = digest()
    (copy / "cli" / "read.py").write_text("changed")
    assert digest() == before
    for name in ("reading/inkmap.py", "training/makers.py", "config.py"):
        (copy / name).write_text("changed")
        after = digest()
        assert after != before
        before = after
    monkeypatch.undo()
    code_digest.cache_clear()
