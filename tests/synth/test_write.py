from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as PillowImage

from zipreader.errors import OutputError, UsageError
from zipreader.synth import Mailpiece, Sources, make_mailpiece, piece_seed, write_mail
from zipreader.synth.write import encode


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_mail_comes_back_as_it_was_written(tmp_path: Path, sources: Sources) -> None:
    seen: list[tuple[int, int]] = []
    out = tmp_path / "new" / "mail"
    truths = write_mail(out, 4, 7, "mixed", sources, lambda *done: seen.append(done))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    names = [truth.file for truth in truths]
    assert [Path(name or "").stem for name in names] == ["0001", "0002", "0003", "0004"]
    assert {path.name for path in out.iterdir()} == {*names, "truth.csv", "truth.jsonl"}
    with (out / "truth.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    lines = [json.loads(line) for line in (out / "truth.jsonl").read_text().splitlines()]
    for number, (truth, row, line) in enumerate(zip(truths, rows, lines, strict=True)):
        assert row["file"] == line["file"] == truth.file
        assert row["zip"] == (truth.zip or "") and line["zip"] == truth.zip
        piece = make_mailpiece("mixed", piece_seed(7, number), sources)
        assert truth == piece.truth.named(truth.file or "")
        image = cv2.imread(str(out / str(truth.file)), cv2.IMREAD_UNCHANGED)
        assert image is not None and image.shape[:2] == piece.image.shape[:2]


def test_formats_keep_what_the_image_is(sources: Sources) -> None:
    piece = make_mailpiece("printed", piece_seed(0, 2), sources)
    bits = np.where(np.indices((40, 60)).sum(axis=0) % 9 < 4, 0, 255).astype(np.uint8)
    suffix, content = encode(Mailpiece(bits, 200, piece.truth))
    assert suffix == ".tif"
    read = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    assert read is not None and np.array_equal(read, bits)
    colour = np.zeros((40, 60, 3), np.uint8)
    colour[..., 2] = 200
    suffix, content = encode(Mailpiece(colour, 200, piece.truth))
    read = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    assert read is not None and suffix in (".jpg", ".png")
    assert abs(int(read[20, 30, 2]) - 200) < 5


def test_scans_mostly_state_their_resolution_and_photos_never(sources: Sources) -> None:
    piece = make_mailpiece("printed", 1, sources)
    grey = np.tile(np.arange(60, dtype=np.uint8), (40, 1))
    for seed, kind, stated in ((1, "printed", True), (5, "printed", False), (1, "photo", False)):
        truth = replace(piece.truth, kind=kind, seed=seed)
        _, content = encode(Mailpiece(grey, 212, truth))
        dpi = PillowImage.open(io.BytesIO(content)).info.get("dpi")
        assert dpi == (pytest.approx((212, 212), abs=1) if stated else None)


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path, sources: Sources) -> None:
    (tmp_path / "0001.jpg").write_bytes(b"mine")
    with pytest.raises(OutputError, match="not empty"):
        write_mail(tmp_path, 1, 0, "printed", sources)
    assert files_of(tmp_path) == {"0001.jpg": b"mine"}


def test_a_folder_that_cannot_be_is_named(tmp_path: Path, sources: Sources) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="file"):
        write_mail(tmp_path / "file" / "mail", 1, 0, "printed", sources)
    with pytest.raises(OutputError, match="file"):
        write_mail(tmp_path / "file", 1, 0, "printed", sources)


@pytest.mark.parametrize(
    ("count", "seed", "kind"), [(0, 0, "printed"), (1, -1, "printed"), (1, 0, "spam")]
)
def test_bad_requests_leave_no_folder(
    tmp_path: Path, sources: Sources, count: int, seed: int, kind: str
) -> None:
    with pytest.raises(UsageError):
        write_mail(tmp_path / "mail", count, seed, kind, sources)
    assert not (tmp_path / "mail").exists()


@pytest.mark.slow
def test_processes_write_the_same_files(tmp_path: Path, sources: Sources) -> None:
    for name, workers in (("one", 1), ("two", 2)):
        write_mail(tmp_path / name, 10, 3, "mixed", sources, workers=workers)
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")
