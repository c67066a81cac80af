"""Draw the pictures of ``docs/how-it-works.md``: python docs/make_pictures.py.

One picture a stage, made by the stages themselves from files in ``samples``.
Another stage is a function from a :class:`Scene` to a picture, and a row of
:data:`PICTURES`; what it needs of an earlier stage is a field of the scene.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from sheets import (
    FAINT,
    INK,
    MARGIN,
    PARTS,
    QUIET,
    ROW,
    WIDTH,
    as_bgr,
    bar,
    beside,
    blank,
    fitted,
    framed,
    packed,
    paste,
    write,
)

from zipreader.elements import (
    NOT_A_DIGIT,
    Box,
    FieldInk,
    Frames,
    GreyImage,
    Image,
    Lattice,
    Page,
    Reading,
    Scores,
    Strip,
    UprightPage,
    ZipField,
    transform_points,
)
from zipreader.reading import ctc, inkmap, letters
from zipreader.reading.decode import decode
from zipreader.reading.fields import zip_fields
from zipreader.reading.images import open_pages
from zipreader.reading.light import flat_part
from zipreader.reading.panel import BLOCK, CANDIDATE, FIELD, GLYPH, LINE, Pen, outline
from zipreader.reading.reader import Reader
from zipreader.reading.rectify import rectify
from zipreader.reading.segment import primitive_labels, segment
from zipreader.reading.strip import STRIDE, strip
from zipreader.reading.surroundings import surroundings

ROOT = Path(__file__).parents[1]
OUT = ROOT / "docs" / "pictures"


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What each stage made of one page; all of the field whose ZIP is the best."""

    reader: Reader
    reading: Reading
    upright: UprightPage
    field: ZipField
    lattice: Lattice
    scores: Scores

    @property
    def taken(self) -> set[tuple[int, int]]:
        """The spans of the glyphs on the best path."""
        best = self.reading.best
        return {digit.glyph.span for digit in best.digits} if best else set()


Draw = Callable[[Scene], Image]


def make_scene(reader: Reader, page: Page) -> Scene:
    """Read a page, and keep what the stages made of it."""
    reading = reader.read_page(page)
    if reading.best is None or reading.upright is None:
        raise SystemExit(f"{page.path}: there is no ZIP to show")
    field = reading.best.field
    lattice = segment(field, reader.config.segment)
    scores = reader.classifier.scores(lattice.tiles)
    return Scene(reader, reading, reading.upright, field, lattice, scores)


# --- the stages ------------------------------------------------------------------------------


def draw_page(scene: Scene) -> Image:
    """The page as it came, framed where the upright page lies in it, and the upright page."""
    page, upright = scene.reading.page, scene.upright
    quad = upright.original_quad(Box(0, 0, *upright.size))
    came = cv2.medianBlur(as_bgr(page.image), 5)
    outline(came, quad, Pen("page", BLOCK.colour, 6))
    around = Box.of_quad(quad).grown(60, 60).clipped(*page.size)
    came = came[around.y0 : around.y1, around.x0 : around.x1]
    room = (WIDTH - 3 * MARGIN) // 2
    return beside(("as it came", fitted(came, room)), ("upright", fitted(_whole(upright), room)))


def draw_lines(scene: Scene) -> Image:
    """The upright page with its text lines, and its address blocks with their scores."""
    scale = (WIDTH - 2 * MARGIN) / scene.upright.size[0]
    page = fitted(as_bgr(_whole(scene.upright)), WIDTH - 2 * MARGIN)
    for rank, block in enumerate(scene.reading.blocks):
        for line in block.lines:
            outline(page, line.box.grown(3, 3).quad() * scale, LINE)
        pen = Pen("block", BLOCK.colour, 3 if rank == 0 else 1)
        outline(page, block.box.grown(12, 12).quad() * scale, pen)
        x, y = block.box.x0 * scale - 6, (block.box.y1 + 12) * scale + 22
        write(page, x, y, f"{rank + 1}: {block.score:.2f}", BLOCK.colour)
    return framed(page)


def draw_fields(scene: Scene) -> Image:
    """The first ZIP fields of the page, a row each, the likeliest place first."""
    rows = [_field_row(scene, rank, field) for rank, field in enumerate(_offered(scene))]
    return np.vstack([blank(MARGIN), *rows])


