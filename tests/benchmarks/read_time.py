"""Time whole processes ``zipreader read SAMPLE``: python tests/benchmarks/read_time.py."""

from __future__ import annotations

import csv
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
RUNS = 5


def main() -> None:
    """Print the median and the slowest of five whole processes for each sample."""
    table = Table("sample", "median s", "slowest s", title=f"whole process, {RUNS} runs each")
    with (SAMPLES / "truth.csv").open(encoding="utf-8", newline="") as file:
        names = [row["file"] for row in csv.DictReader(file)]
    for name in names:
        seconds = [_one(SAMPLES / name) for _ in range(RUNS)]
        table.add_row(name, f"{statistics.median(seconds):.2f}", f"{max(seconds):.2f}")
    Console().print(table)


def _one(sample: Path) -> float:
    """Seconds of one process, which finds its modules compiled as any but the first one does."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-m", "zipreader", "read", str(sample)]
    start = time.perf_counter()
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, env=kept)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
