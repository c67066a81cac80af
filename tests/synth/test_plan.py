from __future__ import annotations

import numpy as np
import pytest

from zipreader.errors import UsageError
from zipreader.synth import KINDS, MIXED, VARIANTS
from zipreader.synth.plan import check_kind, choose_kind, choose_plan


def test_mixed_mail_is_of_all_kinds_mostly_plain() -> None:
    rng = np.random.default_rng(0)
    drawn = [choose_kind(MIXED, rng) for _ in range(600)]
    assert set(drawn) == set(KINDS)
    assert sum(kind in ("handwritten", "printed") for kind in drawn) > 300


@pytest.mark.parametrize("kind", KINDS)
def test_a_plan_is_of_its_kind(kind: str) -> None:
    plans = [choose_plan(kind, np.random.default_rng(k)) for k in range(60)]
    for plan in plans:
        assert plan.kind == kind
        assert plan.touching == (kind == "touching")
        assert (plan.turn != 0) == (kind == "turned")
        assert bool(plan.variant) == (kind == "must-flag")
        assert (plan.dirt >= 0.5) == (kind == "dirty")
        assert plan.photo or kind != "photo"
    by_hand = {plan.handwritten for plan in plans}
    fixed = {"printed": {False}, "handwritten": {True}, "touching": {True}}
    assert by_hand == fixed.get(kind, {False, True})


def test_every_fault_occurs() -> None:
    plans = (choose_plan("must-flag", np.random.default_rng(k)) for k in range(300))
    assert {plan.variant for plan in plans} == set(VARIANTS)


@pytest.mark.parametrize("kind", ["", "Printed", "spam"])
def test_an_unknown_kind_is_refused_with_the_known_ones(kind: str) -> None:
    with pytest.raises(UsageError, match="handwritten"):
        check_kind(kind)
