"""A model folder -> what it says of itself: the network, its data, its figures, its promises."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from zipreader.errors import ModelError
from zipreader.files import is_file, is_there
from zipreader.reading.classifier import Classifier
from zipreader.reading.modelfolder import STEMS, model_name
from zipreader.reading.probability import Calibration, load_calibration

CARD = "MODEL_CARD.md"
CALIBRATION = "calibration.json"
_FILES = ("model.keras", "model.tflite", "strip.keras", "strip.tflite", "strip2.keras",
          "strip2.tflite", "letters.keras", "letters.tflite")  # fmt: skip
_STATED = ("strips", "right", "zips", "zips_right", "signs", "signs_wrong")
_LICENCES = "Data and licences"
_FIGURES = "Figures"


@dataclass(frozen=True, slots=True)
class CardTable:
    """A table of the model card, cells as they are written there."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class StripDescription:
    """A network that reads strips: fields or lines; ``None`` where its files do not say.

    ``right`` is the share of ``strips`` of unseen writers of which all signs
    are right, ``zips_right`` that of the ``zips``, the strips with five digits, and
    ``signs_wrong`` the share of all ``signs`` that are wrong.
    """

    parameters: int | None
    date: str | None
    command: str | None
    strips: int | None
    right: float | None
    zips: int | None
    zips_right: float | None
    signs: int | None
    signs_wrong: float | None


@dataclass(frozen=True, slots=True)
class Description:
    """What a model folder says of itself; ``None`` or empty where it does not say.

    ``name`` is that of the records; ``sizes`` are bytes by file.  ``data`` are
    the sources with their licences, ``figures`` the tables of the model card;
    ``strip`` and ``strip2`` are the networks that spell fields, ``letters`` the one that reads
    the place, ``calibration`` holds the certified bounds.
    """

    folder: Path
    name: str
    parameters: int | None
    temperature: float
    date: str | None
    seed: int | None
    epochs: int | None
    command: str | None
    sizes: dict[str, int]
    data: tuple[str, ...]
    figures: tuple[CardTable, ...]
    strip: StripDescription | None
    strip2: StripDescription | None
    letters: StripDescription | None
    calibration: Calibration | None

    @property
    def certified(self) -> bool:
        """Whether there are bounds, and they are of this network."""
        calibration = self.calibration
        if calibration is None or not calibration.certificates:
            return False
        return calibration.model in (None, self.name)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; a row of a table is an object by the heads of its columns.

        Its numbers are numbers, and a share with its interval is an object of
        ``share`` and ``interval``, all from 0 to 1.
        """
        calibration = self.calibration
        return {
            "name": self.name,
            "folder": str(self.folder),
            "parameters": self.parameters,
            "temperature": self.temperature,
            "date": self.date,
            "seed": self.seed,
            "epochs": self.epochs,
            "command": self.command,
            "bytes": self.sizes,
            "data": list(self.data),
            "figures": [
                [dict(zip(table.head, map(_value, row), strict=False)) for row in table.rows]
                for table in self.figures
            ],
            "strip": asdict(self.strip) if self.strip else None,
            "strip2": asdict(self.strip2) if self.strip2 else None,
            "letters": asdict(self.letters) if self.letters else None,
            "certified": self.certified,
            "calibration": None
            if calibration is None
            else {
                "mail": calibration.mail,
                "date": calibration.date,
                "model": calibration.model,
                "default_alpha": calibration.default_alpha,
                "certificates": [asdict(each) for each in calibration.certificates],
            },
        }


def describe(folder: Path, calibration: Path | None = None) -> Description:
    """Describe the model of a folder, with its own calibration or another one.

    Raises:
        ModelError: there is no model that can be loaded, or the calibration is damaged.
    """
    classifier = Classifier(folder)
    values = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    card = _card(folder / CARD)
    own = folder / CALIBRATION
    bounds = calibration or (own if is_there(own) else None)
    return Description(
        folder=folder,
        name=model_name(folder, [stem for stem in STEMS if is_file(folder / f"{stem}.tflite")]),
        parameters=values.get("parameters"),
        temperature=classifier.temperature,
        date=values.get("date"),
        seed=values.get("seed"),
        epochs=values.get("epochs"),
        command=values.get("command"),
        sizes={name: (folder / name).stat().st_size for name in _FILES if is_file(folder / name)},
        data=tuple(_items(card.get(_LICENCES, ""))),
        figures=tuple(_tables(card.get(_FIGURES, ""))),
        strip=_strip(folder / "strip.json"),
        strip2=_strip(folder / "strip2.json"),
        letters=_strip(folder / "letters.json"),
        calibration=load_calibration(bounds) if bounds else None,
    )


def _strip(path: Path) -> StripDescription | None:
    """What a file says of a network that reads strips; ``None`` without it."""
    if not is_file(path):
        return None
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        figures = values.get("figures", {})
        stated = [figures.get(name) for name in _STATED]
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        raise ModelError(f"{path}: damaged ({type(error).__name__})") from error
    told = (values.get(name) for name in ("parameters", "date", "command"))
    return StripDescription(*told, *stated)


def _card(path: Path) -> dict[str, str]:
    """The sections of a card by their headings, what comes first by none; empty without a card."""
    if not is_there(path):
        return {}
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{path}: the model card cannot be read ({error})") from error
    first, *parts = re.split(r"^## ", text, flags=re.MULTILINE)
    sections = (part.partition("\n") for part in parts)
    return {"": first} | {heading.strip(): body for heading, _, body in sections}


def _items(text: str) -> Iterator[str]:
    """The items of a bulleted list, each on one line."""
    for item in re.findall(r"^- (.*(?:\n  .*)*)", text, flags=re.MULTILINE):
        yield " ".join(item.split()).replace("`", "")


def _tables(text: str) -> Iterator[CardTable]:
    """The tables of Markdown: a head, a rule, rows."""
    for block in re.findall(r"(?:^\|.*\|[ ]*$\n?)+", text, flags=re.MULTILINE):
        head, _, *rows = (_cells(line) for line in block.strip().splitlines())
        yield CardTable(head, tuple(rows))


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.strip().strip("|").split("|"))


def _value(cell: str) -> str | int | float | dict[str, Any]:
    """A cell as a number, or a share with its interval, where it is one; else its text."""
    if re.fullmatch(r"\d+(,\d{3})*", cell):
        return int(cell.replace(",", ""))
    if found := re.fullmatch(r"([\d.]+)%(?: \(([\d.]+) to ([\d.]+)\))?", cell):
        share, low, high = (None if part is None else _share(part) for part in found.groups())
        return {"share": share, "interval": None if low is None else [low, high]}
    return cell


def _share(percent: str) -> float:
    return round(float(percent) / 100, 6)
