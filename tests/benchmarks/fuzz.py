"""Feed the loaders with what a fuzzer makes of sound and hostile files.

    python tests/benchmarks/fuzz.py --seconds 60

Each target runs in a process of its own, guided by the coverage of zipreader and
Pillow (atheris, libFuzzer).  A loader yields what it promises or raises a
``ZipReaderError`` of one line; anything else is a finding, is told once with its
place, and its input is kept in the folder of ``--keep``.  A crash of a decoder, a
hang of ten seconds or 2 GiB of memory ends the target and is a finding too.

Ends with 0 if nothing was found, 1 if something was, 2 without atheris.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import math
import re
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

MISSING = "fuzz.py needs atheris, which is not part of the project: pip install 'atheris>=2.3'"
LARGEST = 20_000
"""Bytes of a file that the fuzzer begins with; small ones are tried more often."""
TARGETS = ("images", "pdf", "calibration", "model")
Target = Callable[[bytes], None]


def main() -> int:
    """Run all targets one after the other, or, as their child, one."""
    options = _options()
    if importlib.util.find_spec("atheris") is None:
        sys.stderr.write(f"{MISSING}\n")
        return 2
    options.keep.mkdir(parents=True, exist_ok=True)
    if options.child:
        _fuzz(options.child, options.seconds, options.seed, options.keep)
        return 0
    names = options.target or TARGETS
    share = max(1, options.seconds // len(names))
    return max(_run(name, share, options.seed, options.keep) for name in names)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Fuzz the loaders of zipreader.")
    parser.add_argument("--seconds", type=int, default=60, help="for all targets together")
    parser.add_argument("--target", choices=TARGETS, action="append", help="only this one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("runs/fuzz"), help="folder of findings")
    parser.add_argument("--child", choices=TARGETS, help=argparse.SUPPRESS)
    return parser.parse_args()


def _run(name: str, seconds: int, seed: int, keep: Path) -> int:
    """One target in its process; tells what came of it."""
    own = keep / name
    own.mkdir(exist_ok=True)
    before = set(own.iterdir())
    command = [sys.executable, __file__, "--child", name, "--seconds", str(seconds)]
    command += ["--seed", str(seed), "--keep", str(own)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    runs = re.findall(r"^(?:Done |#)(\d+)", done.stderr, re.MULTILINE)
    found = sorted(path for path in set(own.iterdir()) - before if path.suffix == ".txt")
    ends = [] if done.returncode == 0 else [_last_words(done.stderr, done.returncode)]
    findings = [path.read_text(encoding="utf-8").splitlines()[0] for path in found] + ends
    tried = max((int(run) for run in runs), default=0)
    told = [f"{name}: {tried:,} inputs in {seconds} s, {len(findings)} findings", *findings]
    sys.stdout.write("\n  ".join(told) + "\n")
    sys.stdout.flush()
    return 1 if findings else 0


def _last_words(told: str, code: int) -> str:
    words = [line for line in told.splitlines() if "ERROR" in line or "SUMMARY" in line]
    return words[0] if words else f"ended with {code}: {told.strip()[-300:]}"


# --- in the child ----------------------------------------------------------------------------


def _fuzz(name: str, seconds: int, seed: int, keep: Path) -> None:
    import atheris

    with atheris.instrument_imports(include=["PIL", "zipreader"]):
        target, seeds = _target(name)
    with tempfile.TemporaryDirectory() as corpus:
        for data in seeds:
            (Path(corpus) / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
        limits = [f"-max_total_time={seconds}", f"-seed={seed}", "-timeout=10"]
        limits += ["-rss_limit_mb=2048", f"-max_len={2 * LARGEST}", f"-artifact_prefix={keep}/"]
        atheris.Setup([sys.argv[0], *limits, corpus], _noting(target, keep))
        atheris.Fuzz()


def _noting(target: Target, keep: Path) -> Target:
    """The target, but a fault is noted, once a place, and the fuzzer goes on."""
    known: set[str] = set()

    def run(data: bytes) -> None:
        try:
            target(data)
        except Exception as error:  # noqa: BLE001 - every kind is a finding
            place = traceback.extract_tb(error.__traceback__)[-1]
            cause = f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}"
            if cause not in known:
                known.add(cause)
                stem = hashlib.sha256(data).hexdigest()[:16]
                (keep / f"{stem}.bin").write_bytes(data)
                told = f"{cause}: {error}"[:300].splitlines()[0]
                (keep / f"{stem}.txt").write_text(
                    f"{told} ({stem}.bin)\n{traceback.format_exc()}", encoding="utf-8"
                )

    return run


def _target(name: str) -> tuple[Target, Iterable[bytes]]:
    from tests.hostile import corpus

    if name in {"images", "pdf"}:
        wanted = [data for _, data in corpus() if (b"%PDF-" in data[:1024]) == (name == "pdf")]
        return _load_pages, [data for data in wanted if len(data) <= LARGEST]
    file = ROOT / "models" / ("calibration.json" if name == "calibration" else "model.json")
    whole = json.loads(file.read_text(encoding="utf-8"))
    whole.pop("history", None)
    sound = json.dumps(whole).encode()
    seeds = [sound, sound[:-9], b"{}", b"[]", b"null", b"[" * 20_000, b"\xef\xbb\xbf" + sound]
    numbers = [key for key in whole if isinstance(whole[key], int | float)]
    for odd in (10**400, math.nan, math.inf, -1, "1", None, True):
        seeds += [json.dumps(whole | {key: odd}).encode() for key in numbers]
    return (_load_calibration if name == "calibration" else _load_model), seeds


def _load_pages(data: bytes) -> None:
    import numpy as np

    from zipreader.config import ImageConfig
    from zipreader.errors import ZipReaderError
    from zipreader.reading.images import pages_from_bytes

    limits = ImageConfig(max_pixels=300_000, max_pages=20, pdf_dpi=72)
    try:
        for page in pages_from_bytes(data, "mail.bin", limits):
            assert page.image.dtype == np.uint8
            assert page.image.ndim == 2 or page.image.shape[2:] == (3,)
            assert 0 < page.image.shape[0] * page.image.shape[1] <= limits.max_pixels
            assert page.dpi is None or limits.min_dpi <= page.dpi <= limits.max_dpi
    except ZipReaderError as error:
        assert str(error).isprintable(), "the message has more than one line"


def _load_calibration(data: bytes) -> None:
    from zipreader.errors import ModelError
    from zipreader.reading.probability import load_calibration

    with tempfile.NamedTemporaryFile(suffix=".json", buffering=0) as file:
        file.write(data)
        try:
            calibration = load_calibration(Path(file.name))
            assert all(map(math.isfinite, (calibration.bias, *calibration.weights.values())))
            for each in calibration.certificates:
                assert 0 <= each.threshold <= 1, "a threshold is no probability"
        except ModelError as error:
            assert str(error).isprintable(), "the message has more than one line"


def _load_model(data: bytes) -> None:
    """The description alone: LiteRT and Keras check their own files."""
    from zipreader.errors import ModelError
    from zipreader.reading.classifier import Classifier

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "model.json").write_bytes(data)
        try:
            Classifier(Path(folder))
        except ModelError as error:
            assert str(error).isprintable(), "the message has more than one line"


if __name__ == "__main__":
    sys.exit(main())
