from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.evaluation.scene import ZIP, outcome
from zipreader.elements import Reason
from zipreader.errors import InputError
from zipreader.evaluation.compare import compare_reports
from zipreader.evaluation.outcome import Candidate, GlyphCheck, Outcome, Stage
from zipreader.evaluation.report import (
    Promise,
    Provenance,
    Report,
    check_promises,
    load_report,
    to_dict,
    to_json,
    versions,
)
from zipreader.evaluation.tables import comparison_tables, report_tables, to_markdown
from zipreader.intervals import Share

PROVENANCE = Provenance(
    "3 pieces", {"count": 3}, "model-x", 0.9, (Promise(0.01, 0.9),), {"zipreader": "0"}
)


def report_of(*outcomes: Outcome) -> Report:
    return Report(PROVENANCE, outcomes, missing=("gone.png",))


def some_report() -> Report:
    return report_of(
        outcome(name="a", glyphs=(GlyphCheck("4", "4"),)),
        outcome(name="b", right=False, stage=Stage.CLASSIFICATION, kind="photo"),
        outcome(name="c", accepted=False, confidence=0.4, stage=Stage.DECISION),
        outcome(name="d", must_flag=True, accepted=False, confidence=0.1),
    )


outcomes = st.builds(
    Outcome,
    name=st.text(min_size=1, max_size=8),
    kind=st.sampled_from(["printed", "photo"]),
    writing=st.text(max_size=8),
    truth=st.none() | st.just(ZIP),
    must_flag=st.booleans(),
    zip=st.none() | st.from_regex(r"[0-9]{5}", fullmatch=True),
    confidence=st.floats(0, 1),
    accepted=st.booleans(),
    truth_plus4=st.none() | st.just("1234"),
    plus4=st.none() | st.just("1234"),
    variant=st.sampled_from(["", "blank"]),
    reasons=st.lists(st.sampled_from(Reason)).map(tuple),
    candidates=st.lists(st.builds(Candidate, st.just(ZIP), st.floats(0, 1))).map(tuple),
    seconds=st.dictionaries(st.sampled_from(["page", "lines"]), st.floats(0, 9)),
    traced=st.booleans(),
    stage=st.none() | st.sampled_from(Stage),
    detail=st.text(),
    field_rank=st.none() | st.integers(1, 9),
    glyphs=st.lists(st.just(GlyphCheck("4", "-"))).map(tuple),
    error=st.none() | st.just("broken"),
)


@given(outcomes)
def test_an_outcome_survives_json(piece: Outcome) -> None:
    assert Outcome.from_dict(json.loads(json.dumps(piece.to_dict()))) == piece


def test_a_report_survives_a_file(tmp_path: Path) -> None:
    report, path = some_report(), tmp_path / "report.json"
    path.write_text(to_json(report))
    assert load_report(path) == report


def test_the_json_form_carries_all_figures() -> None:
    values = to_dict(some_report())
    assert (values["document"], values["schema"]) == ("zipreader-evaluation", 1)
    row = values["rates"][-1]
    assert (row["name"], row["read"]["part"], row["read"]["whole"]) == ("all", 1, 3)
    assert row["misread"]["low"] < row["misread"]["value"] < row["misread"]["high"]
    assert values["stages"] == {
        "classification": {"misread": 1},
        "decision": {"withheld": 1},
    }
    assert values["provenance"]["parameters"] == {"count": 3}
    assert len(values["pieces"]) == 4
    json.dumps(values, allow_nan=False)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"document": "other", "schema": 1}'])
def test_another_file_is_refused_by_name(tmp_path: Path, content: str) -> None:
    path = tmp_path / "old.json"
    path.write_text(content)
    with pytest.raises(InputError, match=r"old\.json: not a report"):
        load_report(path)
    with pytest.raises(InputError, match=r"none\.json: cannot be read"):
        load_report(tmp_path / "none.json")


def test_promises_are_checked_on_what_their_thresholds_accept() -> None:
    unassigned = outcome(right=False, confidence=0.99, reasons=(Reason.UNASSIGNED,))
    report = report_of(*[outcome()] * 3, outcome(right=False), outcome(confidence=0.5), unassigned)
    (kept,) = check_promises(report)
    assert (kept.accepted, kept.wrong) == (Share(4, 6), Share(1, 4))
    tables = {table.title: table for table in report_tables(report)}
    assert tables["Certified bounds on this mail"].rows[0][-1] == "no, within chance"


def test_a_promise_looser_than_the_reader_is_not_checked() -> None:
    """Below its threshold it did not ask whether further mailpieces lie beside one."""
    loose = Promise(0.05, PROVENANCE.threshold - 0.1)
    strict = Promise(0.001, PROVENANCE.threshold + 0.01)
    provenance = replace(PROVENANCE, promises=(loose, strict))
    kept = check_promises(Report(provenance, (outcome(),)))
    assert [each.promise for each in kept] == [strict]


def test_an_empty_report_has_no_figures_but_stands() -> None:
    report = Report(PROVENANCE, ())
    json.dumps(to_dict(report), allow_nan=False)
    assert "Confidence" in to_markdown(report)


def test_markdown_has_a_table_of_each_kind() -> None:
    text = to_markdown(some_report())
    assert "| photo | 1 | 0.0% (0.0-97.5) | 100.0% (2.5-100.0) |" in text
    assert "Files missing: gone.png." in text
    assert all(line.count("|") != 1 for line in text.splitlines())


def test_a_comparison_pairs_the_same_pieces() -> None:
    old = report_of(
        *[outcome(name=f"gained{i}", accepted=False) for i in range(10)],
        *[outcome(name=f"lost{i}") for i in range(2)],
        outcome(name="same"),
        outcome(name="only old"),
    )
    new = report_of(
        *[outcome(name=f"gained{i}") for i in range(10)],
        *[outcome(name=f"lost{i}", accepted=False) for i in range(2)],
        outcome(name="same"),
        outcome(name="only new"),
    )
    comparison = compare_reports(old, new)
    read = comparison.paired[0]
    assert comparison.common == 13
    assert (read.gained, read.lost) == (10, 2)
    assert read.p_value == pytest.approx(0.03857, abs=1e-5)
    assert len(comparison.changed) == 12
    text = to_markdown(new, comparison)
    assert "| read | 10 | 2 | 0.0386 |" in text
    assert "28.6% -> 85.7% (+57.1)" in text


def test_reports_of_other_mail_are_compared_by_rates_only() -> None:
    comparison = compare_reports(report_of(outcome(name="a")), report_of(outcome(name="b")))
    assert (comparison.common, comparison.paired) == (0, ())
    assert [table.title for table in comparison_tables(comparison)] == ["Change of rates"]


def test_versions_name_what_matters() -> None:
    assert {"zipreader", "python", "numpy"} <= set(versions())
