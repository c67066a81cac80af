"""The rules of the house: which part may use which, and what stays where."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

import zipreader

ROOT = Path(zipreader.__file__).parent
VALUES = {
    "zipreader",
    "zipreader.elements",
    "zipreader.config",
    "zipreader.errors",
    "zipreader.files",
    "zipreader.intervals",
    "zipreader.workers",
}
LONGEST = 300
TOO_LONG = {"zipreader.elements": 476, "zipreader.config": 360}
"""Modules that may be longer, with their limits: the values are told in one place."""

# What a module of zipreader.reading may import from its own wing; a stage that is not named
# here may import imageops and formats, and no other stage.
READING: dict[str, set[str]] = {
    "imageops": set(),
    "inkmap": {"imageops"},
    "seams": set(),
    "normalize": set(),
    "sides": {"imageops"},
    "around": {"imageops"},
    "ground": {"imageops"},
    "rings": {"imageops"},
    "halftone": {"imageops"},
    "outline": {"around", "ground", "imageops", "sides"},
    "rules": {"imageops"},
    "trellis": set(),
    "align": {"trellis"},
    "decode": {"align", "trellis"},
    "barcodes": {"imageops"},
    "cells": set(),
    "circled": {"cells", "imageops"},
    "levelrules": set(),
    "waves": {"imageops"},
    "measures": {"imageops"},
    "spanning": {"imageops"},
    "strata": {"imageops", "measures"},
    "rowseams": {"imageops", "seams"},
    "tangles": {"imageops", "measures", "rowseams"},
    "inkmask": {"imageops"},
    "joining": {"imageops", "measures"},
    "lines": {
        "barcodes",
        "cells",
        "circled",
        "imageops",
        "inkmask",
        "joining",
        "levelrules",
        "rings",
        "spanning",
        "strata",
        "tangles",
        "waves",
    },
    "crossings": {"imageops", "inkmask"},
    "columns": {"imageops", "measures"},
    "stacks": {"imageops", "measures"},
    "locate": {"columns", "stacks"},
    "fields": {"cells", "imageops", "inkmap", "measures"},
    "light": {"imageops"},
    "page": {"imageops", "light", "outline"},
    "rectify": {"circled", "imageops", "inkmap", "light", "rules"},
    "blots": {"imageops", "light"},
    "segment": {"imageops", "normalize", "rectify", "seams"},
    "strip": {"rectify"},
    "narrow": {"ctc", "rectify", "strip"},
    "runtime": set(),
    "modelfolder": {"runtime"},
    "classifier": {"modelfolder", "normalize", "runtime"},
    "trees": set(),
    "probability": {"trees", "wording"},
    "ctc": set(),
    "stripnet": {"modelfolder", "runtime", "strip"},
    "speller": {"ctc", "modelfolder", "runtime", "strip", "stripnet"},
    "letters": set(),
    "wording": {"ctc", "letters"},
    "town": {"directory", "letters", "wording"},
    "surroundings": {"measures"},
    "otherwise": {"letters", "wording"},
    "together": set(),
    "evidence": {"blots", "otherwise", "rivals", "surroundings", "town"},
    "rivals": {"measures"},
    "readers": {"wording"},
    "addressees": {"measures", "readers", "rivals", "wording"},
    "search": {"addressees", "measures", "probability", "readers", "rivals", "wording"},
    "decide": {"wording"},
    "panel": {"imageops", "record"},
    "explain": {"imageops", "record", "panel"},
    "spec": {"reader"},
}
BELOW_A_STAGE = {"imageops", "formats"}
READERS = ("reader", "looks", "fieldreader")
"""Of a page, of a look at it and of a field: they call the stages one after the other."""

# What each wing may import from zipreader, besides itself and (but for synth) the values.
WINGS: dict[str, set[str]] = {
    "reading": set(),
    "synth": {
        "zipreader.elements",
        "zipreader.errors",
        "zipreader.files",
        "zipreader.reading.directory",
        "zipreader.workers",
    },
    "mailroom": {"zipreader.reading"},
    "evaluation": {"zipreader.reading", "zipreader.synth"},
    "training": {"zipreader.reading", "zipreader.synth"},
    "cli": {
        f"zipreader.{wing}"
        for wing in ("reading", "synth", "mailroom", "evaluation", "training", "web")
    },
    "web": {f"zipreader.{wing}" for wing in ("reading", "mailroom")},
}


@dataclass(frozen=True, slots=True)
class Import:
    """A module that is imported, and whether that happens when the importer is loaded."""

    name: str
    line: int
    at_once: bool


@cache
def module_names() -> dict[str, Path]:
    """All modules of the package by their dotted names."""
    names = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT.parent).with_suffix("").parts
        names[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return names


@cache
def tree_of(name: str) -> ast.Module:
    return ast.parse(module_names()[name].read_text(encoding="utf-8"), name)


@cache
def imports_of(name: str) -> tuple[Import, ...]:
    return tuple(_imports(tree_of(name), at_once=True))


def _imports(node: ast.AST, at_once: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.Import():
                for alias in child.names:
                    yield Import(alias.name, child.lineno, at_once)
            case ast.ImportFrom():
                assert child.level == 0, "imports are absolute"
                module = child.module or ""
                for alias in child.names:
                    inner = f"{module}.{alias.name}"
                    known = inner if inner in module_names() else module
                    yield Import(known, child.lineno, at_once)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                yield from _imports(child, at_once=False)
            case ast.If() if "TYPE_CHECKING" in ast.unparse(child.test):
                for branch in child.body:
                    yield from _imports(ast.Module([branch], []), at_once=False)
                for branch in child.orelse:
                    yield from _imports(ast.Module([branch], []), at_once)
            case _:
                yield from _imports(child, at_once)


def own_imports(name: str) -> list[Import]:
    return [each for each in imports_of(name) if each.name.split(".")[0] == "zipreader"]


def within(name: str, allowed: set[str]) -> bool:
    return any(name == each or name.startswith(f"{each}.") for each in allowed)


def wing_of(name: str) -> str:
    return (name.split(".") + [""])[1]


MODULES = sorted(module_names())
INSIDE = [name for name in MODULES if wing_of(name) in WINGS]


# --- who imports whom ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["elements", "config", "errors", "intervals"])
def test_values_import_nothing_of_the_house(name: str) -> None:
    assert own_imports(f"zipreader.{name}") == []


@pytest.mark.parametrize("name", INSIDE)
def test_imports_point_down(name: str) -> None:
    wing = wing_of(name)
    allowed = WINGS[wing] | {f"zipreader.{wing}"}
    if wing == "synth":
        wrong = [each for each in own_imports(name) if not within(each.name, allowed)]
    else:
        wrong = [
            each
            for each in own_imports(name)
            if each.name not in VALUES and not within(each.name, allowed)
        ]
    assert not wrong


@pytest.mark.parametrize(
    "name", [name for name in MODULES if name.startswith("zipreader.reading.")]
)
def test_stages_do_not_import_each_other(name: str) -> None:
    stage = name.split(".")[2]
    if stage in READERS:
        return
    allowed = READING.get(stage, BELOW_A_STAGE) | {stage}
    wrong = [
        each
        for each in own_imports(name)
        if each.name.startswith("zipreader.reading") and each.name.split(".")[2] not in allowed
    ]
    assert not wrong


def test_the_readers_use_every_stage() -> None:
    used = {each.name for name in READERS for each in own_imports(f"zipreader.reading.{name}")}
    stages = (
        "images page lines locate fields segment classifier decode directory probability decide"
    )
    assert {f"zipreader.reading.{stage}" for stage in stages.split()} <= used


def test_every_module_belongs_to_a_known_wing() -> None:
    tops = {"zipreader.__main__", *VALUES}
    assert [name for name in MODULES if name not in tops and wing_of(name) not in WINGS] == []


def test_no_imports_in_a_circle() -> None:
    graph = {
        name: {each.name for each in own_imports(name) if each.at_once and each.name != name}
        for name in MODULES
    }
    while ready := [name for name, needs in graph.items() if not needs & set(graph)]:
        for name in ready:
            del graph[name]
    assert not graph


# --- what stays where ------------------------------------------------------------------------

TALKERS = {"rich", "typer", "click"}


@pytest.mark.parametrize("name", [name for name in MODULES if wing_of(name) != "cli"])
def test_only_the_command_line_talks(name: str) -> None:
    assert [each for each in imports_of(name) if each.name.split(".")[0] in TALKERS] == []
    if name == "zipreader.__main__":
        return
    calls = [node for node in ast.walk(tree_of(name)) if isinstance(node, ast.Call)]
    spoken = {ast.unparse(call.func) for call in calls}
    assert not spoken & {"print", "input", "sys.exit", "exit", "quit", "os._exit"}
    raised = [
        ast.unparse(node.exc)
        for node in ast.walk(tree_of(name))
        if isinstance(node, ast.Raise) and node.exc
    ]
    assert not [text for text in raised if text.startswith("SystemExit")]


@pytest.mark.parametrize("name", [name for name in MODULES if wing_of(name) != "training"])
def test_tensorflow_is_never_imported_at_once(name: str) -> None:
    heavy = [
        each for each in imports_of(name) if each.name.split(".")[0] in {"tensorflow", "keras"}
    ]
    assert [each for each in heavy if each.at_once] == []


@pytest.mark.parametrize("name", [name for name in MODULES if wing_of(name) == "cli"])
def test_commands_load_nothing_heavy_at_once(name: str) -> None:
    heavy = {"cv2", "numpy", "scipy", "skimage", "matplotlib", "PIL", "ai_edge_litert"}
    assert [
        each for each in imports_of(name) if each.at_once and each.name.split(".")[0] in heavy
    ] == []
    rest = {f"zipreader.{wing}" for wing in WINGS if wing != "cli"}
    assert [each for each in own_imports(name) if each.at_once and within(each.name, rest)] == []


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_short_and_says_what_it_is_for(name: str) -> None:
    lines = len(module_names()[name].read_text(encoding="utf-8").splitlines())
    assert lines <= TOO_LONG.get(name, LONGEST)
    assert ast.get_docstring(tree_of(name))


@pytest.mark.parametrize("name", MODULES)
def test_what_is_public_is_documented(name: str) -> None:
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    public = [
        node
        for node in tree_of(name).body
        if isinstance(node, kinds) and not node.name.startswith("_")
    ]
    assert [node.name for node in public if not ast.get_docstring(node)] == []


def test_the_order_of_the_stages_is_told() -> None:
    text = ast.get_docstring(tree_of("zipreader.reading")) or ""
    told = set(re.findall(r"``(\w+)``", text))
    modules = {
        name.split(".")[2] for name in MODULES if re.fullmatch(r"zipreader\.reading\.\w+", name)
    }
    assert modules <= told


# --- starting --------------------------------------------------------------------------------


def test_help_loads_neither_opencv_nor_tensorflow() -> None:
    command = [sys.executable, "-X", "importtime", "-m", "zipreader", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines()}
    assert "zipreader.cli.app" in loaded
    assert "Usage" in done.stdout
    tops = {name.split(".")[0] for name in loaded}
    assert not tops & {"cv2", "numpy", "tensorflow", "keras", "ai_edge_litert", "scipy", "PIL"}


def test_reading_loads_nothing_that_it_does_not_need() -> None:
    """Half of a cold start are imports; NumPy's masked arrays alone would be a tenth."""
    sample = str(ROOT.parent / "samples" / "printed.jpg")
    command = [sys.executable, "-X", "importtime", "-m", "zipreader", "read", sample]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    loaded = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines()}
    assert "zipreader.reading.reader" in loaded
    assert not loaded & {
        "tensorflow", "keras", "scipy", "skimage", "numpy.ma", "pypdfium2", "tifffile", "jinja2",
        "zipreader.synth", "zipreader.training", "zipreader.evaluation", "zipreader.web",
    }  # fmt: skip
