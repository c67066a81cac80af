from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zipreader.errors import ModelError, UsageError
from zipreader.reading.modelfolder import default_model_dir
from zipreader.reading.probability import (
    Calibration,
    Certificate,
    Spared,
    at_most_one,
    features,
    is_ruled_out,
    load_calibration,
)
from zipreader.reading.trees import LEAF, BoostedTrees, Node

GOOD = {
    "posterior": 0.99,
    "weakest": 0.95,
    "not_a_digit": 0.01,
    "baseline_spread": 0.02,
    "widest_gap": 0.2,
    "assigned": 1.0,
    "trailing": 0.1,
    "leading": 0.5,
    "together": 2.0,
    "lead": 0.5,
    "thickest": 1.7,
    "field_score": 0.9,
    "field_share": 1.0,
    "pixel_height": 39.0,
    "spelled": 0.98,
    "complete": 0.97,
    "four": 0.01,
    "six": 0.01,
    "spelled_least": 0.95,
    "spelled_rival": 0.01,
    "named": -0.2,
    "named_rival": -3.0,
    "numbered": -4.0,
    "preceded": 0.0,
    "ended": -4.0,
    "passed": 0.0,
    "struck": 0.0,
    "written": 1.0,
    "legible": 0.5,
    "stated": -1.0,
    "joined": -0.5,
    "height": 0.9,
    "shadow": -0.5,
    "apart": 3.0,
    "fall": 0.4,
}
BETTER_WHEN_HIGHER = (
    "apart",
    "fall",
    "together",
    "lead",
    "leading",
    "posterior",
    "weakest",
    "assigned",
    "field_score",
    "field_share",
    "pixel_height",
    "spelled",
    "complete",
    "spelled_least",
    "named",
    "written",
    "stated",
    "height",
)
BETTER_WHEN_LOWER = tuple(set(GOOD) - set(BETTER_WHEN_HIGHER))
CONTENT: dict[str, Any] = {
    "mail": "100 pieces",
    "default_alpha": 0.01,
    "bias": -1.0,
    "weights": dict.fromkeys(features(GOOD), 0.4),
    "certificates": [
        {"alpha": a, "delta": 0.05, "threshold": t, "pieces": 900, "accepted": 700, "wrong": 1}
        for a, t in ((0.05, 0.5), (0.01, 0.9))
    ],
}


def written(folder: Path, content: object) -> Path:
    path = folder / "calibration.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.fixture
def calibration(tmp_path: Path) -> Calibration:
    return load_calibration(written(tmp_path, CONTENT))


SHIPPED = load_calibration(default_model_dir() / "calibration.json")
PLAIN = Calibration(-1.0, dict.fromkeys(features(GOOD), 0.4), (), 0.01, "")

evidences = st.fixed_dictionaries(
    {
        "posterior": st.floats(0, 1),
        "weakest": st.floats(0, 1),
        "not_a_digit": st.floats(0, 1),
        "baseline_spread": st.floats(0, 2),
        "widest_gap": st.floats(-0.5, 5),
        "assigned": st.sampled_from([0.0, 1.0]),
        "trailing": st.floats(0, 4),
        "leading": st.floats(-1, 3),
        "together": st.floats(-30, 30),
        "lead": st.sampled_from([-1.0, -0.75, -0.5, -0.25, 0.5, 1.0, 2.0]),
        "thickest": st.floats(1, 8),
        "field_score": st.floats(0, 1),
        "field_share": st.floats(0, 1),
        "spelled": st.floats(0, 1),
        "complete": st.floats(0, 1),
        "four": st.floats(0, 1),
        "six": st.floats(0, 1),
        "spelled_least": st.floats(0, 1),
        "spelled_rival": st.floats(0, 1),
        "named": st.floats(-30, 0),
        "named_rival": st.floats(-30, 0),
        "numbered": st.floats(-30, 0),
        "preceded": st.floats(0, 1),
        "ended": st.floats(-30, 0),
        "passed": st.floats(0, 1),
        "struck": st.floats(0, 1),
        "written": st.sampled_from([1.0] * 9 + [0.0]),
        "legible": st.floats(0, 1),
        "stated": st.floats(-4, 0),
        "joined": st.floats(-6, 3),
        "height": st.floats(0, 5),
        "shadow": st.floats(-1, 1),
        "apart": st.floats(0, 4),
        "fall": st.floats(0, 1),
        "pixel_height": st.floats(1, 400),
    }
)


# --- the model -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "seen",
    [
        {"struck": 0.5},
        {"written": 0.0},
        {"thickest": 5.0},
        {"six": 0.6},
        {"preceded": 0.95, "leading": 0.2},
        {"ended": -0.1, "named": -3.0},
    ],
)
def test_one_thing_alone_may_tell_that_there_is_no_zip(seen: dict[str, float]) -> None:
    certain = Calibration(9.0, {}, (), 0.01, "")
    assert not is_ruled_out(GOOD)
    assert certain.probability(GOOD) > 0.999
    assert is_ruled_out({**GOOD, **seen})
    assert certain.probability({**GOOD, **seen}) == 0.1


