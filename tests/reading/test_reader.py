"""The whole way, with the shipped model; see ``zipreader evaluate`` for how well it reads."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.drawing import blank, draw_envelope, on_desk, print_text, printed, rotated, upright
from zipreader.config import ReaderConfig
from zipreader.elements import (
    AddressBlock,
    Box,
    GreyImage,
    Page,
    Reading,
    Reason,
    Scores,
    Status,
    TextLine,
    Tiles,
)
from zipreader.errors import InputError, ModelError, UnreadableImageError, UsageError
from zipreader.reading.clock import Clock
from zipreader.reading.probability import load_calibration
from zipreader.reading.reader import Reader
from zipreader.reading.wording import Party

ZIP = "97358"
ENVELOPE = draw_envelope(ZIP, town="LYONS OR", height=30)


def read(reader: Reader, grey: GreyImage) -> Reading:
    return reader.read_page(Page(grey, "drawn.png", 0, 200.0))


@pytest.fixture(scope="module")
def plain(reader: Reader) -> Reading:
    """The reading of a plain printed envelope."""
    return read(reader, ENVELOPE.grey)


def reasons(reading: Reading) -> set[Reason]:
    return {objection.reason for objection in reading.decision.objections}


def test_a_wide_field_is_cut_where_its_digits_stand(reader: Reader, plain: Reading) -> None:
    assert plain.best is not None and plain.best.field.block is not None
    wide = replace(plain.best.field, box=plain.best.field.block.lines[-1].box)
    spelling = reader.fields.spell(wide, Clock())
    best = max(reader.fields.read(wide, spelling, Clock(), 1.0), key=lambda h: h.probability)
    assert best.zip == ZIP
    assert best.field.box.width < 0.8 * wide.box.width
    assert best.field.box.x1 == wide.box.x1


# --- a plain envelope ------------------------------------------------------------------------


def test_a_printed_envelope_is_read_and_accepted(reader: Reader, plain: Reading) -> None:
    assert plain.zip == ZIP
    assert plain.best is not None and plain.best.place is not None
    assert (plain.best.place.city, plain.best.place.state) == ("Lyons", "OR")
    assert plain.decision.status is Status.ACCEPT
    assert plain.decision.confidence == plain.best.probability
    assert plain.decision.threshold == reader.threshold
    assert plain.model == reader.model


def test_the_evidence_says_how_far_down_its_page_a_zip_stands(
    reader: Reader, plain: Reading
) -> None:
    assert plain.best is not None and plain.upright is not None
    found = plain.best
    assert found.evidence["fall"] == found.field.box.center[1] / plain.upright.size[1]
    assert 0.3 < found.evidence["fall"] < 0.9


def test_words_tell_an_address_from_the_waves_of_a_postmark(reader: Reader) -> None:
    grey = blank(900, 400)
    words = [
        print_text(grey, text, 60, 80 + 60 * k, 30)
        for k, text in enumerate(("VICTOR LOPEZ", "BOX 1", "LYONS OR"))
    ]
    xs = np.arange(500, 860)
    waves = []
    for k in range(3):
        ys = 70 + 60 * k + 8 * np.sin(xs / 18)
        cv2.polylines(grey, [np.column_stack([xs, ys]).astype(np.int32)], False, 60, 3)
        waves.append(Box(500, 58 + 60 * k, 860, 84 + 60 * k))
    page = upright(grey)
    for boxes, written in ((words, True), (waves, False), (words[1:], False)):
        lines = tuple(TextLine((box,), 0.0, 30.0) for box in boxes)
        block = AddressBlock(page, Box.around(boxes), lines, 1.0)
        assert reader.fields.is_written(block, lines) == written


def test_the_panel_of_a_form_that_is_signed_is_no_address(reader: Reader) -> None:
    grey = blank(900, 330)
    texts = ("LAURA OKAFOR", "SIGNATURE OF VOTER", "12 ELM ROAD", "LYONS OREGON")
    heights = (40, 24, 40, 40)
    boxes = [
        print_text(grey, text, 60, 90 + 70 * k, height)
        for k, (text, height) in enumerate(zip(texts, heights, strict=True))
    ]
    lines = [TextLine((box,), 0.0, float(h)) for box, h in zip(boxes, heights, strict=True)]
    block = AddressBlock(upright(grey), Box.around(boxes), (*lines[:1], *lines[2:]), 1.0)
    assert reader.fields.is_written(block, block.lines)
    assert not reader.fields.is_written(block, lines)


def block_of(*texts: str) -> AddressBlock:
    """Lines of printing below one another on a page of their own."""
    grey = blank(900, 70 + 60 * len(texts))
    boxes = [print_text(grey, text, 60, 80 + 60 * k, 30) for k, text in enumerate(texts)]
    lines = tuple(TextLine((box,), 0.0, 30.0) for box in boxes)
    return AddressBlock(upright(grey), Box.around(boxes), lines, 1.0)


def test_a_permit_imprint_is_no_address(reader: Reader) -> None:
    imprint = block_of("FIRST CLASS MAIL", "U.S. POSTAGE", "PAID", "LYONS OR", "PERMIT NO 12")
    assert not reader.fields.is_written(imprint, imprint.lines)
    address = block_of("VICTOR LOPEZ", "BOX 1", "LYONS OR")
    assert reader.fields.is_written(address, address.lines)


@pytest.mark.parametrize(
    ("caption", "party"),
    [("FROM:", Party.SENDER), ("Ship to:", Party.ADDRESSEE), ("VICTOR LOPEZ", None)],
)
def test_a_caption_on_a_label_is_read(reader: Reader, caption: str, party: Party | None) -> None:
    block = block_of(caption, "12 ELM ROAD", "LYONS OR")
    assert reader.fields.party(block, block.lines) is party


@pytest.mark.parametrize(
    ("caption", "height", "several"), [("", 30, True), ("FROM:", 30, False), ("", 20, False)]
)
def test_two_addresses_of_one_size_side_by_side_are_flagged(
    caption: str, height: int, several: bool
) -> None:
    """However likely the ZIP is."""
    grey = blank(1900, 825)
    for x, size, lines in (
        (200, height, (caption, "VICTOR LOPEZ", "12 ELM ROAD", "MEMPHIS TN 38117")),
        (1000, 30, ("", "LAURA OKAFOR", "PO BOX 51", f"LYONS OR {ZIP}")),
    ):
        for row, text in enumerate(lines):
            if text:
                print_text(grey, text, x, 330 + 60 * row, size)
    found = read(Reader(min_confidence=0.0), grey)
    assert found.best is not None and found.best.zip == ZIP
    assert (Reason.SEVERAL_MAILPIECES in reasons(found)) == several


def test_a_crossed_out_address_is_flagged_however_clear_its_zip() -> None:
    reader = Reader(min_confidence=0.0)
    drawn = draw_envelope(ZIP)
    around = drawn.address
    held = read(reader, drawn.grey)
    cv2.line(drawn.grey, (around.x0, around.y1), (around.x1, around.y0 - 20), 60, 3, cv2.LINE_AA)
    found = read(reader, drawn.grey)
    assert found.best is not None and found.best.zip == ZIP
    assert reasons(found) == {Reason.CROSSED_OUT}
    assert held.decision.accepted


def test_a_tint_does_not_hide_the_address() -> None:
    """Neither its dots nor what shows through the paper are as dark as the writing."""
    drawn = draw_envelope(ZIP)
    tint = blank(drawn.grey.shape[1], drawn.grey.shape[0])
    for y in range(12, tint.shape[0], 30):
        for x in range(12, tint.shape[1], 30):
            cv2.circle(tint, (x + y % 60, y), 8, 190, -1, cv2.LINE_AA)
    found = read(Reader(min_confidence=0.5), np.minimum(drawn.grey, tint))
    assert found.zip == ZIP


@pytest.mark.parametrize("size", [20, 22])
def test_a_pale_address_that_cannot_be_read_is_no_reason_to_take_the_senders(size: int) -> None:
    """It is not among the dark ink, which is looked at where no ZIP is likely."""
    grey = blank(1900, 825)
    for row, text in enumerate(("J BAKER", "17 ELM ST", f"LYONS OR {ZIP}")):
        print_text(grey, text, 820, 230 + 45 * row, size)
    for row, text in enumerate(("MARIA LOPEZ", "4820 WALNUT GROVE RD", "MEMPHIS TN 38117")):
        print_text(grey, text, 820, 420 + 45 * row, 22, level=190)
    digits = grey[480:516, 1010:1150]
    digits[:] = cv2.GaussianBlur(digits, (0, 0), 5)
    found = read(Reader(), grey)
    assert not found.decision.accepted


def on_tapes(grey: GreyImage) -> None:
    """Each line of the address on a dark tape of its own, light on dark, as a label maker does."""
    for row in range(383, 510, 45):
        tape = grey[row : row + 42, 790:1260]
        tape[:] = (50 + (255 - tape) / 255 * 175).astype(np.uint8)


def in_light_ink(grey: GreyImage) -> None:
    """On kraft, with the sender in dark ink."""
    paper = np.full_like(grey, 130)
    paper[:200] = (grey[:200] / 255 * 130).astype(np.uint8)
    paper[350:560] += ((255 - grey[350:560]) / 255 * 110).astype(np.uint8)
    grey[:] = paper


@pytest.mark.parametrize("draw", [on_tapes, in_light_ink])
def test_light_writing_is_read_beside_dark_one(draw: Callable[[GreyImage], None]) -> None:
    drawn = draw_envelope(ZIP)
    grey = drawn.grey.copy()
    draw(grey)
    found = read(Reader(), grey)
    assert found.zip == ZIP
    assert found.decision.accepted
    assert found.best is not None
    around = Box.around(Box.of_quad(digit.quad) for digit in found.best.digits)
    assert np.abs(around.quad() - drawn.zip_box.quad()).max() <= 5


def test_the_digits_lie_where_the_zip_is(plain: Reading) -> None:
    best = plain.best
    assert best is not None
    around = Box.around(Box.of_quad(digit.quad) for digit in best.digits)
    assert np.abs(around.quad() - ENVELOPE.zip_box.quad()).max() <= 4
    lefts = [float(digit.quad[:, 0].min()) for digit in best.digits]
    assert lefts == sorted(lefts)


@pytest.mark.parametrize("code", ["38117", "10001"])
def test_other_codes(reader: Reader, code: str) -> None:
    assert read(reader, draw_envelope(code, height=30).grey).zip == code


def test_four_more_digits_are_read_too(reader: Reader) -> None:
    best = read(reader, draw_envelope(f"{ZIP}-0246", height=30).grey).best
    assert best is not None
    assert (best.zip, best.plus4) == (ZIP, "0246")


# --- however it lies -------------------------------------------------------------------------


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_turned_envelope_is_read(reader: Reader, quarters: int) -> None:
    reading = read(reader, np.ascontiguousarray(np.rot90(ENVELOPE.grey, quarters)))
    assert reading.zip == ZIP
    assert reading.upright is not None
    assert reading.upright.orientation == 90 * quarters


def test_a_crooked_envelope_is_read(reader: Reader) -> None:
    assert read(reader, rotated(ENVELOPE.grey, 7.5)).zip == ZIP


def test_a_photo_on_a_desk_is_read_and_shown_on_the_photo(reader: Reader) -> None:
    corners = np.array([(170, 260), (1890, 140), (1960, 880), (210, 1010)], np.float64)
    scene, placing = on_desk(ENVELOPE.grey, corners, (2100, 1150))
    best = reader.read_page(Page(scene, "photo.png")).best
    assert best is not None
    assert best.zip == ZIP
    middle = np.mean([digit.quad.mean(axis=0) for digit in best.digits], axis=0)
    x, y = ENVELOPE.zip_box.center
    truth = cv2.perspectiveTransform(np.array([[(x, y)]], np.float64), placing)[0, 0]
    assert np.linalg.norm(middle - truth) < 10


OTHER = draw_envelope("38117", town="MEMPHIS TN", height=30)
UNASSIGNED = draw_envelope("00006", town="MEMPHIS TN", height=30)


@pytest.mark.parametrize(
    "second",
    [OTHER.grey, UNASSIGNED.grey, blank(1900, 825)],
    ids=["envelope", "unlikely", "paper"],
)
def test_one_of_two_envelopes_in_an_image_is_not_accepted(
    reader: Reader, second: GreyImage
) -> None:
    """Nor if the other one's ZIP is unlikely; a blank paper beside the envelope does no harm."""
    upper = np.array([(120, 60), (1700, 60), (1700, 740), (120, 740)], np.float64)
    one, _ = on_desk(ENVELOPE.grey, upper, (2000, 1600), 40)
    other, _ = on_desk(second, upper + (160, 790), (2000, 1600), 40)
    reading = reader.read_page(Page(np.maximum(one, other), "scan.png"))
    assert reading.upright is not None
    assert reading.upright.pieces == 2
    assert reading.zip in (ZIP, "38117")
    several = second is OTHER.grey or second is UNASSIGNED.grey
    assert (Reason.SEVERAL_MAILPIECES in reasons(reading)) == several
    assert reading.decision.accepted != several


