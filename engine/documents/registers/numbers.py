"""Numbers, notations and dates as the norm writes them (ND30 PL I; facts, sections 5.6, 7.3 and 13.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from engine.documents import kinds

LONGEST_NUMBER, LONGEST_NOTATION = 11, 30
LONGEST_IDENTIFIER = 200
SAMPLE_TEMPLATE = "{organ},{date},{code}"
"""The form of the official samples: 000.00.00.G22,2015/09/30,7816/VPCP-TTĐT; a province may set another (LA-7.2)."""
_CODE = re.compile(r"\s*(\d{1,9})([A-Za-zĐđ]?)\s*(?:/\s*(\d{4}))?\s*/\s*(\S(?:[^/]*\S)?)\s*")


@dataclass(frozen=True, slots=True)
class Code:
    """Number and notation taken apart; the number stays text (leading zero, suffix letter), `ordinal` sorts."""

    number: str
    notation: str
    ordinal: int
    year: int | None = None

    @property
    def is_normative(self) -> bool:
        """Whether the year inside says: a legal normative document."""
        return self.year is not None


def format_number(number: int, suffix: str = "") -> str:
    """A number as written: below ten with a leading zero; a secondary one with its letter, 123a."""
    return f"{number:02d}{suffix}"


SUFFIXES = "abcdeghiklmnopqrstuvxy"
"""Letters of secondary numbers, in the order of the Vietnamese alphabet without marks."""


def next_suffix(taken: Iterable[str]) -> str | None:
    """The letter of the next secondary number behind a number; None when all are taken."""
    used = set(taken)
    return next((letter for letter in SUFFIXES if letter not in used), None)


def notation(kind_name: str, agency: str, unit: str = "") -> str:
    """The notation of a kind: QĐ-BNV; a công văn has no kind but a unit or field: UBND-VX."""
    abbreviation = kinds.abbreviation_of(kind_name)
    if abbreviation:
        return f"{abbreviation}-{agency}"
    return f"{agency}-{unit}" if unit else agency


def notation_of_template(template: str, kind_name: str, agency: str, unit: str = "") -> str:
    """A register's own notation, e.g. "{kind}-{agency}"; empty parts leave no stray hyphen."""
    filled = template
    for slot, value in {"{kind}": kinds.abbreviation_of(kind_name), "{agency}": agency, "{unit}": unit}.items():
        filled = filled.replace(slot, value)
    return "-".join(part for part in filled.split("-") if part)


def format_code(number: int, notation: str, year: int | None = None, suffix: str = "") -> str:
    """Number and notation as one string; the year goes inside for legal normative documents only."""
    written = format_number(number, suffix)
    return f"{written}/{year}/{notation}" if year is not None else f"{written}/{notation}"


def parse_code(text: str) -> Code | None:
    """Take “7816/VPCP-TTĐT” or “23/2019/QĐ-UBND” apart; None when it has another shape (kept as it is, then)."""
    match = _CODE.fullmatch(text)
    if match is None:
        return None
    digits, letter, year, rest = match.groups()
    return Code(digits + letter, rest, int(digits), int(year) if year else None)


def written_date(day: date) -> str:
    """A date as documents write it: days below 10 and the months 1 and 2 with a leading zero."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def document_identifier(organ: str, issued: date, ordinal: int, code: str, template: str = SAMPLE_TEMPLATE) -> str:
    """The identifier of our own document: agency + year + ordinal, in the province's form (QD28-10.2b, SYS-1.c)."""
    parts = {
        "{organ}": organ, "{date}": issued.strftime("%Y/%m/%d"), "{year}": str(issued.year),
        "{ordinal}": str(ordinal), "{code}": code,
    }  # fmt: skip
    identifier = template
    for slot, value in parts.items():
        identifier = identifier.replace(slot, value)
    return identifier[:LONGEST_IDENTIFIER]
