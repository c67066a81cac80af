"""What comes from elsewhere: dependencies with lower bounds, and files that cannot bring code."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "zipreader").rglob("*.py")) + sorted(
    (ROOT / "tests" / "benchmarks").glob("*.py")
)
LOCK = ROOT / "requirements" / "dev.lock"

UNSAFE_MODULES = {
    "pickle", "_pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "torch",
    "yaml", "xmlrpc",
}  # fmt: skip
UNSAFE_CALLS = {
    "eval", "exec", "compile", "__import__", "os.system", "os.popen", "tempfile.mktemp",
    "pd.read_pickle", "pandas.read_pickle",
}  # fmt: skip


@cache
def parsed(source: Path) -> ast.Module:
    return ast.parse(source.read_text(encoding="utf-8"), str(source))


def calls_in(source: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """The name of each call as it is written, and its named arguments."""
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.Call):
            named = {word.arg: ast.unparse(word.value) for word in node.keywords if word.arg}
            yield ast.unparse(node.func), named


def imports_in(source: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
    return names


def project() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return found


def requirements() -> list[str]:
    """Everything that any part of the project asks for, besides the project itself."""
    settings = project()
    extras = settings["project"]["optional-dependencies"].values()
    asked = [*settings["build-system"]["requires"], *settings["project"]["dependencies"]]
    return [each for each in [*asked, *sum(extras, [])] if not each.startswith("zipreader[")]


def plain_name(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_file_that_is_read_can_bring_code(source: Path) -> None:
    assert not imports_in(source) & UNSAFE_MODULES
    for name, named in calls_in(source):
        assert name not in UNSAFE_CALLS
        assert named.get("shell") in (None, "False")
        if name.endswith(("np.load", "numpy.load")):
            assert named.get("allow_pickle") == "False"
        if name.endswith("load_model"):
            assert named.get("safe_mode") == "True"
        assert not name.endswith(("enable_unsafe_deserialization", "load_weights"))


def test_the_rule_is_no_dead_letter() -> None:
    names = {name for source in SOURCES for name, _ in calls_in(source)}
    assert {"np.load", "keras.saving.load_model", "json.loads"} <= names


@pytest.mark.parametrize("requirement", requirements())
def test_every_dependency_has_a_lower_bound_and_no_upper_one(requirement: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9._-]+(\[[a-z,-]+\])?>=[0-9][0-9.]*", requirement)


# --- the lock --------------------------------------------------------------------------------


def locked() -> dict[str, tuple[str, list[str]]]:
    """Version and hashes of each package of the lock; the oldest, where systems differ."""
    text = LOCK.read_text(encoding="utf-8").replace("\\\n", " ")
    packages: dict[str, tuple[str, list[str]]] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            pin, *hashes = line.split("--hash=")
            name, version = pin.split(";")[0].split("==")
            least = packages.get(plain_name(name), (version.strip(), []))[0]
            oldest = min(least, version.strip(), key=numbers)
            packages[plain_name(name)] = oldest, [each.strip() for each in hashes]
    return packages


def test_every_package_of_the_lock_has_a_version_and_hashes() -> None:
    packages = locked()
    assert len(packages) > 60
    for version, hashes in packages.values():
        assert re.fullmatch(r"[0-9][0-9A-Za-z.+!]*", version)
        assert hashes
        assert all(re.fullmatch("sha256:[0-9a-f]{64}", each) for each in hashes)


def test_the_lock_names_no_index() -> None:
    text = LOCK.read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*--(?!hash)", text, re.MULTILINE)


def test_the_lock_holds_what_development_needs_within_the_bounds() -> None:
    packages = locked()
    extras = project()["project"]["optional-dependencies"]
    needed = list(project()["project"]["dependencies"]) + extras["dev"]
    for name in ("synth", "faces", "parquet", "ray", "web"):
        needed += extras[name]
    for requirement in needed:
        if not requirement.startswith("zipreader["):
            name, least = re.sub(r"\[.*\]", "", requirement).split(">=")
            assert numbers(packages[plain_name(name)][0]) >= numbers(least), name


def numbers(version: str) -> list[int]:
    """A version to compare by: its leading numbers, without zeros at the end."""
    found = [int(part) for part in re.findall(r"\d+", version.split("+")[0])]
    while found and found[-1] == 0:
        found.pop()
    return found
