from __future__ import annotations

import json

import numpy as np

from zipreader.synth import DigitTruth, Truth
from zipreader.synth.truth import bounds_around, corners_of

TRUTH = Truth(
    kind="printed",
    seed=3,
    zip="01002",
    plus4=None,
    must_flag=False,
    orientation=0,
    writing="laser",
    block=((0.0, 0.0), (9.123, 0.0), (9.123, 5.0), (0.0, 5.0)),
    field=None,
    digits=(DigitTruth("0", ((1.06, 2.0),) * 4),),
    page=((0.0, 0.0),) * 4,
)


def test_truth_is_one_line_of_json_with_tenths_of_pixels() -> None:
    line = TRUTH.named("0001.jpg").to_json()
    assert "\n" not in line
    record = json.loads(line)
    assert record["file"] == "0001.jpg" and record["zip"] == "01002"
    assert record["plus4"] is None and record["block"][1] == [9.1, 0.0]
    assert record["digits"] == [{"value": "0", "quad": [[1.1, 2.0]] * 4}]


def test_bounds_become_corners_clockwise_from_the_top_left() -> None:
    half_turn = np.array([(-1, 0, 100), (0, -1, 50), (0, 0, 1)], np.float64)
    assert corners_of((10, 5, 30, 15), half_turn) == ((90, 45), (70, 45), (70, 35), (90, 35))


def test_bounds_around_several() -> None:
    assert bounds_around([(3, 4, 5, 6), (1, 5, 4, 9)]) == (1, 4, 5, 9)