@pytest.mark.parametrize(
    "seen",
    [
        {"struck": 0.1},
        {"thickest": 3.0},
        {"six": 0.4},
        {"preceded": 0.95, "leading": 0.7},
        {"preceded": 0.5, "leading": 0.2},
        {"ended": -0.1},
        {"named": -3.0},
    ],
)
def test_what_is_only_odd_is_weighed_with_all_else(seen: dict[str, float]) -> None:
    assert not is_ruled_out({**GOOD, **seen})


@given(evidences)
def test_what_is_ruled_out_stays_unlikely_whatever_speaks_for_it(
    evidence: dict[str, float],
) -> None:
    certain = Calibration(20.0, {}, (), 0.01, "").probability(evidence)
    assert (certain <= 0.1) == is_ruled_out(evidence)


@given(st.lists(st.floats(0, 1), max_size=6))
def test_at_most_one_is_right(alone: list[float]) -> None:
    shares = at_most_one(alone)
    assert sum(shares) <= 1 + 1e-9
    assert all(0 <= share <= p + 1e-8 for share, p in zip(shares, alone, strict=True))
    assert sorted(range(len(alone)), key=lambda k: (-alone[k], k)) == sorted(
        range(len(alone)), key=lambda k: (-shares[k], -alone[k], k)
    )


@pytest.mark.parametrize(
    ("alone", "shares"),
    [([], []), ([0.7], [0.7]), ([0.5, 0.5], [1 / 3, 1 / 3]), ([0.75, 0.0], [0.75, 0.0])],
)
def test_odds_are_held_against_one_another(alone: list[float], shares: list[float]) -> None:
    assert at_most_one(alone) == pytest.approx(shares)


@given(evidences, evidences, st.sampled_from(sorted(GOOD)))
def test_better_evidence_never_lowers_the_probability(
    evidence: dict[str, float], other: dict[str, float], name: str
) -> None:
    changed = {**evidence, name: other[name]}
    better, worse = evidence, changed
    if (changed[name] > evidence[name]) == (name in BETTER_WHEN_HIGHER):
        better, worse = changed, evidence
    assert PLAIN.probability(better) >= PLAIN.probability(worse)
    assert all(features(better)[feature] >= features(worse)[feature] for feature in features(GOOD))


@pytest.mark.parametrize("name", sorted(GOOD))
def test_every_quantity_counts(name: str) -> None:
    step = 1.0 if name == "written" else 0.2
    worse = GOOD[name] - step if name in BETTER_WHEN_HIGHER else GOOD[name] + step
    assert PLAIN.probability({**GOOD, name: worse}) < PLAIN.probability(GOOD)


@given(evidences)
def test_a_probability_lies_between_0_and_1(evidence: dict[str, float]) -> None:
    assert 0 < PLAIN.probability(evidence) < 1
    extreme = replace(PLAIN, weights=dict.fromkeys(features(GOOD), 1e6))
    assert 0 <= extreme.probability(evidence) <= 1


@given(evidences, evidences, st.sampled_from(sorted(GOOD)))
def test_nor_does_it_by_the_model_that_ships(
    evidence: dict[str, float], other: dict[str, float], name: str
) -> None:
    changed = {**evidence, name: other[name]}
    better, worse = evidence, changed
    if (changed[name] > evidence[name]) == (name in BETTER_WHEN_HIGHER):
        better, worse = changed, evidence
    assert SHIPPED.probability(better) >= SHIPPED.probability(worse) - 1e-12


def test_trees_add_to_the_odds() -> None:
    stump = (Node(0, 0.5, 1, 2, 0.0), Node(LEAF, 0, 0, 0, -2.0), Node(LEAF, 0, 0, 0, 3.0))
    one = Calibration(1.0, {}, (), 0.01, "", trees=BoostedTrees(("assigned",), (stump,) * 2))
    assert one.probability(GOOD) == pytest.approx(1 / (1 + math.exp(-7)))
    assert one.probability({**GOOD, "assigned": 0.0}) == pytest.approx(1 / (1 + math.exp(3)))


def test_weights_add_to_the_odds() -> None:
    only_bias = Calibration(0.0, {}, (), 0.01, "")
    assert only_bias.probability(GOOD) == 0.5
    one = Calibration(0.0, {"posterior": 1.0}, (), 0.01, "")
    assert one.probability(GOOD) == pytest.approx(GOOD["posterior"])


