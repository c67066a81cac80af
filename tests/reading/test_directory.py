from __future__ import annotations

import gzip
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zipreader.elements import Place
from zipreader.reading.directory import STATES, Directory, build_table, letters_alone

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


def test_other_names_are_known() -> None:
    flushing, plain = DIRECTORY.place("11355"), DIRECTORY.place("97358")
    assert flushing is not None and plain is not None
    assert (flushing.city, flushing.others) == ("Flushing", ("Queens",))
    assert plain.others == ()


@given(st.sampled_from(sorted(TABLE)))
def test_the_zips_of_a_place_are_found_by_each_of_its_names(code: str) -> None:
    place = DIRECTORY.place(code)
    assert place is not None
    for name in (place.city, *place.others):
        assert code in DIRECTORY.zips_of(letters_alone(name + place.state))
        if letters_alone(name):
            spelt_out = letters_alone(name + STATES.get(place.state, place.state))
            assert code in DIRECTORY.zips_of(spelt_out)


@settings(max_examples=50)
@given(st.sampled_from(sorted(TABLE)))
def test_the_zips_at_a_place_are_all_that_bear_its_name(code: str) -> None:
    place = DIRECTORY.place(code)
    assert place is not None
    usual = f"{place.city}, {place.state}"
    same = tuple(each for each, names in TABLE.items() if names.split("; ")[0] == usual)
    assert DIRECTORY.zips_at(place) == same
    assert code in same


def test_no_zip_is_at_a_place_that_there_is_not() -> None:
    assert DIRECTORY.zips_at(Place("Memph", "TN")) == ()
    assert DIRECTORY.zips_at(Place("Memphis", "T")) == ()


@pytest.mark.parametrize("name", ["AMO", "XNY", "ALBANYN", "NY", ""])
def test_the_beginning_of_a_name_is_no_name(name: str) -> None:
    assert DIRECTORY.zips_of(name) == ()


def test_a_name_that_no_place_has_gives_no_zips() -> None:
    assert DIRECTORY.zips_of("MEMPHIS") == DIRECTORY.zips_of("TN") == DIRECTORY.zips_of("") == ()
    assert set(DIRECTORY.zips_of("CANONCITYCO")) == {"81212", "81215"}


def test_some_codes_are_unassigned() -> None:
    assert DIRECTORY.place("00000") is None
    assert DIRECTORY.place("99999") is None


@given(st.sampled_from(sorted(TABLE)))
def test_every_line_of_the_table_is_found(code: str) -> None:
    place = DIRECTORY.place(code)
    assert place is not None
    assert "; ".join([f"{place.city}, {place.state}", *place.others]) == TABLE[code]
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