def _offered(scene: Scene) -> tuple[ZipField, ...]:
    """The fields that are looked at first, if need be."""
    fields = zip_fields(scene.reading.blocks, scene.reader.config.fields)
    return fields[: scene.reader.config.search.first_fields]


def draw_ink(scene: Scene) -> Image:
    """The field as it was scanned and its ink; the same with a ruled line drawn into it."""
    ruled = rectify(_ruled(scene.field), scene.reader.config.segment)
    return np.vstack([_ink_row(scene, scene.lattice.source), _ink_row(scene, ruled)])


def draw_spelling(scene: Scene) -> Image:
    """The strip of the widest field, and under it the likeliest sign of each frame."""
    widest = max(_offered(scene), key=lambda field: field.box.width)
    cut = strip(widest, scene.reader.config.strip)
    spelling = scene.reader.fields.speller.spell(cut, scene.reader.config.spell)
    names = [*map(str, range(ctc.OTHER)), "other"]
    sheet = _strip_with_signs(cut, spelling.views[0], names)
    told = f"{spelling.texts[0]} with probability {spelling.probability:.3f}"
    write(sheet, MARGIN, sheet.shape[0] - 14, f"spells {told}, which is not calibrated yet", QUIET)
    return sheet


def draw_place(scene: Scene) -> Image:
    """What stands before the digits, its letters, and how it agrees with the ZIPs' places."""
    config = scene.reader.config
    found = [h for h in scene.reading.hypotheses[:5] if h.field is scene.field]
    line = surroundings(found[0], config.town).town
    if line is None:
        raise SystemExit("no line stands before the ZIP")
    cut = strip(line, config.strip)
    frames = scene.reader.fields.letters.frames([cut])[0]
    names = [*(chr(ord("A") + sign) for sign in range(letters.OTHER)), "other"]
    sheet = _strip_with_signs(cut, frames, names)[: -2 * ROW]
    rows = blank(ROW * (len(found) + 1) + MARGIN)
    columns = (MARGIN, 130, 500)
    for x, head in zip(columns, ("ZIP", "its place", "agreement of the line"), strict=True):
        write(rows, x, 26, head, QUIET)
    for rank, hypothesis in enumerate(found, 1):
        y, colour = ROW * rank + 26, GLYPH.colour if rank == 1 else INK
        place = hypothesis.place
        write(rows, columns[0], y, hypothesis.zip, colour)
        write(rows, columns[1], y, f"{place.city}, {place.state}" if place else "none", colour)
        bar(rows, columns[2], y, float(np.exp(hypothesis.evidence["named"])), colour)
    return np.vstack([sheet, rows])