@pytest.mark.parametrize(
    "harm",
    [
        lambda grey: np.rint(255 - (255 - grey.astype(float)) * 0.45).astype(np.uint8),
        lambda grey: np.rint(grey * np.linspace(0.8, 1, grey.shape[1])).astype(np.uint8),
        lambda grey: np.dstack([grey, grey // 2 + 127, grey]),
        lambda grey: cv2.GaussianBlur(grey, (0, 0), 1.2),
    ],
    ids=["faint", "shaded", "coloured", "blurred"],
)
def test_a_worse_scan_is_read(reader: Reader, harm: Callable[[GreyImage], GreyImage]) -> None:
    assert read(reader, np.asarray(harm(ENVELOPE.grey), np.uint8)).zip == ZIP


def test_what_is_clear_stops_the_search(reader: Reader) -> None:
    """Neither wider fields around the same digits nor other orientations are tried."""
    hasty = Reader(calibration=reader.calibration)
    lattices = []
    scores = hasty.classifier.scores

    def counted(tiles: Tiles) -> Scores:
        lattices.append(len(tiles))
        return scores(tiles)

    hasty.classifier.scores = counted  # type: ignore[method-assign]
    reading = read(hasty, ENVELOPE.grey)
    assert reading.zip == ZIP
    assert len(lattices) == len(reading.fields) == 1


# --- what must be flagged --------------------------------------------------------------------


@pytest.mark.parametrize(
    "grey", [blank(1900, 825), blank(1900, 825, 190), blank(40, 30)], ids=["white", "grey", "tiny"]
)
def test_a_blank_page_has_no_address(reader: Reader, grey: GreyImage) -> None:
    reading = read(reader, grey)
    assert reasons(reading) == {Reason.NO_ADDRESS}
    assert reading.zip is None
    assert reading.decision.confidence == 0


def test_an_address_without_a_zip_is_flagged(reader: Reader) -> None:
    grey = blank(1900, 825)
    for i, text in enumerate(["MARIA LOPEZ", "WALNUT GROVE", "MEMPHIS TENN"]):
        print_text(grey, text, 820, 420 + 45 * i, 22)
    reading = read(reader, grey)
    assert not reading.decision.accepted
    assert Reason.NO_ADDRESS not in reasons(reading)
    assert reading.decision.confidence < 0.5


@pytest.mark.parametrize("code", ["9735", "973582", "00000"])
def test_what_is_no_assigned_zip_is_flagged(reader: Reader, code: str) -> None:
    assert not read(reader, draw_envelope(code, height=30).grey).decision.accepted


def test_a_digit_that_was_blotted_out_is_flagged(reader: Reader) -> None:
    grey, box = ENVELOPE.grey.copy(), ENVELOPE.zip_box
    third = box.x0 + round(0.5 * box.width)
    grey[box.y0 - 4 : box.y1 + 4, third - 11 : third + 12] = 30
    assert not read(reader, grey).decision.accepted


@pytest.mark.parametrize("share", [0.0, 0.25], ids=["hidden", "shining through"])
def test_a_blot_is_told_even_where_a_digit_shines_through(reader: Reader, share: float) -> None:
    grey, box = ENVELOPE.grey.copy(), ENVELOPE.zip_box
    third = box.x0 + round(0.5 * box.width)
    rows, columns = np.ogrid[: grey.shape[0], : grey.shape[1]]
    across = ((columns - third) / (0.8 * box.height)) ** 2
    blot = across + ((rows - box.center[1]) / (0.95 * box.height)) ** 2 < 1
    grey[blot] = (share * 0.3 * grey[blot] + 15).astype(np.uint8)
    assert not read(reader, grey).decision.accepted
    field = grey[box.y0 - 25 : box.y1 + 25, box.x0 - 40 : box.x1 + 25].copy()
    alone = reader.read_field(Page(field, "drawn.png"))
    assert not alone.decision.accepted
    assert alone.hypotheses or not share
    assert all(found.evidence["thickest"] > 2.5 for found in alone.hypotheses)


@pytest.mark.parametrize("shape", [(1, 1), (1, 400), (400, 1), (3, 3), (2, 900, 3)])
def test_a_page_that_cannot_be_read_does_not_raise(reader: Reader, shape: tuple[int, ...]) -> None:
    page = Page(np.full(shape, 200, np.uint8), "strip.png")
    assert not reader.read_page(page).decision.accepted
    assert not reader.read_field(page).decision.accepted


def test_noise_is_flagged(reader: Reader) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (300, 500), np.uint8)
    assert not read(reader, noise).decision.accepted


# --- fields, sources -------------------------------------------------------------------------


def test_a_field_alone_is_read(reader: Reader) -> None:
    reading = reader.read_field(Page(printed(ZIP, 60), "box.png"))
    assert reading.zip == ZIP
    assert reading.blocks == ()
    assert len(reading.fields) == 1


def test_arrays_and_files_are_read_alike(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "letter.png"
    cv2.imwrite(str(path), ENVELOPE.grey)
    (from_array,) = reader.read(ENVELOPE.grey)
    (from_file,) = reader.read(path)
    assert from_file.zip == from_array.zip == ZIP
    assert from_file.decision == from_array.decision
    assert from_file.page.path == str(path)


def test_a_missing_file_is_an_error(reader: Reader, tmp_path: Path) -> None:
    with pytest.raises(UnreadableImageError, match="nothing.png"):
        reader.read(tmp_path / "nothing.png")


def test_reading_is_repeatable_and_leaves_the_image_alone(reader: Reader, plain: Reading) -> None:
    grey = ENVELOPE.grey.copy()
    again = read(reader, grey)
    assert (grey == ENVELOPE.grey).all()
    assert [(h.zip, h.probability) for h in again.hypotheses] == [
        (h.zip, h.probability) for h in plain.hypotheses
    ]


def test_each_size_of_the_strip_is_heard(plain: Reading) -> None:
    best, *others = plain.hypotheses
    assert 0.5 < best.evidence["spelled_least"] <= best.evidence["spelled"] + 1e-9
    for other in others:
        assert other.evidence["spelled_least"] <= other.evidence["spelled"] + 1e-9


def test_the_written_place_speaks_for_its_zip(reader: Reader, plain: Reading) -> None:
    best = plain.best
    assert best is not None
    assert best.evidence["named"] > -0.6
    assert best.evidence["named"] > best.evidence["named_rival"]
    moved = read(reader, draw_envelope(ZIP, town="MEMPHIS TN", height=30).grey).best
    assert moved is not None and moved.zip == ZIP
    assert moved.evidence["named"] < ReaderConfig().decide.place_differs
    assert moved.probability < best.probability


def test_the_zips_of_the_written_place_are_looked_for_where_none_agrees(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    grey = draw_envelope("38117", town="MEMPHIS TN", height=30).grey
    usual = read(reader, grey)
    monkeypatch.setattr("zipreader.reading.fieldreader.SAYS", 1.0)
    more = read(reader, grey)
    assert usual.zip == more.zip == "38117"
    added = {h.zip for h in more.hypotheses} - {h.zip for h in usual.hypotheses}
    places = [h.place for h in more.hypotheses if h.zip in added]
    assert places and all(place is not None and place.city == "Memphis" for place in places)


def test_hypotheses_are_ranked_and_differ(plain: Reading) -> None:
    found = plain.hypotheses
    probabilities = [hypothesis.probability for hypothesis in found]
    assert probabilities == sorted(probabilities, reverse=True)
    assert len({hypothesis.zip for hypothesis in found}) == len(found)
    assert all(0 <= probability <= 1 for probability in probabilities)


def test_seconds_are_told_by_stage(plain: Reading) -> None:
    seconds = plain.seconds
    assert {"page", "lines", "locate", "segment", "classify", "decode"} <= set(seconds)
    assert all(spent >= 0 for spent in seconds.values())


# --- thresholds and models -------------------------------------------------------------------


def test_a_minimum_confidence_replaces_the_certified_threshold() -> None:
    strict = Reader(min_confidence=1.0)
    assert strict.threshold == 1.0
    assert Reader(min_confidence=0.0).threshold == 0.0
    assert not read(strict, ENVELOPE.grey).decision.accepted


@pytest.mark.parametrize("confidence", [float("nan"), -0.1, 1.1, float("inf")])
def test_what_is_no_confidence_is_refused(confidence: float) -> None:
    with pytest.raises(UsageError, match="must be within 0 and 1"):
        Reader(min_confidence=confidence)


def test_a_bound_and_a_confidence_exclude_each_other() -> None:
    with pytest.raises(UsageError, match="not both"):
        Reader(max_error=0.01, min_confidence=0.5)


def test_pages_before_a_damaged_one_are_read(reader: Reader, tmp_path: Path) -> None:
    page = Image.fromarray(ENVELOPE.grey)
    path = tmp_path / "two.tif"
    page.save(path, save_all=True, append_images=[page])
    path.write_bytes(path.read_bytes()[: int(1.5 * ENVELOPE.grey.size)])
    readings = reader.read_pages(path)
    assert next(readings).zip == ZIP
    with pytest.raises(InputError, match="page 2"):
        next(readings)


def test_the_certified_threshold_is_taken_by_its_bound(reader: Reader) -> None:
    for certificate in reader.calibration.certificates:
        assert Reader(max_error=certificate.alpha).threshold == certificate.threshold
    assert reader.threshold == reader.calibration.certificate().threshold


def test_a_bound_that_is_not_certified_is_refused() -> None:
    with pytest.raises(UsageError, match="not certified"):
        Reader(max_error=0.4321)


def test_another_calibration(reader: Reader) -> None:
    path = reader.classifier.model_dir / "calibration.json"
    shy = replace(load_calibration(path), bias=-100.0)
    reading = read(Reader(calibration=shy), ENVELOPE.grey)
    assert not reading.decision.accepted
    assert Reader(calibration=path).threshold == reader.threshold
    named = Reader(str(path.parent), calibration=str(path))
    assert named.threshold == reader.threshold


def test_a_calibration_of_another_network_is_refused(reader: Reader) -> None:
    own = replace(reader.calibration, model=reader.model)
    assert Reader(calibration=own).threshold == reader.threshold
    with pytest.raises(ModelError, match="of the network lean-other"):
        Reader(calibration=replace(own, model="lean-other"))


def test_a_folder_without_model_or_calibration(reader: Reader, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model here"):
        Reader(tmp_path)
    for name in ("model.json", "model.tflite", "strip.tflite", "strip2.tflite", "letters.tflite"):
        shutil.copy(reader.classifier.model_dir / name, tmp_path)
    with pytest.raises(ModelError, match="no calibration here"):
        Reader(tmp_path)


def test_the_configuration_is_used() -> None:
    config = ReaderConfig(decide=replace(ReaderConfig().decide, no_zip=1.1))
    assert reasons(read(Reader(config=config), ENVELOPE.grey)) == {Reason.NO_ZIP}


def test_reading_does_not_import_tensorflow(tmp_path: Path) -> None:
    path = tmp_path / "letter.png"
    cv2.imwrite(str(path), ENVELOPE.grey)
    program = (
        "import sys; from zipreader import Reader; "
        "(reading,) = Reader().read(sys.argv[1]); print(reading.zip); "
        "print(*sorted(name for name in sys.modules if '.' not in name))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True
    )
    code, modules = done.stdout.splitlines()
    assert code == ZIP
    assert "cv2" in modules.split()
    assert not {"tensorflow", "keras", "scipy", "matplotlib", "rich"} & set(modules.split())
