from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from tests.mailroom.office import envelope, record
from zipreader.errors import InputError
from zipreader.mailroom.desk import Desk, Task
from zipreader.mailroom.identity import FileIdentity
from zipreader.mailroom.pictures import cut_out, pictures_of
from zipreader.mailroom.rules import Rules
from zipreader.mailroom.store import Piece, Store


def task_of(path: Path, written: dict[str, Any]) -> Task:
    piece = Piece(1, FileIdentity.of(path), 1, written["zip"], written["decision"], written)
    with Store.open(":memory:") as store:
        return Desk(store, Rules()).task(piece)


def decoded(jpeg: bytes) -> npt.NDArray[np.uint8]:
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert image is not None
    return image.astype(np.uint8)


def test_the_zip_is_large_and_the_envelope_says_where_it_is(tmp_path: Path) -> None:
    pictures = pictures_of(task_of(envelope(tmp_path / "a.png"), record("a.png")))
    crop = decoded(pictures.crop)
    assert crop.shape[0] == 320
    assert (crop < 100).any(axis=0).sum() > crop.shape[1] / 4, "the digits fill it"
    assert pictures.size == (900, 420)
    assert pictures.focus == pytest.approx((420 / 900, 260 / 420, 720 / 900, 340 / 420))


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_an_envelope_that_lies_is_set_upright(tmp_path: Path, quarters: int) -> None:
    path = envelope(tmp_path / "a.png")
    upright = pictures_of(task_of(path, record("a.png")))
    image = cv2.imread(str(path))
    assert image is not None
    cv2.imwrite(str(path), np.rot90(image, quarters))  # counterclockwise
    written = record("a.png") | {"orientation": 90 * quarters}
    for key in ("zip_box", "block_box"):
        written[key] = [_turned(point, quarters) for point in written[key]]  # type: ignore[attr-defined]
    pictures = pictures_of(task_of(path, written))
    assert pictures.size == upright.size
    assert pictures.focus == pytest.approx(upright.focus)
    for mine, theirs in ((pictures.crop, upright.crop), (pictures.envelope, upright.envelope)):
        difference = np.abs(decoded(mine).astype(int) - decoded(theirs))
        assert difference.mean() < 4


def _turned(point: list[float], quarters: int) -> list[float]:
    x, y = point
    width, height = 900.0, 420.0
    for _ in range(quarters):
        x, y = y, width - x
        width, height = height, width
    return [x, y]


def test_a_blind_piece_shows_the_address_and_not_the_place_of_the_zip(tmp_path: Path) -> None:
    path = envelope(tmp_path / "a.png")
    block = (200 / 900, 120 / 420, 760 / 900, 360 / 420)
    audited = pictures_of(task_of(path, record("a.png", decision="accept")))
    empty = pictures_of(task_of(path, record("a.png", None)))
    assert audited.focus == pytest.approx(block)
    assert audited == empty


def test_without_an_address_the_whole_envelope_is_shown(tmp_path: Path) -> None:
    path = envelope(tmp_path / "a.png")
    pictures = pictures_of(task_of(path, record("a.png", None) | {"block_box": None}))
    assert pictures.focus == (0, 0, 1, 1)


def test_a_page_of_several_is_the_one_that_was_read(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    pages = [np.full((60, 90), grey, np.uint8) for grey in (30, 120, 210)]
    cv2.imwritemulti(str(path), pages)
    task = task_of(path, record("a.tif", None) | {"block_box": None})
    third = replace(task, piece=replace(task.piece, page=3))
    assert decoded(pictures_of(third).envelope).mean() == pytest.approx(210, abs=3)
    beyond = replace(task, piece=replace(task.piece, page=4))
    with pytest.raises(InputError, match="no page 4"):
        pictures_of(beyond)


def test_a_file_that_has_changed_is_not_shown(tmp_path: Path) -> None:
    path = envelope(tmp_path / "a.png")
    task = task_of(path, record("a.png"))
    envelope(path, "99999")
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(InputError, match="has changed since it was read"):
        pictures_of(task)
    path.unlink()
    with pytest.raises(InputError, match="gone"):
        pictures_of(task)


def test_a_slanted_rectangle_is_cut_level() -> None:
    image = np.full((300, 300), 255, np.uint8)
    corners = cv2.boxPoints(((150, 150), (160, 40), 30)).astype(np.float64)
    cv2.fillPoly(image, [corners.round().astype(np.int32)], 0)
    first = int(np.argmin(corners.sum(axis=1)))
    quad = np.roll(corners, -first, axis=0)
    if np.linalg.norm(quad[1] - quad[0]) < np.linalg.norm(quad[3] - quad[0]):
        quad = np.roll(quad, 1, axis=0)
    assert cut_out(image, quad, 2.0, (0.0, 0.0))[8:-8, 8:-8].max() < 60
    assert cut_out(image, quad, 0.5, (0.0, 0.0))[4:-4, 4:-4].max() < 60
