"""The words about five digits -> what they may be otherwise than a ZIP.

They may be the end of a longer number, an account's or a post-office box's, the ZIP of the
post office in a postmark, above its date, or the post code of another country, which stands
last in an address (USPS International Mail Manual, 122).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from zipreader.elements import Frames
from zipreader.reading.letters import signs_of
from zipreader.reading.wording import fits, sign_at_end

_NUMBERS = (
    "ACCOUNT", "ACCT", "APARTMENT", "APT", "BIN", "BLDG", "BOX", "CALLER", "CASE", "CLIENT",
    "CUSTOMER", "DEPT", "DONOR", "DRAWER", "EXT", "FAX", "FLOOR", "ID", "INVOICE", "LOAN",
    "LOCKBOX", "LOT", "MAIL CODE", "MAIL STOP", "MEMBER", "ORDER", "PERMIT", "PHONE", "PMB",
    "PO BOX", "POLICY", "REF", "RM", "ROOM", "ROUTE", "SPC", "STE", "SUITE", "TEL", "UNIT",
)  # fmt: skip
"""What stands before numbers of five digits that are no ZIP (Publication 28, appendix C, and what
offices write below an address)."""
_NUMBER_ENDS = ("", " NO", " ID", " NUMBER")
"""What may follow such a word: "Member ID"."""
_COUNTRIES = (
    "AFRIQUE DU SUD", "ALGERIA", "ALGERIE", "ALLEMAGNE", "ARGENTINA", "ARGENTINE", "AUSTRALIA",
    "AUSTRALIE", "AUSTRIA", "AUTRICHE", "BAHAMAS", "BANGLADESH", "BELGIQUE", "BELGIUM", "BERMUDA",
    "BRASIL", "BRAZIL", "BRESIL", "BULGARIA", "BULGARIE", "CANADA", "CHILE", "CHINA", "CHINE",
    "COLOMBIA", "COLOMBIE", "COREE", "COREE DU SUD", "COSTA RICA", "CROATIA", "CROATIE",
    "CZECH REPUBLIC", "DANEMARK", "DENMARK", "DEUTSCHLAND", "DOMINICAN REPUBLIC", "ECUADOR",
    "EGYPT", "EGYPTE", "EL SALVADOR", "ENGLAND", "ESPAGNE", "ESPANA", "ESTONIA", "ESTONIE",
    "FINLAND", "FINLANDE", "FRANCE", "GERMANY", "GHANA", "GREAT BRITAIN", "GRECE", "GREECE",
    "GUATEMALA", "HAITI", "HONDURAS", "HONG KONG", "HONGRIE", "HUNGARY", "ICELAND", "INDIA",
    "INDONESIA", "IRELAND", "IRLANDE", "ISLANDE", "ISRAEL", "ITALIA", "ITALIE", "ITALY", "JAMAICA",
    "JAPAN", "JAPON", "KENYA", "KOREA", "KUWAIT", "LATVIA", "LEBANON", "LETTONIE", "LITHUANIA",
    "LITUANIE", "LUXEMBOURG", "MALAISIE", "MALAYSIA", "MAROC", "MEXICO", "MEXIQUE", "MOROCCO",
    "NEDERLAND", "NETHERLANDS", "NEW ZEALAND", "NICARAGUA", "NIGERIA", "NORTHERN IRELAND",
    "NORVEGE", "NORWAY", "NOUVELLE ZELANDE", "OESTERREICH", "PAKISTAN", "PANAMA", "PARAGUAY",
    "PAYS BAS", "PHILIPPINES", "POLAND", "POLOGNE", "POLSKA", "PORTUGAL", "REPUBLIQUE TCHEQUE",
    "ROMANIA", "ROUMANIE", "ROYAUME UNI", "RUSSIA", "RUSSIE", "SAUDI ARABIA", "SCHWEIZ", "SCOTLAND",
    "SERBIA", "SINGAPORE", "SINGAPOUR", "SLOVAKIA", "SLOVAQUIE", "SLOVENIA", "SLOVENIE",
    "SOUTH AFRICA", "SOUTH KOREA", "SPAIN", "SRI LANKA", "SUEDE", "SUISSE", "SVERIGE", "SWEDEN",
    "SWITZERLAND", "TAIWAN", "THAILAND", "THAILANDE", "TUNISIA", "TUNISIE", "TURKEY", "TURQUIE",
    "UKRAINE", "UNITED ARAB EMIRATES", "UNITED KINGDOM", "URUGUAY", "VENEZUELA", "VIETNAM", "WALES",
)  # fmt: skip
"""Countries as they are written in an address: in English, and some in French, the language of the
Universal Postal Union, or in their own; those of four letters are in many names."""
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DATES = ("{} 1", "{} 1 PM", "{} 1 AM", "{} 1 PM 1", "{} 1 AM 1", "{} 1 PM 1 L", "{} 1 AM 1 L")
"""The forms of a postmark's date; the day may stand before the month."""


@dataclass(frozen=True, slots=True)
class Otherwise:
    """What speaks for another number than a ZIP.

    ``preceded`` is the probability that a sign which is no letter stands just before the
    digits, a sixth one or a hyphen.  ``numbered`` says how well the words before say that a
    number of another kind follows, ``ended`` how well those behind and below name another
    country or a postmark's date: natural logarithms a letter, 0 is perfect agreement.
    """

    preceded: float
    numbered: float
    ended: float


def otherwise(
    before: Frames | None, words: Sequence[Frames], ends: Sequence[Frames], least: float
) -> Otherwise:
    """What the frames of letters about five digits say.

    Args:
        before: what stands before them on their line.
        words: what may say which kind of number follows.
        ends: what may name a country or a date.
        least: the agreement of a line that says something else.
    """
    return Otherwise(
        sign_at_end(before) if before is not None else 0.0,
        _best(words, _numbers(), least),
        _best(ends, _ends(), least),
    )


def _best(lines: Sequence[Frames], names: tuple[tuple[int, ...], ...], least: float) -> float:
    return max((max(fits(line, names)) for line in lines), default=least)


@lru_cache(maxsize=1)
def _numbers() -> tuple[tuple[int, ...], ...]:
    """The signs of what stands before other numbers."""
    return tuple(signs_of(f"{word}{end}") for word in _NUMBERS for end in _NUMBER_ENDS)


@lru_cache(maxsize=1)
def _ends() -> tuple[tuple[int, ...], ...]:
    """The signs of countries and dates."""
    dates = tuple(form.format(month) for month in _MONTHS for form in _DATES)
    return tuple(map(signs_of, (*_COUNTRIES, *dates)))
