from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.conftest import Command
from tests.drawing import blank, draw_envelope, printed
from zipreader.elements import GreyImage, Page, Reading
from zipreader.errors import ExitCode
from zipreader.reading.reader import Reader

ZIP = "97358"
SAMPLES = Path(__file__).parents[2] / "samples"
LETTER = draw_envelope(ZIP, town="LYONS OR", height=30).grey
KEYS = {
    "schema",
    "path",
    "page",
    "zip",
    "plus4",
    "decision",
    "confidence",
    "reasons",
    "digits",
    "zip_box",
    "block_box",
    "orientation",
    "place",
    "candidates",
    "model",
    "seconds",
    "error",
}
"""What the design promises; there may be more."""


def saved(path: Path, grey: GreyImage) -> Path:
    assert cv2.imwrite(str(path), grey)
    return path


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    """An envelope that is read and accepted."""
    return saved(tmp_path / "letter.png", LETTER)


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A page with nothing on it, which is flagged."""
    return saved(tmp_path / "empty.png", blank(900, 400))


def records(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


# --- what is shown ---------------------------------------------------------------------------


def test_an_accepted_zip_ends_with_0(zipreader: Command, letter: Path) -> None:
    done = zipreader("read", letter)
    assert done.code == 0
    assert done.err == ""
    for text in (ZIP, "Lyons", "OR", "ACCEPT", "letter.png", "confidence"):
        assert text in done.out
    assert "\x1b" not in done.out, "stdout is no terminal here"


def test_a_flagged_page_ends_with_10_and_says_why(zipreader: Command, empty: Path) -> None:
    done = zipreader("read", empty)
    assert done.code == ExitCode.FLAGGED
    assert done.err == ""
    assert "REVIEW" in done.out
    assert "No address was found." in done.out


def test_one_flagged_page_among_others_flags_the_run(
    zipreader: Command, letter: Path, empty: Path
) -> None:
    done = zipreader("read", letter, empty)
    assert done.code == ExitCode.FLAGGED
    assert ZIP in done.out
    assert "REVIEW" in done.out


def test_a_field_alone(zipreader: Command, tmp_path: Path) -> None:
    path = saved(tmp_path / "box.png", printed(ZIP, 60))
    done = zipreader("read", "--field", "--json", path)
    (record,) = records(done.out)
    assert record["zip"] == ZIP
    assert record["block_box"] is None


def test_shares_have_as_many_decimals_as_tell_them_apart(zipreader: Command, letter: Path) -> None:
    confidence = json.loads(zipreader("read", letter, "--json").out)["confidence"]
    done = zipreader("read", letter, "--min-confidence", f"{confidence + 1e-4:.4f}")
    found = re.search(r"confidence (\S+)%, needed (\S+)%", done.out)
    assert found is not None
    assert float(found[1]) < float(found[2])


@pytest.mark.skipif(os.name == "nt", reason="no such names there")
def test_a_name_cannot_command_the_terminal(
    zipreader: Command, letter: Path, tmp_path: Path
) -> None:
    odd = tmp_path / "a\x1b]0;mine\x07b.png"
    shutil.copy(letter, odd)
    done = zipreader("read", odd)
    assert done.code == ExitCode.OK
    assert "\x1b" not in done.out
    assert "\x07" not in done.out


def test_a_page_without_a_zip_alone_is_told_of_the_option(
    zipreader: Command, letter: Path, empty: Path
) -> None:
    assert "drop it where an envelope is shown" in zipreader("read", "--field", empty).complaint
    assert zipreader("read", empty).err == ""


def test_each_of_several_pages_has_its_number(
    zipreader: Command, letter: Path, tmp_path: Path
) -> None:
    pages = [Image.fromarray(blank(900, 400)) for _ in range(3)]
    pages[0].save(tmp_path / "three.tif", save_all=True, append_images=pages[1:])
    out = zipreader("read", tmp_path / "three.tif").out
    assert re.findall(r"three\.tif · page (\d)", out) == ["1", "2", "3"]
    assert "page" not in zipreader("read", letter).out


def test_nine_digits_stand_with_their_figures(zipreader: Command) -> None:
    out = zipreader("read", SAMPLES / "zip-plus-four.jpg").out
    assert len(re.findall(r"\d \d+%", out)) == 9


def test_a_whole_process_writes_results_and_nothing_else(letter: Path) -> None:
    """Libraries that talk on stderr are kept silent."""
    command = [sys.executable, "-m", "zipreader", "read", "--json", str(letter)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert [record["zip"] for record in records(done.stdout)] == [ZIP]
    assert done.stderr == ""
    assert done.returncode == 0


# --- JSON ------------------------------------------------------------------------------------


def test_a_record_has_the_promised_keys(zipreader: Command, letter: Path) -> None:
    done = zipreader("read", "--json", letter)
    assert done.err == ""
    (record,) = records(done.out)
    assert set(record) >= KEYS
    assert record["schema"] == 1
    assert (record["path"], record["page"]) == (str(letter), 1)
    assert record["zip"] == ZIP
    assert record["decision"] == "accept"
    assert record["reasons"] == []
    assert record["place"] == {"city": "Lyons", "state": "OR"}
    assert [digit["value"] for digit in record["digits"]] == list(ZIP)
    assert record["error"] is None
    assert 0 < record["confidence"] <= 1


def test_one_line_a_page(zipreader: Command, letter: Path, empty: Path, tmp_path: Path) -> None:
    pages = [Image.fromarray(page) for page in (LETTER, blank(900, 400))]
    pages[0].save(tmp_path / "two.tif", save_all=True, append_images=pages[1:])
    done = zipreader("read", "--json", tmp_path / "two.tif", empty)
    assert done.code == ExitCode.FLAGGED
    found = [(r["path"], r["page"], r["zip"], r["decision"]) for r in records(done.out)]
    two = str(tmp_path / "two.tif")
    assert found == [
        (two, 1, ZIP, "accept"),
        (two, 2, None, "review"),
        (str(empty), 1, None, "review"),
    ]


def test_stdin_is_read(zipreader: Command, letter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(letter.read_bytes()))
    monkeypatch.setattr(sys, "stdin", stdin)
    (record,) = records(zipreader("read", "--json", "-").out)
    assert record["zip"] == ZIP
    assert record["path"] == "<stdin>"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"no image")))
    (failed,) = records(zipreader("read", "--json", "-").out)
    assert (failed["path"], failed["zip"]) == ("<stdin>", None)


# --- bad files -------------------------------------------------------------------------------


def bad_file(kind: str, folder: Path) -> Path:
    """A path that cannot be read as an image."""
    path = folder / f"{kind}.jpg"
    match kind:
        case "folder":
            path.mkdir()
        case "empty":
            path.write_bytes(b"")
        case "text":
            path.write_text("Dear Sir or Madam", encoding="utf-8")
        case "truncated":
            done, code = cv2.imencode(".jpg", LETTER)
            assert done
            path.write_bytes(code.tobytes()[: len(code) // 2])
    return path


@pytest.mark.parametrize(
    ("kind", "cause"),
    [
        ("missing", "no such file"),
        ("folder", "folder"),
        ("empty", "empty"),
        ("text", "not an image"),
        ("truncated", "truncated|damaged|incomplete|ends"),
    ],
)
def test_a_bad_file_is_one_line_with_its_name_and_cause(
    zipreader: Command, tmp_path: Path, kind: str, cause: str
) -> None:
    path = bad_file(kind, tmp_path)
    done = zipreader("read", path)
    assert done.code == ExitCode.INPUT
    assert done.out == ""
    assert done.complaint.startswith(f"zipreader: {path}: ")
    assert re.search(cause, done.complaint.removeprefix(f"zipreader: {path}: "))


def test_the_other_files_are_read_all_the_same(
    zipreader: Command, letter: Path, empty: Path, tmp_path: Path
) -> None:
    bad = bad_file("text", tmp_path)
    done = zipreader("read", "--json", letter, bad, empty)
    assert done.code == ExitCode.INPUT, "an unreadable file weighs more than a flagged page"
    assert str(bad) in done.complaint
    first, second, third = records(done.out)
    assert first["zip"] == ZIP
    assert set(second) == set(first)
    assert (second["path"], second["zip"], second["decision"]) == (str(bad), None, None)
    assert second["error"] == done.complaint.removeprefix("zipreader: ")
    assert third["decision"] == "review"


def test_pages_before_a_damaged_one_are_read(zipreader: Command, tmp_path: Path) -> None:
    stream = io.BytesIO()
    pages = [Image.fromarray(LETTER), Image.fromarray(LETTER)]
    pages[0].save(stream, "TIFF", save_all=True, append_images=pages[1:])
    path = tmp_path / "cut.tif"
    path.write_bytes(stream.getvalue()[: round(0.75 * len(stream.getvalue()))])
    done = zipreader("read", "--json", path)
    assert done.code == ExitCode.INPUT
    assert done.complaint.startswith(f"zipreader: {path}: ")
    found = records(done.out)
    assert [record["zip"] for record in found if record["error"] is None] in ([], [ZIP])
    assert found[-1]["error"] is not None


# --- options ---------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["-0.1", "1.1", "much", "140%", "nan"])
def test_a_minimum_confidence_is_a_share(zipreader: Command, letter: Path, value: str) -> None:
    done = zipreader("read", letter, "--min-confidence", value)
    assert done.code == ExitCode.USAGE
    assert done.out == ""
    assert "--min-confidence" in done.err


def test_a_minimum_confidence_decides(zipreader: Command, letter: Path) -> None:
    assert zipreader("read", letter, "--min-confidence", "0").code == 0
    assert "needed 40.0%" in zipreader("read", letter, "--min-confidence", "40%").out
    strict = zipreader("read", letter, "--min-confidence", "1")
    assert strict.code == ExitCode.FLAGGED
    assert "REVIEW" in strict.out


@pytest.mark.parametrize("value", ["0", "1", "100%", "-1%", "few", "%", "nan"])
def test_a_bound_is_a_share(zipreader: Command, letter: Path, value: str) -> None:
    done = zipreader("read", letter, f"--max-error={value}")
    assert done.code == ExitCode.USAGE
    assert "no share" in done.complaint


def test_a_bound_in_percent_without_its_sign_is_told_how_to_write_it(
    zipreader: Command, letter: Path
) -> None:
    done = zipreader("read", letter, "--max-error", "2")
    assert done.code == ExitCode.USAGE
    assert "write 2% or 0.02" in done.complaint


def test_a_bound_that_is_not_certified_is_a_wrong_request(zipreader: Command, letter: Path) -> None:
    done = zipreader("read", letter, "--max-error", "0.0123%")
    assert done.code == ExitCode.USAGE
    assert "not certified" in done.complaint


def test_two_thresholds_contradict_each_other(zipreader: Command, letter: Path) -> None:
    done = zipreader("read", letter, "--max-error", "1%", "--min-confidence", "0.9")
    assert done.code == ExitCode.USAGE
    assert "--max-error" in done.complaint and "--min-confidence" in done.complaint


def test_a_folder_without_a_model_is_a_model_error(
    zipreader: Command, letter: Path, tmp_path: Path
) -> None:
    done = zipreader("read", letter, "--model", tmp_path)
    assert done.code == ExitCode.MODEL
    assert done.out == ""
    assert "no model here" in done.complaint


def test_a_damaged_calibration_is_a_model_error(
    zipreader: Command, letter: Path, tmp_path: Path
) -> None:
    path = tmp_path / "mine.json"
    for text, cause in (
        ("{", "it is no JSON"),
        ("[tool.ruff]", "it is no JSON"),
        ("{}", "weights is missing"),
        ("[]", "a value is missing or of another kind"),
    ):
        path.write_text(text, encoding="utf-8")
        done = zipreader("read", letter, "--calibration", path)
        assert done.code == ExitCode.MODEL
        told = f"{path}: damaged calibration, or none at all ({cause})"
        assert done.complaint == f"zipreader: {told}"


# --- --explain -------------------------------------------------------------------------------


def test_an_explanation_is_drawn(zipreader: Command, letter: Path, tmp_path: Path) -> None:
    out = tmp_path / "why.png"
    assert zipreader("read", letter, "--explain", out).code == 0
    picture = cv2.imread(str(out))
    assert picture is not None
    assert picture.ndim == 3
    assert min(picture.shape[:2]) > 300


def test_further_pages_are_numbered(
    zipreader: Command, letter: Path, empty: Path, tmp_path: Path
) -> None:
    out = tmp_path / "why.jpg"
    zipreader("read", letter, empty, "--explain", out)
    assert out.is_file()
    assert (tmp_path / "why-2.jpg").is_file()
    assert not (tmp_path / "why-1.jpg").exists()


@pytest.mark.parametrize("name", ["why.gif", "why", "why.txt"])
def test_an_explanation_of_another_kind_is_refused(
    zipreader: Command, letter: Path, tmp_path: Path, name: str
) -> None:
    done = zipreader("read", letter, "--explain", tmp_path / name)
    assert done.code == ExitCode.USAGE
    assert done.out == ""
    assert name in done.complaint
    assert not (tmp_path / name).exists()


def test_an_explanation_into_a_missing_folder_is_refused_at_once(
    zipreader: Command, letter: Path, tmp_path: Path
) -> None:
    out = tmp_path / "nowhere" / "why.png"
    done = zipreader("read", letter, "--explain", out)
    assert done.code == ExitCode.OUTPUT
    assert done.out == "", "before anything was read"
    assert str(out) in done.complaint
    assert not out.parent.exists()


def test_an_explanation_onto_a_folder_is_an_output_error(
    zipreader: Command, letter: Path, tmp_path: Path
) -> None:
    out = tmp_path / "taken.png"
    out.mkdir()
    done = zipreader("read", letter, "--explain", out)
    assert done.code == ExitCode.OUTPUT
    assert str(out) in done.complaint


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_only_an_earlier_explanation_is_replaced(
    zipreader: Command, letter: Path, empty: Path, tmp_path: Path, suffix: str
) -> None:
    """As where the shell makes ``--explain a.jpg b.jpg`` of ``--explain *.jpg``."""
    scan, out = tmp_path / f"scan{suffix}", tmp_path / f"why{suffix}"
    cv2.imwrite(str(scan), np.full((40, 60), 255, np.uint8))
    before = scan.read_bytes()
    done = zipreader("read", letter, "--explain", scan)
    assert (done.code, done.out) == (ExitCode.OUTPUT, "")
    assert "--explain did not draw it" in done.complaint
    assert scan.read_bytes() == before
    out.touch()
    assert zipreader("read", letter, "--explain", out).code == 0
    first = out.read_bytes()
    zipreader("read", empty, "--explain", out)
    assert out.read_bytes() != first


def test_an_image_is_never_drawn_over(zipreader: Command, letter: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first.png", tmp_path / "why-2.png"
    shutil.copy(letter, first)
    shutil.copy(letter, second)
    done = zipreader("read", first, "--explain", tmp_path / "." / "first.png")
    assert (done.code, done.out) == (ExitCode.OUTPUT, "")
    assert "this is one of the images to read" in done.complaint
    done = zipreader("read", first, second, "--explain", tmp_path / "why.png")
    assert done.code == ExitCode.OUTPUT
    assert "why-2.png: this is one of the images to read" in done.complaint
    assert "97358" in done.out
    assert first.read_bytes() == second.read_bytes() == letter.read_bytes()


@pytest.mark.parametrize("fault", [IndexError("no seam"), cv2.error("a matrix of no size")])
def test_a_fault_of_the_reader_costs_its_page_alone(
    zipreader: Command,
    letter: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: Exception,
) -> None:
    odd = tmp_path / "odd.png"
    shutil.copy(letter, odd)
    read_page = Reader.read_page

    def faulty(self: Reader, page: Page) -> Reading:
        if page.path == str(odd):
            raise fault
        return read_page(self, page)

    monkeypatch.setattr(Reader, "read_page", faulty)
    done = zipreader("read", odd, letter, "--json")
    assert done.code == ExitCode.INPUT
    assert f"odd.png: fault of the reader: {type(fault).__name__}" in done.complaint
    first, second = (json.loads(line) for line in done.out.splitlines())
    assert "fault of the reader" in first["error"]
    assert second["zip"] == "97358"


def test_the_image_itself_is_not_touched(zipreader: Command, letter: Path) -> None:
    before = letter.read_bytes()
    zipreader("read", letter, "--json")
    assert letter.read_bytes() == before
    assert np.asarray(Image.open(letter)).shape == LETTER.shape
