from __future__ import annotations

from pathlib import Path

from zipreader.training.plan import TRAINING_COUNTS, Plan, quick_plan
from zipreader.training.sources import Kind, Sources
from zipreader.training.splits import Part


def test_a_third_of_the_tiles_at_most_are_no_digits() -> None:
    counts = dict(TRAINING_COUNTS)
    others = sum(
        counts[kind] for kind in (Kind.LETTERS, Kind.PRINTED_LETTERS, Kind.WORDS, Kind.MARKS)
    )
    others += counts[Kind.CUTS]
    others += (
        sum(counts[kind] for kind in (Kind.SEGMENTED, Kind.SEGMENTED_IMAGES, Kind.INVENTED)) // 2
    )
    assert 0.25 < others / sum(counts.values()) < 0.35


def test_mnist_tunes_only_where_nobody_elses_hand_does() -> None:
    alone = Plan().recipe(Part.TUNE, Sources(mnist=Path("m.npz")))
    among = Plan().recipe(Part.TUNE, Sources(mnist=Path("m.npz"), strokes=Path("s.npz")))
    assert dict(alone.counts)[Kind.MNIST] > 0
    assert Kind.MNIST not in dict(among.counts)


def test_reviewed_glyphs_are_used_several_times(glyph_folder: Path) -> None:
    sources = Sources(mnist=Path("m.npz"), glyphs=glyph_folder)
    assert dict(Plan().recipe(Part.TRAIN, sources).counts)[Kind.GLYPHS] == 6 * 147
    assert dict(Plan().recipe(Part.TUNE, sources).counts)[Kind.GLYPHS] == 21


def test_a_quick_plan_is_small_and_complete() -> None:
    quick = quick_plan()
    assert sum(count for _, count in quick.training) < 7000
    assert {kind for kind, _ in quick.training} == {kind for kind, _ in TRAINING_COUNTS}
    assert quick.cleaning is None
