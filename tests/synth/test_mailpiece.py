from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest

from zipreader.elements import GreyImage
from zipreader.errors import UsageError
from zipreader.synth import KINDS, Mailpiece, Population, Sources, Truth, make_mailpiece
from zipreader.synth.plan import NO_ADDRESS
from zipreader.synth.truth import Corners

READABLE = tuple(kind for kind in KINDS if kind != "must-flag")
SEEDS = range(4)


Make = Callable[[str, int], Mailpiece]


@pytest.fixture(scope="module")
def make(sources: Sources) -> Make:
    """Makes a piece once, however many tests look at it."""

    @cache
    def made(kind: str, seed: int) -> Mailpiece:
        return make_mailpiece(kind, seed, sources)

    return made


def grey(piece: Mailpiece) -> GreyImage:
    image = piece.image
    return image if image.ndim == 2 else np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY))


def crop(image: GreyImage, corners: Corners, margin: int = 0) -> GreyImage:
    """The smallest upright rectangle of the image that holds the corners."""
    points = np.array(corners)
    x0, y0 = np.maximum(np.floor(points.min(axis=0)).astype(int) - margin, 0)
    x1, y1 = np.ceil(points.max(axis=0)).astype(int) + margin
    return image[y0:y1, x0:x1]


def contrast(image: GreyImage, corners: Corners) -> float:
    """How far the ink differs from the paper round a digit, as a share of the paper."""
    part = crop(image, corners, 3)
    paper, low, high = np.percentile(part, (70, 3, 97))
    return float(max(paper - low, high - paper) / max(paper, 1))


@pytest.mark.parametrize("kind", [*KINDS, "mixed"])
def test_the_same_seed_makes_the_same_piece(make: Make, sources: Sources, kind: str) -> None:
    one, other = (make(kind, seed) for seed in (1, 2))
    again = make_mailpiece(kind, 1, sources)
    assert np.array_equal(one.image, again.image) and one.truth == again.truth
    assert not np.array_equal(one.image, other.image)


def test_populations_differ_even_with_equal_sources(sources: Sources) -> None:
    elsewhere = replace(sources, population=Population.CALIBRATION)
    one, other = (make_mailpiece("printed", 1, s).truth for s in (sources, elsewhere))
    assert one.zip != other.zip


def test_a_mixed_piece_is_one_of_its_kind(sources: Sources) -> None:
    mixed = make_mailpiece("mixed", 21, sources)
    assert mixed.truth == make_mailpiece(mixed.truth.kind, 21, sources).truth


@pytest.mark.parametrize("kind", READABLE)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_truth_shows_where_the_ink_is(make: Make, kind: str, seed: int) -> None:
    piece = make(kind, seed)
    truth: Truth = piece.truth
    image = grey(piece)
    height, width = image.shape
    assert truth.kind == kind and truth.zip is not None and not truth.must_flag
    assert "".join(d.value for d in truth.digits) == truth.zip + (truth.plus4 or "")
    assert truth.block is not None and truth.field is not None
    for digit in truth.digits:
        points = np.array(digit.quad)
        assert points.min() >= 0
        assert points[:, 0].max() <= width and points[:, 1].max() <= height
        assert contrast(image, digit.quad) > 0.15
        inside = np.array(truth.field, np.float32)
        center = tuple(points.mean(axis=0).tolist())
        assert cv2.pointPolygonTest(inside, center, measureDist=False) >= 0
    x0, y0 = np.array(truth.field).mean(axis=0)
    block = np.array(truth.block, np.float32)
    assert cv2.pointPolygonTest(block, (float(x0), float(y0)), measureDist=False) > 0


@pytest.mark.parametrize("kind", READABLE)
@pytest.mark.parametrize("seed", SEEDS)
def test_city_state_and_zip_agree(make: Make, sources: Sources, kind: str, seed: int) -> None:
    truth = make(kind, seed).truth
    (place,) = {sources.usual(place) for place in sources.places if place.zip == truth.zip}
    assert (place.city, place.state) == (truth.city, truth.state)


@pytest.mark.parametrize("seed", range(24))
def test_mail_that_must_be_flagged_says_why(make: Make, sources: Sources, seed: int) -> None:
    truth: Truth = make("must-flag", seed).truth
    assert truth.must_flag and truth.variant
    values = "".join(digit.value for digit in truth.digits)
    if truth.variant == "unassigned":
        assert truth.zip == values and truth.zip not in sources.assigned
    else:
        assert truth.zip is None and truth.plus4 is None
        assert len(values) == {"six-digits": 6}.get(truth.variant, len(values))
        assert len(values) != 5
    if truth.variant in NO_ADDRESS:
        assert truth.block is None and truth.city is None


@pytest.mark.parametrize("seed", SEEDS)
def test_a_turned_piece_reads_left_to_right_after_its_turn(make: Make, seed: int) -> None:
    truth: Truth = make("turned", seed).truth
    assert truth.orientation in (90, 180, 270)
    assert truth.field is not None
    (x0, y0), (x1, y1), *_ = truth.field
    direction = np.degrees(np.arctan2(y1 - y0, x1 - x0))
    off = (direction + truth.orientation + 180) % 360 - 180
    assert abs(off) < 20


def test_sizes_are_those_of_mail(make: Make) -> None:
    for kind in READABLE:
        for seed in SEEDS:
            piece: Mailpiece = make(kind, seed)
            page = np.array(piece.truth.page)
            sides = np.hypot(*np.diff(page, axis=0, append=page[:1]).T) / piece.dpi
            assert sides.min() > 3 and sides.max() < 14
            assert 90 < piece.dpi <= 330
            assert piece.image.dtype == np.uint8


def test_bad_requests_are_refused(sources: Sources) -> None:
    with pytest.raises(UsageError, match="spam"):
        make_mailpiece("spam", 1, sources)
    with pytest.raises(UsageError, match="-1"):
        make_mailpiece("printed", -1, sources)