def draw_primitives(scene: Scene) -> Image:
    """The primitives in colours, numbered from left to right."""
    source = scene.lattice.source
    labels = primitive_labels(source, scene.reader.config.segment)
    scale = (WIDTH - 2 * MARGIN) / labels.shape[1]
    size = (WIDTH - 2 * MARGIN, round(labels.shape[0] * scale))
    large = cv2.resize(labels.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    ink = cv2.resize(source.ink, size, interpolation=cv2.INTER_LINEAR) >= 0.5
    picture = np.full((*large.shape, 3), 255, np.uint8)
    for number in range(1, len(scene.lattice.primitives) + 1):
        picture[(large == number) & ink] = PARTS[number % len(PARTS)][::-1]
    sheet = np.vstack([framed(picture), blank(24)])
    for number, box in enumerate(scene.lattice.primitives):
        colour = PARTS[(number + 1) % len(PARTS)]
        y = sheet.shape[0] - (30 if number % 2 == 0 else 8)
        write(sheet, MARGIN + box.center[0] * scale, y, str(number + 1), colour, middle=True)
    return sheet


def draw_candidates(scene: Scene) -> Image:
    """Every candidate tile with its likeliest class; those of the best path are framed."""
    columns, side, across, down = 12, 64, 77, 100
    sheet = blank(-(-len(scene.lattice.glyphs) // columns) * down + MARGIN)
    for index, (glyph, row) in enumerate(zip(scene.lattice.glyphs, scene.scores, strict=True)):
        x, y = MARGIN + index % columns * across, MARGIN + index // columns * down
        tile = cv2.resize(glyph.tile, (side, side), interpolation=cv2.INTER_NEAREST)
        paste(sheet, x, y, as_bgr(tile))
        top = int(row.argmax())
        name = "none" if top == NOT_A_DIGIT else str(top)
        is_taken = glyph.span in scene.taken
        colour = GLYPH.colour if is_taken else QUIET if top == NOT_A_DIGIT else INK
        write(sheet, x, y + side + 18, f"{name} {100 * row[top]:.0f}%", colour, size=0.44)
        if is_taken:
            outline(sheet, Box(x - 3, y - 3, x + side + 2, y + side + 2).quad(), GLYPH)
    return sheet


def draw_hypotheses(scene: Scene) -> Image:
    """The best hypotheses: what the lattice says, what the directory, and the probability."""
    found = scene.reading.hypotheses[:5]
    texts = [hypothesis.text for hypothesis in found]
    config = scene.reader.config.decode
    paths = {h.zip: h for h in decode(scene.lattice, scene.scores, config, texts)}
    sheet = blank(ROW * (len(found) + 1) + MARGIN)
    columns = (MARGIN, 130, 440, 700)
    heads = ("ZIP", "share of the lattice's paths", "directory", "probability")
    for x, head in zip(columns, heads, strict=True):
        write(sheet, x, 26, head, QUIET)
    for rank, hypothesis in enumerate(found, 1):
        y = ROW * rank + 26
        colour = GLYPH.colour if rank == 1 else INK
        place = hypothesis.place
        write(sheet, columns[0], y, hypothesis.zip, colour)
        bar(sheet, columns[1], y, paths[hypothesis.zip].posterior, LINE.colour)
        told = f"{place.city}, {place.state}" if place else "not assigned"
        write(sheet, columns[2], y, told, INK if place else QUIET)
        bar(sheet, columns[3], y, hypothesis.probability, colour)
    return sheet


def draw_decision(scene: Scene) -> Image:
    """The confidence on a scale from 0 to 1, with the certified thresholds."""
    decision = scene.reading.decision
    left, right, level = 40, WIDTH - 40, 92
    sheet = blank(158)

    def at(probability: float) -> int:
        return round(left + (right - left) * probability)

    cv2.rectangle(sheet, (left, level - 7), (right, level + 7), FAINT, cv2.FILLED)
    colour = (GLYPH if decision.accepted else FIELD).colour[::-1]
    cv2.rectangle(sheet, (left, level - 7), (at(decision.confidence), level + 7), colour, -1)
    for place, certificate in enumerate(scene.reader.calibration.certificates):
        x = at(certificate.threshold)
        is_own = certificate.threshold == decision.threshold
        cv2.line(sheet, (x, level - 16), (x, level + 16), INK, 3 if is_own else 1)
        y = level + (36 if place % 2 == 0 else 58)
        write(sheet, x, y, f"{100 * certificate.alpha:g}%", INK, size=0.55, middle=True)
    verdict = decision.status.value.upper()
    told = f"{verdict}: confidence {decision.confidence:.3f}, needed {decision.threshold:.3f}"
    write(sheet, left, 34, f"{scene.reading.zip}  {told}")
    write(sheet, left, 62, "thresholds below, by the share of wrong ZIPs they allow", QUIET)
    return sheet


PICTURES: dict[str, tuple[str, Draw]] = {
    "way-1-page": ("photo.jpg", draw_page),
    "way-2-lines": ("handwritten.jpg", draw_lines),
    "way-3-fields": ("handwritten.jpg", draw_fields),
    "way-4-ink": ("handwritten.jpg", draw_ink),
    "way-5-spelling": ("handwritten.jpg", draw_spelling),
    "way-6-primitives": ("handwritten.jpg", draw_primitives),
    "way-7-candidates": ("handwritten.jpg", draw_candidates),
    "way-8-hypotheses": ("handwritten.jpg", draw_hypotheses),
    "way-9-place": ("handwritten.jpg", draw_place),
    "way-10-decision": ("handwritten.jpg", draw_decision),
}
"""The pictures by name, in the order of the way: of which sample, and how they are drawn."""


def make_pictures(out: Path = OUT, samples: Path = ROOT / "samples") -> list[Path]:
    """Draw all pictures into a folder; their files."""
    reader = Reader()
    scenes: dict[str, Scene] = {}
    files = []
    for name, (sample, draw) in PICTURES.items():
        if sample not in scenes:
            scenes[sample] = make_scene(reader, next(open_pages(samples / sample)))
        picture = packed(draw(scenes[sample]))
        done, code = cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 9])
        if not done:
            raise SystemExit(f"{name}: the picture cannot be encoded")
        files.append(out / f"{name}.png")
        files[-1].write_bytes(code.tobytes())
    return files


def _strip_with_signs(cut: Strip, frames: Frames, names: Sequence[str]) -> Image:
    """A strip, and under it the likeliest sign of each frame; the last sign is the blank."""
    scale = (WIDTH - 2 * MARGIN) / cut.shape[1]
    size = (WIDTH - 2 * MARGIN, round(cut.shape[0] * scale))
    sheet = framed(cv2.resize(as_bgr(255 - cut), size, interpolation=cv2.INTER_CUBIC))
    sheet = np.vstack([sheet, blank(3 * ROW)])
    level = sheet.shape[0] - round(2.2 * ROW)
    for number, row in enumerate(frames):
        x, sign = MARGIN + (number + 0.5) * STRIDE * scale, int(row.argmax())
        if sign < len(names) and x < WIDTH - MARGIN:
            other = names[sign] == "other"
            colour, small = (QUIET, 0.36) if other else (GLYPH.colour, 0.6)
            write(sheet, x, level, names[sign], colour, size=small, middle=True)
    return sheet


# --- drawing ---------------------------------------------------------------------------------


def _field_row(scene: Scene, rank: int, field: ZipField) -> Image:
    """A field cut from the upright page, with its rank and score."""
    upright, best = scene.upright, scene.reading.best
    box = field.box.grown(6, 6).clipped(*upright.size)
    cut = as_bgr(_whole(upright)[box.y0 : box.y1, box.x0 : box.x1])
    is_best = best is not None and field.box == best.field.box
    if best and is_best:
        to_upright = np.asarray(np.linalg.inv(upright.to_original), np.float64)
        for digit in best.digits:
            quad = transform_points(to_upright, digit.quad) - (box.x0, box.y0)
            outline(cut, quad, GLYPH)
    left = 110
    cut = fitted(cut, round(min(box.width * 76 / box.height, WIDTH - left - MARGIN)))
    row = blank(cut.shape[0] + MARGIN)
    pen = FIELD if is_best else CANDIDATE
    write(row, MARGIN, cut.shape[0] / 2 + 8, f"{rank + 1}: {field.score:.2f}", pen.colour)
    paste(row, left, 2, cut)
    edge = Box(left - 2, 0, left + 1 + cut.shape[1], 3 + cut.shape[0])
    outline(row, edge.quad(), Pen(pen.name, pen.colour, 2))
    return row


def _whole(upright: UprightPage) -> GreyImage:
    """The upright page as finely as it was scanned."""
    return flat_part(upright, np.eye(3), upright.size)


def _ruled(field: ZipField) -> ZipField:
    """The field with a ruled line through the feet of its digits."""
    box, grey = field.box, _whole(field.page)
    y, thickness = box.y0 + round(0.7 * box.height), max(2, round(0.04 * box.height))
    cv2.line(grey, (box.x0 - 200, y), (box.x1 + 200, y), (150,), thickness, cv2.LINE_AA)
    return replace(field, page=replace(field.page, grey=grey, scale=1.0, light=None))


def _ink_row(scene: Scene, source: FieldInk) -> Image:
    """The scanned field, and its ink with what was erased as a rule in orange."""
    height, width = source.ink.shape
    config = scene.reader.config.segment
    grey = flat_part(source.field.page, source.to_upright, (width, height))
    before = inkmap.ink(grey, config.paper_reach * config.digit_height)
    erased = np.clip(before - source.ink, 0, 1)[..., np.newaxis]
    tint = np.array(FIELD.colour[::-1], np.float32)
    left = 255 * (1 - source.ink[..., np.newaxis])
    ink = np.rint(left * (1 - erased) + tint * erased).astype(np.uint8)
    name = "its ink; what was erased is orange" if (erased > 0.5).any() else "its ink"
    room = (WIDTH - 3 * MARGIN) // 2
    return beside(("the field, level", fitted(grey, room)), (name, fitted(ink, room)))


if __name__ == "__main__":
    make_pictures()