def test_what_is_no_number_promises_nothing() -> None:
    one = Calibration(5.0, {"posterior": 1.0}, (), 0.01, "")
    assert one.probability(GOOD) > 0.9
    assert one.probability({**GOOD, "posterior": math.nan}) == 0.0


# --- certificates ----------------------------------------------------------------------------


def test_the_certificate_of_a_bound(calibration: Calibration) -> None:
    assert calibration.certificate().threshold == 0.9
    assert calibration.certificate(0.01).threshold == 0.9
    assert calibration.certificate(0.05).threshold == 0.5


def test_a_bound_that_was_not_certified_is_refused(calibration: Calibration) -> None:
    with pytest.raises(UsageError, match=r"0\.10%.*5\.0%, 1\.0%"):
        calibration.certificate(0.001)
    with pytest.raises(ModelError, match="none"):
        PLAIN.certificate()


# --- the file --------------------------------------------------------------------------------


def test_a_file_is_read_as_it_was_written(calibration: Calibration) -> None:
    assert calibration.bias == CONTENT["bias"]
    assert dict(calibration.weights) == CONTENT["weights"]
    assert calibration.certificates == tuple(
        Certificate(**entry) for entry in CONTENT["certificates"]
    )
    assert calibration.default_alpha == 0.01
    assert calibration.mail == "100 pieces"


def test_the_second_promise_is_read_with_the_first(tmp_path: Path) -> None:
    first, *others = CONTENT["certificates"]
    second = {"share": 0.02, "pieces": 500, "accepted": 4}
    told = {**CONTENT, "certificates": [{**first, "unreadable": second}, *others]}
    certificates = load_calibration(written(tmp_path, told)).certificates
    assert certificates[0].unreadable == Spared(0.02, 500, 4)
    assert all(each.unreadable is None for each in certificates[1:])


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        "text",
        {},
        {**CONTENT, "bias": "heavy"},
        {**CONTENT, "weights": [1, 2]},
        {**CONTENT, "weights": {"posterior": None}},
        {**CONTENT, "weights": {"colour": 1.0}},
        {**CONTENT, "trees": []},
        {**CONTENT, "trees": {"features": ["colour"], "trees": []}},
        {**CONTENT, "trees": {"features": ["place"], "trees": [[]]}},
        {**CONTENT, "trees": {"features": ["place"], "trees": [[[0, 0.5, 1]]]}},
        {**CONTENT, "trees": {"features": ["place"], "trees": [[[0, 0.5, 0, 0, 0.0]]]}},
        {**CONTENT, "trees": {"features": ["place"], "trees": [[[-1, 0, 0, 0, math.nan]]]}},
        {**CONTENT, "certificates": 7},
        {**CONTENT, "certificates": [{"alpha": 0.01}]},
        {**CONTENT, "certificates": [{**CONTENT["certificates"][0], "extra": 1}]},
        {**CONTENT, "certificates": [{**CONTENT["certificates"][0], "unreadable": 4}]},
        {**CONTENT, "certificates": [{**CONTENT["certificates"][0], "unreadable": {"share": 1}}]},
        {key: value for key, value in CONTENT.items() if key != "default_alpha"},
    ],
)
def test_a_damaged_calibration_is_a_model_error(content: object, tmp_path: Path) -> None:
    path = written(tmp_path, content)
    with pytest.raises(ModelError) as caught:
        load_calibration(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "damage",
    [
        {"bias": float("nan")},
        {"bias": 10**400},
        {"weights": {"posterior": float("inf")}},
        {"default_alpha": -0.01},
        {"certificates": [{**CONTENT["certificates"][0], "threshold": -1.0}]},
        {"certificates": [{**CONTENT["certificates"][0], "alpha": 1.5}]},
    ],
    ids=str,
)
def test_numbers_that_would_accept_all_mail_are_refused(
    damage: dict[str, object], tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match="damaged calibration"):
        load_calibration(written(tmp_path, {**CONTENT, **damage}))


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe\x00", b"{}" * 3, b"[" * 100_000])
def test_a_file_that_is_no_json_is_a_model_error(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    path.write_bytes(data)
    with pytest.raises(ModelError, match="damaged"):
        load_calibration(path)


def test_a_missing_file_or_a_folder_is_a_model_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no calibration here"):
        load_calibration(tmp_path / "nothing.json")
    with pytest.raises(ModelError, match="no calibration here"):
        load_calibration(tmp_path)


# --- whose calibration it is -----------------------------------------------------------------


def test_a_calibration_may_say_when_and_for_which_network(
    tmp_path: Path, calibration: Calibration
) -> None:
    assert (calibration.date, calibration.model) == (None, None)
    own = load_calibration(written(tmp_path, {**CONTENT, "date": "2026-01-31", "model": "lean-1"}))
    assert (own.date, own.model) == ("2026-01-31", "lean-1")
