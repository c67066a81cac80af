from __future__ import annotations

import inspect
import pickle

import pytest

from zipreader import errors
from zipreader.errors import (
    ExitCode,
    ImageTooLargeError,
    InputError,
    MissingExtraError,
    ModelError,
    NoStoreError,
    OutputError,
    ReaderFaultError,
    StoreError,
    UnreadableImageError,
    UsageError,
    ZipReaderError,
)

CODES = {
    ZipReaderError: 1,
    UsageError: 2,
    MissingExtraError: 2,
    InputError: 3,
    UnreadableImageError: 3,
    ReaderFaultError: 3,
    ImageTooLargeError: 3,
    ModelError: 4,
    OutputError: 5,
    StoreError: 5,
    NoStoreError: 3,
}


def test_exit_codes_are_the_documented_ones() -> None:
    assert {code.name: code.value for code in ExitCode} == {
        "OK": 0,
        "INTERNAL": 1,
        "USAGE": 2,
        "INPUT": 3,
        "MODEL": 4,
        "OUTPUT": 5,
        "FLAGGED": 10,
        "INTERRUPTED": 130,
    }


@pytest.mark.parametrize(("kind", "code"), CODES.items())
def test_every_error_carries_its_exit_code(kind: type[ZipReaderError], code: int) -> None:
    assert kind.exit_code == code
    assert issubclass(kind, ZipReaderError)
    assert kind.__doc__


def test_no_error_is_left_out_above() -> None:
    kinds = {
        value
        for _, value in inspect.getmembers(errors, inspect.isclass)
        if issubclass(value, Exception)
    }
    assert kinds == set(CODES)


def test_a_missing_extra_says_what_to_install() -> None:
    message = str(MissingExtraError("The Keras runtime", "train"))
    assert message.startswith("The Keras runtime ")
    assert "pip install '.[train]'" in message
    assert "\n" not in message


def test_an_error_comes_whole_from_another_process() -> None:
    error = MissingExtraError("Parquet", "parquet")
    there = pickle.loads(pickle.dumps(error))
    assert (type(there), str(there)) == (MissingExtraError, str(error))
