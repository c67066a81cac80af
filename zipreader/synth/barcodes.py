"""Well-formed POSTNET and Intelligent Mail barcodes, as strips of ink.

Sources: USPS-B-3200 (Intelligent Mail barcode) and DMM 708.4.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from zipreader.errors import UsageError
from zipreader.synth.compose import Alpha, Rng

_PITCH = 1 / 22
"""Inches from one bar to the next."""
_BAR_WIDTH = 0.02
_POSTNET_HEIGHTS = {"0": 0.05, "1": 0.125}
_POSTNET_DIGITS = (
    "11000", "00011", "00101", "00110", "01001", "01010", "01100", "10001", "10010", "10100",
)  # fmt: skip
_IMB_EXTENTS = {"F": (0.0, 0.145), "A": (0.0, 0.096), "D": (0.049, 0.145), "T": (0.049, 0.096)}
"""Top and bottom of each state of a bar, inches from the top of the code."""
_ROUTING_OFFSET = {0: 0, 5: 1, 9: 100_001, 11: 1_000_100_001}
_CRC_POLYNOMIAL = 0xF35
_FULL_CHARACTER = 0x1FFF
_BAR_OF_BIT = (
    67, 6, 78, 16, 86, 95, 34, 40, 45, 113, 117, 121, 62, 87, 18, 104, 41, 76, 57, 119, 115, 72,
    97, 2, 127, 26, 105, 35, 122, 52, 114, 7, 24, 82, 68, 63, 94, 44, 77, 112, 70, 100, 39, 30,
    107, 15, 125, 85, 10, 65, 54, 88, 20, 106, 46, 66, 8, 116, 29, 61, 99, 80, 90, 37, 123, 51,
    25, 84, 129, 56, 4, 109, 96, 28, 36, 47, 11, 71, 33, 102, 21, 9, 17, 49, 124, 79, 64, 91, 42,
    69, 53, 60, 14, 1, 27, 103, 126, 75, 89, 50, 120, 19, 32, 110, 92, 111, 130, 59, 31, 12, 81,
    43, 55, 5, 74, 22, 101, 128, 58, 118, 48, 108, 38, 98, 93, 23, 83, 13, 73, 3,
)  # fmt: skip
"""Bar moved by bit b of character c, at 13 c + b: 1 to 65 downward, 66 to 130 upward."""


def postnet_bars(digits: str) -> str:
    """``1`` for a tall and ``0`` for a short bar: frame, digits, check digit, frame."""
    check = str(-sum(map(int, digits)) % 10)
    return "1" + "".join(_POSTNET_DIGITS[int(digit)] for digit in digits + check) + "1"


def intelligent_bars(tracking: str, routing: str) -> str:
    """The 65 bars as ``F``, ``A``, ``D`` and ``T``.

    Args:
        tracking: 20 digits, the second at most 4.
        routing: no, 5, 9 or 11 digits of ZIP, ZIP+4 and delivery point.
    """
    if len(tracking) != 20 or tracking[1] > "4" or len(routing) not in _ROUTING_OFFSET:
        raise UsageError("an Intelligent Mail barcode takes 20 and 0, 5, 9 or 11 digits")
    value = int(routing or 0) + _ROUTING_OFFSET[len(routing)]
    value = (value * 10 + int(tracking[0])) * 5 + int(tracking[1])
    value = value * 10**18 + int(tracking[2:])
    check = _crc11(value)
    moved = [False] * (len(_BAR_OF_BIT) + 1)
    for number, character in enumerate(_characters(value, check)):
        for bit in range(13):
            if character >> bit & 1:
                moved[_BAR_OF_BIT[13 * number + bit]] = True
    return "".join("TDAF"[moved[bar] + 2 * moved[bar + 65]] for bar in range(1, 66))


def _characters(value: int, check: int) -> list[int]:
    words = []
    value, last = divmod(value, 636)
    for _ in range(8):
        value, word = divmod(value, 1365)
        words.append(word)
    words = [value, *reversed(words), 2 * last]
    if check >> 10 & 1:
        words[0] += 659
    table = [*_codewords(5, 1287), *_codewords(2, 78)]
    return [
        table[word] ^ (_FULL_CHARACTER if check >> number & 1 else 0)
        for number, word in enumerate(words)
    ]


@cache
def _codewords(ones: int, size: int) -> tuple[int, ...]:
    """The 13-bit numbers with so many bits set: pairs of mirror images first, palindromes last."""
    pairs: list[int] = []
    palindromes: list[int] = []
    for number in range(1 << 13):
        mirrored = int(f"{number:013b}"[::-1], 2)
        if number.bit_count() != ones or mirrored < number:
            continue
        if mirrored == number:
            palindromes.append(number)
        else:
            pairs += [number, mirrored]
    return (*pairs, *reversed(palindromes))[:size]


def _crc11(value: int) -> int:
    """Frame check sequence of the 102-bit value."""
    check = 0x7FF
    for bit in range(101, -1, -1):
        over = (check >> 10 ^ value >> bit) & 1
        check = (check << 1 ^ (_CRC_POLYNOMIAL if over else 0)) & 0x7FF
    return check


def draw_postnet(zip_code: str, plus4: str | None, dpi: int) -> Alpha:
    """POSTNET of a ZIP or ZIP+4: 32 or 52 bars on a common baseline."""
    bars = postnet_bars(zip_code + (plus4 or ""))
    tallest = _POSTNET_HEIGHTS["1"]
    return _draw([(tallest - _POSTNET_HEIGHTS[bar], tallest) for bar in bars], dpi)


def draw_intelligent(zip_code: str, plus4: str | None, dpi: int, rng: Rng) -> Alpha:
    """Intelligent Mail barcode with an invented mailer and serial number."""
    tracking = f"00{rng.integers(10**9):09d}{rng.integers(10**9):09d}"
    bars = intelligent_bars(tracking, zip_code + (plus4 or ""))
    return _draw([_IMB_EXTENTS[bar] for bar in bars], dpi)


def _draw(extents: list[tuple[float, float]], dpi: int) -> Alpha:
    """Bars with these tops and bottoms, in inches; drawn fine and then reduced."""
    fine = 4
    scale = dpi * fine
    height = round(max(bottom for _, bottom in extents) * scale)
    sheet = np.zeros((height + fine, round(len(extents) * _PITCH * scale) + fine), np.float32)
    for number, (top, bottom) in enumerate(extents):
        left = round(number * _PITCH * scale)
        right = left + round(_BAR_WIDTH * scale)
        sheet[round(top * scale) : round(bottom * scale), left:right] = 1
    rows, columns = (size // fine for size in sheet.shape)
    reduced = sheet[: rows * fine, : columns * fine].reshape(rows, fine, columns, fine)
    return np.asarray(reduced.mean(axis=(1, 3)), np.float32)
