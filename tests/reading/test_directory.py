from __future__ import annotations

import gzip
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zipreader.elements import Place
from zipreader.reading.directory import Directory, build_table

DIRECTORY = Directory()
TABLE = {
    line[:5]: line[6:]
    for line in gzip.decompress(
        files("zipreader.reading").joinpath("directory.txt.gz").read_bytes()
    )
    .decode()
    .splitlines()
}


def shown(place: Place | None) -> tuple[str, str] | None:
    return (place.city, place.state) if place else None


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("38117", ("Memphis", "TN")),
        ("10001", ("New York", "NY")),
        ("99950", ("Ketchikan", "AK")),
        ("00501", ("Holtsville", "NY")),
        ("01002", ("Amherst", "MA")),
        ("00907", ("San Juan", "PR")),
    ],
)
def test_known_places(code: str, place: tuple[str, str]) -> None:
    assert shown(DIRECTORY.place(code)) == place


def test_some_codes_are_unassigned() -> None:
    assert DIRECTORY.place("00000") is None
    assert DIRECTORY.place("99999") is None


@given(st.sampled_from(sorted(TABLE)))
def test_every_line_of_the_table_is_found(code: str) -> None:
    place = DIRECTORY.place(code)
    assert place is not None
    assert f"{place.city}, {place.state}" == TABLE[code]
    assert len(place.state) == 2 and place.state.isupper()


@given(st.integers(0, 99_999))
def test_a_code_has_a_place_exactly_when_it_is_in_the_table(number: int) -> None:
    code = f"{number:05}"
    assert (DIRECTORY.place(code) is not None) == (code in TABLE)


@given(st.text("0138 -,NYnß", max_size=9).filter(lambda text: text not in TABLE))
def test_anything_else_has_no_place(text: str) -> None:
    assert DIRECTORY.place(text) is None


@pytest.mark.parametrize(
    "text", ["", "3811", "381170", "8117 ", "38117 ", "38117-0246", "３８１１７"]
)
def test_a_code_is_looked_up_whole(text: str) -> None:
    assert DIRECTORY.place(text) is None


def test_it_knows_as_many_codes_as_the_post() -> None:
    assert len(DIRECTORY) == len(TABLE)
    assert 41_000 < len(DIRECTORY) < 43_000


def test_the_table_can_be_built_again() -> None:
    """From whatever release of the source is installed, so a few codes may differ."""
    pytest.importorskip("zipcodes")
    lines = gzip.decompress(build_table()).decode().splitlines()
    assert lines == sorted(lines)
    common = sum(TABLE.get(line[:5]) == line[6:] for line in lines)
    assert common > 0.95 * max(len(lines), len(TABLE))
