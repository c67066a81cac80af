from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zipreader.errors import UsageError
from zipreader.synth.barcodes import (
    draw_intelligent,
    draw_postnet,
    intelligent_bars,
    postnet_bars,
)

DIGITS = "0123456789"


@pytest.mark.parametrize(
    ("routing", "bars"),
    [
        ("", "ATTFATTDTTADTAATTDTDTATTDAFDDFADFDFTFFFFFTATFAAAATDFFTDAADFTFDTDT"),
        ("012345678", "ADFTTAFDTTTTFATTADTAAATFTFTATDAAAFDDADATATDTDTTDFDTDATADADTDFFTFA"),
        ("01234567891", "AADTFFDFTDADTAADAATFDTDDAAADDTDTTDAFADADDDTFFFDDTTTADFAAADFTDAADA"),
    ],
)
def test_the_examples_of_the_standard(routing: str, bars: str) -> None:
    assert intelligent_bars("01234567094987654321", routing) == bars


def test_a_code_of_real_mail() -> None:
    bars = intelligent_bars("23270592831482031240", "96713024817")
    assert bars == "DDADATADTAATDTTTDFDTTFTFFADTFTDFTATAAFTTFATDAATATDATATFADAADDTFDT"


def test_a_tracking_code_of_wrong_length_is_refused() -> None:
    with pytest.raises(UsageError):
        intelligent_bars("0123", "01234")


@given(st.text(DIGITS, min_size=5, max_size=5) | st.text(DIGITS, min_size=9, max_size=9))
def test_postnet_has_two_tall_bars_a_digit_and_a_valid_check_digit(digits: str) -> None:
    bars = postnet_bars(digits)
    inner = [bars[1:-1][k : k + 5] for k in range(0, len(bars) - 2, 5)]
    assert bars[0] == bars[-1] == "1"
    assert all(group.count("1") == 2 for group in inner)
    weights = (7, 4, 2, 1, 0)
    values = [sum(w for w, bar in zip(weights, g, strict=True) if bar == "1") % 11 for g in inner]
    assert sum(values) % 10 == 0
    assert "".join(map(str, values[:-1])) == digits


@pytest.mark.parametrize("dpi", [150, 200, 300])
def test_bars_have_the_size_of_the_standard(dpi: int) -> None:
    code = draw_intelligent("12345", None, dpi, np.random.default_rng(0))
    assert code.shape[1] / dpi == pytest.approx(65 / 22, abs=0.05)
    assert code.shape[0] / dpi == pytest.approx(0.145, abs=0.015)
    assert draw_postnet("12345", "6789", dpi).shape[1] / dpi == pytest.approx(52 / 22, abs=0.05)
