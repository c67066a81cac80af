from __future__ import annotations

import ast
import inspect
import re
from importlib import import_module, metadata
from pathlib import Path

import pytest

import zipreader

LAZY = sorted(set(zipreader.__all__) - {"__version__"})


def test_the_promised_names_are_these() -> None:
    assert set(zipreader.__all__) == {
        "Decision",
        "Digit",
        "Page",
        "Reader",
        "ReaderConfig",
        "Reading",
        "Reason",
        "Status",
        "ZipHypothesis",
        "ZipReaderError",
        "__version__",
        "explain",
        "open_pages",
        "to_record",
    }
    assert list(zipreader.__all__) == sorted(zipreader.__all__)


@pytest.mark.parametrize("name", LAZY)
def test_a_public_name_can_be_imported_and_is_documented(name: str) -> None:
    value = getattr(zipreader, name)
    assert value.__name__ == name
    assert inspect.getdoc(value)
    assert getattr(import_module(value.__module__), name) is value
    assert getattr(zipreader, name) is value


def test_type_checkers_see_the_same_names() -> None:
    tree = ast.parse(Path(inspect.getfile(zipreader)).read_text(encoding="utf-8"))
    declared = {
        alias.name: node.module
        for branch in tree.body
        if isinstance(branch, ast.If)
        for node in branch.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert declared == {name: getattr(zipreader, name).__module__ for name in LAZY}


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Postman'"):
        _ = zipreader.Postman
    assert not hasattr(zipreader, "numpy")


def test_the_version_is_that_of_the_package() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", zipreader.__version__)
    installed = [d.version for d in metadata.distributions(name="zipreader")]
    assert set(installed) <= {zipreader.__version__}
