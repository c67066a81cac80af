from __future__ import annotations

from pathlib import Path

from tests.mailroom.office import CHICAGO, ISLIP, fill
from zipreader.intervals import clopper_pearson
from zipreader.mailroom.audit import Estimate
from zipreader.mailroom.desk import Desk
from zipreader.mailroom.rules import Answer, Rules
from zipreader.mailroom.statistics import overview
from zipreader.mailroom.store import Store


def test_a_dispute_counts_as_misread_until_it_is_settled() -> None:
    estimate = Estimate(10, 1, 0) + Estimate(10, 0, 1)
    assert (estimate.rate, estimate.interval) == (0.1, clopper_pearson(2, 20))
    assert Estimate().rate is None


def audited(store: Store, share: float) -> set[int]:
    return {task.piece.id for task in Desk(store, Rules(audit=share)).take("ann", 1000)}


def test_the_sample_is_random_reproducible_by_seed_and_grows_with_the_share(
    tmp_path: Path,
) -> None:
    samples = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        with Store.open(tmp_path / name, seed=seed) as store:
            fill(store, *["accept"] * 150)
            small = audited(store, 0.1)
            Desk(store, Rules()).release("ann")
            large = audited(store, 0.3)
            assert small < large
            assert 5 <= len(small) <= 27
            samples.append(small)
            Desk(store, Rules()).release("ann")
            assert audited(store, 0.0) == set(), "no audit, nothing of it"
    assert samples[0] == samples[1] != samples[2]


def test_mail_that_arrives_later_is_sampled_too(tmp_path: Path) -> None:
    with Store.open(tmp_path / "mail.db", seed=1) as store:
        fill(store, "accept", folder="/monday")
        assert audited(store, 1.0) == {1}
        fill(store, "accept", "review", folder="/tuesday")
        assert audited(store, 1.0) == {1, 2, 3}


def test_the_misread_rate_of_the_running_system_is_known(tmp_path: Path) -> None:
    right, wrong = Answer.of(CHICAGO), Answer.of(ISLIP)
    with Store.open(tmp_path / "mail.db", seed=1) as store:
        fill(store, *["accept"] * 7, "review")
        desk = Desk(store, Rules(audit=1.0))
        desk.take("ann", 9)
        for piece in (1, 2, 3):
            desk.answer("ann", piece, right, 1.0)
        for piece in (4, 5, 6):
            desk.answer("ann", piece, wrong, 1.0)
        assert overview(store).total.estimate == Estimate(6, 0, 3)
        desk.skip("ann", 7, 1.0)
        assert overview(store).total.estimate == Estimate(7, 0, 4), "a skip flatters nothing"
        desk.answer("bob", 4, wrong, 1.0)
        desk.answer("bob", 5, right, 1.0)
        assert overview(store).total.estimate == Estimate(7, 1, 2)
