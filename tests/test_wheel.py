"""The wheel, as a user installs it: it reads mail from an empty folder, far from the sources."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    outcome = subprocess.run(
        command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True
    )
    assert outcome.returncode == 0, outcome.stderr
    return outcome.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which pip has put the wheel."""
    if not (ROOT / "models").is_dir():
        pytest.skip("this is no checkout")
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    (wheel,) = folder.glob("zipreader-*.whl")
    target = folder / "installed"
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps")
    run(*pip, "--target", target, wheel, cwd=folder)
    return target


def test_the_wheel_reads_a_sample_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    code = "import sys, zipreader.cli; print(zipreader.__file__); sys.exit(zipreader.cli.main())"
    told = run(
        sys.executable, "-c", code, "read", "--json", ROOT / "samples" / "printed.jpg",
        cwd=tmp_path, PYTHONPATH=str(installed),
    )  # fmt: skip
    place, record = told.split("\n", 1)
    assert Path(place).is_relative_to(installed)
    truth = (ROOT / "samples" / "truth.csv").read_text(encoding="utf-8")
    assert f"printed.jpg,{json.loads(record)['zip']}" in truth
    assert not list(tmp_path.iterdir())


def test_the_wheel_is_typed_and_holds_models_and_pages(installed: Path) -> None:
    package = installed / "zipreader"
    for name in (
        "py.typed",
        "models/model.tflite",
        "models/strip.tflite",
        "models/strip2.tflite",
        "models/calibration.json",
    ):
        assert (package / name).is_file()
    assert list(package.rglob("*.html"))
    assert not (installed / "tests").exists()
